/** Most of a process' memory that was resident at once, in bytes, since it began; Linux only. */
export async function peakBytesOf(pid: number): Promise<number> {
  const status = await Deno.readTextFile(`/proc/${pid}/status`);
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) * 1024;
}

/** The same of one that runs to its end, as it was seen last. */
export async function lastPeakBytes({ pid, status }: Deno.ChildProcess): Promise<number> {
  let runs = true;
  const ended = status.then(() => runs = false);
  let peak = 0;
  while (runs) {
    peak = Math.max(peak, await peakBytesOf(pid).catch(() => 0)); // It may just have ended.
    await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, lookEveryMs))]);
  }
  return peak;
}

const lookEveryMs = 10;
