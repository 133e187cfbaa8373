import { ruleFault, ruleParts } from "../rule.ts";
import { dayOf, mod, monthIndexOf, weekdayOf } from "./civil.ts";

/** Places in this list: a later one is of longer periods. */
export const frequencies = [
  "SECONDLY",
  "MINUTELY",
  "HOURLY",
  "DAILY",
  "WEEKLY",
  "MONTHLY",
  "YEARLY",
] as const;

export const frequency = { hourly: 2, daily: 3, weekly: 4, monthly: 5, yearly: 6 } as const;

/** What becomes of a day that a month or year does not have (RFC 7529 §4.1). */
export type Skip = "OMIT" | "BACKWARD" | "FORWARD";

/** The nth one of a weekday, from the end where negative. */
export interface Ordinal {
  readonly weekday: number;
  readonly nth: number;
}

/** Which days fit. Weekday 0 is Sunday. A set of bits that is 0 and an empty list take any day. */
export interface DayParts {
  /** Bit n is month n. */
  readonly months: number;
  /** Bit n - 1 is day n. */
  readonly monthDays: number;
  /** Bit n - 1 is the nth day from the end. */
  readonly monthDaysFromEnd: number;
  readonly weekdays: number;
  /** Besides those of `weekdays`. */
  readonly ordinals: readonly Ordinal[];
  /** Whether these count in the year rather than in the month. */
  readonly ordinalsInYear: boolean;
  /** From the end where negative. */
  readonly yearDays: readonly number[];
  readonly weeks: readonly number[];
  readonly weekStart: number;
}

/**
 * A recurrence rule (RFC 5545 §3.3.10) with the start that it goes by. Times are seconds on the
 * clocks of the series, as if they showed UTC.
 */
export interface Rule extends DayParts {
  readonly start: number;
  /** Whether the start is the first instance also where it does not fit. */
  readonly startCounts: boolean;
  readonly frequency: number;
  readonly interval: number;
  /** Ascending; empty: any. */
  readonly hours: readonly number[];
  readonly minutes: readonly number[];
  readonly seconds: readonly number[];
  /** BYSETPOS. */
  readonly positions: readonly number[];
  readonly skip: Skip;
  /** The first one among them; infinite: without end. */
  readonly count: number;
  /** No instance is later. */
  readonly until: number;
}

/** What a rule takes from its series. */
export interface RuleStart {
  /** On the clocks of the series. */
  readonly localMs: number;
  readonly isDate: boolean;
}

/**
 * Reads a rule, all but UNTIL, which is a matter of zones. Undefined: it adds nothing to its start,
 * as it is empty, wrong, of a calendar other than the Gregorian one, or never fits.
 */
export function readRule(text: string, { localMs, isDate }: RuleStart): Rule | undefined {
  if (text === "" || ruleFault(text) !== undefined) return undefined;
  const parts = ruleParts(text);
  const scale = parts.get("RSCALE")?.toUpperCase() ?? "GREGORIAN";
  if (scale !== "GREGORIAN" && scale !== "GREGORY") return undefined;
  const start = Math.floor(localMs / 1000);
  const rule: Rule = {
    start,
    startCounts: true,
    ...periodsOf(parts, isDate),
    ...daysOf(parts, Math.floor(start / daySeconds)),
    ...timesOf(parts, mod(start, daySeconds), isDate),
    positions: numbers(parts, "BYSETPOS"),
    skip: (parts.get("SKIP") ?? "OMIT") as Skip,
    count: Number(parts.get("COUNT") ?? Infinity),
    until: Infinity,
  };
  return canFit(rule) ? rule : undefined;
}

/** How many instances a period has at most. */
export function instancesOfPeriod({ frequency: freq, hours, minutes, seconds }: Rule): number {
  const ofDay = (freq < frequency.daily ? 1 : Math.max(hours.length, 1)) *
    (freq < frequency.hourly ? 1 : Math.max(minutes.length, 1)) *
    (freq === 0 ? 1 : Math.max(seconds.length, 1));
  return (mostDays[freq] ?? 1) * ofDay;
}

/** Of a period; SKIP may add one on either side. */
const mostDays = [1, 1, 1, 1, 7, 33, 368];

export const daySeconds = 24 * 60 * 60;

/** Of each frequency up to DAILY. */
export const unitSeconds = [1, 60, 60 * 60, daySeconds] as const;

type Parts = ReadonlyMap<string, string>;

const list = (parts: Parts, name: string): string[] => parts.get(name)?.split(",") ?? [];

/** Each once, ascending. */
function numbers(parts: Parts, name: string): number[] {
  const values = list(parts, name).map(Number);
  return values.length < 2 ? values : [...new Set(values)].sort((a, b) => a - b);
}

const bits = (values: readonly number[]): number =>
  values.reduce((all, value) => all | 1 << value, 0);

const frequencyOf = (parts: Parts): number =>
  (frequencies as readonly string[]).indexOf(parts.get("FREQ") ?? "");

/** Dates recur by days at least. */
function periodsOf(parts: Parts, isDate: boolean): Pick<Rule, "frequency" | "interval"> {
  const written = frequencyOf(parts);
  const interval = Number(parts.get("INTERVAL") ?? 1);
  if (!isDate || written >= frequency.daily) return { frequency: written, interval };
  const days = Math.floor(interval * (unitSeconds[written] ?? daySeconds) / daySeconds);
  return { frequency: frequency.daily, interval: Math.max(days, 1) };
}

const daysGiven = ["BYDAY", "BYMONTHDAY", "BYYEARDAY", "BYWEEKNO"];

/** What no part says is as it is on the first day. */
function daysOf(parts: Parts, day: number): DayParts {
  const monthIndex = monthIndexOf(day);
  const own = !daysGiven.some((name) => parts.has(name));
  const byDay = list(parts, "BYDAY").map(ordinal);
  const freq = frequencyOf(parts);
  const byMonth = freq >= frequency.monthly;
  const ofMonth = numbers(parts, "BYMONTHDAY");
  if (own && byMonth) ofMonth.push(day - dayOf(0, monthIndex + 1, 1) + 1);
  const months = numbers(parts, "BYMONTH");
  if (own && freq === frequency.yearly && months.length === 0) months.push(mod(monthIndex, 12) + 1);
  const weeks = numbers(parts, "BYWEEKNO");
  const yearDays = numbers(parts, "BYYEARDAY");
  const needsWeekday = own
    ? freq === frequency.weekly
    : weeks.length > 0 && byDay.length + ofMonth.length + yearDays.length === 0;
  if (needsWeekday) byDay.push({ weekday: weekdayOf(day), nth: 0 });
  const isOrdinal = ({ nth }: Ordinal): boolean => nth !== 0 && byMonth;
  return {
    months: bits(months),
    monthDays: bits(ofMonth.filter((one) => one > 0).map((one) => one - 1)),
    monthDaysFromEnd: bits(ofMonth.filter((one) => one < 0).map((one) => -one - 1)),
    weekdays: bits(byDay.flatMap((one) => isOrdinal(one) ? [] : [one.weekday])),
    ordinals: byDay.filter(isOrdinal),
    ordinalsInYear: freq === frequency.yearly && !parts.has("BYMONTH"),
    yearDays,
    weeks,
    weekStart: weekdays.indexOf(parts.get("WKST") ?? "MO"),
  };
}

const weekdays = ["SU", "MO", "TU", "WE", "TH", "FR", "SA"];

const ordinal = (value: string): Ordinal => ({
  weekday: weekdays.indexOf(value.slice(-2)),
  // A sign alone says nothing.
  nth: Number(value.slice(0, -2)) || 0,
});

/** A leap second counts as the one before it (RFC 5545 §3.3.12). */
function timesOf(
  parts: Parts,
  time: number,
  isDate: boolean,
): Pick<Rule, "hours" | "minutes" | "seconds"> {
  if (isDate) return { hours: [0], minutes: [0], seconds: [0] };
  const freq = frequencyOf(parts);
  const values = (name: string, longerThan: number, own: number): number[] => {
    const given = numbers(parts, name);
    return given.length > 0 || freq <= longerThan ? given : [own];
  };
  const seconds = values("BYSECOND", 0, time % 60).map((second) => Math.min(second, 59));
  return {
    hours: values("BYHOUR", 2, Math.floor(time / 3600)),
    minutes: values("BYMINUTE", 1, Math.floor(time / 60) % 60),
    seconds: seconds.length < 2 ? seconds : [...new Set(seconds)],
  };
}

/** False: it is plain at once that no day or time ever fits. */
function canFit(rule: Rule): boolean {
  const time = mod(rule.start, daySeconds);
  const reached = (values: readonly number[], own: number, cycle: number): boolean => {
    const step = greatestDivisor(rule.interval, cycle);
    return values.length === 0 || values.some((value) => mod(value - own, step) === 0);
  };
  switch (frequencies[rule.frequency]) {
    case "SECONDLY":
      if (!reached(rule.seconds, time % 60, 60)) return false;
      break;
    case "MINUTELY":
      if (!reached(rule.minutes, Math.floor(time / 60) % 60, 60)) return false;
      break;
    case "HOURLY":
      if (!reached(rule.hours, Math.floor(time / 3600), 24)) return false;
      break;
  }
  const { months, monthDays, monthDaysFromEnd, positions, skip } = rule;
  const most = instancesOfPeriod(rule);
  if (positions.length > 0 && positions.every((one) => Math.abs(one) > most)) return false;
  const least = Math.min(lowestBit(monthDays), lowestBit(monthDaysFromEnd));
  if (least === Infinity || months === 0 || skip !== "OMIT") return true;
  return longestMonths.some((length, month) => (months >> month & 1) === 1 && least < length);
}

const longestMonths = [0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** `Infinity`: there is none. */
const lowestBit = (bits: number): number => bits === 0 ? Infinity : 31 - Math.clz32(bits & -bits);

const greatestDivisor = (a: number, b: number): number => b === 0 ? a : greatestDivisor(b, a % b);
