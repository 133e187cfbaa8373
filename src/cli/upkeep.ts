import type { Services } from "../services.ts";

const everyMs = 60 * 60_000;
const dayMs = 24 * 60 * 60_000;

/** Keeps the database in order, now and then on; disposing of it waits for what is under way. */
export function startUpkeep({ store, config, clock, log }: Services): AsyncDisposable {
  const upkeep = async () => {
    const now = clock();
    try {
      await store.upkeep({ now, keptFrom: now - config.keptDays * dayMs });
    } catch (error) {
      log("error", "upkeep-failed", { error });
    }
  };
  let last = upkeep();
  const timer = setInterval(() => last = last.then(upkeep), everyMs);
  return {
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      await last;
    },
  };
}
