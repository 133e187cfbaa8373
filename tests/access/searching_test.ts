import { assertEquals, assertThrows } from "@std/assert";
import { requireSearch } from "../../src/access/searching.ts";
import { Refusal } from "../../src/refusal.ts";
import type { PrincipalCondition, PrincipalField } from "../../src/store/questions.ts";
import { D } from "../../src/xml/names.ts";

const holds = (text: string, field: PrincipalField = "display"): PrincipalCondition => ({
  kind: "text",
  field,
  place: "contains",
  text,
});
const rooms: PrincipalCondition = { kind: "kinds", kinds: ["room"] };
const bob = holds("BOB");

const cases: readonly {
  readonly name: string;
  readonly condition: PrincipalCondition;
  readonly lists: boolean;
}[] = [
  { name: "no condition", condition: { kind: "all", of: [] }, lists: true },
  { name: "what nobody meets", condition: { kind: "any", of: [] }, lists: false },
  { name: "an empty text", condition: holds(""), lists: true },
  { name: "a blank", condition: holds(" "), lists: true },
  { name: "a part of a name", condition: bob, lists: false },
  { name: "a part of an address", condition: holds("bob@", "address"), lists: false },
  { name: "a part of every URI of an address", condition: holds("mail", "mailto"), lists: true },
  { name: "an address in its URI", condition: holds("mailto:bob", "mailto"), lists: false },
  { name: "a kind", condition: rooms, lists: true },
  { name: "accounts that are on", condition: { kind: "enabled" }, lists: true },
  { name: "a name", condition: { kind: "name", name: "bob" }, lists: false },
  { name: "who one is", condition: { kind: "identity", id: 1 }, lists: false },
  { name: "a text of a kind", condition: { kind: "all", of: [rooms, bob] }, lists: false },
  { name: "a text or a kind", condition: { kind: "any", of: [rooms, bob] }, lists: true },
  { name: "a text or nothing", condition: { kind: "any", of: [holds(""), bob] }, lists: true },
];

for (const { name, condition, lists } of cases) {
  Deno.test(`searching by ${name} ${lists ? "needs" : "does not need"} listPrincipals`, () => {
    requireSearch(condition, { listPrincipals: true });
    const search = () => requireSearch(condition, { listPrincipals: false });
    if (!lists) return search();
    const { status, precondition } = assertThrows(search, Refusal);
    assertEquals([status, precondition], [403, D.numberOfMatchesWithinLimits]);
  });
}
