import { clearInterval, setInterval } from "node:timers";
import type { Services } from "./services.ts";

const everyMs = 60 * 60_000;
const dayMs = 24 * 60 * 60_000;

/** Removes what the database has kept for its time. A failure is logged: the next time is near. */
export async function upkeep({ store, config, clock, log }: Services): Promise<void> {
  const now = clock();
  try {
    await store.upkeep({ now, keptFrom: now - config.keptDays * dayMs });
  } catch (error) {
    log("error", "upkeep-failed", { error });
  }
}

/** Upkeep now and every hour from now on; disposing of it waits for what is under way. */
export function startUpkeep(services: Services): AsyncDisposable {
  let last = upkeep(services);
  const timer = setInterval(() => last = last.then(() => upkeep(services)), everyMs);
  timer.unref(); // Else `deno serve` would not end, as nobody disposes of this there.
  return {
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      await last;
    },
  };
}
