import { assertEquals } from "@std/assert";
import { searchKey } from "../../src/access/names.ts";
import type { Principal, PrincipalKind } from "../../src/model.ts";
import { openStore } from "../../src/store/libsql_store.ts";
import type { PrincipalCondition, PrincipalField, TextPlace } from "../../src/store/questions.ts";
import type { Store } from "../../src/store/store.ts";
import { fileDatabase } from "./databases.ts";
import { ids, makePrincipal, property, settled, write } from "./world.ts";

type Person = Pick<Principal, "id" | "name" | "displayName"> & {
  readonly kind?: PrincipalKind;
  readonly disabled?: boolean;
  readonly addresses?: readonly string[];
};

const people: readonly Person[] = [
  { id: 101, name: "ada", displayName: "Ada King Lovelace", addresses: ["ada@example.test"] },
  { id: 102, name: "jm", displayName: "J\u00fcrgen M\u00fcller", addresses: ["jm@example.test"] },
  { id: 103, name: "prince", displayName: "Prince", disabled: true },
  { id: 104, name: "strasse", displayName: "Stra\u00dfe Neun" },
  { id: 105, name: "hall", displayName: "Great  Hall", kind: "room" },
  { id: 106, name: "team", displayName: "Team 01", kind: "group" },
  { id: 107, name: "board", displayName: "Board 01", kind: "group" },
];

/** The folk above, with ada in the team, and the team in the board. */
async function peopled(store: Store): Promise<void> {
  await settled(store);
  for (const { addresses = [], ...person } of people) {
    await write(
      store,
      makePrincipal(person),
      { kind: "set-addresses", principalId: person.id, addresses },
    );
  }
  await write(
    store,
    { kind: "set-members", groupId: 106, members: ["ada", "jm"] },
    { kind: "set-members", groupId: 107, members: ["team"] },
    property({ kind: "principal", id: 101 }, "<note>all</note>"),
    property({ kind: "principal", id: 101 }, "<note>alice</note>", ids.alice),
  );
}

const text = (
  field: PrincipalField,
  place: TextPlace,
  value: string,
): PrincipalCondition => ({
  kind: "text",
  field,
  place,
  text: field === "address" || field === "mailto" ? value : searchKey(value),
});

const cases: readonly {
  readonly name: string;
  readonly condition: PrincipalCondition;
  readonly finds: readonly string[];
}[] = [
  { name: "a part", condition: text("display", "contains", "love"), finds: ["ada"] },
  {
    name: "a part behind a blank",
    condition: text("display", "contains", " 01"),
    finds: ["board", "team"],
  },
  { name: "a beginning", condition: text("display", "starts-with", "king"), finds: [] },
  { name: "an end", condition: text("display", "ends-with", "lovelace"), finds: ["ada"] },
  {
    name: "an end that is longer",
    condition: text("display", "ends-with", "the prince"),
    finds: [],
  },
  { name: "the whole", condition: text("display", "equals", "PRINCE"), finds: ["prince"] },
  { name: "not the whole", condition: text("display", "equals", "Prin"), finds: [] },
  {
    name: "letters beyond ASCII",
    condition: text("display", "contains", "M\u00dcLL"),
    finds: ["jm"],
  },
  {
    name: "an accent that is composed",
    condition: text("display", "contains", "ju\u0308rgen"),
    finds: ["jm"],
  },
  { name: "ß as ss", condition: text("display", "contains", "STRASSE"), finds: ["strasse"] },
  { name: "blanks as one", condition: text("display", "contains", "great hall"), finds: ["hall"] },
  { name: "what LIKE takes for anything", condition: text("display", "contains", "%"), finds: [] },
  { name: "a first name of two", condition: text("first", "equals", "ada king"), finds: ["ada"] },
  { name: "an only name", condition: text("first", "equals", "prince"), finds: ["prince"] },
  {
    name: "no last name in the first",
    condition: text("first", "contains", "lovelace"),
    finds: [],
  },
  { name: "a last name", condition: text("last", "equals", "lovelace"), finds: ["ada"] },
  { name: "no only name as last", condition: text("last", "contains", "prince"), finds: [] },
  { name: "no last name of a room", condition: text("last", "contains", "hall"), finds: [] },
  { name: "a part of an address", condition: text("address", "contains", "a@ex"), finds: ["ada"] },
  { name: "no scheme in an address", condition: text("address", "contains", "mailto"), finds: [] },
  { name: "a URI", condition: text("mailto", "equals", "mailto:jm@example.test"), finds: ["jm"] },
  { name: "kinds", condition: { kind: "kinds", kinds: ["room", "resource"] }, finds: ["hall"] },
  { name: "a name", condition: { kind: "name", name: "jm" }, finds: ["jm"] },
  {
    name: "who somebody is",
    condition: { kind: "identity", id: 101 },
    finds: ["ada", "board", "team"],
  },
  { name: "who a group is", condition: { kind: "identity", id: 106 }, finds: ["board", "team"] },
  { name: "any of nothing", condition: { kind: "any", of: [] }, finds: [] },
  {
    name: "all of two",
    condition: {
      kind: "all",
      of: [text("display", "contains", "e"), { kind: "kinds", kinds: ["group"] }],
    },
    finds: ["team"],
  },
  {
    name: "any of two, within all",
    condition: {
      kind: "all",
      of: [
        {
          kind: "any",
          of: [text("display", "contains", "pri"), text("display", "contains", "ada")],
        },
        { kind: "enabled" },
      ],
    },
    finds: ["ada"],
  },
];

Deno.test("directory: what each condition finds, by name", async () => {
  await using database = await fileDatabase();
  const store = await openStore(database.executor());
  await peopled(store);
  for (const { name, condition, finds } of cases) {
    const { items, more } = await store.findPrincipals(condition, { asker: ids.alice, limit: 9 });
    assertEquals([items.map(({ principal }) => principal.name), more], [finds, false], name);
  }
});

Deno.test("directory: a page ends at its limit, and the next begins behind it", async () => {
  await using database = await fileDatabase();
  const store = await openStore(database.executor());
  await peopled(store);
  const found: string[] = [];
  let after: string | undefined;
  for (let more = true; more;) {
    const page = await store.findPrincipals({ kind: "all", of: [] }, {
      asker: ids.alice,
      after,
      limit: 4,
    });
    assertEquals(page.items.length, page.more ? 4 : 1);
    found.push(...page.items.map(({ principal }) => principal.name));
    after = found.at(-1);
    more = page.more;
  }
  assertEquals(found, ["alice", "bob", ...people.map(({ name }) => name)].sort());
});

Deno.test("directory: what is found comes with its kin, and the properties that the asker sees", async () => {
  await using database = await fileDatabase();
  const store = await openStore(database.executor());
  await peopled(store);
  const find = async (name: string, asker: number) =>
    (await store.findPrincipals({ kind: "name", name }, { asker, limit: 1 })).items[0];
  const ada = await find("ada", ids.alice);
  assertEquals(ada?.principal.addresses, ["ada@example.test"]);
  assertEquals(ada?.kin, { groups: [{ kind: "group", name: "team" }], members: [] });
  assertEquals(ada?.properties.map(({ xml }) => xml), ["<note>alice</note>"]);
  assertEquals((await find("ada", ids.bob))?.properties.map(({ xml }) => xml), [
    "<note>all</note>",
  ]);
  assertEquals((await find("team", ids.bob))?.kin.members.map(({ name }) => name), ["ada", "jm"]);
});

Deno.test("loadAll: each question is answered as by itself, in their order", async () => {
  await using database = await fileDatabase();
  const store = await openStore(database.executor());
  await peopled(store);
  const tree = (...segments: string[]) => (
    { kind: "tree", home: "calendar-home", owner: "alice", segments } as const
  );
  const questions = [
    { asker: ids.alice, place: tree("calendar"), used: true, locksAt: 0, also: [tree("tasks")] },
    { asker: ids.bob, place: { kind: "principal", principalKind: "group", name: "team" } },
    { asker: ids.alice, place: { kind: "fixed" } },
    { asker: ids.alice, place: tree("none"), properties: true },
  ] as const;
  const together = await store.loadAll(questions);
  assertEquals(together, await Promise.all(questions.map((one) => store.load(one))));
  assertEquals(await store.loadAll([]), []);
});
