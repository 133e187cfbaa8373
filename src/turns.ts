import { Refusal } from "./refusal.ts";

/** Runs the task when it is its turn, and gives what it gives. */
export type TakeTurn = <T>(key: string, task: () => Promise<T>) => Promise<T>;

/**
 * Tasks with one key run one after another, in the order in which they came; those with different
 * keys run together, at most `atOnce`, while at most `waiting` wait.
 *
 * @throws {Refusal} 503 where no more may wait.
 */
export function createTurns(
  { atOnce, waiting }: { readonly atOnce: number; readonly waiting: number },
): TakeTurn {
  const last = new Map<string, Promise<void>>();
  const asleep: (() => void)[] = [];
  let asked = 0;
  let running = 0;

  async function begin() {
    if (running < atOnce) running++;
    else await new Promise<void>((wake) => asleep.push(wake));
  }

  /** Hands the place on, so that nobody who comes in between takes it. */
  function end() {
    const wake = asleep.shift();
    if (wake) wake();
    else running--;
  }

  return async (key, task) => {
    if (asked >= atOnce + waiting) throw new Refusal(503, undefined, { retryAfterSeconds: 1 });
    asked++;
    const before = last.get(key);
    const { promise: done, resolve } = Promise.withResolvers<void>();
    last.set(key, done);
    try {
      await before;
      await begin();
      try {
        return await task();
      } finally {
        end();
      }
    } finally {
      asked--;
      if (last.get(key) === done) last.delete(key);
      resolve();
    }
  };
}
