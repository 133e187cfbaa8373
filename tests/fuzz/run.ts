import process from "node:process";
import { type Random, seededCases } from "../seeded.ts";

/** How many cases: `short` in an ordinary run, `full` in a soak. */
export interface Counts {
  readonly short: number;
  readonly full: number;
  /** Cases of one seed, one after the other, as each may depend on those before; 1 unless given. */
  readonly together?: number;
}

/** What a single case may take; this much of the processor, whoever else uses it. */
const caseCpuMs = 1000;

const MiB = 1024 * 1024;

/**
 * What there may be more in the last tenth of a run than in its first. V8 collects garbage when it
 * likes; in a soak, 200 bytes that a case leaves behind are more.
 */
const growth = { heapBytes: 128 * MiB, rssBytes: 256 * MiB };

/**
 * Runs the cases of a seeded test: `begin` makes ready for those of one seed, and gives what runs
 * each. Fails with the seed of the first one that throws or takes too long, and where the memory has
 * grown.
 */
export async function fuzz(
  { short, full, together = 1 }: Counts,
  begin: (random: Random) => (() => unknown) | Promise<() => unknown>,
): Promise<void> {
  const first = watchMemory();
  const last = watchMemory();
  let slowest = { ms: 0, seed: 0 };
  for (const { seed, random, done } of seededCases(short / together, full / together)) {
    try {
      const one = await begin(random);
      for (let index = 0; index < together; index++) {
        const before = process.cpuUsage();
        await one();
        const { user, system } = process.cpuUsage(before);
        const ms = (user + system) / 1000;
        if (ms > caseCpuMs) throw new Error(`${ms.toFixed()} ms of CPU`);
        if (ms > slowest.ms) slowest = { ms, seed };
      }
    } catch (cause) {
      throw new Error(`DAVIT_SEED=${seed}`, { cause });
    }
    if (done < 0.1) first.look();
    if (done >= 0.9) last.look();
  }
  console.log(`slowest: ${slowest.ms.toFixed()} ms, seed ${slowest.seed}`);
  console.log(`memory: ${first.text()}, in the end ${last.text()}`);
  for (const kind of ["heapBytes", "rssBytes"] as const) {
    const more = last.least(kind) - first.least(kind);
    if (more > growth[kind]) throw new Error(`${kind} grew by ${megabytes(more)}`);
  }
}

/** What stays after the garbage is collected shows at the lowest points. */
function watchMemory() {
  let calls = 0;
  const least = { heapBytes: Infinity, rssBytes: Infinity };
  return {
    look() {
      if (calls++ % looksEvery !== 0) return;
      const { heapUsed, rss } = Deno.memoryUsage();
      least.heapBytes = Math.min(least.heapBytes, heapUsed);
      least.rssBytes = Math.min(least.rssBytes, rss);
    },
    least: (kind: keyof typeof growth) => least[kind],
    text: () => `${megabytes(least.heapBytes)} heap, ${megabytes(least.rssBytes)} RSS`,
  };
}

const looksEvery = 10;

const megabytes = (bytes: number): string => `${(bytes / MiB).toFixed()} MiB`;
