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

/** The offsets of a zone at all times. */
export interface Offsets {
  readonly offsetAt: OffsetAt;
  /** Those of `[from, to)`, ascending; the first one is at `from`. */
  readonly shiftsIn: ShiftsIn;
}

export type ShiftsIn = (from: number, to: number) => readonly Shift[];

/** Offsets, each stretch of some days worked out once, so that a look-up takes some 20 ns. */
export function tabled(shiftsIn: ShiftsIn, stretchDays: number): Offsets {
  const stretchMs = stretchDays * dayMs;
  const stretches = new Map<number, readonly Shift[]>();
  const stretch = (index: number): readonly Shift[] => {
    const known = stretches.get(index);
    if (known !== undefined) return known;
    if (stretches.size === limits.zoneStretches) stretches.clear();
    const shifts = shiftsIn(index * stretchMs, (index + 1) * stretchMs);
    stretches.set(index, shifts);
    return shifts;
  };
  const offsetAt: OffsetAt = (utcMs) => {
    const shifts = stretch(Math.floor(utcMs / stretchMs));
    let last = shifts.length - 1;
    while (last > 0 && (shifts[last]?.at ?? 0) > utcMs) last--;
    return shifts[last]?.offsetMs ?? 0;
  };
  return {
    offsetAt,
    shiftsIn(from, to) {
      const shifts: Shift[] = [{ at: from, offsetMs: offsetAt(from) }];
      for (let index = Math.floor(from / stretchMs); index * stretchMs < to; index++) {
        for (const shift of stretch(index)) {
          const isNew = shift.offsetMs !== shifts.at(-1)?.offsetMs;
          if (isNew && shift.at > from && shift.at < to) shifts.push(shift);
        }
      }
      return shifts;
    },
  };
}

/**
 * The shifts of offsets that can only be asked for one instant each, to the second. No zone of the
 * IANA database left an offset for less than 3.9 days.
 */
export function sampledShifts(offsetAt: OffsetAt): ShiftsIn {
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
