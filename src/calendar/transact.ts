import type { Change, Fact } from "../change.ts";
import { Refusal } from "../refusal.ts";

/** What follows from a snapshot: what it rests on, what to write, what to answer. */
export interface Decision<R> {
  readonly rests: readonly Fact[];
  readonly changes: readonly Change[];
  readonly reply: R;
}

/** A commit fails only when somebody else's went through: so this many in a row are bad luck. */
const attemptsMax = 8;
const pauseMs = 4;

/**
 * Loads, decides and commits; starts over where a fact that the decision rests on has changed in
 * between. `decide` may therefore run several times, and must be pure.
 *
 * @throws {Refusal} 503 where others were faster every time.
 */
export async function transact<S, R>(
  commit: (rests: readonly Fact[], changes: readonly Change[]) => Promise<boolean>,
  load: () => Promise<S>,
  decide: (before: S) => Decision<R>,
): Promise<R> {
  for (let attempt = 0; attempt < attemptsMax; attempt++) {
    const { rests, changes, reply } = decide(await load());
    if (changes.length === 0 || await commit(rests, changes)) return reply;
    await pause(Math.random() * pauseMs * 2 ** attempt);
  }
  throw new Refusal(503, undefined, {
    text: "the resource is being changed by too many at once",
    retryAfterSeconds: 1,
  });
}

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
