/** Work that pauses after some milliseconds each, so that others may be answered in between. */
export type Steps<T> = Generator<void, T, void>;

/** Content lines that one step takes; so few take less than 10 ms. */
export const stepLines = 2_000;

/** All of it at once. */
export function atOnce<T>(steps: Steps<T>): T {
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}

/** Each step in a turn of the event loop of its own. */
export async function inTurns<T>(steps: Steps<T>): Promise<T> {
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
    await new Promise((resolve) => setTimeout(resolve));
  }
}

/**
 * Gives others their turn in a loop of small pieces of work: call it after each, and wait where it
 * gives a promise. The clock of workerd stands still while a program works, so pieces count as well.
 */
export function createBreaks(): () => Promise<void> | undefined {
  let pieces = 0;
  let since = performance.now();
  return () => {
    if (++pieces % clockPieces > 0) return undefined;
    if (pieces < breakPieces && performance.now() - since < breakMs) return undefined;
    return new Promise((resolve) =>
      setTimeout(() => {
        pieces = 0;
        since = performance.now();
        resolve();
      })
    );
  };
}

const breakPieces = 2_000;
/** To look at the clock takes as long as a small piece. */
const clockPieces = 4;
const breakMs = 8;
