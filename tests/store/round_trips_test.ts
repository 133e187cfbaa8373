import { assertEquals } from "@std/assert";
import { limits } from "../../src/limits.ts";
import { openStore } from "../../src/store/libsql_store.ts";
import { counting } from "./counting.ts";
import { databaseTest } from "./databases.ts";
import { filled, verbs } from "./verbs.ts";
import { ids, put, settled, write } from "./world.ts";

const more: Readonly<Record<string, number>> = {
  upkeep: 3, // Its own, one to see which blobs it removes, and one for those of the world.
  check: 2, // It reads and it writes.
};

databaseTest("a verb is one round trip, whatever it is asked", async (database) => {
  const executor = counting(database.executor());
  const store = await openStore(executor);
  await filled(store);
  for (const [verb, calls] of Object.entries(verbs)) {
    for (const [index, call] of calls.entries()) {
      executor.take();
      await call(store);
      assertEquals(executor.take(), more[verb] ?? 1, `${verb} ${index}`);
    }
  }
});

databaseTest("objects are one round trip for each page", async (database) => {
  const executor = counting(database.executor());
  const store = await openStore(executor);
  await settled(store);
  const large = "x".repeat(limits.pageBytes * 0.3);
  const many = Array.from({ length: limits.pageRows }, (_, index) => `${index}`);
  await write(store, ...[...many, "one more"].map((name) => put(name)));
  await write(store, ...["l", "m", "n", "o"].map((name) => put(name, { body: large })));
  const trips = async (names: readonly string[]) => {
    executor.take();
    await Array.fromAsync(store.objectsNamed(ids.calendar, names, "columns"));
    return executor.take();
  };
  assertEquals(await trips([]), 0);
  assertEquals(await trips(["1", "unknown"]), 1);
  assertEquals(await trips(many), 1);
  assertEquals(await trips([...many, "one more"]), 2);
  assertEquals(await trips(["l", "m", "n"]), 1);
  assertEquals(await trips(["l", "m", "n", "o", "1"]), 2);
});

databaseTest("a database that is up to date is opened in two round trips", async (database) => {
  await database.store();
  const executor = counting(database.executor());
  await openStore(executor);
  assertEquals(executor.take(), 2);
});
