import { assertEquals, assertRejects } from "@std/assert";
import { createTurns } from "../src/turns.ts";
import { Refusal } from "../src/refusal.ts";

/** Tasks that end when they are told to, and what has begun so far. */
function stage() {
  const begun: string[] = [];
  const open = new Map<string, { resolve(): void; reject(error: unknown): void }>();
  const task = (name: string) => () => {
    begun.push(name);
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    open.set(name, { resolve, reject });
    return promise.then(() => name);
  };
  return { begun, open, task };
}

/** Lets all that can go on go on. */
const settled = () => new Promise<void>((resolve) => setTimeout(resolve));

Deno.test("tasks of one key run one by one, in order; others beside them", async () => {
  const { begun, open, task } = stage();
  const turn = createTurns({ atOnce: 3, waiting: 9 });
  const done = [turn("a", task("a1")), turn("a", task("a2")), turn("b", task("b1"))];
  await settled();
  assertEquals(begun, ["a1", "b1"]);
  open.get("a1")?.resolve();
  assertEquals(await done[0], "a1");
  await settled();
  assertEquals(begun, ["a1", "b1", "a2"]);
  open.get("a2")?.resolve();
  open.get("b1")?.resolve();
  assertEquals(await Promise.all(done), ["a1", "a2", "b1"]);
});

Deno.test("at most so many run at once, and a place goes to the one that waits longest", async () => {
  const { begun, open, task } = stage();
  const turn = createTurns({ atOnce: 2, waiting: 9 });
  const done = ["a", "b", "c", "d"].map((key) => turn(key, task(key)));
  await settled();
  assertEquals(begun, ["a", "b"]);
  open.get("b")?.resolve();
  await settled();
  assertEquals(begun, ["a", "b", "c"]);
  open.get("a")?.resolve();
  await settled();
  assertEquals(begun, ["a", "b", "c", "d"]);
  for (const { resolve } of open.values()) resolve();
  await Promise.all(done);
});

Deno.test("a task that fails makes room as others do", async () => {
  const { open, task } = stage();
  const turn = createTurns({ atOnce: 1, waiting: 9 });
  const failing = turn("a", task("a1"));
  const next = turn("a", task("a2"));
  await settled();
  const failure = assertRejects(() => failing, Error, "broken");
  open.get("a1")?.reject(new Error("broken"));
  await failure;
  await settled();
  open.get("a2")?.resolve();
  assertEquals(await next, "a2");
});

Deno.test("beyond those that may wait it is 503, until there is room", async () => {
  const { open, task } = stage();
  const turn = createTurns({ atOnce: 1, waiting: 1 });
  const done = [turn("a", task("a")), turn("b", task("b"))];
  await settled();
  const refusal = await assertRejects(() => turn("c", task("c")), Refusal);
  assertEquals([refusal.status, refusal.detail.retryAfterSeconds], [503, 1]);
  open.get("a")?.resolve();
  await settled();
  const late = turn("c", task("c"));
  open.get("b")?.resolve();
  await settled();
  open.get("c")?.resolve();
  assertEquals(await Promise.all([...done, late]), ["a", "b", "c"]);
});
