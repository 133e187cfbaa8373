import { dayMs } from "./duration.ts";
import { ruleParts } from "./rule.ts";
import { type Digits, readDigits } from "./values.ts";

/** A rule that says on which days of a year the clocks are changed. */
export interface Yearly {
  readonly startYear: number;
  readonly interval: number;
  /** Years in which it holds, from the first one on. */
  readonly count: number;
  readonly until?: Digits;
  /** From 1. */
  readonly months: readonly number[];
  /** Of the month, from its end where negative; empty: any. */
  readonly monthDays: readonly number[];
  /** Empty: any. */
  readonly weekdays: readonly Weekday[];
  /** Of all days of a year that fit; empty: any. */
  readonly positions: readonly number[];
  readonly timeMs: number;
}

interface Weekday {
  /** 0 is Sunday. */
  readonly day: number;
  /** In the month, from its end where negative; 0: each. */
  readonly ordinal: number;
}

/**
 * Undefined: a rule of another kind. Without BYMONTH and BYMONTHDAY, those of `start` count.
 *
 * @param start Of the observance, in milliseconds on its clocks.
 */
export function readYearly(rule: string, start: number): Yearly | undefined {
  const parts = ruleParts(rule);
  if (parts.get("FREQ") !== "YEARLY" || [...parts.keys()].some((name) => !known.has(name))) {
    return undefined;
  }
  const first = new Date(start);
  const numbers = (name: string) => list(parts.get(name)).map(Number);
  const weekdays = list(parts.get("BYDAY")).map(weekday);
  const monthDays = numbers("BYMONTHDAY");
  const months = numbers("BYMONTH");
  return {
    startYear: first.getUTCFullYear(),
    interval: Number(parts.get("INTERVAL") ?? 1),
    count: Number(parts.get("COUNT") ?? Infinity),
    until: readDigits(parts.get("UNTIL") ?? ""),
    months: months.length > 0 ? months : [first.getUTCMonth() + 1],
    monthDays: monthDays.length + weekdays.length > 0 ? monthDays : [first.getUTCDate()],
    weekdays,
    positions: numbers("BYSETPOS"),
    timeMs: start - Math.floor(start / dayMs) * dayMs,
  };
}

/**
 * Onsets in local milliseconds, the last one up to any time in `year` among them: those of the year
 * after it and of two in which the rule holds before that, or of the last three at all.
 */
export function onsetsOf(yearly: Yearly, year: number): number[] {
  const { startYear, interval, count, until } = yearly;
  const last = until ? Math.min(year + 1, yearOf(until.localMs)) : year + 1;
  const round = Math.min(Math.floor((last - startYear) / interval), count - 1);
  return [round, round - 1, round - 2]
    .filter((one) => one >= 0)
    .flatMap((one) => onsetsIn(yearly, startYear + one * interval));
}

const known: ReadonlySet<string> = new Set([
  "FREQ",
  "INTERVAL",
  "COUNT",
  "UNTIL",
  "BYMONTH",
  "BYMONTHDAY",
  "BYDAY",
  "BYSETPOS",
  "WKST",
]);

const list = (value: string | undefined): string[] => value ? value.split(",") : [];

const weekday = (value: string): Weekday => ({
  day: ["SU", "MO", "TU", "WE", "TH", "FR", "SA"].indexOf(value.slice(-2)),
  ordinal: Number(value.slice(0, -2)),
});

const yearOf = (ms: number): number => new Date(ms).getUTCFullYear();

function onsetsIn(yearly: Yearly, year: number): number[] {
  const { months, positions, timeMs } = yearly;
  const days = months.toSorted((a, b) => a - b).flatMap((month) => daysIn(yearly, year, month));
  const chosen = positions.length === 0
    ? days
    : positions.flatMap((position) => days.at(position > 0 ? position - 1 : position) ?? []);
  return chosen.map((day) => day + timeMs);
}

/** Midnights in local milliseconds. */
function daysIn({ monthDays, weekdays }: Yearly, year: number, month: number): number[] {
  const first = new Date(0).setUTCFullYear(year, month - 1, 1);
  const length = Math.round((new Date(0).setUTCFullYear(year, month, 1) - first) / dayMs);
  const firstWeekday = new Date(first).getUTCDay();
  const fits = (day: number): boolean => {
    const fromEnd = day - length - 1;
    if (monthDays.length > 0 && !monthDays.includes(day) && !monthDays.includes(fromEnd)) {
      return false;
    }
    const ordinals = [0, Math.ceil(day / 7), -Math.ceil(-fromEnd / 7)];
    return weekdays.length === 0 ||
      weekdays.some((one) =>
        one.day === (firstWeekday + day - 1) % 7 && ordinals.includes(one.ordinal)
      );
  };
  return Array.from({ length }, (_, index) => index + 1).filter(fits)
    .map((day) => first + (day - 1) * dayMs);
}
