import { until } from "./until.ts";

/** Processes that a process has started, by `/proc`. */
export async function childrenOf(pid: number): Promise<readonly number[]> {
  const text = await Deno.readTextFile(`/proc/${pid}/task/${pid}/children`);
  return text.split(" ").filter(Boolean).map(Number);
}

/** Whether it is there, and not only as what it leaves to the process that started it. */
export async function isRunning(pid: number): Promise<boolean> {
  try {
    const status = await Deno.readTextFile(`/proc/${pid}/status`);
    return !/^State:\s+Z/m.test(status);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || hasEndedMeanwhile(error)) return false;
    throw error;
  }
}

/** ESRCH: after its file was opened. Deno has no class for it. */
const hasEndedMeanwhile = (error: unknown): boolean =>
  error instanceof Error && error.message.includes("(os error 3)");

/** Ends all of them at once, with SIGKILL, and waits until they are gone. */
export async function killAll(pids: readonly number[]): Promise<void> {
  for (const pid of pids) {
    try {
      Deno.kill(pid, "SIGKILL");
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error; // It has ended with its parent.
    }
  }
  for (const pid of pids) await until(`${pid} ends`, async () => !await isRunning(pid));
}
