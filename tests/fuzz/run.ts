import { cpuMsOf } from "../processor.ts";
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

/** Shares of the cases behind which the memory is looked at, besides the end. */
const lookedAt = [0.1, 0.4, 0.7];

/** What there may be more at the end of a run than at the first look. */
const growth = { heapBytes: 24 * MiB, rssBytes: 256 * MiB };

/** Makes the next case, and gives what runs it: only that may not take long. */
export type Cases = () => () => unknown;

/**
 * Runs the cases of a seeded test; `begin` makes ready for those of one seed. Fails with the seed of
 * the first one that throws or takes too long, and where the memory has grown.
 */
export async function fuzz(
  { short, full, together = 1 }: Counts,
  begin: (random: Random) => Cases | Promise<Cases>,
): Promise<void> {
  const memories: Memory[] = [];
  let slowest = { ms: 0, seed: 0 };
  for (const { seed, random, done } of seededCases(short / together, full / together)) {
    try {
      const cases = await begin(random);
      for (let index = 0; index < together; index++) {
        const run = cases();
        const ms = await cpuMsOf(run);
        if (ms > caseCpuMs) throw new Error(`${ms.toFixed()} ms of CPU`);
        if (ms > slowest.ms) slowest = { ms, seed };
      }
    } catch (cause) {
      console.log(`failed: DAVIT_SEED=${seed}`, cause); // The summary may be hours away.
      throw new Error(`DAVIT_SEED=${seed}`, { cause });
    }
    if (done >= (lookedAt[memories.length] ?? 1)) memories.push(memory());
  }
  const last = memory();
  const [first = last] = memories;
  console.log(`slowest: ${slowest.ms.toFixed()} ms, seed ${slowest.seed}`);
  console.log(`memory: ${[...memories, last].map(textOf).join(", ")}`);
  const heapMore = last.heapBytes - first.heapBytes;
  if (heapMore > growth.heapBytes) throw new Error(`the heap grew by ${megabytes(heapMore)}`);
  const rssMore = last.rssBytes - first.rssBytes;
  if (rssMore > growth.rssBytes) throw new Error(`the process grew by ${megabytes(rssMore)}`);
}

interface Memory {
  readonly heapBytes: number;
  readonly rssBytes: number;
}

/** What is in use, all garbage collected: else most of the heap could be garbage. */
function memory(): Memory {
  const { gc } = globalThis as { readonly gc?: () => void };
  if (!gc) throw new Error("run this by `deno task test`: it needs --v8-flags=--expose-gc");
  gc();
  const { heapUsed, rss } = Deno.memoryUsage();
  return { heapBytes: heapUsed, rssBytes: rss };
}

const textOf = ({ heapBytes, rssBytes }: Memory): string =>
  `${megabytes(heapBytes)} heap, ${megabytes(rssBytes)} RSS`;

const megabytes = (bytes: number): string => `${(bytes / MiB).toFixed()} MiB`;
