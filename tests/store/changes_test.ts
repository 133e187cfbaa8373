import { assert, assertEquals } from "@std/assert";
import type { Change } from "../../src/change.ts";
import type { Lock } from "../../src/model.ts";
import type { Store } from "../../src/store/store.ts";
import { type Query, storeTest } from "./databases.ts";
import {
  attachmentOf,
  collectionAt,
  ids,
  look,
  make,
  now,
  objectNamed,
  property,
  put,
  remove,
  settled,
  write,
} from "./world.ts";

/** Those about accounts are in accounts_test.ts. */
type Kind = Exclude<
  Change["kind"],
  `${string}-${"principal" | "addresses" | "members"}` | Password
>;
type Password = "set-password" | "add-app-password" | "revoke-app-password";

const { home, calendar, tasks } = ids;
const later = now + 1000;

/** What each kind of change does, in the settled world with `a.ics`, put by commit 2. */
const kinds: { readonly [K in Kind]: (store: Store, query: Query) => Promise<void> } = {
  async "put-object"(store, query) {
    const participants = [
      { address: "mailto:a@example.org", role: "organizer" },
      { address: "mailto:a@example.org", role: "attendee" },
      { address: "mailto:b@example.org", role: "attendee" },
    ] as const;
    await write(store, put("b.ics", { participants }));
    const made = await objectNamed(store, "b.ics");
    assertEquals(made, {
      id: made.id,
      collectionId: calendar,
      name: "b.ics",
      etag: '"b.ics 1"',
      scheduleTag: undefined,
      contentType: "text/calendar; charset=utf-8",
      sizeBytes: 16,
      attachedBytes: 0,
      uid: "uid of b.ics",
      component: "VEVENT",
      created: now,
      modified: now,
      commit: 3,
      properties: [],
      body: "content of b.ics",
      blobs: [],
    });
    assertEquals(await participantsOf(query, made.id), [
      ["mailto:a@example.org", "attendee"],
      ["mailto:a@example.org", "organizer"],
      ["mailto:b@example.org", "attendee"],
    ]);

    const replaced = { etag: '"2"', body: "new", modified: later, uid: undefined };
    await write(store, put("b.ics", replaced, { replaces: true }));
    const after = await objectNamed(store, "b.ics");
    assertEquals(after, { ...made, ...replaced, sizeBytes: 3, commit: 4 });
    assertEquals(await participantsOf(query, made.id), []);
  },

  async "put-attachment"(store, query) {
    await store.writeChunks([{ blobId: 51, position: 0, data: new Uint8Array(9) }], now);
    const attachment = attachmentOf("a", { blobId: 51 });
    await write(
      store,
      { kind: "put-attachment", attachment, digest: "x" },
      put("b.ics", { attachments: [attachment] }),
    );
    assertEquals(await query("SELECT state, digest FROM blobs"), [["kept", "x"]]);
    const { attachments } = await look(store, [], { attachments: ["a"] });
    assertEquals(attachments, [{ ...attachment, owners: [ids.alice], formerOwners: [] }]);
  },

  async "set-bounds"(store) {
    const bounds = async () => {
      const { principal } = await store.principalNamed("alice") ?? {};
      return [principal?.bounds, (await look(store, [])).used];
    };
    assertEquals(await bounds(), [undefined, undefined]);
    const alice = { kind: "set-bounds", id: ids.alice } as const;
    await write(store, { ...alice, quotaBytes: 1000 });
    const quota = { quotaBytes: 1000, usedBytes: 16, resourceBytes: undefined };
    assertEquals(await bounds(), [quota, 16]);
    await write(store, { ...alice, resourceBytes: 500 });
    const resource = { quotaBytes: undefined, usedBytes: undefined, resourceBytes: 500 };
    assertEquals(await bounds(), [resource, undefined]);
    await write(store, alice);
    assertEquals(await bounds(), [undefined, undefined]);
  },

  async "drop-uploads"(store, query) {
    const data = new Uint8Array(9);
    await store.writeChunks([51, 52, 53].map((blobId) => ({ blobId, position: 0, data })), now);
    await write(store, put("b.ics", { blobs: [{ offsetBytes: 0, blobId: 51, sizeBytes: 9 }] }), {
      kind: "drop-uploads",
      blobIds: [51, 52],
    });
    const states = () => query("SELECT id, state FROM blobs ORDER BY id");
    assertEquals(await states(), [[51, "kept"], [52, "doomed"], [53, "upload"]]);
    await store.upkeep({ now, keptFrom: 0 });
    assertEquals(await states(), [[51, "kept"], [53, "upload"]]);
  },

  async "delete-object"(store) {
    await write(store, remove("a.ics"));
    assertEquals((await look(store, ["calendar", "a.ics"])).object, undefined);
    assertEquals((await collectionAt(store, "calendar")).commit, 3);
  },

  async "move-object"(store, query) {
    await write(store, property({ kind: "object", id: await idOf(store, "a.ics") }, "<x/>"));
    const before = await objectNamed(store, "a.ics");
    await write(store, moveTo("b.ics", tasks));
    const moved = await objectNamed(store, "b.ics", tasks);
    assertEquals(moved, { ...before, collectionId: tasks, name: "b.ics", commit: 4 });
    assertEquals(await usedBytes(query), [[calendar, 0], [tasks, 16]]);
    const { items } = await store.changesSince(calendar, { commit: 3 }, page);
    assertEquals(items, [{ name: "a.ics", commit: 4, wasCollection: false }]);
    assertEquals((await collectionAt(store, "tasks")).commit, 4);

    await write(store, put("a.ics"), remove("b.ics", tasks));
    await write(store, moveTo("b.ics", tasks));
    assertEquals((await names(store, tasks)).items, ["b.ics"]);
    assertEquals((await store.changesSince(tasks, { commit: 4 }, page)).items.length, 1);
  },

  async "copy-object"(store, query) {
    const participants = [{ address: "mailto:a@example.org", role: "attendee" }] as const;
    await write(store, remove("a.ics"), put("a.ics", { participants }));
    const id = await idOf(store, "a.ics");
    await write(store, property({ kind: "object", id }, "<x/>"));
    const from = { collectionId: calendar, name: "a.ics" };
    const to = { collectionId: tasks, name: "b.ics" };
    await write(store, { kind: "copy-object", from, to, etag: '"copy"', at: later });
    const source = await objectNamed(store, "a.ics");
    const copy = await objectNamed(store, "b.ics", tasks);
    const own = { id: copy.id, etag: '"copy"', commit: 5, created: later, modified: later };
    assertEquals(copy, { ...source, ...to, ...own });
    assert(copy.id !== source.id);
    assertEquals(await participantsOf(query, copy.id), [["mailto:a@example.org", "attendee"]]);
    assertEquals(await usedBytes(query), [[calendar, 16], [tasks, 16]]);
  },

  async "make-collection"(store) {
    const collection = {
      kind: "subscription",
      displayName: "More 🗓",
      components: ["VEVENT", "VTODO"],
      timezone: "Europe/Berlin",
      transparent: true,
      created: later,
    } as const;
    await write(store, make({ id: 20, name: "more", ...collection }));
    assertEquals(await collectionAt(store, "more"), {
      id: 20,
      ownerId: ids.alice,
      name: "more",
      attachments: "inline",
      settings: 1,
      commit: 3,
      floor: 0,
      modified: later,
      properties: [],
      ...collection,
    });
    assertEquals((await collectionAt(store)).commit, 3);
  },

  async "move-collection"(store) {
    await write(store, make({ id: 20, name: "folder" }), make({ id: 21, name: "a", parentId: 20 }));
    await write(store, put("b.ics", {}, { collectionId: 21 }));
    const to = { collectionId: home, name: "b" };
    const ownerId = ids.alice;
    await write(store, { kind: "move-collection", id: 21, to, ownerId, at: later });
    assertEquals((await look(store, ["b", "b.ics"])).object?.commit, 4);
    assertEquals((await collectionAt(store, "b")).id, 21);
    const { items } = await store.changesSince(20, { commit: 4 }, page);
    assertEquals(items, [{ name: "a", commit: 5, wasCollection: true }]);
    assertEquals((await changed(store, home, 4)).map(({ name }) => name), ["b", "folder"]);
  },

  async "copy-properties"(store) {
    const holder = { kind: "collection", id: calendar } as const;
    await write(store, property(holder, "<x/>"), property(holder, "<own/>", ids.alice, "{y}own"));
    await write(store, { kind: "copy-properties", from: calendar, to: tasks });
    const { properties } = await collectionAt(store, "calendar");
    assertEquals(properties.length, 2);
    assertEquals((await collectionAt(store, "tasks")).properties, properties);
  },

  async "put-lock"(store) {
    await write(store, { kind: "put-lock", homeId: home, lock });
    assertEquals(await locks(store), [lock]);
    const refreshed = { ...lock, expires: lock.expires + 1000 };
    await write(store, { kind: "put-lock", homeId: home, lock: refreshed });
    assertEquals(await locks(store), [refreshed]);
    assertEquals(await locks(store, refreshed.expires), []);
  },

  async "delete-locks"(store) {
    const tokens = ["lock:1", "lock:2", "lock:3"];
    await write(
      store,
      ...tokens.map((token): Change => ({
        kind: "put-lock",
        homeId: home,
        lock: { ...lock, token },
      })),
    );
    await write(store, { kind: "delete-locks", tokens: ["lock:1", "lock:3", "unknown"] });
    assertEquals((await locks(store)).map(({ token }) => token), ["lock:2"]);
  },

  async "switch-service"(store) {
    const turn = (service: string, principalId: number, on: boolean) =>
      write(store, { kind: "switch-service", service, principalId, on });
    const offFor = async (asker: number) => (await look(store, [], { asker })).switchedOff;
    await turn("files", 0, false);
    await turn("files", ids.bob, false);
    await turn("mail", ids.bob, false);
    await turn("mail", ids.bob, false);
    assertEquals(new Set(await offFor(ids.alice)), new Set(["files"]));
    assertEquals(new Set(await offFor(ids.bob)), new Set(["files", "mail"]));
    assertEquals(await store.switchedOff(), [
      { service: "files", user: undefined },
      { service: "files", user: "bob" },
      { service: "mail", user: "bob" },
    ]);
    await turn("mail", ids.bob, true);
    await turn("files", 0, true);
    assertEquals(await store.switchedOff(), [{ service: "files", user: "bob" }]);
    assertEquals(await offFor(ids.alice), []);
  },

  async "delete-collection"(store, query) {
    await write(
      store,
      make({ id: 20, name: "folder" }),
      make({ id: 21, name: "below", parentId: 20 }),
      put("b.ics", {}, { collectionId: 20 }),
      put("c.ics", {}, { collectionId: 21 }),
      property({ kind: "collection", id: 21 }, "<x/>"),
    );
    const object = { kind: "object", id: await idOf(store, "c.ics", 21) } as const;
    await write(store, property(object, "<x/>"), remove("b.ics", 20));
    await write(store, { kind: "delete-collection", id: 20, at: later });

    assertEquals((await look(store, ["folder"])).rest, ["folder"]);
    assertEquals(await changed(store, home, 4), [
      { name: "folder", commit: 5, wasCollection: true },
    ]);
    assertEquals((await collectionAt(store)).commit, 5);
    for (const table of ["objects", "tombstones"]) {
      const sql = `SELECT count(*) FROM ${table} WHERE collection_id IN (20, 21)`;
      assertEquals(await query(sql), [[0]], table);
    }
    assertEquals(await query("SELECT count(*) FROM properties"), [[0]]);
    assertEquals(await query("SELECT name, owner_id FROM versions ORDER BY name"), [
      ["b.ics", ids.alice],
      ["c.ics", ids.alice],
    ]);
  },

  async "set-collection"(store) {
    const set = async (change: Partial<Extract<Change, { kind: "set-collection" }>>) => {
      await write(store, { kind: "set-collection", id: calendar, at: later, ...change });
      return await collectionAt(store, "calendar");
    };
    const before = await collectionAt(store, "calendar");
    const named = await set({ displayName: "Work" });
    assertEquals(named, { ...before, displayName: "Work", commit: 3, modified: later });
    const placed = await set({ timezone: "Europe/Berlin" });
    assertEquals(placed, { ...named, timezone: "Europe/Berlin", settings: 2, commit: 4 });
    const hidden = await set({ transparent: true });
    assertEquals(hidden, { ...placed, transparent: true, settings: 3, commit: 5 });
    const managed = await set({ attachments: "managed" });
    assertEquals(managed, { ...hidden, attachments: "managed", settings: 4, commit: 6 });
    const bare = await set({
      displayName: null,
      timezone: null,
      transparent: false,
      attachments: "inline",
    });
    assertEquals(bare, { ...before, settings: 5, commit: 7, modified: later });
  },

  async "set-property"(store) {
    const holder = { kind: "collection", id: calendar } as const;
    const xml = async (asker: number) => {
      const { chain } = await look(store, ["calendar"], { asker, properties: true });
      return chain[1]?.properties.map((one) => one.xml);
    };
    await write(store, property(holder, "<all/>"));
    assertEquals(await xml(ids.alice), ["<all/>"]);
    await write(store, property(holder, "<bob/>", ids.bob));
    assertEquals(await xml(ids.alice), ["<all/>"]);
    assertEquals(await xml(ids.bob), ["<bob/>"]);
    await write(store, property(holder, "<bob2/>", ids.bob));
    assertEquals(await xml(ids.bob), ["<bob2/>"]);
    await write(store, property(holder, null, ids.bob));
    assertEquals(await xml(ids.bob), ["<all/>"]);
    await write(store, property(holder, null));
    assertEquals(await xml(ids.alice), []);
    assertEquals((await collectionAt(store, "calendar")).commit, 7);
    assertEquals((await collectionAt(store)).commit, 7);

    const { id } = await objectNamed(store, "a.ics");
    await write(store, property({ kind: "object", id, collectionId: calendar }, "<x/>"));
    const [change] = await changed(store, calendar, 7);
    assertEquals(change?.object?.properties, [{ name: "{x}name", xml: "<x/>" }]);

    await write(store, property({ kind: "principal", id: ids.bob }, "<all/>"));
    const place = { kind: "principal", principalKind: "individual", name: "bob" } as const;
    const { ownerProperties } = await store.load({ asker: ids.alice, place, properties: true });
    assertEquals(ownerProperties, [{ name: "{x}name", xml: "<all/>" }]);
  },
};

storeTest("a collection that goes to another home has the owner there", async (store) => {
  await settled(store);
  const bobs = {
    ownerId: ids.bob,
    kind: "calendar-home",
    parentId: undefined,
    name: "",
  } as const;
  await write(
    store,
    make({ id: 40, ...bobs }),
    make({ id: 20, name: "folder" }),
    make({ id: 21, name: "a", parentId: 20 }),
    put("b.ics", {}, { collectionId: 21 }),
  );
  const to = { collectionId: 40, name: "moved" };
  await write(store, { kind: "move-collection", id: 20, to, ownerId: ids.bob, at: later });
  const segments = ["moved", "a", "b.ics"];
  const place = { kind: "tree", home: "calendar-home", owner: "bob", segments } as const;
  const { chain, object } = await store.load({ asker: ids.bob, place });
  assertEquals(chain.map(({ id, ownerId }) => [id, ownerId]), [
    [40, ids.bob],
    [20, ids.bob],
    [21, ids.bob],
  ]);
  assertEquals([chain[0]?.commit, object?.name], [3, "b.ics"]);
  assertEquals(await changed(store, home, 2), [
    { name: "folder", commit: 3, wasCollection: true },
  ]);
});

for (const [kind, test] of Object.entries(kinds)) {
  storeTest(`change: ${kind}`, async (store, query) => {
    await settled(store);
    await write(store, put("a.ics"));
    await test(store, query);
  });
}

const lock: Lock = {
  token: "lock:1",
  href: "/dav/calendars/alice/calendar/",
  principalId: ids.alice,
  exclusive: true,
  deep: false,
  ownerXml: "<owner/>",
  seconds: 60,
  expires: now + 60_000,
};

const page = { limit: 99, asker: ids.alice, detail: "properties" } as const;

const changed = async (store: Store, id: number, commit: number) =>
  (await store.changesSince(id, { commit }, page)).items;

const locks = async (store: Store, locksAt: number = now) =>
  (await look(store, ["calendar"], { locksAt })).locks;

async function names(store: Store, id: number) {
  const { items, more } = await store.members(id, { limit: 99, detail: "columns" });
  return { items: items.map(({ name }) => name), more };
}

const idOf = async (store: Store, name: string, collectionId: number = calendar) =>
  (await objectNamed(store, name, collectionId)).id;

const moveTo = (name: string, collectionId: number): Change => ({
  kind: "move-object",
  from: { collectionId: calendar, name: "a.ics" },
  to: { collectionId, name },
  at: later,
});

const participantsOf = (query: Query, id: number) =>
  query("SELECT address, role FROM participants WHERE object_id = ? ORDER BY address, role", id);

const usedBytes = (query: Query) =>
  query("SELECT id, used_bytes FROM collections WHERE id IN (?, ?) ORDER BY id", calendar, tasks);
