import { assert, assertEquals } from "@std/assert";
import { statement } from "../../src/store/executor.ts";
import { delayMsOf } from "../processor.ts";
import { fileDatabase, queryOf } from "./databases.ts";
import { startOther } from "./other_process.ts";
import { commitNumber, ids, look, put, settled, write } from "./world.ts";

Deno.test("store: processes that make one empty file's schema at once all succeed", async () => {
  await using database = await fileDatabase();
  const { path } = database;
  await using one = startOther("open", path);
  await using two = startOther("open", path);
  await using three = startOther("open", path);
  const all = [one, two, three];
  for (const other of all) assertEquals(await other.line(), "ready");
  await Promise.all(all.map((other) => other.release()));
  for (const other of all) assertEquals(await other.line(), "opened");
  const query = queryOf(database.executor());
  assertEquals(await query("SELECT version FROM schema_versions"), [[1]]);
});

Deno.test("store: of what two processes write to one file at once, nothing is lost or half seen", async () => {
  await using database = await fileDatabase();
  const store = await database.store();
  await settled(store);
  await write(store, ...["one", "two"].map((name) => put(name, { etag: '"0"' })));
  await using left = startOther("write", database.path, "left", "200");
  await using right = startOther("write", database.path, "right", "200");
  const others = [left, right];
  for (const other of others) assertEquals(await other.line(), "ready");

  const reader = database.executor();
  const count = statement("SELECT count(*), max(commit_number) FROM objects");
  const seen = new Set<string>();
  let own = 0;
  while (seen.size < 50) {
    const { object, also: [two] } = await look(store, ["calendar", "one"], { also: [twin] });
    assertEquals(two?.object?.etag, object?.etag);
    const pair =
      (await Array.fromAsync(store.objectsNamed(ids.calendar, ["one", "two"], "columns"))).flat();
    assertEquals(new Set(pair.map(([, twin]) => twin?.etag)).size, 1);
    seen.add(String(object?.etag));
    const [before, , after] = await reader.read([count, slow, count]);
    assertEquals(Array.from(after?.[0] ?? []), Array.from(before?.[0] ?? []));
    assert(await store.commit([], [put(`own ${own++}`)]));
  }
  await Promise.all(others.map((other) => other.release()));
  const lines = await Promise.all(others.map((other) => other.line()));
  const written = lines.flatMap((line) => JSON.parse(line ?? "[]") as string[]);
  assert(written.length >= 400);

  const { items } = await store.members(ids.calendar, { limit: 99_999, detail: "columns" });
  const commits = new Map(items.map(({ name, commit }) => [name, commit]));
  for (const name of written) assert(commits.delete(name), `${name} is lost`);
  const number = await commitNumber(queryOf(database.executor()));
  assertEquals(
    number,
    2 + written.length + own,
    "each commit has a number of its own, and none is left out",
  );
  const numbers = new Set(
    items.filter(({ name }) => name.includes(" ")).map(({ commit }) => commit),
  );
  assertEquals(numbers.size, written.length + own);
});

Deno.test("store: while another process holds the file, this one goes on reading and waits to write", async () => {
  await using database = await fileDatabase();
  const store = await database.store();
  await settled(store);
  await using other = startOther("hold", database.path);
  assertEquals(await other.line(), "held");

  let done = 0;
  const writes = Promise.all(
    Array.from({ length: 16 }, async (_, index) => {
      assert(await store.commit([], [put(`${index}`)]));
      done++;
    }),
  );
  const gaps: number[] = [];
  const until = performance.now() + 2000;
  for (let last = await heldMs(); performance.now() < until;) {
    await new Promise((resolve) => setTimeout(resolve, 1));
    assertEquals((await look(store, ["calendar"])).chain.at(-1)?.commit, 1);
    const now = await heldMs();
    gaps.push(now - last);
    last = now;
  }
  assertEquals(done, 0);
  assert(Math.max(...gaps) < 500, `blocked for ${Math.max(...gaps)} ms`);
  await other.release();
  await writes;

  const query = queryOf(database.executor());
  assertEquals(await commitNumber(query), 17, "what was acknowledged is visible to others");
  await write(await database.store(), put("another's"));
  store.close();
  assertEquals((await query("SELECT count(*) FROM objects"))[0], [17]);
});

Deno.test("store: a process that dies with the file in its hands leaves it whole and free", async () => {
  await using database = await fileDatabase();
  const store = await database.store();
  await settled(store);
  await using other = startOther("hold", database.path);
  assertEquals(await other.line(), "held");
  const waiting = write(store, put("a"));
  await other.kill();
  await waiting;
  assertEquals(await commitNumber(queryOf(database.executor())), 2);
});

Deno.test("store: what is not written when a file is closed is refused", async () => {
  await using database = await fileDatabase();
  const store = await database.store();
  await settled(store);
  const late = store.commit([], [put("late")]).catch(String);
  store.close();
  assertEquals(await late, "Error: the database is closed");
  assertEquals(await store.check().catch(String), "Error: the database is closed");
  assertEquals(await commitNumber(queryOf(database.executor())), 1);
});

/** Time that has passed, but for what this thread has waited for a processor. */
const heldMs = async () => performance.now() - await delayMsOf("self");

/** Long enough for another process to commit. */
const slow = statement(`WITH RECURSIVE steps (step) AS (SELECT 1
  UNION ALL SELECT step + 1 FROM steps WHERE step < 30000) SELECT count(*) FROM steps`);

const twin = {
  kind: "tree",
  home: "calendar-home",
  owner: "alice",
  segments: ["calendar", "two"],
} as const;
