/** Work in steps of some hundred µs each, so that others may be answered in between. */
export type Steps<T> = Generator<void, T, void>;

/** Content lines, or as much of something else, that one step takes. */
export const stepLines = 250;

/** All of it at once. */
export function atOnce<T>(steps: Steps<T>): T {
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}

/** Some steps in each turn of the event loop: no more than `breakPieces`, where the clock stands still. */
export async function inTurns<T>(steps: Steps<T>, breakPieces = 16): Promise<T> {
  const breaks = createBreaks({ clockPieces: 1, breakPieces });
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
    const pause = breaks();
    if (pause) await pause;
  }
}

/** At once where it takes a single step, else in turns: to wait takes longer than what is short. */
export function soon<T>(steps: Steps<T>): T | Promise<T> {
  const { done, value } = steps.next();
  return done ? value : nextTurn().then(() => inTurns(steps));
}

/** A text of so many characters has taken some milliseconds already, to come here. */
export const longChars = 1024 * 1024;

const nextTurn = () => new Promise<void>((resolve) => setTimeout(resolve));

/**
 * Gives others their turn in a loop of small pieces of work: call it after each, and wait where it
 * gives a promise. The clock of workerd stands still while a program works, so pieces count as well.
 *
 * @param clockPieces To look at the clock takes as long as a small piece.
 */
export function createBreaks(
  { clockPieces = 4, breakPieces = 2_000 }: {
    readonly clockPieces?: number;
    readonly breakPieces?: number;
  } = {},
): () => Promise<void> | undefined {
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

const breakMs = 8;
