import { dayMs } from "./duration.ts";

/**
 * The instant, in UTC epoch milliseconds, of a time on the clocks of a zone; that is given as if its
 * clocks showed UTC. A time that the zone skips counts with the offset before the gap, and one that
 * it has twice is the first of them (RFC 5545 §3.3.5).
 */
export type Zone = (localMs: number) => number;

export const utcZone: Zone = (localMs) => localMs;

/** The zone whose clocks are `offsetAt` ahead of UTC, in milliseconds, at an instant. */
export const zoneOf = (offsetAt: (utcMs: number) => number): Zone => (localMs) => {
  const before = offsetAt(localMs - dayMs);
  const after = offsetAt(localMs + dayMs);
  if (before === after || offsetAt(localMs - before) === before) return localMs - before;
  return offsetAt(localMs - after) === after ? localMs - after : localMs - before;
};

/** A zone of the runtime's IANA database by its name, in any case; undefined where it has none. */
export function ianaZone(name: string): Zone | undefined {
  const format = formatIn(name);
  return format && zoneOf((utcMs) => {
    const [, sign, hours, minutes, seconds] = offset.exec(format.format(utcMs)) ?? [];
    const ms = ((Number(hours ?? 0) * 60 + Number(minutes ?? 0)) * 60 + Number(seconds ?? 0)) *
      1000;
    return sign === "-" ? -ms : ms;
  });
}

/** `GMT+01:00`, `GMT-07:52:58`, or `GMT` alone. */
const offset = /GMT(?:([+-])(\d\d):(\d\d)(?::(\d\d))?)?/;

/** What begins with a sign is an offset to newer engines, and no name. */
function formatIn(name: string): Intl.DateTimeFormat | undefined {
  if (!/^[A-Za-z]/.test(name)) return undefined;
  try {
    return new Intl.DateTimeFormat("en-US", { timeZone: name, timeZoneName: "longOffset" });
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}
