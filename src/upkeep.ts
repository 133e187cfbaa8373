import { clearInterval, setInterval } from "node:timers";
import { renewTimeIndexes } from "./calendar/renew_time_indexes.ts";
import { limits } from "./limits.ts";
import type { Services } from "./services.ts";

const everyMs = 60 * 60_000;
const dayMs = 24 * 60 * 60_000;

/**
 * Removes what the database has kept for its time, and renews time indexes that were made with other
 * time zone data, some thousands at most. A failure is logged: the next time is near.
 *
 * @returns Whether there may be more indexes to renew.
 */
export async function upkeep({ store, config, clock, log }: Services): Promise<boolean> {
  const now = clock();
  try {
    await store.upkeep({ now, keptFrom: now - config.keptDays * dayMs });
    const renewed = await renewTimeIndexes(store);
    if (renewed > 0) log("info", "time-indexes-renewed", { objects: renewed });
    return renewed >= limits.renewedObjects;
  } catch (error) {
    log("error", "upkeep-failed", { error });
    return false;
  }
}

/**
 * Upkeep now and every hour from now on, and again at once while there is more of it; disposing of
 * it waits for what is under way.
 */
export function startUpkeep(services: Services): AsyncDisposable {
  let stopped = false;
  const round = async () => {
    while (await upkeep(services) && !stopped);
  };
  let last = round();
  const timer = setInterval(() => last = last.then(round), everyMs);
  timer.unref(); // Else `deno serve` would not end, as nobody disposes of this there.
  return {
    async [Symbol.asyncDispose]() {
      stopped = true;
      clearInterval(timer);
      await last;
    },
  };
}
