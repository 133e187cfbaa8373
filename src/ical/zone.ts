import { dayMs } from "./duration.ts";
import { type OffsetAt, type Offsets, sampledShifts, type Shift, tabled } from "./offsets.ts";

/** The clocks of a place; what they show is given as if they showed UTC. All in milliseconds. */
export interface Zone {
  /** In the runtime's IANA database; undefined: a zone that only its definition describes. */
  readonly name?: string;
  /**
   * The instant of a local time. One that the zone skips counts with the offset before the gap, and
   * one that it has twice is the first of them (RFC 5545 §3.3.5).
   */
  toUtc(localMs: number): number;
  /** How far the clocks are ahead of UTC at an instant. */
  offsetAt(utcMs: number): number;
  /** The same from `from` on, and from each instant before `to` at which it changes. */
  shiftsIn(from: number, to: number): readonly Shift[];
}

/** The zone whose clocks are always so far ahead of UTC. */
export const fixedZone = (offsetMs: number, name?: string): Zone => ({
  name,
  toUtc: (localMs) => localMs - offsetMs,
  offsetAt: () => offsetMs,
  shiftsIn: (from) => [{ at: from, offsetMs }],
});

export const utcZone: Zone = fixedZone(0, "UTC");

/** What the clocks show at an instant. */
export const toLocal = (zone: Zone, utcMs: number): number => utcMs + zone.offsetAt(utcMs);

/** Between which local times all are whose instants lie in a range; both may be infinite. */
export const clocksIn = (zone: Zone, from: number, to: number): [from: number, to: number] => [
  from === -Infinity ? from : from + Math.min(...offsetsAround(zone, from)),
  to === Infinity ? to : to + Math.max(...offsetsAround(zone, to)),
];

const offsetsAround = (zone: Zone, utcMs: number): [before: number, after: number] => [
  zone.offsetAt(utcMs - dayMs),
  zone.offsetAt(utcMs + dayMs),
];

/** The zone of these offsets. */
export const zoneOf = ({ offsetAt, shiftsIn }: Offsets, name?: string): Zone => ({
  name,
  offsetAt,
  shiftsIn,
  toUtc(localMs) {
    const before = offsetAt(localMs - dayMs);
    const after = offsetAt(localMs + dayMs);
    if (before === after || offsetAt(localMs - before) === before) return localMs - before;
    return offsetAt(localMs - after) === after ? localMs - after : localMs - before;
  },
});

/** A zone of the runtime's IANA database by its name, in any case; undefined where it has none. */
export function ianaZone(name: string): Zone | undefined {
  const key = name.toLowerCase();
  const known = database.get(key);
  if (known) return known;
  const format = formatIn(name);
  if (format === undefined) return undefined;
  const { timeZone } = format.resolvedOptions();
  const zone = database.get(timeZone.toLowerCase()) ?? zoneOf(offsetsOf(format), timeZone);
  database.set(key, zone).set(timeZone.toLowerCase(), zone);
  return zone;
}

/**
 * What was read of the runtime's own database, by names in lower case: the same for all who ask, so
 * that it may stand here. It has no more entries than the database has names.
 */
const database = new Map<string, Zone>([["utc", utcZone]]);

/** The first shift of any zone is of 1835; from 2100 on, years are as they were 400 years before. */
const begins = Date.UTC(1800, 0);
const repeats = Date.UTC(2100, 0);
const cycleMs = 146_097 * dayMs;

/** The offsets as the runtime tells them, some 2 µs each; undefined where it has no such zone. */
export function slowOffsets(name: string): OffsetAt | undefined {
  const format = formatIn(name);
  return format && offsetsIn(format);
}

/** As {@linkcode ianaZone}, for who asks it a few times: nothing is kept of it. */
export function slowZone(name: string): Zone | undefined {
  const format = formatIn(name);
  const offsetAt = format && offsetsIn(format);
  const shiftsIn = offsetAt && sampledShifts(offsetAt);
  return shiftsIn && zoneOf({ offsetAt, shiftsIn }, format.resolvedOptions().timeZone);
}

const offsetsIn = (format: Intl.DateTimeFormat): OffsetAt => (utcMs) => {
  const [, sign, hours, minutes, seconds] = offset.exec(format.format(utcMs)) ?? [];
  const ms = ((Number(hours ?? 0) * 60 + Number(minutes ?? 0)) * 60 + Number(seconds ?? 0)) * 1000;
  return sign === "-" ? -ms : ms;
};

function offsetsOf(format: Intl.DateTimeFormat): Offsets {
  const read = offsetsIn(format);
  const first = read(begins);
  const { offsetAt, shiftsIn } = tabled(sampledShifts(read), 28);
  return {
    offsetAt(utcMs) {
      if (utcMs < begins) return first;
      if (utcMs < repeats) return offsetAt(utcMs);
      return offsetAt(utcMs - Math.floor((utcMs - repeats) / cycleMs) * cycleMs);
    },
    shiftsIn,
  };
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
