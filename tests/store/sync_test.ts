import { assert, assertEquals } from "@std/assert";
import type { Change } from "../../src/change.ts";
import type { ChangePage, MemberChange, SyncPoint } from "../../src/store/questions.ts";
import type { Store } from "../../src/store/store.ts";
import { type Random, seededCases } from "../seeded.ts";
import { storeTest } from "./databases.ts";
import {
  collectionAt,
  commitNumber,
  ids,
  make,
  property,
  put,
  remove,
  settled,
  write,
} from "./world.ts";

const { home, calendar, tasks, alice } = ids;

storeTest("a name that is gone is told until it is a member again", async (store) => {
  await settled(store);
  await write(store, put("a.ics"), put("b.ics"));
  await write(store, remove("a.ics"));
  assertEquals(await changes(store, 2), [["a.ics", 3, "gone"]]);
  assertEquals(await changes(store, 1), [["b.ics", 2, "object"], ["a.ics", 3, "gone"]]);

  await write(store, put("a.ics"));
  assertEquals(await changes(store, 2), [["a.ics", 4, "object"]]);
  await write(store, remove("a.ics"), put("a.ics"), remove("b.ics"));
  assertEquals(await changes(store, 4), [["a.ics", 5, "object"], ["b.ics", 5, "gone"]]);
  assertEquals(await changes(store, 5), []);
});

storeTest("a collection that is deleted and made again is one change", async (store) => {
  await settled(store);
  await write(store, { kind: "delete-collection", id: tasks, at: 0 });
  assertEquals(await changes(store, 1, home), [["tasks", 2, "gone collection"]]);
  await write(store, make({ id: 20, name: "tasks" }));
  assertEquals(await changes(store, 1, home), [["tasks", 3, "collection"]]);
  await write(
    store,
    { kind: "delete-collection", id: 20, at: 0 },
    make({ id: 21, name: "tasks" }),
  );
  assertEquals(await changes(store, 3, home), [["tasks", 4, "collection"]]);
  assertEquals((await collectionAt(store, "tasks")).id, 21);
});

storeTest(
  "a home tells what changes in it, and its commit number goes with that",
  async (store) => {
    await settled(store);
    const steps: readonly (readonly [Change, string])[] = [
      [put("a.ics"), "calendar"],
      [property({ kind: "collection", id: tasks }, "<x/>"), "tasks"],
      [property({ kind: "collection", id: tasks }, "<x/>", ids.bob), "tasks"],
      [{ kind: "set-collection", id: calendar, displayName: "Work", at: 0 }, "calendar"],
      [make({ id: 20, name: "more" }), "more"],
      [remove("a.ics"), "calendar"],
      [{ kind: "delete-collection", id: calendar, at: 0 }, "calendar"],
    ];
    for (const [change, name] of steps) {
      const { commit } = await collectionAt(store);
      await write(store, change);
      const page = await store.changesSince(home, { commit }, all);
      assertEquals(page.items.map((item) => [item.name, item.commit]), [[name, commit + 1]]);
      assertEquals(page.commit, commit + 1);
      assertEquals((await collectionAt(store)).commit, commit + 1);
      const after = await store.changesSince(home, { commit: page.commit }, all);
      assertEquals([after.items, after.commit], [[], page.commit]);
    }
  },
);

storeTest("what happens in other calendars does not move one", async (store) => {
  await settled(store);
  await write(store, put("a.ics"));
  const before = await collectionAt(store, "calendar");
  await write(store, put("t.ics", {}, { collectionId: tasks }), make({ id: 20, name: "more" }));
  assertEquals(await collectionAt(store, "calendar"), before);
});

/** Names whose order by UTF-16 units is another one, that share beginnings, and others. */
const oddName = (index: number): string =>
  `${["e", "ü", "\uFFFD", "🎉", "日", "Z", "🎉🎉", ""][index % 8]}${Math.floor(index / 8)}.ics`;

storeTest("one commit of a thousand is followed in pages of any size", async (store) => {
  await settled(store);
  const names = Array.from({ length: 1000 }, (_, index) => oddName(index));
  await write(store, ...names.map((name) => put(name)));
  await write(store, ...names.filter((_, index) => index % 3 === 0).map((name) => remove(name)));
  const wanted = new Set(names.filter((_, index) => index % 3 !== 0));
  for (const limit of [7, 100, 999, 5000]) {
    const follower = new Follower();
    while (await follower.step(store, calendar, limit)) assert(follower.lastPage <= limit);
    assertEquals(new Set(follower.known.keys()), wanted, `pages of ${limit}`);
    assertEquals(follower.told, 1000, `pages of ${limit}`);
  }
});

storeTest("whoever follows the sync points ends with the server's state", async (store, query) => {
  await settled(store);
  for (const { seed, random } of seededCases(5, 100)) {
    const writer = new Writer(random);
    const followers = Array.from({ length: 3 }, () => new Follower());
    for (let round = 0; round < 30; round++) {
      await write(store, ...writer.changes());
      if (random.chance(0.1)) await store.upkeep({ now: writer.at, keptFrom: writer.at - 20 });
      for (const follower of followers) {
        if (random.chance()) await follower.step(store, calendar, 1 + random.int(12));
      }
    }
    for (const follower of followers) {
      while (await follower.step(store, calendar, 1 + random.int(12)));
      const { items } = await store.members(calendar, { limit: 999, detail: "columns" });
      assertEquals(
        follower.known,
        new Map(items.map(({ name, etag }) => [name, etag])),
        `seed ${seed}`,
      );
      assertEquals(follower.point, { commit: (await collectionAt(store, "calendar")).commit });
    }
    assert(await commitNumber(query) >= 30);
    await write(store, ...writer.clear());
  }
});

/** Writes a calendar's objects at random, from a small set of names so that they come back. */
class Writer {
  at = 0;
  #etags = 0;
  readonly #there = new Set<string>();

  constructor(private readonly random: Random) {}

  changes(): Change[] {
    this.at += 1 + this.random.int(10);
    const names = this.random.shuffled(Array.from({ length: 40 }, (_, index) => oddName(index)));
    return names.slice(0, 1 + this.random.int(15)).flatMap((name) => this.#change(name));
  }

  clear(): Change[] {
    return [...this.#there].map((name) => this.#remove(name));
  }

  #change(name: string): Change[] {
    if (!this.#there.has(name)) return [this.#put(name, false)];
    const kind = this.random.int(3);
    if (kind === 0) return [this.#remove(name)];
    return kind === 1 ? [this.#remove(name), this.#put(name, false)] : [this.#put(name, true)];
  }

  #put(name: string, replaces: boolean): Change {
    this.#there.add(name);
    return put(name, { etag: `"${++this.#etags}"` }, { replaces });
  }

  #remove(name: string): Change {
    this.#there.delete(name);
    return remove(name, calendar, this.at);
  }
}

/**
 * A client that knows what it was told. A point is good as long as what was deleted behind the last
 * whole answer is remembered; else the client begins again.
 */
class Follower {
  known = new Map<string, string>();
  point: SyncPoint = { commit: 0 };
  lastPage = 0;
  told = 0;
  /** Commit number of the last whole answer; while the first one is cut, of the beginning. */
  #whole: number | undefined;

  /** Takes one page, and tells whether there is more. */
  async step(store: Store, collectionId: number, limit: number): Promise<boolean> {
    let page = await store.changesSince(collectionId, this.point, {
      limit,
      asker: alice,
      detail: "columns",
    });
    if (this.#whole !== undefined && this.#whole < page.floor) {
      this.known.clear();
      this.point = { commit: 0 };
      this.#whole = undefined;
      page = await store.changesSince(collectionId, this.point, {
        limit,
        asker: alice,
        detail: "columns",
      });
    }
    this.#take(page);
    return page.more;
  }

  #take({ items, more, commit }: ChangePage): void {
    this.lastPage = items.length;
    this.told += items.length;
    for (const { name, object } of items) {
      if (object) this.known.set(name, object.etag);
      else this.known.delete(name);
    }
    const last = items.at(-1);
    this.#whole ??= commit;
    if (!more) this.#whole = commit;
    this.point = more && last ? { commit: last.commit, name: last.name } : { commit };
  }
}

const all = { limit: 99, asker: alice, detail: "tag" } as const;

async function changes(store: Store, commit: number, collectionId: number = calendar) {
  const { items } = await store.changesSince(collectionId, { commit }, all);
  return items.map((item) => [item.name, item.commit, whatIs(item)]);
}

function whatIs({ object, collection, wasCollection }: MemberChange): string {
  if (object) return "object";
  if (collection) return "collection";
  return wasCollection ? "gone collection" : "gone";
}
