/** Random numbers that the same seed repeats. */
export interface Random {
  /** An integer of `[0, below)`. */
  int(below: number): number;
  /** True with the given probability, by default a half. */
  chance(probability?: number): boolean;
  pick<T>(items: readonly T[]): T;
  /** A new array with the same items in another order. */
  shuffled<T>(items: readonly T[]): T[];
}

/** One case of a seeded test: `DAVIT_SEED=<seed>` makes it the first. */
export interface SeededCase {
  readonly seed: number;
  readonly random: Random;
  /** How much of all cases is done before this one, in `[0, 1)`. */
  readonly done: number;
}

/**
 * The cases of a seeded test: `short` of them, always the same, in an ordinary run; `full` of them,
 * other ones each time, under `deno task soak` (`DAVIT_SOAK=1`). The first seed is printed, and the
 * following cases count up from it. `DAVIT_SEED` sets it.
 */
export function* seededCases(short: number, full: number): Generator<SeededCase, void, void> {
  const soak = Deno.env.get("DAVIT_SOAK") === "1";
  const asked = Deno.env.get("DAVIT_SEED");
  const first = asked ? Number(asked) : soak ? Date.now() % 2 ** 31 : 1;
  const count = soak ? full : short;
  console.log(`${count} cases, DAVIT_SEED=${first}`);
  for (let index = 0; index < count; index++) {
    const seed = first + index;
    yield { seed, random: randomFrom(seed), done: index / count };
  }
}

/** A source of random numbers for one seed, which is any integer. */
export function randomFrom(seed: number): Random {
  const next = mulberry32(seed);
  const int = (below: number) => Math.floor(next() * below);
  return {
    int,
    chance: (probability = 0.5) => next() < probability,
    pick: <T>(items: readonly T[]) => {
      if (items.length === 0) throw new RangeError("nothing to pick from");
      return items[int(items.length)] as T;
    },
    shuffled: <T>(items: readonly T[]) =>
      items
        .map((item) => ({ item, at: next() }))
        .sort((a, b) => a.at - b.at)
        .map(({ item }) => item),
  };
}

/** Numbers of `[0, 1)`: Tommy Ettinger's mulberry32, good enough to vary tests. */
function mulberry32(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6D2B79F5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
