import { dayMs } from "./duration.ts";
import type { Moment, ReadMoment } from "./time.ts";
import { type Shift, type ShiftsIn, tabled } from "./offsets.ts";
import { Budget } from "./recurrence/budget.ts";
import { recounted } from "./recurrence/count.ts";
import { nominals, type RecurrenceSet, recurrenceSet } from "./recurrence/recurrence_set.ts";
import { frequency } from "./recurrence/rule.ts";
import { type Component, valuesOf } from "./tree.ts";
import { limits } from "../limits.ts";
import { isUtcOffset, readDigits, utcOffsetMs } from "./values.ts";
import { fixedZone, type Zone, zoneOf } from "./zone.ts";

/**
 * The zone that a VTIMEZONE (RFC 5545 §3.6.5) describes, at any distance in time; ical.js' own ends
 * in 2035. Undefined where it has an observance that can't be read, or that is not one of years, as
 * those of all known zones are; or where there is more of it than in any of them.
 */
export function definedZone(definition: Component): Zone | undefined {
  const components = definition.components
    .filter(({ name }) => name === "STANDARD" || name === "DAYLIGHT");
  if (components.length > limits.zoneObservances) return undefined;
  const observances: Observance[] = [];
  const counting = new Budget();
  for (const component of components) {
    const observance = observanceOf(component, counting);
    if (observance === undefined) return undefined;
    observances.push(observance);
  }
  const [first, ...others] = observances;
  if (first === undefined || isTooMuch(observances)) return undefined;
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
  /** When it begins for the last time; `Infinity`: there is no such time. */
  readonly last: number;
}

/** More dates in all, or rules at any one time, than a zone has. */
function isTooMuch(observances: readonly Observance[]): boolean {
  const dates = observances.reduce((sum, { set }) => sum + set.dates.length, 0);
  if (dates > limits.zoneDates) return true;
  const ruled = observances.flatMap(({ set, last }) => set.rules.map(() => ({ set, last })));
  return ruled.some(({ set: { start } }) =>
    ruled.filter(({ set, last }) => set.start.at <= start.at && start.at <= last).length >
      limits.zoneRules
  );
}

/** @param counting For what COUNT ends. */
function observanceOf(component: Component, counting: Budget): Observance | undefined {
  const [from = "", to = ""] = ["TZOFFSETFROM", "TZOFFSETTO"]
    .map((name) => valuesOf(component, name)[0]);
  if (!isUtcOffset(from) || !isUtcOffset(to)) return undefined;
  const fromMs = utcOffsetMs(from);
  const read = momentsAhead(fromMs);
  const line = component.lines.find(({ name }) => name === "DTSTART");
  const start = line && read(line);
  if (start === undefined) return undefined;
  const set = recurrenceSet(component, start, read, counting);
  const written = valuesOf(component, "RRULE").filter((rule) => rule !== "");
  const isYearly = set.rules.every(({ rule }) => rule.frequency === frequency.yearly);
  if (!isYearly || set.rules.length < written.length) return undefined;
  const years = nominals(set, start.at, start.at + 3 * yearMs, new Budget());
  if ([...years.take(onsetsMost + 1)].length > onsetsMost + set.dates.length) return undefined;
  const endless = { fromMs, toMs: utcOffsetMs(to), set, last: Infinity };
  const end = endOf(set, counting);
  if (end === Infinity) return endless;
  const last = Math.max(...onsetsUpTo(endless, end, end).map(({ at }) => at));
  return { ...endless, last };
}

/** Within three years, by its rules: each gives one a year. */
const onsetsMost = 3 * limits.zoneRules;

const yearMs = 366 * dayMs;

/** No onset is later. */
function endOf({ start, dates, rules }: RecurrenceSet, counting: Budget): number {
  const ends = rules.map(({ rule }) => recounted(rule, counting)?.until ?? Infinity);
  const last = dates.at(-1)?.start ?? start;
  return Math.max(start.at, last.at, ...ends.map((until) => until * 1000 + dayMs)) + dayMs;
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
function onsetsUpTo({ set, toMs, last }: Observance, from: number, to: number): Shift[] {
  if (from >= last) return [{ at: last, offsetMs: toMs }];
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
