import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import {
  checkPrincipalName,
  displayKey,
  foldName,
  normalMailAddress,
  searchKey,
} from "../../src/access/names.ts";
import { Refusal } from "../../src/refusal.ts";

const legal: string[] = [
  "a",
  "alice",
  "Jörg Müller",
  "carol@example.test",
  "carol+work@example.test",
  "first.last",
  "...",
  ".hidden",
  "O'Brien",
  "50%",
  "a?b#c&d",
  "<script>",
  "-",
  "王小明",
  "Νίκος",
  "محمد",
  "🦊",
  "x".repeat(64),
  "🦊".repeat(64),
];

for (const name of legal) {
  Deno.test(`a principal may be called ${name}`, () => {
    assertEquals(checkPrincipalName(name), name);
  });
}

Deno.test("a name is kept in NFC, and counted so", () => {
  assertEquals(checkPrincipalName("Jo\u0308rg"), "J\u00f6rg");
  assertEquals(checkPrincipalName("o\u0308".repeat(64)), "\u00f6".repeat(64));
});

interface Fault {
  readonly name: string;
  readonly because: string;
}

const illegal: Fault[] = [
  { name: "", because: "empty" },
  { name: ".", because: "folder" },
  { name: "..", because: "folder" },
  { name: "a/b", because: "slash" },
  { name: "a\\b", because: "slash" },
  { name: "a:b", because: "colon" },
  { name: "a\u0000b", because: "control" },
  { name: "a\nb", because: "control" },
  { name: "a\tb", because: "control" },
  { name: "a\u007f", because: "control" },
  { name: "a\u0085b", because: "control" },
  { name: "a\u2028b", because: "control" },
  { name: "a\ud83e", because: "surrogate" },
  { name: "\udd8aa", because: "surrogate" },
  { name: "a\u200bb", because: "invisible" },
  { name: "a\u200db", because: "invisible" },
  { name: "a\u202eb", because: "invisible" },
  { name: "a\u2066b", because: "invisible" },
  { name: "\ufeffa", because: "invisible" },
  { name: "a\u00adb", because: "invisible" },
  { name: "\u3164", because: "invisible" },
  { name: "a\ufe0f", because: "invisible" },
  { name: " a", because: "begins or ends" },
  { name: "a ", because: "begins or ends" },
  { name: " ", because: "begins or ends" },
  { name: "a\u00a0", because: "begins or ends" },
  { name: "a\u00a0b", because: "not the common one" },
  { name: "a\u3000b", because: "not the common one" },
  { name: "x".repeat(65), because: "longer" },
  { name: "🦊".repeat(65), because: "longer" },
];

for (const { name, because } of illegal) {
  Deno.test(`no principal is called ${JSON.stringify(name)}: ${because}`, () => {
    const { status, message } = assertThrows(() => checkPrincipalName(name), Refusal);
    assertEquals(status, 400);
    assertStringIncludes(message, because);
  });
}

const alike: (readonly [string, string])[] = [
  ["alice", "Alice"],
  ["alice", "ALICE"],
  ["j\u00f6rg", "JO\u0308RG"],
  ["νίκος", "ΝΊΚΟΣ"],
  ["carol@example.test", "Carol@Example.TEST"],
];

for (const [one, other] of alike) {
  Deno.test(`${one} and ${other} are one name`, () => {
    assertEquals(foldName(one), foldName(other));
  });
}

const different: (readonly [string, string])[] = [
  ["alice", "alice "],
  ["jorg", "j\u00f6rg"],
  ["strasse", "stra\u00dfe"],
  ["a", "\uff41"],
];

for (const [one, other] of different) {
  Deno.test(`${one} and ${other} are two names`, () => {
    assertEquals(foldName(one) === foldName(other), false);
  });
}

Deno.test("folding what is folded changes nothing, whatever the character", () => {
  for (let code = 0; code <= 0x10ffff; code++) {
    const folded = foldName(`a${String.fromCodePoint(code)}\u0301`);
    if (foldName(folded) !== folded) assertEquals(code, -1, "folds further");
  }
});

interface Mail {
  readonly text: string;
  /** Undefined: refused. */
  readonly gives?: string;
}

const mails: Mail[] = [
  { text: "alice@example.test", gives: "alice@example.test" },
  { text: "Alice@Example.TEST", gives: "alice@example.test" },
  { text: "mailto:alice@example.test", gives: "alice@example.test" },
  { text: "MAILTO:Alice@example.test", gives: "alice@example.test" },
  { text: "mailto:alice%2Bwork@example.test", gives: "alice+work@example.test" },
  { text: "alice%2Bwork@example.test", gives: "alice%2bwork@example.test" },
  { text: "first.last+tag@sub.example.test", gives: "first.last+tag@sub.example.test" },
  { text: "o'brien@example.test", gives: "o'brien@example.test" },
  { text: "a/b=c?d@example.test", gives: "a/b=c?d@example.test" },
  { text: "root@localhost", gives: "root@localhost" },
  { text: "jo\u0308rg@b\u00fccher.example", gives: "j\u00f6rg@b\u00fccher.example" },
  { text: `${"a".repeat(242)}@example.test`, gives: undefined },
  { text: `${"a".repeat(241)}@example.test`, gives: `${"a".repeat(241)}@example.test` },
  { text: `${"\u00f6".repeat(121)}@example.test` },
  { text: "" },
  { text: "alice" },
  { text: "@" },
  { text: "@example.test" },
  { text: "alice@" },
  { text: "alice@home@example.test" },
  { text: " alice@example.test" },
  { text: "alice@example.test\n" },
  { text: "al ice@example.test" },
  { text: "al\u0000ice@example.test" },
  { text: "alice\u200b@example.test" },
  { text: "Alice <alice@example.test>" },
  { text: "alice@example.test,bob@example.test" },
  { text: "alice@example.test/path" },
  { text: "mailto:" },
  { text: "mailto:alice%40example.test", gives: "alice@example.test" },
  { text: "mailto:alice%0d%0aBcc:bob@example.test" },
  { text: "mailto:alice%ZZ@example.test" },
  { text: "urn:uuid:3b7a8c70-5f0e-4b8a-9d3c-2f6f0a3c1c11" },
  { text: "https://example.test/dav/principals/users/alice/" },
];

for (const { text, gives } of mails) {
  Deno.test(`the address ${JSON.stringify(text.slice(0, 60))}: ${gives?.slice(0, 60) ?? 400}`, () => {
    if (gives !== undefined) return assertEquals(normalMailAddress(text), gives);
    assertEquals(assertThrows(() => normalMailAddress(text), Refusal).status, 400);
  });
}

Deno.test("a normal address folds to itself, so that one logs in by it", () => {
  for (const { gives } of mails) {
    if (gives !== undefined) assertEquals(foldName(gives), gives);
  }
});

/** Pairs that a search takes for the same. */
const sameInSearches: readonly (readonly [string, string])[] = [
  ["ALICE", "alice"],
  ["Jo\u0308rg", "J\u00d6RG"],
  ["Stra\u00dfe", "strasse"],
  ["\u039f\u0394\u039f\u03a3", "\u03bf\u03b4\u03bf\u03c2"],
  ["\u039f\u0394\u039f\u03a3", "\u03bf\u03b4\u03bf\u03c3"],
  ["\uff21\uff11", "a1"],
  ["a  b\u00a0c\td", "a b c d"],
];

for (const [one, other] of sameInSearches) {
  Deno.test(`a search takes ${JSON.stringify(one)} and ${JSON.stringify(other)} for the same`, () => {
    assertEquals(searchKey(one), searchKey(other));
    assertEquals(searchKey(searchKey(one)), searchKey(one));
  });
}

Deno.test("a search keeps letters and accents apart, and blanks at its ends", () => {
  assertEquals(searchKey("Jorg") === searchKey("J\u00f6rg"), false);
  assertEquals([searchKey(" 01 "), displayKey("  Room  01 ")], [" 01 ", "ROOM 01"]);
});
