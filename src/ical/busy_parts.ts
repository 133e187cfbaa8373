import { limits } from "../limits.ts";
import type { BusyIn, BusyPeriod } from "./busy.ts";
import type { TimeRange } from "./interval.ts";
import { Budget } from "./recurrence/budget.ts";

/** A part of a range, and how much work it may be. */
interface Part extends TimeRange {
  readonly steps: number;
}

/**
 * When an object is busy in a range, by a few milliseconds of work each: where there is more of it,
 * the range is halved. What would be too much altogether, or takes long without any instance, is busy
 * throughout, so that nobody plans in it.
 *
 * @param total Of all objects of an answer.
 */
export function* busyByParts(
  busyIn: BusyIn,
  range: TimeRange,
  total: Budget,
): Generator<readonly BusyPeriod[], void, void> {
  const { part: few, object } = limits.busySteps;
  let left = object;
  const open: Part[] = [{ ...range, steps: few }];
  for (let part = open.pop(); part !== undefined; part = open.pop()) {
    const { start, end, steps } = part;
    const budget = new Budget(Math.min(steps, left));
    const periods = busyIn(part, budget);
    const spent = Math.min(steps, left) - budget.left;
    left -= spent;
    total.spend(spent);
    const isLong = end - start >= 2 * shortestMs;
    if (budget.exhausted && left > 0 && periods.length >= manyPeriods && isLong) {
      const middle = start + Math.floor((end - start) / 2 / shortestMs) * shortestMs;
      open.push({ start: middle, end, steps: few }, { start, end: middle, steps: few });
      yield [];
    } else if (budget.exhausted && left > 0 && steps === few) {
      open.push({ start, end, steps: limits.recurrenceSteps });
      yield [];
    } else yield budget.exhausted ? [{ start, end, type: "BUSY" }] : periods;
  }
}

/** What is busy for less than this is not told. */
const shortestMs = 1_000;

/** In a part that could not be worked out: then it is the instances that take the time. */
const manyPeriods = 200;
