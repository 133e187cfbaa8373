import { dayMs } from "./duration.ts";
import { limits } from "../limits.ts";

/** How far the clocks of a zone are ahead of UTC, in milliseconds, from an instant on. */
export interface Shift {
  /** UTC epoch milliseconds. */
  readonly at: number;
  readonly offsetMs: number;
}

/** The offset at an instant, both in milliseconds. */
export type OffsetAt = (utcMs: number) => number;

/**
 * The same offsets, each stretch of 28 days worked out once, so that a look-up takes some 20 ns.
 *
 * @param shiftsIn Those of a stretch `[from, to)`, ascending; the first one is at `from`.
 */
export function tabled(shiftsIn: (from: number, to: number) => readonly Shift[]): OffsetAt {
  const stretches = new Map<number, readonly Shift[]>();
  return (utcMs) => {
    const index = Math.floor(utcMs / stretchMs);
    let shifts = stretches.get(index);
    if (shifts === undefined) {
      if (stretches.size === limits.zoneStretches) stretches.clear();
      shifts = shiftsIn(index * stretchMs, (index + 1) * stretchMs);
      stretches.set(index, shifts);
    }
    let last = shifts.length - 1;
    while (last > 0 && (shifts[last]?.at ?? 0) > utcMs) last--;
    return shifts[last]?.offsetMs ?? 0;
  };
}

/**
 * The shifts of offsets that can only be asked for one instant each, to the second. No zone of the
 * IANA database left an offset for less than 3.9 days.
 */
export function sampledShifts(offsetAt: OffsetAt): (from: number, to: number) => Shift[] {
  return (from, to) => {
    let known: Shift = { at: from, offsetMs: offsetAt(from) };
    const shifts = [known];
    while (known.at < to) {
      const at = Math.min(known.at + sampleMs, to);
      const next = { at, offsetMs: offsetAt(at) };
      if (next.offsetMs !== known.offsetMs) {
        const shift = firstSecond(known.at, at, (ms) => offsetAt(ms) === next.offsetMs);
        if (shift < to) shifts.push({ at: shift, offsetMs: next.offsetMs });
      }
      known = next;
    }
    return shifts;
  };
}

const stretchMs = 28 * dayMs;
const sampleMs = 3.5 * dayMs;

/** The first full second of `(from, to]` for which it holds, as it does for all behind it. */
function firstSecond(from: number, to: number, holds: (ms: number) => boolean): number {
  let [low, high] = [from / 1000, to / 1000];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (holds(middle * 1000)) high = middle;
    else low = middle;
  }
  return high * 1000;
}
