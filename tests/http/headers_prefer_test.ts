import { assertEquals } from "@std/assert";
import { type Preferences, readPrefer } from "../../src/http/prefer.ts";

const none: Preferences = { minimal: false, representation: false, depthNoroot: false };

const cases: readonly {
  name: string;
  headers: [string, string][];
  gives?: Partial<Preferences>;
}[] = [
  { name: "none", headers: [] },
  { name: "minimal", headers: [["Prefer", "return=minimal"]], gives: { minimal: true } },
  { name: "case", headers: [["prefer", "Return=MINIMAL"]], gives: { minimal: true } },
  { name: "quoted", headers: [["Prefer", `return="minimal"`]], gives: { minimal: true } },
  { name: "blanks", headers: [["Prefer", " return = minimal "]], gives: { minimal: true } },
  {
    name: "parameters",
    headers: [["Prefer", `return=minimal; foo="a,b;c"; bar, depth-noroot`]],
    gives: { minimal: true, depthNoroot: true },
  },
  {
    name: "the spelling of Mac OS X 10.9",
    headers: [["Prefer", "return-minimal"]],
    gives: { minimal: true },
  },
  {
    name: "representation",
    headers: [["Prefer", "respond-async, return=representation, wait=10"]],
    gives: { representation: true },
  },
  {
    name: "representation, old",
    headers: [["Prefer", "return-representation"]],
    gives: { representation: true },
  },
  {
    name: "several headers",
    headers: [["Prefer", "depth-noroot"], ["Prefer", "return=minimal"]],
    gives: { minimal: true, depthNoroot: true },
  },
  {
    name: "the first of a name counts",
    headers: [["Prefer", "return=representation, return=minimal"]],
    gives: { representation: true },
  },
  { name: "Brief", headers: [["Brief", "t"]], gives: { minimal: true } },
  { name: "Brief, in capitals", headers: [["Brief", "T"]], gives: { minimal: true } },
  { name: "Brief: f", headers: [["Brief", "f"]] },
  {
    name: "Brief beside Prefer",
    headers: [["Brief", "t"], ["Prefer", "depth-noroot"]],
    gives: { minimal: true, depthNoroot: true },
  },
  { name: "another value", headers: [["Prefer", "return=maximal"]] },
  { name: "no value", headers: [["Prefer", "return="]] },
  { name: "a longer name", headers: [["Prefer", "x-return=minimal"]] },
  { name: "inside a quoted string", headers: [["Prefer", `a="b, return=minimal"`]] },
  { name: "a quote that stays open", headers: [["Prefer", `a="b, return=minimal`]] },
  { name: "an escaped quote", headers: [["Prefer", `a="\\", return=minimal, "`]] },
  {
    name: "broken ones beside it",
    headers: [["Prefer", `,; =x, return=minimal,"`]],
    gives: { minimal: true },
  },
];

for (const { name, headers, gives } of cases) {
  Deno.test(`readPrefer: ${name}`, () => {
    assertEquals(readPrefer(new Headers(headers)), { ...none, ...gives });
  });
}
