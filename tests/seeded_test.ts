import { assert, assertEquals, assertNotEquals } from "@std/assert";
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
