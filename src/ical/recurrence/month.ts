import { dayOf, lengthOfMonth, lengthOfYear, mod, weekdayOf } from "./civil.ts";
import type { DayParts } from "./rule.ts";

/** A month, and which of its days fit a rule. */
export interface Month {
  /** Months since January of the year 0. */
  readonly index: number;
  /** Its first day, counted from 1 January 1970. */
  readonly first: number;
  readonly length: number;
  /** Bit n - 1 is day n. */
  readonly days: number;
}

/** The months of a rule by their index; what it says of a whole year is worked out once for it. */
export function createMonths(parts: DayParts): (index: number) => Month {
  const looksAtYear = parts.yearDays.length > 0 || parts.weeks.length > 0 ||
    parts.ordinalsInYear && parts.ordinals.length > 0;
  let last: Year | undefined;
  return (index) => {
    const year = Math.floor(index / 12);
    const month = index - year * 12 + 1;
    const first = dayOf(year, month, 1);
    const length = lengthOfMonth(year, month);
    const { months, monthDays, monthDaysFromEnd } = parts;
    if (months !== 0 && (months >> month & 1) === 0) return { index, first, length, days: 0 };
    let days = length === 31 ? allDays : (1 << length) - 1;
    if (monthDays !== 0 || monthDaysFromEnd !== 0) {
      days &= monthDays | mirrored(monthDaysFromEnd, length);
    }
    if ((parts.weekdays !== 0 || parts.ordinals.length > 0) && !countsInYear(parts)) {
      days &= byWeekday(parts, first, length);
    }
    if (!looksAtYear) return { index, first, length, days };
    if (last?.year !== year) last = yearOf(parts, year);
    return { index, first, length, days: days & fitting(last, first, length) };
  };
}

const allDays = 0x7fffffff;
/** Every seventh day. */
const sevenths = 0x10204081;

/** The same days counted from the other end. */
function mirrored(fromEnd: number, length: number): number {
  let days = 0;
  for (let rest = fromEnd; rest !== 0; rest &= rest - 1) {
    const nth = 32 - Math.clz32(rest & -rest);
    if (nth <= length) days |= 1 << length - nth;
  }
  return days;
}

function byWeekday({ weekdays, ordinals }: DayParts, first: number, length: number): number {
  const firstWeekday = weekdayOf(first);
  let days = 0;
  for (let weekday = 0; weekday < 7; weekday++) {
    if ((weekdays >> weekday & 1) === 1) days |= sevenths << mod(weekday - firstWeekday, 7);
  }
  for (const { weekday, nth } of ordinals) {
    const one = mod(weekday - firstWeekday, 7);
    const last = one + Math.floor((length - 1 - one) / 7) * 7;
    const at = nth > 0 ? one + (nth - 1) * 7 : last + (nth + 1) * 7;
    if (at >= 0 && at < length) days |= 1 << at;
  }
  return days & allDays;
}

const countsInYear = ({ ordinals, ordinalsInYear }: DayParts): boolean =>
  ordinalsInYear && ordinals.length > 0;

interface Year {
  readonly year: number;
  readonly begin: number;
  /** For each day how many of the parts that look at a year it fits, and how many there are. */
  readonly fits: Uint8Array;
  readonly parts: number;
}

function yearOf(parts: DayParts, year: number): Year {
  const begin = dayOf(year, 1, 1);
  const length = lengthOfYear(year);
  const lists = [
    ...countsInYear(parts) ? [daysByWeekday(parts, begin, length)] : [],
    ...parts.yearDays.length > 0 ? [daysByNumber(parts, length)] : [],
    ...parts.weeks.length > 0 ? [daysByWeek(parts, year)] : [],
  ];
  const fits = new Uint8Array(length);
  lists.forEach((days, before) => {
    // A day that a part names twice fits it once.
    for (const day of days) if (fits[day] === before) fits[day] = before + 1;
  });
  return { year, begin, fits, parts: lists.length };
}

function fitting({ begin, fits, parts }: Year, first: number, length: number): number {
  let days = 0;
  for (let at = 0; at < length; at++) if (fits[first - begin + at] === parts) days |= 1 << at;
  return days;
}

/** Days of a year, counted from 0; some may lie beyond it. */
function daysByWeekday({ weekdays, ordinals }: DayParts, begin: number, length: number): number[] {
  const days: number[] = [];
  const firstWeekday = weekdayOf(begin);
  for (let weekday = 0; weekday < 7; weekday++) {
    if ((weekdays >> weekday & 1) === 0) continue;
    for (let day = mod(weekday - firstWeekday, 7); day < length; day += 7) days.push(day);
  }
  for (const { weekday, nth } of ordinals) {
    const one = mod(weekday - firstWeekday, 7);
    const last = one + Math.floor((length - 1 - one) / 7) * 7;
    days.push(nth > 0 ? one + (nth - 1) * 7 : last + (nth + 1) * 7);
  }
  return days;
}

const daysByNumber = ({ yearDays }: DayParts, length: number): number[] =>
  yearDays.map((nth) => nth > 0 ? nth - 1 : length + nth);

/**
 * The first week of a year is the one with at least four of its days; the days at its ends may be in
 * weeks of the years beside it.
 */
function daysByWeek({ weeks, weekStart }: DayParts, year: number): number[] {
  const begin = dayOf(year, 1, 1);
  return [year - 1, year, year + 1].flatMap((one) => {
    const first = firstWeek(one, weekStart);
    const count = (firstWeek(one + 1, weekStart) - first) / 7;
    return weeks.flatMap((nth) => {
      const week = nth > 0 ? nth - 1 : count + nth;
      if (week < 0 || week >= count) return [];
      return sevenDays.map((day) => first - begin + week * 7 + day);
    });
  });
}

const sevenDays = [0, 1, 2, 3, 4, 5, 6];

function firstWeek(year: number, weekStart: number): number {
  const fourth = dayOf(year, 1, 4);
  return fourth - mod(weekdayOf(fourth) - weekStart, 7);
}
