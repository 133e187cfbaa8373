import { assert, assertEquals, assertRejects } from "@std/assert";
import type { Change, Fact } from "../../src/change.ts";
import type { Lock, NewBlob } from "../../src/model.ts";
import type { Store } from "../../src/store/store.ts";
import { databaseTest, queryOf, storeTest } from "./databases.ts";
import {
  attachmentOf,
  collectionAt,
  commitNumber,
  ids,
  look,
  make,
  makePrincipal,
  now,
  objectNamed,
  put,
  remove,
  settled,
  write,
} from "./world.ts";

interface FactCase {
  readonly name: string;
  readonly fact: Fact;
  readonly holds: boolean;
}

const principalId = ids.alice;
const { calendar, home, tasks, bob } = ids;
const inAMinute = now + 60_000;

/** In a world where alice has `a.ics`, two addresses and a lock for a minute. */
const factCases: { readonly [K in Fact["kind"]]: readonly FactCase[] } = {
  "access": [
    holds("as read", { kind: "access", principalId, accessVersion: 1 }),
    fails("moved", { kind: "access", principalId, accessVersion: 2 }),
    fails("nobody", { kind: "access", principalId: 99, accessVersion: 1 }),
  ],
  "collection": [
    holds("as read", { kind: "collection", id: tasks, settings: 1 }),
    fails("settings moved", { kind: "collection", id: tasks, settings: 2 }),
    fails("gone", { kind: "collection", id: 99, settings: 1 }),
  ],
  "unchanged": [
    holds("as read", { kind: "unchanged", id: calendar, commit: 2 }),
    fails("changed since", { kind: "unchanged", id: calendar, commit: 1 }),
    fails("gone", { kind: "unchanged", id: 99, commit: 2 }),
  ],
  "member": [
    holds("ETag as read", member("a.ics", '"a.ics 1"')),
    holds("empty", member("b.ics", undefined)),
    holds("letter case counts", member("A.ICS", undefined)),
    fails("another ETag", member("a.ics", '"a.ics 2"')),
    fails("gone", member("b.ics", '"b.ics 1"')),
    fails("an object", member("a.ics", undefined)),
    fails("a collection", member("tasks", undefined, home)),
  ],
  "uid-free": [
    holds("nobody's", uidFree("uid of b.ics", "b.ics")),
    holds("of the object itself", uidFree("uid of a.ics", "a.ics")),
    holds("in another calendar", uidFree("uid of a.ics", "b.ics", tasks)),
    fails("of another object", uidFree("uid of a.ics", "b.ics")),
  ],
  "locks": [
    holds("as read", locks(now, "lock:1")),
    holds("expired", locks(inAMinute)),
    holds("of another home", { kind: "locks", homeId: ids.files, tokens: [], at: now }),
    fails("a new one", locks(now)),
    fails("another one", locks(now, "lock:2")),
    fails("one is gone", locks(now, "lock:1", "lock:2")),
    fails("one has expired", locks(inAMinute, "lock:1")),
  ],
  "principal": [
    holds("as read", principal(1, 1)),
    fails("access moved", principal(2, 1)),
    fails("credentials moved", principal(1, 2)),
  ],
  "name-free": [
    holds("nobody's", { kind: "name-free", nameKey: "carol" }),
    fails("somebody's name", { kind: "name-free", nameKey: "bob" }),
    fails("somebody's address", { kind: "name-free", nameKey: "alice@example.org" }),
  ],
  "address-free": [
    holds("nobody's", addressFree("bob@example.org", bob)),
    holds("one's own", addressFree("alice@example.org", principalId)),
    holds("one's own name", addressFree("bob", bob)),
    fails("another's", addressFree("alice@example.org", bob)),
    fails("another's name", addressFree("alice", bob)),
  ],
  "stored-most": [
    holds("less", { kind: "stored-most", ownerId: principalId, bytes: 9_000 }),
    fails("more", { kind: "stored-most", ownerId: principalId, bytes: 15 }),
    holds("another's", { kind: "stored-most", ownerId: bob, bytes: 0 }),
  ],
  "uploads": [
    holds("whole and new", uploads(blobOf(51, 9, "x"))),
    holds("two of them", uploads(blobOf(51, 9, "x"), blobOf(52, 9, "y"))),
    fails("a part of one", uploads(blobOf(51, 10, "x"))),
    fails("gone", uploads(blobOf(51, 9, "x"), blobOf(99, 9, "y"))),
    fails("kept already", uploads(blobOf(50, 9, "z"))),
    fails("the content of one that is kept", uploads(blobOf(51, 9, "kept"))),
  ],
  "blobs": [
    holds("kept", { kind: "blobs", blobIds: [50] }),
    fails("an upload", { kind: "blobs", blobIds: [50, 51] }),
    fails("gone", { kind: "blobs", blobIds: [99] }),
  ],
  "attachments": [
    holds("there", { kind: "attachments", ids: ["a"] }),
    fails("one is gone", { kind: "attachments", ids: ["a", "b"] }),
  ],
  "nobody-yet": [fails("somebody", { kind: "nobody-yet" })],
};

storeTest(
  "a fact that does not hold keeps all of its commit from being written",
  async (store, query) => {
    await settled(store);
    const data = new Uint8Array(9);
    await store.writeChunks([50, 51, 52].map((blobId) => ({ blobId, position: 0, data })), now);
    const attachment = attachmentOf("a");
    await write(
      store,
      { kind: "put-attachment", attachment },
      put("a.ics", {
        blobs: [blobOf(50, 9, "kept")],
      }),
      {
        kind: "set-addresses",
        principalId,
        addresses: ["alice@example.org", "a@example.org"],
      },
      { kind: "put-lock", homeId: home, lock },
    );
    for (const { name, fact, holds } of Object.values(factCases).flat()) {
      const row = `${fact.kind}: ${name}`;
      const before = await commitNumber(query);
      const changes = [put(row, {}, { collectionId: ids.files })];
      const sound: Fact = { kind: "collection", id: ids.files, settings: 1 };
      assertEquals(await store.commit([sound, fact, sound], changes), holds, row);
      const [found] = await query("SELECT 1 FROM objects WHERE name = ?", row);
      assertEquals(found !== undefined, holds, row);
      assertEquals(await commitNumber(query), before + (holds ? 1 : 0), row);
    }
  },
);

storeTest("there is nobody yet in an empty database", async (store) => {
  const first = [makePrincipal({ id: principalId, name: "alice" })];
  assert(await store.commit([{ kind: "nobody-yet" }], first));
  assertEquals(
    await store.commit([{ kind: "nobody-yet" }], [makePrincipal({ id: bob, name: "bob" })]),
    false,
  );
});

storeTest("all changes are written or none: one fails, and it is no fact", async (store, query) => {
  await settled(store);
  await write(store, put("a.ics"));
  const impossible: readonly (readonly [string, Change])[] = [
    ["a name twice", put("a.ics", { uid: "another" })],
    ["a UID twice", put("c.ics", { uid: "uid of a.ics" })],
    ["no such collection", put("c.ics", {}, { collectionId: 99 })],
    ["no such blob", put("c.ics", { blobs: [{ offsetBytes: 0, blobId: 99, sizeBytes: 1 }] })],
    ["a collection's name twice", make({ id: 77, name: "tasks" })],
    ["a second home", make({ id: 77, name: "", kind: "calendar-home", parentId: undefined })],
    ["a principal's name twice", makePrincipal({ id: 77, name: "Alice" })],
    ["an address of nobody", { kind: "set-addresses", principalId: 99, addresses: ["x@y.z"] }],
  ];
  const before = await commitNumber(query);
  for (const [name, change] of impossible) {
    const changes = [put("b.ics"), change, remove("a.ics"), put("d.ics")];
    await assertRejects(() => store.commit([], changes), name);
    assertEquals((await store.members(calendar, { limit: 9, detail: "columns" })).items.length, 1);
    assertEquals(await commitNumber(query), before);
  }
  assertEquals((await objectNamed(store, "a.ics")).body, "content of a.ics");
});

storeTest("a commit of nothing moves nothing", async (store, query) => {
  await settled(store);
  const before = await commitNumber(query);
  assert(await store.commit([], []));
  assertEquals(await store.commit([{ kind: "nobody-yet" }], []), false);
  assertEquals(await commitNumber(query), before);
});

storeTest(
  "all of a commit carries one number, and the collections touched by it",
  async (store, query) => {
    await settled(store);
    await write(store, put("a.ics"), put("b.ics"), put("c.ics", {}, { collectionId: tasks }));
    await write(store, remove("a.ics"), put("d.ics"), make({ id: 20, name: "more" }));
    const number = await commitNumber(query);
    assertEquals(number, 3);

    const { items, commit } = await store.changesSince(calendar, { commit: 2 }, page(10));
    assertEquals(items.map((item) => [item.name, item.commit]), [["a.ics", 3], ["d.ics", 3]]);
    assertEquals(commit, 3);
    assertEquals((await objectNamed(store, "b.ics")).commit, 2);
    const commits = async (...path: string[]) => (await collectionAt(store, ...path)).commit;
    assertEquals(await commits("calendar"), 3);
    assertEquals(await commits("tasks"), 2);
    assertEquals(await commits("more"), 3);
    assertEquals(await commits(), 3);
    assertEquals((await look(store, [])).chain[0]?.commit, 3);
  },
);

storeTest(
  "of writes that arrive together, one that is refused takes no other with it",
  async (store, query) => {
    await settled(store);
    const before = await commitNumber(query);
    const written = await Promise.all(
      Array.from({ length: 16 }, (_, index) => {
        const name = `${index}.ics`;
        return store.commit([member(name, index === 7 ? '"other"' : undefined)], [put(name)]);
      }),
    );
    assertEquals(written, Array.from({ length: 16 }, (_, index) => index !== 7));
    const { items } = await store.members(calendar, { limit: 99, detail: "columns" });
    assertEquals(items.length, 15);
    assertEquals(
      items.map(({ commit }) => commit - before).toSorted((a, b) => a - b),
      [
        ...Array(15).keys(),
      ].map((index) => index + 1),
    );
  },
);

storeTest(
  "of writes that arrive together, one that fails takes no other with it",
  async (store) => {
    await settled(store);
    const results = await Promise.allSettled([
      store.commit([], [put("a.ics")]),
      store.commit([], [put("b.ics"), put("b.ics")]),
      store.commit([], [put("c.ics")]),
    ]);
    assertEquals(results.map(({ status }) => status), ["fulfilled", "rejected", "fulfilled"]);
    const { items } = await store.members(calendar, { limit: 9, detail: "columns" });
    assertEquals(items.map(({ name }) => name), ["a.ics", "c.ics"]);
  },
);

databaseTest(
  "of writes of two connections at once, none is lost and none goes over another",
  async (database) => {
    const stores = [await database.store(), await database.store()] as const;
    await settled(stores[0]);
    await write(stores[0], put("count", { body: "0" }));
    let conflicts = 0;
    const count = async (store: Store) => {
      for (let done = 0; done < 20;) {
        const { etag, body } = await objectNamed(store, "count");
        const next = { etag: `"${crypto.randomUUID()}"`, body: String(Number(body) + 1) };
        const change = put("count", next, { replaces: true });
        if (await store.commit([member("count", etag)], [change])) done++;
        else conflicts++;
      }
    };
    await Promise.all([...stores, ...stores].map(count));
    assertEquals((await objectNamed(stores[1], "count")).body, "80");
    assertEquals(await commitNumber(queryOf(database.executor())), 2 + 80);
    assert(conflicts > 0, "the writers never met");
  },
);

function holds(name: string, fact: Fact): FactCase {
  return { name, fact, holds: true };
}

function fails(name: string, fact: Fact): FactCase {
  return { name, fact, holds: false };
}

function member(name: string, etag: string | undefined, collectionId: number = calendar): Fact {
  return { kind: "member", collectionId, name, etag };
}

function blobOf(blobId: number, sizeBytes: number, digest: string): NewBlob {
  return { offsetBytes: 0, blobId, sizeBytes, digest };
}

function uploads(...blobs: readonly NewBlob[]): Fact {
  return { kind: "uploads", blobs };
}

function uidFree(uid: string, name: string, collectionId: number = calendar): Fact {
  return { kind: "uid-free", collectionId, uid, name };
}

function locks(at: number, ...tokens: readonly string[]): Fact {
  return { kind: "locks", homeId: home, tokens, at };
}

function principal(accessVersion: number, credentialVersion: number): Fact {
  return { kind: "principal", id: bob, accessVersion, credentialVersion };
}

function addressFree(address: string, id: number): Fact {
  return { kind: "address-free", address, principalId: id };
}

const lock: Lock = {
  token: "lock:1",
  href: "/dav/calendars/alice/calendar/",
  principalId,
  exclusive: true,
  deep: true,
  seconds: 60,
  expires: inAMinute,
};

const page = (limit: number) => ({ limit, asker: principalId, detail: "tag" }) as const;
