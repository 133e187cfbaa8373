import type { Budget } from "./budget.ts";
import { dayOf } from "./civil.ts";
import { Periods } from "./periods.ts";
import { daySeconds, type Rule, unitSeconds } from "./rule.ts";

/**
 * The instances of a rule, ascending, from any time on: the start of the rule, then what fits. Where
 * instances are not counted, none before that time is looked at.
 */
export class Starts {
  readonly #rule: Rule;
  readonly #from: number;
  readonly #budget: Budget;
  readonly #periods: Periods;
  #index: number;
  #at = 0;
  /** The last one that there was, given or not. */
  #last: number;
  #left: number;
  #first: boolean;
  /** Of the period that had an instance. */
  #fruitful: number;
  readonly #lastIndex: number;

  /** @param from In seconds on the clocks of the rule, as all times here. */
  constructor(rule: Rule, from: number, budget: Budget) {
    const { start, startCounts, count, interval, skip } = rule;
    this.#rule = rule;
    this.#budget = budget;
    this.#from = from;
    this.#periods = new Periods(rule, budget);
    this.#first = startCounts && from <= start;
    this.#last = startCounts ? start : start - 1;
    this.#left = startCounts ? count - 1 : count;
    const begin = this.#periods.indexOf(start);
    this.#index = begin;
    let least = start;
    if (count === Infinity && from > start) {
      least = from;
      this.#last = Math.max(this.#last, Math.min(from, endSecond) - 1);
      const wanted = this.#periods.indexOf(Math.min(from, endSecond));
      // A day that is skipped may stand in the period behind its own.
      const rounds = Math.floor((wanted - begin) / interval) - (skip === "FORWARD" ? 1 : 0);
      this.#index = begin + Math.max(rounds, 0) * interval;
    }
    this.#fruitful = this.#index;
    // A day that is skipped may stand in the period before its own.
    this.#lastIndex = this.#periods.indexOf(Math.min(rule.until, endSecond)) +
      (skip === "BACKWARD" ? interval : 0);
    if (this.#isOver()) return;
    this.#periods.load(this.#index);
    this.#at = firstAt(this.#periods, least);
  }

  /** The next one; `Infinity`: there is none, or the budget does not reach it. */
  next(): number {
    if (this.#first) {
      this.#first = false;
      return this.#rule.start;
    }
    const { until } = this.#rule;
    const periods = this.#periods;
    for (;;) {
      while (this.#at < periods.size) {
        const second = periods.at(this.#at++);
        if (second <= this.#last) continue;
        if (second > until || second >= endSecond || --this.#left < 0) return this.#end();
        if (!this.#budget.spend()) return this.#end();
        this.#last = second;
        this.#fruitful = this.#index;
        if (second >= this.#from) return second;
      }
      if (!this.#advance()) return this.#end();
    }
  }

  /** Goes to the next period; false: there is none. */
  #advance(): boolean {
    const index = this.#periods.after(this.#index);
    this.#index = index;
    if (this.#isOver() || this.#budget.exhausted) return false;
    this.#periods.load(index);
    this.#at = 0;
    return true;
  }

  /** Also where there was none for so long that there is never one again. */
  #isOver(): boolean {
    const { frequency, interval } = this.#rule;
    const barren = (this.#index - this.#fruitful) / interval;
    return this.#index > this.#lastIndex || barren > (cyclePeriods[frequency] ?? 0);
  }

  #end(): number {
    this.#index = Infinity;
    this.#at = Infinity;
    return Infinity;
  }
}

/** All of RFC 5545 ends with the year 9999. */
export const endSecond = dayOf(10_000, 1, 1) * daySeconds;

/** After 400 years, weekdays and dates are the same again; of each frequency, in its periods. */
const cycleDays = 146_097;
const cyclePeriods = [
  ...unitSeconds.map((unit) => cycleDays * daySeconds / unit),
  cycleDays / 7,
  400 * 12,
  400,
];

/** The first instance of a period that is not before a time; its size: there is none. */
export function firstAt(periods: Periods, least: number): number {
  let [low, high] = [0, periods.size];
  while (low < high) {
    const middle = low + high >> 1;
    if (periods.at(middle) < least) low = middle + 1;
    else high = middle;
  }
  return low;
}
