import { assert, assertEquals, assertNotEquals } from "@std/assert";
import config from "../deno.json" with { type: "json" };
import { randomFrom, seededCases } from "./seeded.ts";

Deno.test("seeded: a seed repeats its numbers, another gives other ones", () => {
  const numbers = (seed: number) => {
    const random = randomFrom(seed);
    return Array.from({ length: 20 }, () => random.int(1000));
  };
  assertEquals(numbers(7), numbers(7));
  assertNotEquals(numbers(7), numbers(8));
  assert(numbers(7).every((number) => number >= 0 && number < 1000));
});

Deno.test("seeded: shuffled keeps the items, pick takes one of them", () => {
  const items = ["a", "b", "c", "d", "e", "f"];
  const random = randomFrom(1);
  assertEquals(random.shuffled(items).toSorted(), items);
  assertNotEquals(random.shuffled(items), items);
  assertEquals(new Set(Array.from({ length: 200 }, () => random.pick(items))), new Set(items));
});

Deno.test("seeded: cases count up from the first seed", () => {
  const seeds = [...seededCases(3, 3)].map(({ seed }) => seed);
  const [first = NaN] = seeds;
  assertEquals(seeds, [first, first + 1, first + 2]);
});

Deno.test("seeded: a soak runs every seeded test", async () => {
  const soaked = config.tasks.soak.split(" ").filter((word) => word.startsWith("tests/"));
  const seeded = await Array.fromAsync(seededTests(new URL(".", import.meta.url), "tests/"));
  assert(seeded.includes("tests/fuzz/house_test.ts"), "none is found");
  const isSoaked = (path: string) =>
    soaked.some((place) => path === place || path.startsWith(`${place}/`));
  assertEquals(seeded.filter((path) => !isSoaked(path)), []);
});

/** Test files of a folder and those below that have cases by seeds, each with its path. */
async function* seededTests(folder: URL, path: string): AsyncGenerator<string> {
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    if (isDirectory) {
      yield* seededTests(new URL(`${name}/`, folder), `${path}${name}/`);
    } else if (name.endsWith("_test.ts") && path !== "tests/") {
      const text = await Deno.readTextFile(new URL(name, folder));
      if (/\b(seededCases|fuzz)\(/.test(text)) yield path + name;
    }
  }
}
