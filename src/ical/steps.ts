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
