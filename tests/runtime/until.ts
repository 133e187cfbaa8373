/** Longer than anything takes on a busy machine: then it never happens. */
const patienceMs = 120_000;
const pauseMs = 20;

/**
 * Asks again and again until the answer is something, and gives it.
 *
 * @throws {Error} It never is; with `what` is waited for.
 */
export async function until<T>(
  what: string,
  ask: () => T | undefined | false | Promise<T | undefined | false>,
): Promise<T> {
  const end = performance.now() + patienceMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined && answer !== false) return answer;
    if (performance.now() > end) throw new Error(`waited in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
}
