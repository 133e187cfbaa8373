import { about, type Finding } from "./finding.ts";

const { ok, warning, problem } = about("clock");

/** How far another clock is ahead of ours; negative where it is behind. */
export interface ClockDifference {
  /** Whose it is. */
  readonly of: string;
  readonly aheadMs: number;
  /** How sure that is. */
  readonly withinMs: number;
}

/** Alarms and free times are a matter of minutes, tokens and certificates of less. */
const warningMs = 5_000;
const problemMs = 60_000;

export function clockFinding({ of, aheadMs, withinMs }: ClockDifference): Finding {
  const differsMs = Math.max(0, Math.abs(aheadMs) - withinMs);
  if (differsMs < warningMs) return ok(`that of ${of} shows the same time as ours`);
  const seconds = Math.round(Math.abs(aheadMs) / 1000);
  const says = `that of ${of} is ${seconds} s ${aheadMs > 0 ? "ahead of" : "behind"} ours`;
  const report = differsMs < problemMs ? warning : problem;
  return report(says, "sudo timedatectl set-ntp true   # on both machines");
}
