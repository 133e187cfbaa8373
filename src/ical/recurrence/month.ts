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

export function monthOf(parts: DayParts, index: number): Month {
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
  if (parts.weekdays !== 0 || parts.ordinals.length > 0) {
    days &= parts.ordinalsInYear && parts.ordinals.length > 0
      ? fitting(length, byWeekdayInYear(parts, year), first)
      : byWeekday(parts, first, length);
  }
  if (parts.yearDays.length > 0) days &= fitting(length, byYearDay(parts, year), first);
  if (parts.weeks.length > 0) days &= fitting(length, byWeek(parts, year), first);
  return { index, first, length, days };
}

/** Whether it takes more than a few operations to say which days of a month fit. */
export const looksAtEachDay = ({ yearDays, weeks, ordinals, ordinalsInYear }: DayParts): boolean =>
  yearDays.length > 0 || weeks.length > 0 || ordinalsInYear && ordinals.length > 0;

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

type Fits = (day: number) => boolean;

function fitting(length: number, fits: Fits, first: number): number {
  let days = 0;
  for (let at = 0; at < length; at++) if (fits(first + at)) days |= 1 << at;
  return days;
}

function byWeekdayInYear({ weekdays, ordinals }: DayParts, year: number): Fits {
  const begin = dayOf(year, 1, 1);
  const length = lengthOfYear(year);
  return (day) => {
    const weekday = weekdayOf(day);
    if ((weekdays >> weekday & 1) === 1) return true;
    const nth = Math.floor((day - begin) / 7) + 1;
    const fromEnd = -Math.floor((begin + length - 1 - day) / 7) - 1;
    return ordinals.some((one) =>
      one.weekday === weekday && (one.nth === nth || one.nth === fromEnd)
    );
  };
}

function byYearDay({ yearDays }: DayParts, year: number): Fits {
  const begin = dayOf(year, 1, 1);
  const length = lengthOfYear(year);
  const wanted = new Set(yearDays);
  return (day) => wanted.has(day - begin + 1) || wanted.has(day - begin - length);
}

/**
 * The first week of a year is the one with at least four of its days; the days at its ends may be in
 * weeks of the years beside it.
 */
function byWeek({ weeks, weekStart }: DayParts, year: number): Fits {
  const begins = [year - 1, year, year + 1, year + 2].map((one) => firstWeek(one, weekStart));
  return (day) => {
    const own = begins.findLastIndex((begin) => begin <= day);
    const [begin = 0, next = 0] = begins.slice(own);
    const week = Math.floor((day - begin) / 7) + 1;
    return weeks.includes(week) || weeks.includes(week - 1 - (next - begin) / 7);
  };
}

function firstWeek(year: number, weekStart: number): number {
  const fourth = dayOf(year, 1, 4);
  return fourth - mod(weekdayOf(fourth) - weekStart, 7);
}
