import { assert, assertEquals } from "@std/assert";
import { limits } from "../../src/limits.ts";
import type { Body } from "../../src/model.ts";
import { storeTest } from "./databases.ts";
import { collectionAt, ids, look, now, objectNamed, put, settled, write } from "./world.ts";

const bytes = (body: Body): Uint8Array =>
  typeof body === "string" ? new TextEncoder().encode(body) : body;

const bodies: Readonly<Record<string, Body>> = {
  "empty": "",
  "CRLF and LF": "BEGIN:VCALENDAR\r\nX-A:1\nX-B:2\r\n\n",
  "a byte order mark": "\uFEFFBEGIN:VCALENDAR\r\n",
  "an emoji and umlauts": "SUMMARY:Grüße 🎉 e\u0301 \uFFFD\uFFFF\r\n",
  "U+0000 as text": "a\0b\0",
  "U+0000 as bytes": Uint8Array.of(97, 0, 98),
  "invalid UTF-8": Uint8Array.of(0xEF, 0xBB, 0xBF, 0xFF, 0xC3, 0x28, 0x0D, 0x0A),
  "no bytes at all": new Uint8Array(),
  "a part of a larger buffer": Uint8Array.of(1, 2, 3, 0xFF, 5, 6).subarray(2, 5),
  "quotes and backslashes": `\\n\\,"'\`$\{x} ?1 :a @b\r\n`,
};

storeTest("content comes back byte by byte", async (store) => {
  await settled(store);
  for (const [name, body] of Object.entries(bodies)) {
    await write(store, put(name, { body, sizeBytes: bytes(body).length }));
    const { content } = await look(store, ["calendar", name], { body: true });
    assert(content, name);
    assertEquals([...bytes(content.body)], [...bytes(body)], name);
    assertEquals([...bytes((await objectNamed(store, name)).body)], [...bytes(body)], name);
  }
});

const names = [
  "Grüße 🎉.ics",
  "a'b\"c;--",
  "100%",
  "\uFFFF",
  "x\ty",
  "日本語.ics",
  "-1",
  "__proto__",
];

storeTest("names and UIDs are found as they were given", async (store) => {
  await settled(store);
  await write(store, ...names.map((name) => put(name)));
  for (const name of names) {
    const { object, uidHolder } = await look(store, ["calendar", name], { uid: `uid of ${name}` });
    assertEquals(object?.name, name);
    assertEquals(object?.uid, `uid of ${name}`);
    assertEquals(uidHolder, name);
  }
  const { items } = await store.members(ids.calendar, { limit: 99, detail: "columns" });
  assertEquals(new Set(items.map(({ name }) => name)), new Set(names));
});

storeTest("a tag is a part of what else is listed", async (store) => {
  await settled(store);
  await write(store, put("a"), put("b", { component: undefined, contentType: "text/plain" }));
  const { items } = await store.members(ids.calendar, { limit: 9, detail: "columns" });
  const tags = items.map(({ name, etag, commit }) => ({ name, etag, commit }));
  assertEquals(tags.length, 2);
  assertEquals(await store.tags(ids.calendar, 2), tags);
  assertEquals(await store.tags(ids.calendar, 1), undefined);
  assertEquals((await store.members(ids.calendar, { limit: 9, detail: "tag" })).items, tags);
  const byId = items.map(({ id }) => id);
  assertEquals(await store.membersWithIds(ids.calendar, byId, "tag"), tags);
  const since = { limit: 9, asker: ids.alice, detail: "tag" } as const;
  const changes = await store.changesSince(ids.calendar, { commit: 1 }, since);
  assertEquals(changes.items.map(({ object }) => object), tags);
});

storeTest("objects come with their properties where those are asked for", async (store) => {
  await settled(store);
  await write(store, put("a"));
  const { items: [a] } = await store.members(ids.calendar, { limit: 9, detail: "columns" });
  const holder = { kind: "object", id: a?.id ?? 0 } as const;
  const property = { name: "{urn:x}y", xml: `<y xmlns="urn:x"/>` } as const;
  await write(store, { kind: "set-property", holder, person: 0, ...property });
  for (const [detail, properties] of [["columns", []], ["properties", [property]]] as const) {
    const found = [
      ...(await Array.fromAsync(store.objectsNamed(ids.calendar, ["a"], detail)))
        .flat().map(([, object]) => object),
      ...(await Array.fromAsync(store.objectsWithIds(ids.calendar, [holder.id], detail))).flat(),
      ...await Array.fromAsync(store.objectsOf(ids.calendar, { detail })),
    ];
    assertEquals(found.map((object) => object?.properties), Array(3).fill(properties));
  }
});

storeTest("objects come in the order asked for, with those that are not there", async (store) => {
  await settled(store);
  await write(store, put("a"), put("b"), put("c", {}, { collectionId: ids.tasks }));
  const asked = ["b", "none", "a", "b", "c", "ä"];
  const found = (await Array.fromAsync(store.objectsNamed(ids.calendar, asked, "properties")))
    .flat();
  assertEquals(found.map(([name]) => name), asked);
  assertEquals(found.map(([, object]) => object?.body), [
    "content of b",
    undefined,
    "content of a",
    "content of b",
    undefined,
    undefined,
  ]);
  assertEquals(
    (await Array.fromAsync(store.objectsNamed(ids.calendar, [], "properties"))).flat(),
    [],
  );
});

storeTest(
  "objects come in pages that a server can answer, however large they are",
  async (store) => {
    await settled(store);
    const large = "x".repeat(limits.pageBytes * 0.4);
    for (const name of ["a", "b", "c", "d"]) await write(store, put(name, { body: large }));
    const asked = ["a", "none", "b", "c", "c", "d"];
    const found = (await Array.fromAsync(store.objectsNamed(ids.calendar, asked, "properties")))
      .flat();
    assertEquals(found.map(([name, object]) => [name, object?.body.length]), [
      ["a", large.length],
      ["none", undefined],
      ["b", large.length],
      ["c", large.length],
      ["c", large.length],
      ["d", large.length],
    ]);
  },
);

storeTest("more objects than a page has rows come all", async (store) => {
  await settled(store);
  const all = Array.from({ length: limits.pageRows * 2 + 1 }, (_, index) => `${index}`);
  await write(store, ...all.map((name) => put(name)));
  const found = (await Array.fromAsync(store.objectsNamed(ids.calendar, all, "properties"))).flat();
  assertEquals(found.map(([name, object]) => object?.name === name), all.map(() => true));
});

storeTest("all objects come by name, in as many pages as they need", async (store) => {
  await settled(store);
  const many = Array.from({ length: limits.pageRows + 1 }, (_, index) => `${index}`);
  const sized = (name: string, pages: number) =>
    put(name, { sizeBytes: Math.floor(limits.pageBytes * pages) });
  await write(store, sized("!", 1.1), ...many.map((name) => put(name)), sized("#", 0.6));
  await write(store, sized("b", 0.6), sized("c", 0.6), put("z"));
  await write(store, put("a", {}, { collectionId: ids.tasks }));
  const found = await Array.fromAsync(store.objectsOf(ids.calendar, { detail: "properties" }));
  const names = ["!", "#", ...many.toSorted(), "b", "c", "z"];
  assertEquals(
    found.map(({ name, body }) => [name, body]),
    names.map((name) => [name, `content of ${name}`]),
  );
});

storeTest("objects of some components come alone", async (store) => {
  await settled(store);
  const components = { a: "VTODO", b: "VEVENT", c: "VJOURNAL", d: undefined, e: "VEVENT" };
  await write(
    store,
    ...Object.entries(components).map(([name, component]) => put(name, { component })),
  );
  const rows = [
    { asked: undefined, gives: ["a", "b", "c", "d", "e"] },
    { asked: ["VEVENT"], gives: ["b", "e"] },
    { asked: ["VTODO", "VJOURNAL", "VFREEBUSY"], gives: ["a", "c"] },
    { asked: [], gives: [] },
  ];
  for (const { asked, gives } of rows) {
    const objects = await Array.fromAsync(
      store.objectsOf(ids.calendar, { components: asked, detail: "columns" }),
    );
    const page = { limit: 9, detail: "columns", components: asked } as const;
    const { items } = await store.members(ids.calendar, page);
    assertEquals([objects, items].map((list) => list.map(({ name }) => name)), [gives, gives]);
  }
});

storeTest("members come by name, page after page", async (store) => {
  await settled(store);
  const all = ["ä", "a", "b", "Z", "🎉", "\uFFFD", "z", "ab"];
  await write(store, ...all.map((name) => put(name)));
  const sorted = ["Z", "a", "ab", "b", "z", "ä", "\uFFFD", "🎉"];
  for (const limit of [1, 3, 8, 9]) {
    const seen: string[] = [];
    for (let more = true; more;) {
      const page = await store.members(ids.calendar, {
        after: seen.at(-1),
        limit,
        detail: "properties",
      });
      assert(page.items.length <= limit);
      seen.push(...page.items.map(({ name }) => name));
      more = page.more;
    }
    assertEquals(seen, sorted, `limit ${limit}`);
  }
});

storeTest("a snapshot tells what is on the way to a place, and what is not", async (store) => {
  await settled(store);
  await write(store, put("a.ics"));
  const names = async (...segments: readonly string[]) => {
    const { chain, rest, object } = await look(store, segments);
    return [chain.map(({ name }) => name), rest, object?.name];
  };
  assertEquals(await names(), [[""], [], undefined]);
  assertEquals(await names("calendar"), [["", "calendar"], [], undefined]);
  assertEquals(await names("calendar", "a.ics"), [["", "calendar"], ["a.ics"], "a.ics"]);
  assertEquals(await names("calendar", "b.ics"), [["", "calendar"], ["b.ics"], undefined]);
  assertEquals(await names("calendar", "a.ics", "x"), [
    ["", "calendar"],
    ["a.ics", "x"],
    undefined,
  ]);
  assertEquals(await names("none", "calendar"), [[""], ["none", "calendar"], undefined]);
  assertEquals(await names("a.ics"), [[""], ["a.ics"], undefined]);
});

storeTest("a snapshot tells who asks and whose the place is", async (store) => {
  await settled(store);
  const people = async (owner: string, asker: number) => {
    const place = { kind: "tree", home: "calendar-home", owner, segments: ["calendar"] } as const;
    const { asker: who, owner: whose, chain, rest } = await store.load({ asker, place });
    return [who?.name, whose?.name, chain.length, rest.length];
  };
  assertEquals(await people("alice", ids.alice), ["alice", "alice", 2, 0]);
  assertEquals(await people("alice", ids.bob), ["bob", "alice", 2, 0]);
  assertEquals(await people("bob", ids.alice), ["alice", "bob", 0, 1]);
  assertEquals(await people("carol", 99), [undefined, undefined, 0, 1]);

  const kinds = async (principalKind: "individual" | "group", name: string) => {
    const place = { kind: "principal", principalKind, name } as const;
    return (await store.load({ asker: ids.alice, place })).owner?.name;
  };
  assertEquals(await kinds("individual", "bob"), "bob");
  assertEquals(await kinds("group", "bob"), undefined);
  const { asker, owner } = await store.load({ asker: ids.bob, place: { kind: "fixed" } });
  assertEquals([asker?.name, owner], ["bob", undefined]);
});

storeTest("the epoch is the database's own, and stays", async (store) => {
  const { epoch } = await store.load({ asker: 0, place: { kind: "fixed" } });
  assert(/^[0-9a-f]{12}$/.test(epoch));
  await settled(store);
  assertEquals((await look(store, ["calendar"])).epoch, epoch);
  assertEquals((await look(store, ["none", "at", "all"])).epoch, epoch);
});

storeTest("other places, locks and what is used come in the same snapshot", async (store) => {
  await settled(store);
  await write(store, put("a.ics"), put("t", { body: "12345" }, { collectionId: ids.tasks }));
  const also = [["tasks", "t"], ["none"], ["calendar", "b.ics"]].map((segments) => ({
    kind: "tree",
    home: "calendar-home",
    owner: "alice",
    segments,
  } as const));
  const snapshot = await look(store, ["calendar", "a.ics"], { also, locksAt: now, used: true });
  assertEquals(snapshot.object?.name, "a.ics");
  assertEquals(snapshot.also.map(({ chain, rest, object }) => [chain.length, rest, object?.name]), [
    [2, ["t"], "t"],
    [1, ["none"], undefined],
    [2, ["b.ics"], undefined],
  ]);
  assertEquals(snapshot.locks, []);
  assertEquals(snapshot.used, "content of a.ics".length + 5);
  assertEquals((await look(store, ["calendar"])).used, undefined);
});

storeTest("all that is below a collection comes at once, or not at all", async (store) => {
  await settled(store);
  await write(store, put("a.ics"), put("t", {}, { collectionId: ids.tasks }));
  const below = await store.subtree(ids.home, ids.alice, 4);
  assertEquals(below?.collections.map(({ parentId, collection }) => [parentId, collection.name]), [
    [ids.home, "calendar"],
    [ids.home, "tasks"],
  ]);
  assertEquals(new Set(below?.objects.map(({ name }) => name)), new Set(["a.ics", "t"]));
  assertEquals(await store.subtree(ids.home, ids.alice, 3), undefined);
  const children = await store.children(ids.home, ids.alice);
  assertEquals(children, [
    await collectionAt(store, "calendar"),
    await collectionAt(store, "tasks"),
  ]);
});
