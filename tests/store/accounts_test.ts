import { assertEquals } from "@std/assert";
import type { Change } from "../../src/change.ts";
import type { Principal, PrincipalKind } from "../../src/model.ts";
import type { Store } from "../../src/store/store.ts";
import { storeTest } from "./databases.ts";
import { ids, makePrincipal, now, settled, write } from "./world.ts";

const group = 3;
const { alice, bob } = ids;

interface VersionCase {
  readonly name: string;
  readonly change: Change;
  /** Of whom, by default alice. */
  readonly of?: string;
  readonly access: boolean;
  readonly credentials: boolean;
}

const app = { principalId: alice, label: "phone" } as const;

/** One after the other, with bob in the group `team` from the beginning. */
const versionCases: readonly VersionCase[] = [
  {
    name: "display name",
    change: { kind: "set-principal", id: alice, displayName: "Älice" },
    access: false,
    credentials: false,
  },
  {
    name: "admin",
    change: { kind: "set-principal", id: alice, admin: true },
    access: true,
    credentials: false,
  },
  {
    name: "disabled",
    change: { kind: "set-principal", id: alice, disabled: true },
    access: true,
    credentials: true,
  },
  {
    name: "addresses",
    change: { kind: "set-addresses", principalId: alice, addresses: ["x@example.org"] },
    access: false,
    credentials: true,
  },
  {
    name: "password",
    change: { kind: "set-password", principalId: alice, hash: "#", created: now },
    access: false,
    credentials: true,
  },
  {
    name: "app password",
    change: { kind: "add-app-password", ...app, hash: "#", created: now },
    access: false,
    credentials: true,
  },
  {
    name: "app password revoked",
    change: { kind: "revoke-app-password", ...app },
    access: false,
    credentials: true,
  },
  { name: "new member", change: members("alice", "bob"), access: true, credentials: false },
  {
    name: "member that leaves",
    change: members("alice"),
    of: "bob",
    access: true,
    credentials: false,
  },
  { name: "no member", change: members("alice"), of: "bob", access: false, credentials: false },
];

storeTest("the access and credential versions move with what they stand for", async (store) => {
  await settled(store);
  await write(store, makePrincipal({ id: group, name: "team", kind: "group" }), members("bob"));
  for (const { name, change, of = "alice", access, credentials } of versionCases) {
    const before = await principal(store, of);
    await write(store, change);
    const after = await principal(store, of);
    assertEquals(after.accessVersion > before.accessVersion, access, `access: ${name}`);
    const moved = after.credentialVersion > before.credentialVersion;
    assertEquals(moved, credentials, `credentials: ${name}`);
  }
});

storeTest("principals are told with their addresses and members", async (store) => {
  await write(
    store,
    makePrincipal({ id: alice, name: "Zoë", displayName: "Zoë 🎻", admin: true }),
    makePrincipal({ id: bob, name: "bob", kind: "room", disabled: true }),
    makePrincipal({ id: group, name: "the team", kind: "group" }),
    { kind: "set-addresses", principalId: alice, addresses: ["z@example.org", "a@example.org"] },
    members("bob", "Zoë", "nobody"),
    { kind: "set-password", principalId: alice, hash: "slow", created: now },
  );
  const zoe: Principal = {
    id: alice,
    kind: "individual",
    name: "Zoë",
    displayName: "Zoë 🎻",
    addresses: ["z@example.org", "a@example.org"],
    admin: true,
    disabled: false,
    accessVersion: (await principal(store, "Zoë")).accessVersion,
    credentialVersion: (await principal(store, "Zoë")).credentialVersion,
  };
  const all = await store.principals();
  assertEquals(all.map(({ principal }) => principal.name), ["Zoë", "bob", "the team"]);
  assertEquals(all[0], { principal: zoe, members: [], passwordHash: "slow" });
  assertEquals(all[1]?.principal.disabled, true);
  assertEquals(all[2]?.members, ["Zoë", "bob"]);
  assertEquals(await store.principalNamed("Zoë"), all[0]);
  assertEquals(await store.principalNamed("zoë"), undefined);

  await write(
    store,
    { kind: "set-addresses", principalId: alice, addresses: ["a@example.org", "n@example.org"] },
    members("bob"),
    { kind: "set-principal", id: bob, disabled: false },
  );
  assertEquals((await principal(store, "Zoë")).addresses, ["a@example.org", "n@example.org"]);
  assertEquals((await store.principalNamed("the team"))?.members, ["bob"]);
  const { disabled, displayName } = await principal(store, "bob");
  assertEquals([disabled, displayName], [false, "bob"]);
});

storeTest(
  "a principal is told with the groups it is in, and a group with its members",
  async (store) => {
    await settled(store);
    await write(
      store,
      makePrincipal({ id: group, name: "team", kind: "group" }),
      makePrincipal({ id: 4, name: "room", kind: "room" }),
      makePrincipal({ id: 5, name: "all", kind: "group" }),
      members("bob", "alice", "room"),
      { kind: "set-members", groupId: 5, members: ["team", "bob"] },
    );
    const kin = async (principalKind: PrincipalKind, name: string, properties: boolean) => {
      const place = { kind: "principal", principalKind, name } as const;
      const { ownerKin } = await store.load({ asker: alice, place, properties });
      return [ownerKin.groups, ownerKin.members].map((list) =>
        list.map((one) => Object.values(one))
      );
    };
    assertEquals(await kin("individual", "bob", true), [[["group", "all"], ["group", "team"]], []]);
    assertEquals(await kin("group", "team", true), [
      [["group", "all"]],
      [["individual", "alice"], ["individual", "bob"], ["room", "room"]],
    ]);
    assertEquals(await kin("group", "team", false), [[], []]);
  },
);

storeTest("an address goes from one principal to another within a commit", async (store) => {
  await settled(store);
  await write(store, addresses(alice, "a@example.org", "b@example.org"));
  await write(store, addresses(alice, "b@example.org"), addresses(bob, "a@example.org"));
  assertEquals((await principal(store, "alice")).addresses, ["b@example.org"]);
  assertEquals((await principal(store, "bob")).addresses, ["a@example.org"]);
});

storeTest("who logs in is found by name or by address", async (store) => {
  await settled(store);
  await write(
    store,
    addresses(alice, "alice@example.org", "a@example.org"),
    { kind: "set-password", principalId: alice, hash: "slow", created: now },
    { kind: "add-app-password", ...app, hash: "fast", created: now + 1 },
    { kind: "set-password", principalId: bob, hash: "bob's", created: now },
  );
  const by = (account: string) => store.loginFacts(account, "192.0.2.1", now);
  const found = await by("alice");
  assertEquals(found.principal, await principal(store, "alice"));
  assertEquals(found.credentials.map(({ kind, hash }) => [kind, hash]), [
    ["password", "slow"],
    ["app", "fast"],
  ]);
  assertEquals(await by("alice@example.org"), found);
  assertEquals(await by("a@example.org"), found);
  assertEquals(await by("carol"), { principal: undefined, credentials: [], failures: [] });

  // A name that is another's address as well: facts keep it from happening, and the name wins.
  await write(store, addresses(bob, "alice"));
  assertEquals((await by("alice")).credentials, found.credentials);
});

storeTest("failures to log in are counted by account and client", async (store) => {
  await settled(store);
  for (const at of [now + 2, now, now + 1]) await store.recordLoginFailure("alice", "::1", at);
  await store.recordLoginFailure("alice", "192.0.2.1", now + 5);
  await store.recordLoginFailure("nobody", "::1", now + 5);
  const failures = async (account: string, address: string, since: number) =>
    (await store.loginFacts(account, address, since)).failures;
  assertEquals(await failures("alice", "::1", now - 1), [now, now + 1, now + 2]);
  assertEquals(await failures("alice", "::1", now), [now + 1, now + 2]);
  assertEquals(await failures("alice", "192.0.2.1", now), [now + 5]);
  assertEquals(await failures("nobody", "::1", now), [now + 5]);
});

storeTest("app passwords are told, used and revoked one by one", async (store) => {
  await settled(store);
  const add = (label: string, created: number): Change => (
    { kind: "add-app-password", principalId: alice, label, hash: `# ${label}`, created }
  );
  await write(store, add("phone", now + 1), add("laptop", now), {
    kind: "set-password",
    principalId: alice,
    hash: "slow",
    created: now,
  });
  const [laptop, phone, ...more] = await store.appPasswords(alice);
  assertEquals(more, []);
  assertEquals(laptop?.lastUsed, undefined);
  assertEquals([phone?.kind, phone?.label, phone?.hash, phone?.created], [
    "app",
    "phone",
    "# phone",
    now + 1,
  ]);

  await store.touchCredential(phone?.id ?? 0, now + 9);
  await write(store, { kind: "revoke-app-password", principalId: alice, label: "laptop" });
  assertEquals(await store.appPasswords(alice), phone && [{ ...phone, lastUsed: now + 9 }]);
  assertEquals(await store.appPasswords(bob), []);
});

storeTest("a new password takes the place of the old one", async (store) => {
  await settled(store);
  for (const hash of ["first", "second"]) {
    await write(store, { kind: "set-password", principalId: alice, hash, created: now });
  }
  const { credentials } = await store.loginFacts("alice", "::1", now);
  assertEquals(credentials.map(({ hash }) => hash), ["second"]);
});

function members(...names: readonly string[]): Change {
  return { kind: "set-members", groupId: group, members: names };
}

const addresses = (principalId: number, ...list: readonly string[]): Change => ({
  kind: "set-addresses",
  principalId,
  addresses: list,
});

async function principal(store: Store, name: string): Promise<Principal> {
  const entry = await store.principalNamed(name);
  if (!entry) throw new Error(`nobody is called ${name}`);
  return entry.principal;
}
