import { assertEquals } from "@std/assert";
import type { Attachment } from "../../src/model.ts";
import type { Store } from "../../src/store/store.ts";
import { type Query, storeTest } from "./databases.ts";
import {
  attachmentOf,
  collectionAt,
  ids,
  look,
  make,
  makePrincipal,
  now,
  put,
  remove,
  settled,
  write,
} from "./world.ts";

const { alice, bob, calendar, tasks } = ids;

/** The trigger that keeps what is deleted takes the database's own clock. */
const all = Date.now() + 1000 * 24 * 3_600_000;
const never = 0;

/** Alice's `a.ics` has the attachment `one`, of nine bytes in blob 51. */
async function attached(store: Store): Promise<Attachment> {
  await settled(store);
  await store.writeChunks([{ blobId: 51, position: 0, data: new Uint8Array(9) }], now);
  const one = attachmentOf("one", { blobId: 51 });
  await write(
    store,
    { kind: "put-attachment", attachment: one },
    put("a.ics", {
      attachments: [one],
    }),
  );
  return one;
}

const copyTo = (name: string, collectionId: number) =>
  ({
    kind: "copy-object",
    from: { collectionId: calendar, name: "a.ics" },
    to: { collectionId, name },
    etag: '"copy"',
    at: now,
  }) as const;

/** Who has the attachment, and who has had it. */
async function who(store: Store): Promise<unknown> {
  const { attachments: [found] } = await look(store, [], { attachments: ["one"] });
  return found && [found.owners, found.formerOwners];
}

const usedBytes = async (query: Query) =>
  await query("SELECT id, used_bytes FROM collections WHERE used_bytes > 0 ORDER BY id");

storeTest("an attachment is told by its id, to nobody in particular", async (store) => {
  const one = await attached(store);
  const place = { kind: "attachment", id: "one" } as const;
  const { attachments, owner, chain } = await store.load({ asker: bob, place });
  assertEquals(attachments, [{ ...one, owners: [alice], formerOwners: [] }]);
  assertEquals([owner, chain], [undefined, []]);
  const gone = await store.load({ asker: bob, place: { kind: "attachment", id: "two" } });
  assertEquals(gone.attachments, []);
});

storeTest("an object tells its attachments with its content", async (store) => {
  await attached(store);
  const told = { id: "one", sizeBytes: 9 };
  const { attached: those, object } = await look(store, ["calendar", "a.ics"], { body: true });
  assertEquals([those, object?.attachedBytes], [[told], 9]);
  assertEquals((await look(store, ["calendar", "a.ics"])).attached, []);
});

storeTest("attachments count for each object that refers to them", async (store, query) => {
  await attached(store);
  const body = "content of a.ics".length;
  assertEquals(await usedBytes(query), [[calendar, body + 9]]);
  await write(store, copyTo("b.ics", tasks));
  assertEquals(await usedBytes(query), [[calendar, body + 9], [tasks, body + 9]]);
  const [from, to] = [{ collectionId: calendar, name: "a.ics" }, {
    collectionId: tasks,
    name: "a.ics",
  }];
  await write(store, remove("b.ics", tasks));
  await write(store, { kind: "move-object", from, to, at: now });
  assertEquals(await usedBytes(query), [[tasks, body + 9]]);
  await write(store, put("a.ics", { etag: '"2"' }, { replaces: true, collectionId: tasks }));
  assertEquals(await usedBytes(query), [[tasks, body]]);
});

storeTest("what an object refers to no more is had no more, but could be again", async (store) => {
  const one = await attached(store);
  assertEquals(await who(store), [[alice], []]);
  await write(store, copyTo("b.ics", tasks));
  await write(store, put("a.ics", { etag: '"2"' }, { replaces: true }));
  assertEquals(await who(store), [[alice], [alice]]);
  await write(store, remove("b.ics", tasks));
  assertEquals(await who(store), [[], [alice]]);
  await write(store, put("a.ics", { etag: '"3"', attachments: [one] }, { replaces: true }));
  assertEquals(await who(store), [[alice], [alice]]);
  await write(store, { kind: "delete-collection", id: calendar, at: now });
  assertEquals(await who(store), [[], [alice]]);
});

storeTest("an attachment is swept when the last version of it is", async (store, query) => {
  await attached(store);
  const left = async () =>
    await query("SELECT (SELECT count(*) FROM attachments), (SELECT count(*) FROM chunks)");
  await store.upkeep({ now, keptFrom: all });
  assertEquals(await left(), [[1, 1]]);
  await write(store, remove("a.ics"));
  await store.upkeep({ now, keptFrom: never });
  assertEquals(await left(), [[1, 1]]);
  await store.upkeep({ now, keptFrom: all });
  assertEquals(await left(), [[0, 0]]);
});

storeTest("a link opens what somebody has who may have attachments", async (store) => {
  const one = await attached(store);
  const found = () => store.attachmentAt("link of one", "attachments");
  const turn = (principalId: number, on: boolean) =>
    write(store, { kind: "switch-service", service: "attachments", principalId, on });
  const isOn = { attachment: one, switchedOff: false };
  assertEquals(await found(), isOn);
  assertEquals(await store.attachmentAt("one", "attachments"), undefined);
  await turn(bob, false);
  assertEquals(await found(), isOn);
  for (const principalId of [alice, 0]) {
    await turn(principalId, false);
    assertEquals(await found(), { attachment: one, switchedOff: true });
    await turn(principalId, true);
    assertEquals(await found(), isOn);
  }
  await write(store, { kind: "set-principal", id: alice, disabled: true });
  assertEquals(await found(), undefined);
  await write(store, { kind: "set-principal", id: alice, disabled: false });
  await write(store, remove("a.ics"));
  assertEquals(await found(), undefined);
});

storeTest("a calendar that goes to somebody else has its attachments with it", async (store) => {
  await attached(store);
  await write(
    store,
    makePrincipal({ id: 5, name: "carol" }),
    make({ id: 40, kind: "calendar-home", parentId: undefined, ownerId: 5, name: "" }),
  );
  const to = { collectionId: 40, name: "theirs" };
  await write(store, { kind: "move-collection", id: calendar, to, ownerId: 5, at: now });
  assertEquals(await who(store), [[5], []]);
  assertEquals((await collectionAt(store)).id, ids.home);
});
