import { assertLess } from "@std/assert";
import process from "node:process";

/** Work measured so that it comes to the same on a busy machine. */

/** Processor time that this process has used so far, all its threads together. */
export function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** How much of it some work takes. */
export async function cpuMsOf(work: () => unknown): Promise<number> {
  const before = cpuMs();
  await work();
  return cpuMs() - before;
}

/** Fails where some work needs more of the processor than this: such as one that is not linear. */
export async function assertCpuBelow(limitMs: number, work: () => unknown): Promise<void> {
  assertLess(await cpuMsOf(work), limitMs, "ms of CPU");
}

/**
 * How long the main thread of a process has waited for a processor since it began: other work of the
 * machine. Only Linux tells; elsewhere it is 0.
 */
export async function delayMsOf(pid: number | "self"): Promise<number> {
  if (Deno.build.os !== "linux") return 0;
  const [, delayNs] = (await Deno.readTextFile(`/proc/${pid}/schedstat`)).split(" ");
  return Number(delayNs) / 1e6;
}
