import { type ServerOptions, startServer } from "../tests/runtime/harness.ts";

/**
 * How long it takes from exec to the first 200 of `/readyz`, in milliseconds, so many times in a row
 * and in ascending order; the first start of all, when files are not in memory yet, comes before.
 */
export async function startTimesMs(place: ServerOptions, times: number): Promise<number[]> {
  await startTimeMs(place);
  const found: number[] = [];
  for (let time = 0; time < times; time++) found.push(await startTimeMs(place));
  return found.sort((a, b) => a - b);
}

async function startTimeMs(place: ServerOptions): Promise<number> {
  const began = performance.now();
  await using server = await startServer(place);
  const { status, body } = await fetch(`${server.url}/readyz`);
  const took = performance.now() - began;
  await body?.cancel();
  if (status !== 200) throw new Error(`/readyz answers ${status}`);
  return took;
}
