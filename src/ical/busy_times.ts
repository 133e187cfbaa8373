import type { BusyPeriod, BusyType } from "./busy.ts";
import type { TimeRange } from "./interval.ts";

/** Busy times of each type: in order, without those that touch or overlap, within the range. */
export type BusyTimes = Readonly<Record<BusyType, readonly TimeRange[]>>;

/**
 * Gathers busy periods of a range, `most` of each type at a time; more than that are merged in
 * between (RFC 4791 §7.10). `add` gives false where there still are more then.
 */
export function createBusyTimes(range: TimeRange, most: number) {
  const gathered: Record<BusyType, OpenRange[]> = {
    "BUSY": [],
    "BUSY-TENTATIVE": [],
    "BUSY-UNAVAILABLE": [],
  };
  const whole = (type: BusyType) => gathered[type] = merged(gathered[type]);
  return {
    add({ type, start, end }: BusyPeriod): boolean {
      const cut = { start: Math.max(start, range.start), end: Math.min(end, range.end) };
      // The time index gives an event without length a moment.
      if (cut.end - cut.start < 1000) return true;
      const last = gathered[type].at(-1);
      if (last && last.start <= cut.start && cut.start <= last.end) {
        last.end = Math.max(last.end, cut.end);
        return true;
      }
      return gathered[type].push(cut) <= 2 * most || whole(type).length <= most;
    },
    /** Undefined: there are more than `most` of a type. */
    times(): BusyTimes | undefined {
      for (const type of typesInOrder) if (whole(type).length > most) return undefined;
      return gathered;
    },
  };
}

/** As an answer tells them. */
export const typesInOrder: readonly BusyType[] = ["BUSY", "BUSY-TENTATIVE", "BUSY-UNAVAILABLE"];

/** One that may become longer. */
interface OpenRange {
  readonly start: number;
  end: number;
}

function merged(periods: OpenRange[]): OpenRange[] {
  const result: OpenRange[] = [];
  let last: OpenRange | undefined;
  for (const { start, end } of periods.sort((a, b) => a.start - b.start)) {
    if (last && start <= last.end) last.end = Math.max(last.end, end);
    else result.push(last = { start, end });
  }
  return result;
}
