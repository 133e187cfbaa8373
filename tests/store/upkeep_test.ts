import { assert, assertEquals, assertRejects } from "@std/assert";
import { limits } from "../../src/limits.ts";
import type { BlobPart } from "../../src/model.ts";
import type { Store } from "../../src/store/store.ts";
import { type Query, storeTest } from "./databases.ts";
import {
  collectionAt,
  ids,
  look,
  make,
  now,
  objectNamed,
  put,
  remove,
  settled,
  write,
} from "./world.ts";

const { calendar, tasks } = ids;
const chunkBytes = 256 * 1024;
const dayMs = 24 * 3_600_000;

/** The trigger that keeps what is deleted takes the database's own clock. */
const never = 0;
const all = Date.now() + 1000 * dayMs;

storeTest("a blob is written in several steps, and read back in others", async (store) => {
  const last = Uint8Array.of(7, 0, 255);
  const chunks = [filled(1), filled(2), filled(3), filled(4), last];
  const blobId = 50;
  const rows = chunks.map((data, position) => ({ blobId, position, data }));
  await store.writeChunks(rows.slice(0, 2), now);
  await store.writeChunks(rows.slice(2, 4), now);
  await store.writeChunks([...rows.slice(4), { blobId: 51, position: 0, data: last }], now);
  for (const count of [1, 2, 5, 9]) {
    const read: Uint8Array[] = [];
    while (read.length < 5) {
      read.push(...await store.readChunks([{ blobId, position: read.length, count }]));
    }
    assert(read.every((chunk, index) => equal(chunk, chunks[index])), `${count} at a time`);
  }
  const some = await store.readChunks([
    { blobId: 51, position: 0, count: 9 },
    { blobId, position: 5, count: 9 },
    { blobId: 99, position: 0, count: 9 },
    { blobId, position: 3, count: 2 },
  ]);
  assertEquals(some.map(([first, , third]) => [first, third]), [[7, 255], [4, 4], [7, 255]]);
});

storeTest(
  "a chunk that is too large or comes twice is refused, with its whole batch",
  async (store) => {
    const chunk = (data: Uint8Array, position = 0) => ({ blobId: 50, position, data });
    const all = [{ blobId: 50, position: 0, count: 9 }];
    await assertRejects(() =>
      store.writeChunks([chunk(filled(1)), chunk(new Uint8Array(chunkBytes + 1), 1)], now)
    );
    assertEquals(await store.readChunks(all), []);
    await store.writeChunks([chunk(filled(1))], now);
    await assertRejects(() => store.writeChunks([chunk(filled(2))], now));
    assertEquals((await store.readChunks(all)).map(([first]) => first), [1]);
  },
);

storeTest("an object tells its blobs in the order in which they stand", async (store) => {
  await settled(store);
  const sizes = [[51, 5], [52, 7]] as const;
  for (const [id, size] of sizes) await upload(store, id, size);
  const blobs: BlobPart[] = [
    { offsetBytes: 9, blobId: 51, sizeBytes: 5 },
    { offsetBytes: 2, blobId: 52, sizeBytes: 7 },
    { offsetBytes: 30, blobId: 51, sizeBytes: 5 },
  ];
  await write(store, put("a.ics", { blobs }));
  const sorted = blobs.toSorted((a, b) => a.offsetBytes - b.offsetBytes);
  assertEquals((await objectNamed(store, "a.ics")).blobs, sorted);
  const { content } = await look(store, ["calendar", "a.ics"], { body: true });
  assertEquals(content?.blobs, sorted);
  await write(store, put("a.ics", { etag: '"2"' }, { replaces: true }));
  assertEquals((await objectNamed(store, "a.ics")).blobs, []);
});

storeTest(
  "an upload that no commit takes over is swept after a day, no other",
  async (store, query) => {
    await settled(store);
    await upload(store, 51, 3);
    await upload(store, 52, 3);
    await write(store, put("a.ics", { blobs: [part(51)] }));
    await store.upkeep({ now: now + dayMs - 1, keptFrom: never });
    assertEquals(await blobIds(query), [51, 52]);
    await store.upkeep({ now: now + dayMs + 1, keptFrom: never });
    assertEquals(await blobIds(query), [51]);
    assertEquals(await query("SELECT DISTINCT blob_id FROM chunks"), [[51]]);
  },
);

storeTest("an upload that goes on is not swept", async (store, query) => {
  const chunk = (position: number) => ({ blobId: 51, position, data: filled(position) });
  await store.writeChunks([chunk(0)], now);
  await store.writeChunks([chunk(1)], now + dayMs);
  await store.upkeep({ now: now + dayMs + 1, keptFrom: never });
  assertEquals(await blobIds(query), [51]);
});

storeTest("uploads are dropped as far as no commit has kept them", async (store, query) => {
  await settled(store);
  const large = (limits.removedBytes / chunkBytes) + 3;
  const some = Array.from({ length: large }, (_, position) => ({
    blobId: 53,
    position,
    data: filled(1),
  }));
  for (const id of [51, 52]) await upload(store, id, 3);
  await store.writeChunks(some, now);
  await write(store, put("a.ics", { blobs: [part(51)] }));
  const sizeBytes = large * chunkBytes;
  await store.dropUploads([51, 53, 99].map((blobId) => ({ blobId, sizeBytes })));
  assertEquals(await blobIds(query), [51, 52]);
  assertEquals(await query("SELECT blob_id FROM chunks ORDER BY blob_id"), [[51], [52]]);
});

storeTest(
  "content that is kept is found by its digest, an upload or what goes is not",
  async (store) => {
    await settled(store);
    for (const id of [51, 52]) await upload(store, id, 3);
    const digests = ["a", "b"];
    const found = async () => [...(await look(store, [], { digests })).sameContent];
    await write(store, put("a.ics", { blobs: [{ ...part(51), digest: "a" }] }));
    assertEquals(await found(), [["a", 51]]);
    await write(store, put("b.ics", { blobs: [{ ...part(51), offsetBytes: 1 }] }), remove("a.ics"));
    await store.upkeep({ now, keptFrom: all });
    assertEquals(await found(), [["a", 51]]);
    await write(store, remove("b.ics"));
    await store.upkeep({ now, keptFrom: all });
    assertEquals(await found(), []);
  },
);

storeTest("a blob stays while an object or a version refers to it", async (store, query) => {
  await settled(store);
  await upload(store, 51, 3);
  await write(store, put("a.ics", { blobs: [part(51)] }), put("b.ics", { blobs: [part(51)] }));
  const sweep = async (keptFrom: number) => {
    await store.upkeep({ now: now + 2 * dayMs, keptFrom });
    return await blobIds(query);
  };
  await write(store, remove("a.ics"));
  assertEquals(await sweep(all), [51], "another object has it");
  await write(store, put("b.ics", { etag: '"2"' }, { replaces: true }));
  assertEquals(await sweep(never), [51], "a version has it");
  assertEquals(await sweep(all), []);
});

storeTest("what is replaced or deleted is kept until upkeep removes it", async (store, query) => {
  await settled(store);
  await upload(store, 51, 3);
  const bytes = Uint8Array.of(255, 0);
  await write(
    store,
    put("a.ics", { body: bytes, blobs: [part(51)] }),
    put("b.ics"),
    put("t.ics", {}, { collectionId: tasks }),
  );
  await write(store, put("a.ics", { etag: '"2"', uid: "other" }, { replaces: true }));
  await write(store, remove("a.ics"), remove("b.ics"));
  await write(store, put("a.ics", { etag: '"3"' }));
  await write(store, { kind: "delete-collection", id: tasks, at: now });

  const sql = `SELECT owner_id, collection_id, name, uid, etag, hex(body), blobs FROM versions
    ORDER BY id`;
  const hex = (text: string) =>
    [...new TextEncoder().encode(text)].map((byte) => byte.toString(16).toUpperCase()).join("");
  assertEquals(await query(sql), [
    [1, calendar, "a.ics", "uid of a.ics", '"a.ics 1"', "FF00", "[[2,51]]"],
    [1, calendar, "a.ics", "other", '"2"', hex("content of a.ics"), null],
    [1, calendar, "b.ics", "uid of b.ics", '"b.ics 1"', hex("content of b.ics"), null],
    [1, tasks, "t.ics", "uid of t.ics", '"t.ics 1"', hex("content of t.ics"), null],
  ]);
  await store.upkeep({ now, keptFrom: never });
  assertEquals((await query(sql)).length, 4);
  await store.upkeep({ now, keptFrom: all });
  assertEquals(await query(sql), []);
  assertEquals((await objectNamed(store, "a.ics")).etag, '"3"');
});

storeTest("a collection whose tombstones go remembers up to where", async (store) => {
  await settled(store);
  await write(store, put("a"), put("b"), put("c"), put("d"));
  await write(store, remove("a", calendar, now + 1)); // commit 3
  await write(store, remove("b", calendar, now + 3)); // commit 4
  await write(store, remove("c", calendar, now + 2)); // commit 5, by a clock that is behind
  const upkeep = async (keptFrom: number) => {
    await store.upkeep({ now, keptFrom });
    const page = await store.changesSince(calendar, { commit: 2 }, {
      limit: 9,
      asker: ids.alice,
      detail: "tag",
    });
    const { floor } = await collectionAt(store, "calendar");
    assertEquals(page.floor, floor);
    return [floor, page.items.map(({ name }) => name)];
  };
  assertEquals(await upkeep(now), [0, ["a", "b", "c"]]);
  assertEquals(await upkeep(now + 2), [3, ["b", "c"]]);
  assertEquals(await upkeep(now + 3), [5, ["b"]]);
  assertEquals(await upkeep(now + 4), [5, []]);
  assertEquals((await collectionAt(store, "tasks")).floor, 0);
  assertEquals((await collectionAt(store)).floor, 0);
});

storeTest("a home remembers up to where its tombstones went, too", async (store) => {
  await settled(store);
  await write(store, make({ id: 20, name: "more" }));
  await write(store, { kind: "delete-collection", id: 20, at: now });
  await store.upkeep({ now, keptFrom: now + 1 });
  assertEquals((await collectionAt(store)).floor, 3);
});

storeTest("old failures, locks and sessions go", async (store, query) => {
  await settled(store);
  await store.recordLoginFailure("alice", "::1", now);
  const lock = {
    token: "lock:1",
    href: "/",
    principalId: ids.alice,
    exclusive: true,
    deep: true,
    seconds: 60,
    expires: now + 3_600_000,
  };
  await write(store, { kind: "put-lock", homeId: ids.home, lock });
  const counts = async (at: number) => {
    await store.upkeep({ now: at, keptFrom: never });
    return await query(
      "SELECT (SELECT count(*) FROM login_failures), (SELECT count(*) FROM locks)",
    );
  };
  assertEquals(await counts(now + 3_600_000), [[1, 1]]);
  assertEquals(await counts(now + 3_600_001), [[0, 0]]);
});

const filled = (byte: number) => new Uint8Array(chunkBytes).fill(byte);

/** Much faster than by the keys of an object. */
const equal = (some: Uint8Array, others: Uint8Array | undefined): boolean =>
  some.length === others?.length && some.every((byte, index) => byte === others[index]);

const part = (blobId: number): BlobPart => ({ offsetBytes: 2, blobId, sizeBytes: 3 });

const upload = (store: Store, id: number, size: number): Promise<void> =>
  store.writeChunks([{ blobId: id, position: 0, data: new Uint8Array(size) }], now);

const blobIds = async (query: Query) =>
  (await query("SELECT id FROM blobs ORDER BY id")).map(([id]) => id);
