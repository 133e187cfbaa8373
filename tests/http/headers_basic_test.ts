import { assertEquals } from "@std/assert";
import { type BasicCredentials, readBasic } from "../../src/http/basic.ts";

/** Base64 of the UTF-8 of `text`. */
const utf8 = (text: string) => btoa(String.fromCharCode(...new TextEncoder().encode(text)));
/** Base64 of the Latin-1 of `text`. */
const latin1 = (text: string) => btoa(text);

const alice: BasicCredentials = { name: "alice", password: "secret" };

const cases: readonly { name: string; value?: string; gives?: BasicCredentials }[] = [
  { name: "plain", value: `Basic ${utf8("alice:secret")}`, gives: alice },
  { name: "the scheme in any case", value: `bAsIc ${utf8("alice:secret")}`, gives: alice },
  { name: "blanks", value: `Basic   ${utf8("alice:secret")} `, gives: alice },
  {
    name: "without padding",
    value: `Basic ${utf8("alice:secret").replace(/=/g, "")}`,
    gives: alice,
  },
  {
    name: "colons in the password",
    value: `Basic ${utf8("alice:a:b:")}`,
    gives: { name: "alice", password: "a:b:" },
  },
  {
    name: "a mail address",
    value: `Basic ${utf8("carol@example.test:x")}`,
    gives: { name: "carol@example.test", password: "x" },
  },
  {
    name: "UTF-8",
    value: `Basic ${utf8("zoë müller:pässwörd€")}`,
    gives: { name: "zoë müller", password: "pässwörd€" },
  },
  {
    name: "Latin-1",
    value: `Basic ${latin1("zoë müller:pässwörd")}`,
    gives: { name: "zoë müller", password: "pässwörd" },
  },
  {
    name: "a byte order mark is kept",
    value: `Basic ${utf8("\uFEFFa:b")}`,
    gives: { name: "\uFEFFa", password: "b" },
  },
  { name: "both empty", value: `Basic ${utf8(":")}`, gives: { name: "", password: "" } },

  { name: "none" },
  { name: "empty", value: "" },
  { name: "the scheme alone", value: "Basic" },
  { name: "no credentials", value: "Basic " },
  { name: "another scheme", value: `Bearer ${utf8("alice:secret")}` },
  { name: "a longer scheme", value: `Basic2 ${utf8("alice:secret")}` },
  { name: "no colon", value: `Basic ${utf8("alice")}` },
  { name: "no Base64", value: "Basic alice:secret" },
  { name: "Base64 of a wrong length", value: "Basic YWJjZ" },
  { name: "padding in the middle", value: `Basic YQ==${utf8("b:c")}` },
  { name: "the alphabet of URLs", value: "Basic YTo_Pz8-" },
  { name: "two values", value: `Basic ${utf8("a:b")}, Basic ${utf8("c:d")}` },
  { name: "U+0000 in the name", value: `Basic ${utf8("a\0:b")}` },
  { name: "a line end in the password", value: `Basic ${utf8("a:b\n")}` },
];

for (const { name, value, gives } of cases) {
  Deno.test(`readBasic: ${name}`, () => assertEquals(readBasic(value), gives));
}
