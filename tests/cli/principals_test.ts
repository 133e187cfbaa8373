import { assertEquals, assertStringIncludes } from "@std/assert";
import { verifyPassword } from "../../src/access/passwords.ts";
import type { PrincipalEntry } from "../../src/store/questions.ts";
import { openFileStore } from "../../src/store/file.ts";
import { type Cli, davit, quick, temporaryCli } from "./cli.ts";

type Listed = Record<string, unknown>;

const importing = (cli: Cli, principals: readonly Listed[]) =>
  cli.run(["principals", "import", "-"], JSON.stringify({ principals }));

const alice = {
  kind: "individual",
  name: "alice",
  displayName: "Alice",
  emails: ["alice@example.com"],
  password: "secret",
  admin: true,
};
const team = { kind: "group", name: "team", members: ["alice", "Bob"] };
const bob = { kind: "individual", name: "Bob" };
const hall = { kind: "room", name: "great hall", displayName: "Große Halle", password: "x" };
const beamer = { kind: "resource", name: "beamer" };
const all = [team, alice, bob, hall, beamer];

async function entriesOf(cli: Cli): Promise<readonly PrincipalEntry[]> {
  const store = await openFileStore(`${cli.folder}/data/davit.db`);
  try {
    return await store.principals();
  } finally {
    store.close();
  }
}

Deno.test("principals import: all kinds at once, members later in the file", async () => {
  await using cli = await temporaryCli();
  const done = await importing(cli, all);
  assertEquals(done, { code: 0, out: "created 5, changed 0, unchanged 0\n", err: "" });
  const common = { emails: [], admin: false, disabled: false };
  assertEquals(JSON.parse(await cli.ok(["user", "list", "--json"])), [
    { ...common, kind: "individual", name: "Bob", displayName: "Bob" },
    {
      ...common,
      kind: "individual",
      name: "alice",
      displayName: "Alice",
      emails: ["alice@example.com"],
      admin: true,
    },
    { ...common, kind: "resource", name: "beamer", displayName: "beamer" },
    { ...common, kind: "room", name: "great hall", displayName: "Große Halle" },
    { ...common, kind: "group", name: "team", displayName: "team", members: ["Bob", "alice"] },
  ]);
});

Deno.test("principals import: all but groups have calendars", async () => {
  await using cli = await temporaryCli();
  await importing(cli, all);
  const two = "calendar\tCalendar\tVEVENT\ntasks\tTasks\tVTODO\n";
  for (const name of ["alice", "Bob", "great hall", "beamer"]) {
    assertEquals(await cli.ok(["calendar", "list", name]), two);
  }
  const none = await cli.run(["calendar", "list", "team"]);
  assertEquals([none.code, none.err], [1, "davit: team has no calendars\n"]);
});

Deno.test("principals import: a second time changes nothing, not even a hash", async () => {
  await using cli = await temporaryCli();
  await importing(cli, all);
  const before = await entriesOf(cli);
  const again = await importing(cli, all);
  assertEquals(again, { code: 0, out: "created 0, changed 0, unchanged 5\n", err: "" });
  assertEquals(await entriesOf(cli), before);
});

const changes: { name: string; listed: Listed; gives: string; shown?: Listed }[] = [
  { name: "nothing but the name", listed: {}, gives: "unchanged 1" },
  { name: "other letter case of the name", listed: { name: "ALICE" }, gives: "unchanged 1" },
  { name: "the same address", listed: { emails: ["ALICE@example.com"] }, gives: "unchanged 1" },
  {
    name: "a display name",
    listed: { displayName: "A." },
    gives: "changed 1, unchanged 0",
    shown: { displayName: "A." },
  },
  {
    name: "addresses, which replace",
    listed: { emails: ["a@example.com", "b@example.com"] },
    gives: "changed 1, unchanged 0",
    shown: { emails: ["a@example.com", "b@example.com"] },
  },
  {
    name: "no addresses",
    listed: { emails: [] },
    gives: "changed 1, unchanged 0",
    shown: { emails: [] },
  },
  {
    name: "no administrator",
    listed: { admin: false },
    gives: "changed 1, unchanged 0",
    shown: { admin: false },
  },
  { name: "the same password", listed: { password: "secret" }, gives: "unchanged 1" },
];

for (const { name, listed, gives, shown = {} } of changes) {
  Deno.test(`principals import: ${name}, and what is absent stays`, async () => {
    await using cli = await temporaryCli();
    await importing(cli, [alice]);
    const { out } = await importing(cli, [{ kind: "individual", name: "alice", ...listed }]);
    assertStringIncludes(out, gives);
    const { kind, displayName, emails, admin } = alice;
    const before = { name: "alice", kind, displayName, emails, admin, disabled: false };
    assertEquals(JSON.parse(await cli.ok(["user", "list", "--json"])), [{ ...before, ...shown }]);
  });
}

Deno.test("principals import: another password takes the place of the one before", async () => {
  await using cli = await temporaryCli();
  await importing(cli, [alice]);
  const { out } = await importing(cli, [{ ...alice, password: "other" }]);
  assertEquals(out, "created 0, changed 1, unchanged 0\n");
  const [entry] = await entriesOf(cli);
  const fits = ["other", "secret"].map((one) => verifyPassword(one, entry?.passwordHash ?? ""));
  assertEquals(await Promise.all(fits), [true, false]);
});

Deno.test("principals import: members replace", async () => {
  await using cli = await temporaryCli();
  await importing(cli, all);
  const { out } = await importing(cli, [{ ...team, members: ["beamer"] }]);
  assertEquals(out, "created 0, changed 1, unchanged 0\n");
  const members = (await entriesOf(cli)).find(({ principal }) => principal.kind === "group");
  assertEquals(members?.members, ["beamer"]);
});

Deno.test("principals import: two who swap their addresses", async () => {
  await using cli = await temporaryCli();
  const of = (name: string, ...emails: string[]) => ({ kind: "individual", name, emails });
  await importing(cli, [of("a", "x@example.com", "z@example.com"), of("b", "y@example.com")]);
  const swapped = [of("a", "y@example.com"), of("b", "x@example.com", "z@example.com")];
  const { out, err } = await importing(cli, swapped);
  assertEquals([out, err], ["created 0, changed 2, unchanged 0\n", ""]);
  assertEquals((await entriesOf(cli)).map(({ principal }) => principal.addresses), [
    ["y@example.com"],
    ["x@example.com", "z@example.com"],
  ]);
});

const person = (name: string, more: Listed = {}) => ({ kind: "individual", name, ...more });
const group = (name: string, ...members: string[]) => ({ kind: "group", name, members });

const refusals: { principals: unknown; says: string }[] = [
  { principals: {}, says: "standard input: principals: must be a list" },
  { principals: ["alice"], says: "standard input: principals[0]: must be an object" },
  { principals: [{ name: "a" }], says: "standard input: principals[0].kind: is missing" },
  {
    principals: [person("a"), person("b", { mail: "b@example.com" })],
    says: "standard input: principals[1].mail: is not known",
  },
  {
    principals: [{ kind: "robot", name: "a" }],
    says: "standard input: principals[0].kind: must be one of individual, group, room, resource",
  },
  {
    principals: [person("a", { emails: ["a@example.com", 1] })],
    says: "standard input: principals[0].emails[1]: must be a text",
  },
  {
    principals: [person("a", { password: "" })],
    says: "standard input: principals[0].password: must not be empty",
  },
  {
    principals: [person("a", { admin: "yes" })],
    says: "standard input: principals[0].admin: must be true or false",
  },
  { principals: [person("new"), person("")], says: "principals[1].name: The name is empty." },
  {
    principals: [person("a"), person("A")],
    says: "principals[1].name: A is there twice",
  },
  {
    principals: [{ kind: "room", name: "old" }],
    says: "principals[0].kind: old is there already, as individual",
  },
  {
    principals: [person("a", { displayName: "a\u0000" })],
    says: "principals[0].displayName: The display name has a control character.",
  },
  {
    principals: [person("a", { emails: ["a@example.com", "a"] })],
    says: 'principals[0].emails[1]: "a" is not a mail address.',
  },
  {
    principals: [
      person("a", { emails: ["x@example.com"] }),
      person("b", { emails: ["X@example.com"] }),
    ],
    says: "principals[1].emails[0]: x@example.com is the address of another principal",
  },
  {
    principals: [person("a", { emails: ["old@example.com"] })],
    says: "principals[0].emails[0]: old@example.com is the address of another principal",
  },
  {
    principals: [person("a", { emails: ["b@example.com"] }), person("b@example.com")],
    says: "principals[0].emails[0]: b@example.com is the name of another principal",
  },
  {
    principals: [person("OLD@example.com")],
    says: "principals[0].name: OLD@example.com is the address of another principal",
  },
  {
    principals: [{ kind: "room", name: "a", admin: true }],
    says: "principals[0].admin: only an individual can be an administrator",
  },
  {
    principals: [person("a", { members: ["old"] })],
    says: "principals[0].members: only a group has members",
  },
  {
    principals: [person("a"), group("g", "a", "b")],
    says: "principals[1].members[1]: nobody is called b",
  },
  { principals: [group("g", "G")], says: "principals[0].members: g would be a member of itself" },
  {
    principals: [group("f", "g"), group("g", "h"), group("h", "f")],
    says: "principals[0].members: f would be a member of itself",
  },
  {
    principals: [group("inner", "outer")],
    says: "principals[0].members: inner would be a member of itself",
  },
];

for (const { principals, says } of refusals) {
  Deno.test(`principals import refuses all: ${says}`, async () => {
    await using cli = await temporaryCli();
    await importing(cli, [
      person("old", { emails: ["old@example.com"] }),
      group("outer", "inner"),
      group("inner", "old"),
    ]);
    const before = await entriesOf(cli);
    const { code, out, err } = await importing(cli, principals as Listed[]);
    assertEquals([code, out, err], [1, "", `davit: ${says}\n`]);
    assertEquals(await entriesOf(cli), before);
  });
}

const texts: { name: string; text: string; says: string }[] = [
  { name: "no JSON", text: "principals", says: "Unexpected token" },
  {
    name: "another key beside",
    text: '{"principals": [], "users": []}',
    says: "users: is not known",
  },
  { name: "no list", text: "{}", says: "principals: is missing" },
  { name: "a list alone", text: "[]", says: "principals: is missing" },
];

for (const { name, text, says } of texts) {
  Deno.test(`principals import FILE refuses ${name}, and names the file`, async () => {
    await using cli = await temporaryCli();
    const path = await cli.write("principals.json", text);
    const { code, out, err } = await cli.run(["principals", "import", path]);
    assertEquals([code, out], [1, ""]);
    assertStringIncludes(err, `davit: ${path}: ${says}`);
  });
}

Deno.test("principals import: groups within groups are fine", async () => {
  await using cli = await temporaryCli();
  const { out, err } = await importing(cli, [
    group("all", "left", "right", "a"),
    group("left", "a"),
    group("right", "left", "a"),
    person("a"),
  ]);
  assertEquals([out, err], ["created 4, changed 0, unchanged 0\n", ""]);
});

Deno.test("principals import: two at once end as one after the other", async () => {
  await using cli = await temporaryCli();
  await importing(cli, [group("f"), group("g"), group("h")]);
  const edges = [["f", "g"], ["g", "h"], ["h", "f"]] as const;
  const outcomes = await Promise.all(edges.map(([of, is]) => importing(cli, [group(of, is)])));
  assertEquals(outcomes.map(({ code }) => code).toSorted(), [0, 0, 1]);
});

Deno.test("principals import: the accounts of a test suite, with their passwords", async () => {
  await using cli = await temporaryCli();
  const listed = Array.from({ length: 40 }, (_, index) => ({
    ...person(`user${index}`),
    password: `secret${index}`,
  }));
  const { out } = await importing(cli, listed);
  assertEquals(out, "created 40, changed 0, unchanged 0\n");
  const again = ["principals", "import", "-", "--data", `${cli.folder}/data`];
  const { out: second } = await davit(again, JSON.stringify({ principals: listed }), quick);
  assertEquals(second, "created 0, changed 0, unchanged 40\n");
});
