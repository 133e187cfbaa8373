import { assert, assertEquals } from "@std/assert";
import type { NewObject } from "../../src/change.ts";
import type { TimeIndex } from "../../src/model.ts";
import type { Candidate } from "../../src/store/questions.ts";
import type { Store } from "../../src/store/store.ts";
import { randomFrom } from "../seeded.ts";
import { storeTest } from "./databases.ts";
import { ids, make, now, put, settled, write } from "./world.ts";

const { calendar, tasks } = ids;
const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** In a span of its own width, from an hour to another of a day. */
const between = (from: number, to: number, index: Partial<TimeIndex> = {}): TimeIndex => ({
  span: 0,
  firstStart: now + from * hourMs,
  lastEnd: now + to * hourMs,
  busy: 1,
  ...index,
});

const at = (name: string, timeIndex: TimeIndex, object: Partial<NewObject> = {}) =>
  put(name, { timeIndex, ...object });

const hours = (from: number, to: number) => ({
  start: now + from * hourMs,
  end: now + to * hourMs,
});

/** What is found in the calendar, by id. */
async function found(
  store: Store,
  range: { readonly start: number; readonly end: number },
  { want = "objects", components = ["VEVENT"], collectionId = calendar }: {
    readonly want?: "objects" | "busy";
    readonly components?: readonly string[];
    readonly collectionId?: number;
  } = {},
): Promise<Candidate[]> {
  const all: Candidate[] = [];
  const queries = [{ collectionId, components, ...range }];
  for await (const [query, candidates] of store.candidates(queries, want)) {
    assertEquals(query, 0);
    all.push(...candidates);
  }
  return all.sort((a, b) => a.id - b.id);
}

/** Names of what is found. */
async function named(
  store: Store,
  candidates: readonly Candidate[],
  collectionId: number = calendar,
) {
  const sought = candidates.map(({ id }) => id);
  const members = await store.membersWithIds(collectionId, sought, "columns");
  return members.map(({ name }) => name).sort();
}

const namesIn = async (store: Store, from: number, to: number) =>
  await named(store, await found(store, hours(from, to)));

storeTest(
  "time index: what ends as a range begins, or begins as it ends, is not in it",
  async (store) => {
    await settled(store);
    await write(store, at("a", between(9, 10)), at("b", between(10, 11)), put("never"));
    assertEquals(await namesIn(store, 0, 24), ["a", "b"]);
    assertEquals(await namesIn(store, 10, 11), ["b"]);
    assertEquals(await namesIn(store, 9, 10), ["a"]);
    assertEquals(await namesIn(store, 11, 24), []);
    const everything = { start: -Infinity, end: Infinity };
    assertEquals(await named(store, await found(store, everything)), ["a", "b"]);
  },
);

storeTest("time index: each span is found by its end as by its start", async (store) => {
  await settled(store);
  const days = [1, 8, 32, 128, 512, 2048, 30_000];
  const spans = days.map((length, span) =>
    at(`${span}`, { ...between(0, 0, { span }), lastEnd: now + length * dayMs })
  );
  const endless = at("7", between(0, 0, { span: 7, lastEnd: Number.MAX_SAFE_INTEGER }));
  const always = at("8", {
    ...between(0, 0, { span: 7 }),
    firstStart: Number.MIN_SAFE_INTEGER,
    lastEnd: Number.MAX_SAFE_INTEGER,
  });
  await write(store, ...spans, endless, always);
  for (const [span, length] of days.entries()) {
    const last = { start: now + length * dayMs - 1, end: now + length * dayMs };
    const longer = days.flatMap((_, other) => other >= span ? [`${other}`] : []);
    assertEquals(await named(store, await found(store, last)), [...longer, "7", "8"]);
  }
  assertEquals(await namesIn(store, -2, -1), ["8"]);
  const year2300 = { start: Date.UTC(2300, 0, 1), end: Date.UTC(2300, 0, 2) };
  assertEquals(await named(store, await found(store, year2300)), ["7", "8"]);
});

storeTest("time index: floating objects come with their bounds, from all zones", async (store) => {
  await settled(store);
  const timeIndex = between(9, 10, { span: 8, busy: 2 });
  await write(store, at("a", timeIndex));
  const { firstStart, lastEnd } = timeIndex;
  const [one, ...more] = await found(store, hours(9, 10));
  assertEquals(one?.bounds, { firstStart, lastEnd, busy: 0, floating: true });
  assertEquals(more, []);
  assertEquals(await namesIn(store, -5, -4), ["a"]);
  assertEquals(await namesIn(store, 23, 24), ["a"]);
  assertEquals(await namesIn(store, 24 + 11, 24 + 12), []);
});

storeTest(
  "time index: rules come as they are, and bounds where free/busy is asked",
  async (store) => {
    await settled(store);
    const rule = `{"r":"FREQ=DAILY;BYDAY=MO,TU","x":[1,2]} and, "more"`;
    await write(
      store,
      at("a", between(9, 10, { rule })),
      at("b", between(9, 10, { busy: 3 })),
      at("c", between(9, 10, { busy: 0 })),
      at("d", between(9, 10, { busy: 0, rule })),
    );
    const all = await found(store, hours(9, 10));
    assertEquals(all.map((one) => one.rule), [rule, undefined, undefined, rule]);
    assertEquals(all.map(({ bounds }) => bounds), all.map(() => undefined));
    const busy = await found(store, hours(9, 10), { want: "busy" });
    assertEquals(await named(store, busy), ["a", "b"]);
    const { firstStart, lastEnd } = between(9, 10);
    assertEquals(busy[0], { id: busy[0]?.id ?? 0, rule });
    assertEquals(busy[1]?.bounds, { firstStart, lastEnd, busy: 3, floating: false });
  },
);

storeTest("time index: only of the collection and the components asked for", async (store) => {
  await settled(store);
  const task = { component: "VTODO" };
  await write(
    store,
    at("a", between(9, 10)),
    at("b", between(9, 10), task),
    put("c", { ...task, timeIndex: between(9, 10) }, { collectionId: tasks }),
  );
  const names = async (components: readonly string[], collectionId: number = calendar) =>
    await named(
      store,
      await found(store, hours(9, 10), { components, collectionId }),
      collectionId,
    );
  assertEquals(await names(["VEVENT"]), ["a"]);
  assertEquals(await names(["VTODO", "VEVENT"]), ["a", "b"]);
  assertEquals(await names(["VEVENT"], tasks), []);
  assertEquals(await names(["VTODO"], tasks), ["c"]);
});

storeTest("time index: it is written anew, moved and copied with its object", async (store) => {
  await settled(store);
  await write(store, make({ id: 20, name: "other" }), at("a", between(9, 10)));
  const namesOf = async (collectionId: number) =>
    await named(store, await found(store, hours(9, 12), { collectionId }), collectionId);
  const from = { collectionId: calendar, name: "a" };
  const copy = { collectionId: tasks, name: "b" };
  await write(store, { kind: "copy-object", from, to: copy, etag: '"c"', at: now });
  assertEquals([await namesOf(calendar), await namesOf(tasks)], [["a"], ["b"]]);
  await write(store, put("a", { etag: '"2"', timeIndex: between(11, 12) }, { replaces: true }));
  assertEquals([await namesIn(store, 9, 10), await namesIn(store, 11, 12)], [[], ["a"]]);
  const to = { collectionId: 20, name: "c" };
  await write(store, { kind: "move-object", from, to, at: now });
  assertEquals([await namesOf(calendar), await namesOf(20)], [[], ["c"]]);
  const without = { etag: '"3"', uid: "uid of a" };
  await write(store, put("c", without, { replaces: true, collectionId: 20 }));
  assertEquals(await namesOf(20), []);
});

storeTest("time index: more than a page has come all, each once", async (store) => {
  await settled(store);
  const random = randomFrom(7);
  const count = 9_000;
  const made = Array.from({ length: count }, () => {
    const from = random.int(3);
    const rule = random.chance() ? "r" : undefined;
    return {
      component: random.pick(["VEVENT", "VTODO"]),
      timeIndex: between(from, from + 1, { span: random.int(16), rule }),
    };
  });
  const objects = made.map((object, index) => put(`${index}`, object));
  await write(store, ...objects);
  const queries = [
    { collectionId: calendar, components: ["VEVENT", "VTODO"], ...hours(0, 9) },
    { collectionId: calendar, components: ["VTODO", "VJOURNAL"], ...hours(1, 2) },
    { collectionId: tasks, components: ["VTODO"], ...hours(1, 2) },
  ];
  const told: number[][] = [[], [], []];
  let pages = 0;
  for await (const [query, candidates] of store.candidates(queries, "objects")) {
    told[query]?.push(...candidates.map(({ id }) => id));
    assert(candidates.length <= 4_000);
    pages++;
  }
  assert(pages > 3, "there was nothing to go on with");
  assertEquals(told.map((list) => new Set(list).size), told.map((list) => list.length));
  assertEquals(told[0]?.length, count);
  const tasksThen = made.filter(({ component, timeIndex: { span, firstStart } }) =>
    component === "VTODO" && (span > 7 || firstStart === now + hourMs)
  );
  assertEquals(told[1]?.length, tasksThen.length);
  assertEquals(told[2], []);
});

storeTest(
  "objects by id come in the order asked for, those that are gone do not",
  async (store) => {
    await settled(store);
    await write(store, put("a"), put("b"), put("c", {}, { collectionId: tasks }));
    const [a, b] = await Promise.all(["a", "b"].map((name) => idOf(store, name, calendar)));
    const c = await idOf(store, "c", tasks);
    const pages = await Array.fromAsync(
      store.objectsWithIds(calendar, [b ?? 0, 99, c, a ?? 0], "columns"),
    );
    assertEquals(pages.flat().map(({ name, body }) => [name, body]), [
      ["b", "content of b"],
      ["a", "content of a"],
    ]);
    const members = await store.membersWithIds(calendar, [99, c, b ?? 0], "properties");
    assertEquals(members.map(({ name }) => name), ["b"]);
  },
);

async function idOf(store: Store, name: string, collectionId: number): Promise<number> {
  for await (const [[, object] = []] of store.objectsNamed(collectionId, [name], "columns")) {
    return object?.id ?? 0;
  }
  return 0;
}
