import { assertEquals } from "@std/assert";
import { displayKey, foldName } from "../../src/access/names.ts";
import type { WantedPrincipal } from "../../src/calendar/principal_plan.ts";
import { upsertPrincipals } from "../../src/calendar/principals.ts";
import type { Change } from "../../src/change.ts";
import { openFileStore } from "../../src/store/file.ts";
import type { PrincipalEntry } from "../../src/store/questions.ts";
import type { Store } from "../../src/store/store.ts";
import { temporaryFolder } from "../runtime/folder.ts";

const entry = (
  id: number,
  name: string,
  { addresses = [], members }: { addresses?: string[]; members?: string[] } = {},
): PrincipalEntry => ({
  principal: {
    id,
    kind: members ? "group" : "individual",
    name,
    displayName: name,
    addresses,
    admin: false,
    disabled: false,
    accessVersion: 10 + id,
    credentialVersion: 20 + id,
  },
  members: members ?? [],
});

const alice = entry(1, "alice", { addresses: ["a@example.com"] });
const bob = entry(2, "bob", { addresses: ["b@example.com"] });
const staff = entry(3, "staff", { members: ["alice"] });
const board = entry(4, "board", { members: [] });
const current = [alice, bob, staff, board];

const asRead = ({ principal: { id, accessVersion, credentialVersion } }: PrincipalEntry) => ({
  kind: "principal" as const,
  id,
  accessVersion,
  credentialVersion,
});

const given = { ids: () => 99, now: 1000 };
const person = (name: string, more: Partial<WantedPrincipal> = {}): WantedPrincipal => ({
  kind: "individual",
  name,
  ...more,
});
const group = (name: string, ...members: string[]): WantedPrincipal => ({
  kind: "group",
  name,
  members,
});

const decisions: { name: string; wanted: WantedPrincipal[]; rests: unknown; changes: unknown }[] = [
  { name: "nothing new rests on nothing", wanted: [person("alice")], rests: [], changes: [] },
  {
    name: "a new group rests on its name and address",
    wanted: [{ kind: "group", name: "Räte", emails: ["R@example.com"] }],
    rests: [
      { kind: "name-free", nameKey: "räte" },
      { kind: "address-free", address: "r@example.com", principalId: 99 },
    ],
    changes: [
      {
        kind: "make-principal",
        principal: {
          id: 99,
          kind: "group",
          name: "Räte",
          displayName: "Räte",
          admin: false,
          disabled: false,
        },
        nameKey: "räte",
        displayKey: "RÄTE",
        created: 1000,
      },
      { kind: "set-addresses", principalId: 99, addresses: ["r@example.com"] },
    ],
  },
  {
    name: "a password rests on whose it is",
    wanted: [person("alice", { passwordHash: "$hash" })],
    rests: [asRead(alice)],
    changes: [{ kind: "set-password", principalId: 1, hash: "$hash", created: 1000 }],
  },
  {
    name: "addresses that are swapped are given up first",
    wanted: [
      person("alice", { emails: ["b@example.com"] }),
      person("bob", { emails: ["a@example.com"] }),
    ],
    rests: [asRead(alice), asRead(bob)],
    changes: [
      { kind: "set-addresses", principalId: 1, addresses: [] },
      { kind: "set-addresses", principalId: 2, addresses: [] },
      { kind: "set-addresses", principalId: 1, addresses: ["b@example.com"] },
      { kind: "set-addresses", principalId: 2, addresses: ["a@example.com"] },
    ],
  },
  {
    name: "members rest on all groups, by the names that are stored",
    wanted: [group("board", "BOB")],
    rests: [asRead(staff), asRead(board)],
    changes: [{ kind: "set-members", groupId: 4, members: ["bob"] }],
  },
];

for (const { name, wanted, rests, changes } of decisions) {
  Deno.test(`principals: ${name}`, () => {
    const decision = upsertPrincipals(current, wanted, given);
    assertEquals([decision.rests, decision.changes], [rests, changes] as unknown);
  });
}

const makes = (name: string): Change => ({
  kind: "make-principal",
  principal: {
    id: 50,
    kind: "individual",
    name,
    displayName: name,
    admin: false,
    disabled: false,
  },
  nameKey: foldName(name),
  displayKey: displayKey(name),
  created: 0,
});

const meanwhile: { name: string; changes: Change[]; wanted: WantedPrincipal[] }[] = [
  { name: "the name is taken", changes: [makes("Carol")], wanted: [person("carol")] },
  {
    name: "the address is taken",
    changes: [makes("eve"), {
      kind: "set-addresses",
      principalId: 50,
      addresses: ["c@example.com"],
    }],
    wanted: [person("carol", { emails: ["c@example.com"] })],
  },
  {
    name: "the address becomes a name",
    changes: [makes("c@example.com")],
    wanted: [person("carol", { emails: ["c@example.com"] })],
  },
  {
    name: "the principal is disabled",
    changes: [{ kind: "set-principal", id: 1, disabled: true }],
    wanted: [person("alice", { displayName: "A." })],
  },
  {
    name: "another group gets the members",
    changes: [{ kind: "set-members", groupId: 4, members: ["staff"] }],
    wanted: [group("staff", "board")],
  },
];

for (const { name, changes, wanted } of meanwhile) {
  Deno.test(`principals: nothing is written where meanwhile ${name}`, async () => {
    await using folder = await temporaryFolder();
    const store = await openFileStore(`${folder.path}/test.db`);
    try {
      await seed(store);
      const decision = upsertPrincipals(await store.principals(), wanted, given);
      await store.commit([], changes);
      const before = await store.principals();
      assertEquals(await store.commit(decision.rests, decision.changes), false);
      assertEquals(await store.principals(), before);
    } finally {
      store.close();
    }
  });
}

/** With the ids that the tables above name. */
async function seed(store: Store): Promise<void> {
  for (const { principal: { id, name, kind } } of current) {
    const wanted = { kind, name };
    const ids = [id, ...Array.from({ length: 10 }, (_, index) => 100 * id + index)].values();
    const next = () => ids.next().value ?? 0;
    const { changes } = upsertPrincipals([], [wanted], { ids: next, now: 0 });
    await store.commit([], changes);
  }
}
