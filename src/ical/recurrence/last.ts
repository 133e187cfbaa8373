import { bitsIn, membersOf } from "./bits.ts";
import { Budget } from "./budget.ts";
import { mod, monthIndexOf } from "./civil.ts";
import { createMonths, type Month } from "./month.ts";
import { Periods } from "./periods.ts";
import { daySeconds, frequency, type Rule, unitSeconds } from "./rule.ts";
import { endSecond, firstAt, Starts } from "./starts.ts";

// Where the instances behind the start of a rule end, when there are `rest` of them: a second that
// none of them is behind. Where the budget ends first, it means nothing.

/** Adds up how many each period has; for any rule, and best for long periods. */
export function lastByPeriods(rule: Rule, rest: number, budget: Budget): number {
  const periods = new Periods(rule, budget);
  const end = periods.indexOf(endSecond);
  let last = beforeRest(rule);
  for (let index = periods.indexOf(rule.start); index <= end; index = periods.after(index)) {
    periods.load(index);
    if (budget.exhausted) break;
    const first = firstAt(periods, last + 1);
    const here = periods.size - first;
    if (rest <= here) return periods.at(first + rest - 1);
    if (here === 0) continue;
    rest -= here;
    last = periods.at(periods.size - 1);
  }
  return last;
}

/** Adds up how many each month has; for rules of weeks without BYSETPOS, and of what is shorter. */
export function lastByDays(rule: Rule, rest: number, budget: Budget): number {
  const monthOf = createMonths(rule);
  const weekFits = weeksOf(rule);
  const days = new Days(rule, budget);
  const firstDay = Math.floor(rule.start / daySeconds);
  const end = monthIndexOf(Math.floor(endSecond / daySeconds));
  let left = rest;
  const firstMonth = monthOf(monthIndexOf(firstDay));
  if ((firstMonth.days >> firstDay - firstMonth.first & 1) === 1) {
    const before = beforeRest(rule) - firstDay * daySeconds;
    left += days.timesOn(firstDay).filter((time) => time <= before).length;
  }
  let last = rule.start;
  for (let index = monthIndexOf(firstDay); index < end; index++) {
    if (!budget.spend()) break;
    const month = monthOf(index);
    const fitting = weekFits(month) & (month.first < firstDay ? -1 << firstDay - month.first : -1);
    if (fitting === 0) continue;
    const here = days.countOf(month, fitting);
    if (left <= here) return days.nthOf(month, fitting, left);
    left -= here;
    if (here > 0) last = (month.first + month.length) * daySeconds - 1;
  }
  return last;
}

/** The rest is behind this second. */
const beforeRest = ({ start, startCounts }: Rule): number => startCounts ? start : start - 1;

/** The days of a month that fit, in weeks that the interval leaves. */
function weeksOf(rule: Rule): (month: Month) => number {
  const { frequency: freq, interval, start } = rule;
  if (freq < frequency.weekly || interval === 1) return ({ days }) => days;
  const periods = new Periods(rule, new Budget());
  const begin = periods.indexOf(start);
  return ({ first, days }) => {
    let fitting = 0;
    for (const at of membersOf(days)) {
      const week = periods.indexOf((first + at) * daySeconds);
      if (mod(week - begin, interval) === 0) fitting |= 1 << at;
    }
    return fitting;
  };
}

/** How many instances there are on days that fit, and which: all that limits the time of day. */
class Days {
  readonly #rule: Rule;
  readonly #budget: Budget;
  readonly #unit: number;
  readonly #interval: number;
  /** Whether all days have the same times. */
  readonly #isRegular: boolean;
  /** Seconds of a day, by the number of its first period. */
  readonly #times = new Map<number, readonly number[]>();

  constructor(rule: Rule, budget: Budget) {
    this.#rule = rule;
    this.#budget = budget;
    this.#unit = unitSeconds[rule.frequency] ?? daySeconds;
    this.#interval = rule.frequency < frequency.weekly ? rule.interval : 1;
    this.#isRegular = daySeconds / this.#unit % this.#interval === 0;
  }

  /** @param days The ones of the month that fit, as bits. */
  countOf(month: Month, days: number): number {
    if (this.#isRegular) return bitsIn(days) * this.timesOn(month.first).length;
    this.#budget.spend(4);
    let count = 0;
    for (const at of membersOf(days)) count += this.timesOn(month.first + at).length;
    return count;
  }

  /** The second of one of these, which are counted from 1. */
  nthOf(month: Month, days: number, nth: number): number {
    let rest = nth;
    for (const at of membersOf(days)) {
      const times = this.timesOn(month.first + at);
      const time = times[rest - 1];
      if (time !== undefined) return (month.first + at) * daySeconds + time;
      rest -= times.length;
    }
    return Infinity;
  }

  timesOn(day: number): readonly number[] {
    const begin = Math.floor(this.#rule.start / this.#unit);
    const first = mod(begin - day * (daySeconds / this.#unit), this.#interval);
    const known = this.#times.get(first);
    if (known) return known;
    const times = first * this.#unit < daySeconds ? this.#timesFrom(first * this.#unit) : none;
    this.#budget.spend(times.length >> 3);
    // Of an interval longer than a day, there are too many to be kept.
    if (first * this.#unit < daySeconds) this.#times.set(first, times);
    return times;
  }

  #timesFrom(start: number): readonly number[] {
    const starts = new Starts(
      {
        ...this.#rule,
        ...anyDay,
        frequency: Math.min(this.#rule.frequency, frequency.daily),
        interval: this.#interval,
        skip: "OMIT",
        start,
        startCounts: false,
        count: Infinity,
        until: daySeconds - 1,
      },
      start,
      new Budget(Infinity),
    );
    const times: number[] = [];
    for (let time = starts.next(); time < Infinity; time = starts.next()) times.push(time);
    return times;
  }
}

const none: readonly number[] = [];

const anyDay = {
  months: 0,
  monthDays: 0,
  monthDaysFromEnd: 0,
  weekdays: 0,
  ordinals: [],
  yearDays: [],
  weeks: [],
};
