import { dayMs } from "./duration.ts";
import type { Moment, ReadMoment } from "./time.ts";
import { type Shift, type ShiftsIn, tabled } from "./offsets.ts";
import { Budget } from "./recurrence/budget.ts";
import { nominals, type RecurrenceSet, recurrenceSet } from "./recurrence/recurrence_set.ts";
import { frequency } from "./recurrence/rule.ts";
import { type Component, valuesOf } from "./tree.ts";
import { isUtcOffset, readDigits, utcOffsetMs } from "./values.ts";
import { fixedZone, type Zone, zoneOf } from "./zone.ts";

/**
 * The zone that a VTIMEZONE (RFC 5545 §3.6.5) describes, at any distance in time; ical.js' own ends
 * in 2035. Undefined where it has an observance that can't be read, or that is not one of years, as
 * those of all known zones are.
 */
export function definedZone(definition: Component): Zone | undefined {
  const observances: Observance[] = [];
  for (const component of definition.components) {
    if (component.name !== "STANDARD" && component.name !== "DAYLIGHT") continue;
    const observance = observanceOf(component);
    if (observance === undefined) return undefined;
    observances.push(observance);
  }
  const [first, ...others] = observances;
  if (first === undefined) return undefined;
  const earliest = others.reduce((a, b) => b.set.start.at < a.set.start.at ? b : a, first);
  const shiftsIn: ShiftsIn = (from, to) => {
    const onsets = observances.flatMap((one) => onsetsUpTo(one, from, to));
    const before = onsets.filter(({ at }) => at <= from);
    const { offsetMs } = before.length === 0
      ? { offsetMs: earliest.fromMs }
      : before.reduce((a, b) => b.at > a.at ? b : a);
    const later = onsets.filter(({ at }) => at > from).sort((a, b) => a.at - b.at);
    return [{ at: from, offsetMs }, ...later];
  };
  return zoneOf({ offsetAt: tabled(shiftsIn, 364).offsetAt, shiftsIn });
}

/** One STANDARD or DAYLIGHT. */
interface Observance {
  readonly fromMs: number;
  readonly toMs: number;
  /** When it begins, on the clocks that go before it. */
  readonly set: RecurrenceSet;
}

function observanceOf(component: Component): Observance | undefined {
  const [from = "", to = ""] = ["TZOFFSETFROM", "TZOFFSETTO"]
    .map((name) => valuesOf(component, name)[0]);
  if (!isUtcOffset(from) || !isUtcOffset(to)) return undefined;
  const fromMs = utcOffsetMs(from);
  const read = momentsAhead(fromMs);
  const line = component.lines.find(({ name }) => name === "DTSTART");
  const start = line && read(line);
  if (start === undefined) return undefined;
  const set = recurrenceSet(component, start, read);
  const written = valuesOf(component, "RRULE").filter((rule) => rule !== "");
  const isYearly = set.rules.every(({ rule }) => rule.frequency === frequency.yearly);
  if (!isYearly || set.rules.length < written.length) return undefined;
  return { fromMs, toMs: utcOffsetMs(to), set };
}

/** Reads times on clocks that are always so far ahead of UTC. */
function momentsAhead(offsetMs: number): ReadMoment {
  const zone = fixedZone(offsetMs);
  return (line, value = line.value): Moment | undefined => {
    const digits = readDigits(value);
    if (digits === undefined) return undefined;
    const { localMs } = digits;
    return { at: zone.toUtc(localMs), isDate: false, localMs, zone, floating: false };
  };
}

/** Those before `to`, of those up to `from` the last one at least. */
function onsetsUpTo({ set, toMs }: Observance, from: number, to: number): Shift[] {
  const [first = set.start] = set.dates.map(({ start }) => start);
  const earliest = Math.min(set.start.at, first.at);
  for (let days = 400;; days *= 8) {
    const begin = from - days * dayMs;
    const onsets: Shift[] = [];
    for (const { start: { at } } of nominals(set, begin, to - 1, new Budget())) {
      if (at >= begin && at < to) onsets.push({ at, offsetMs: toMs });
    }
    if (begin <= earliest || onsets.some(({ at }) => at <= from)) return onsets;
  }
}
