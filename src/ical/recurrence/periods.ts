import { membersOf } from "./bits.ts";
import type { Budget } from "./budget.ts";
import { dayOf, isLeap, mod, monthIndexOf } from "./civil.ts";
import { createMonths, type Month } from "./month.ts";
import { type DayParts, daySeconds, frequency, type Rule, unitSeconds } from "./rule.ts";

/**
 * The periods of a rule (its years, or weeks, or minutes), one at a time, each with its instances in
 * their order, BYSETPOS taken into account. Periods are numbered; all times are seconds.
 */
export class Periods {
  readonly #rule: Rule;
  readonly #budget: Budget;
  readonly #monthOf: (index: number) => Month;
  readonly #monthOfSkipped: (index: number) => Month;
  #month: Month = noMonth;
  /** Of the period: days that fit, or none where it is shorter than a day. */
  #days: number[] = [];
  /** First second of a period shorter than a day. */
  #begin = 0;
  #timesPerDay: number;
  #chosen: readonly number[] | undefined;

  /** How many instances the period has. */
  size = 0;
  /** Before this second there are no others, where the period has none. */
  resume = -Infinity;

  constructor(rule: Rule, budget: Budget) {
    this.#rule = rule;
    this.#budget = budget;
    this.#monthOf = createMonths(rule);
    this.#monthOfSkipped = rule.skip === "OMIT" ? this.#monthOf : createMonths(anyDate(rule));
    const { hours, minutes, seconds } = rule;
    this.#timesPerDay = Math.max(hours.length, 1) * Math.max(minutes.length, 1) *
      Math.max(seconds.length, 1);
  }

  /** The number of the period that a second is in. */
  indexOf(second: number): number {
    const { frequency: freq, weekStart } = this.#rule;
    const day = Math.floor(second / daySeconds);
    if (freq < frequency.weekly) return Math.floor(second / (unitSeconds[freq] ?? 1));
    if (freq === frequency.weekly) return Math.floor((day - weekBase(weekStart)) / 7);
    const month = monthIndexOf(day);
    return freq === frequency.monthly ? month : Math.floor(month / 12);
  }

  /** The number of the next period that may have instances, in steps of the interval. */
  after(index: number): number {
    const { interval } = this.#rule;
    const next = index + interval;
    if (this.size > 0 || this.resume === -Infinity) return next;
    const rounds = Math.ceil((this.indexOf(this.resume) - next) / interval);
    return next + Math.max(rounds, 0) * interval;
  }

  /** Goes to a period. */
  load(index: number): void {
    const { frequency: freq, positions } = this.#rule;
    this.resume = -Infinity;
    if (freq < frequency.daily) {
      this.#loadTime(index);
    } else {
      this.#days.length = 0;
      this.#loadDays(index);
      this.size = this.#days.length * this.#timesPerDay;
    }
    this.#chosen = undefined;
    if (positions.length === 0 || this.size === 0) return;
    this.#chosen = chosen(positions, this.size);
    this.size = this.#chosen.length;
  }

  /** The second of an instance of the period, which are counted from 0. */
  at(index: number): number {
    const one = this.#chosen === undefined ? index : this.#chosen[index] ?? 0;
    const { frequency: freq, hours, minutes, seconds } = this.#rule;
    if (freq < frequency.daily) {
      if (freq === 0) return this.#begin;
      const minute = freq === frequency.hourly ? minutes[Math.floor(one / seconds.length)] ?? 0 : 0;
      return this.#begin + minute * 60 + (seconds[one % seconds.length] ?? 0);
    }
    const times = this.#timesPerDay;
    const nth = times === 1 ? one : Math.floor(one / times);
    const day = (this.#days[nth] ?? 0) * daySeconds;
    const rest = one - nth * times;
    const minute = Math.floor(rest / seconds.length);
    return day + (hours[Math.floor(minute / minutes.length)] ?? 0) * 3600 +
      (minutes[minute % minutes.length] ?? 0) * 60 + (seconds[rest % seconds.length] ?? 0);
  }

  #loadDays(index: number): void {
    const { frequency: freq, weekStart, skip } = this.#rule;
    this.#budget.spend();
    switch (freq) {
      case frequency.daily:
        if (this.#fits(index)) this.#days.push(index);
        return;
      case frequency.weekly: {
        const begin = index * 7 + weekBase(weekStart);
        for (let day = begin; day < begin + 7; day++) if (this.#fits(day)) this.#days.push(day);
        return;
      }
      case frequency.monthly:
        this.#addMonth(index);
        break;
      default:
        for (let month = index * 12; month < index * 12 + 12; month++) this.#addMonth(month);
    }
    if (skip === "OMIT") return;
    if (freq === frequency.yearly) this.#addSkippedYearDays(index);
    this.#days = [...new Set(this.#days)].sort((a, b) => a - b);
  }

  #loadTime(index: number): void {
    const { frequency: freq, minutes, seconds } = this.#rule;
    const unit = unitSeconds[freq] ?? 1;
    const second = index * unit;
    const day = Math.floor(second / daySeconds);
    this.#budget.spend();
    this.#begin = second;
    this.size = 0;
    if (!this.#fits(day)) return;
    const missing = firstMissing(this.#rule, second);
    if (missing) {
      const { values, own, unit, more } = missing;
      const next = values.find((value) => value > own) ?? more;
      this.resume = (Math.floor(second / unit) + next - own) * unit;
      return;
    }
    if (freq === 0) this.size = 1;
    else this.size = (freq === frequency.hourly ? minutes.length : 1) * seconds.length;
  }

  /** Where it does not fit, `resume` is the next day that may. */
  #fits(day: number): boolean {
    const { first, length } = this.#month;
    if (day < first || day >= first + length) this.#goTo(monthIndexOf(day));
    const at = day - this.#month.first;
    if ((this.#month.days >> at & 1) === 1) return true;
    const later = this.#month.days & -(2 << at);
    const next = later === 0 ? this.#month.length : 31 - Math.clz32(later & -later);
    this.resume = (this.#month.first + next) * daySeconds;
    return false;
  }

  #goTo(index: number): void {
    this.#budget.spend();
    this.#month = this.#monthOf(index);
  }

  #addMonth(index: number): void {
    const { months, skip } = this.#rule;
    if (months !== 0 && (months >> mod(index, 12) + 1 & 1) === 0) return;
    this.#goTo(index);
    const { first, length, days } = this.#month;
    for (const at of membersOf(days)) this.#days.push(first + at);
    if (skip === "OMIT") return;
    const { monthDays, monthDaysFromEnd } = this.#rule;
    if (monthDays >> length !== 0) this.#addSkipped(first + length);
    if (monthDaysFromEnd >> length !== 0) this.#addSkipped(first);
  }

  #addSkippedYearDays(year: number): void {
    const { yearDays } = this.#rule;
    if (isLeap(year)) return;
    if (yearDays.includes(366)) this.#addSkipped(dayOf(year + 1, 1, 1));
    if (yearDays.includes(-366)) this.#addSkipped(dayOf(year, 1, 1));
  }

  /** The valid day on the side that SKIP says of one that is missing just before `next`. */
  #addSkipped(next: number): void {
    const day = this.#rule.skip === "FORWARD" ? next : next - 1;
    const month = this.#monthOfSkipped(monthIndexOf(day));
    if ((month.days >> day - month.first & 1) === 1) this.#days.push(day);
  }
}

const noMonth: Month = { index: NaN, first: 0, length: 0, days: 0 };

/** A part of the time that does not fit: its value, the ones that do, and how many there are. */
interface Missing {
  readonly values: readonly number[];
  readonly own: number;
  /** How many seconds each one is. */
  readonly unit: number;
  readonly more: number;
}

/** Of the parts that limit a rule shorter than a day, the longest one that a second does not fit. */
function firstMissing(rule: Rule, second: number): Missing | undefined {
  const { frequency: freq, hours, minutes, seconds } = rule;
  const hour = mod(Math.floor(second / 3600), 24);
  if (hours.length > 0 && !hours.includes(hour)) {
    return { values: hours, own: hour, unit: 3600, more: 24 };
  }
  if (freq === frequency.hourly) return undefined;
  const minute = mod(Math.floor(second / 60), 60);
  if (minutes.length > 0 && !minutes.includes(minute)) {
    return { values: minutes, own: minute, unit: 60, more: 60 };
  }
  const own = mod(second, 60);
  if (freq > 0 || seconds.length === 0 || seconds.includes(own)) return undefined;
  return { values: seconds, own, unit: 1, more: 60 };
}

/** A day on which a week begins. */
const weekBase = (weekStart: number): number => mod(weekStart - 4, 7);

/** BYSETPOS: those of all `size` instances that count. */
const chosen = (positions: readonly number[], size: number): number[] =>
  [...new Set(positions.map((one) => one > 0 ? one - 1 : size + one))]
    .filter((one) => one >= 0 && one < size)
    .sort((a, b) => a - b);

/** What limits the days besides their date. */
const anyDate = (rule: DayParts): DayParts => ({
  ...rule,
  months: 0,
  monthDays: 0,
  monthDaysFromEnd: 0,
  yearDays: [],
});
