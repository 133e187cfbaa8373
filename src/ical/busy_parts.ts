import { limits } from "../limits.ts";
import type { BusyPeriod } from "./busy.ts";
import type { TimeRange } from "./interval.ts";
import { Budget } from "./recurrence/budget.ts";

/** When an object is busy in a range, as far as the budget goes. */
export type BusyIn = (range: TimeRange, budget: Budget) => readonly BusyPeriod[];

/**
 * When an object is busy in a range, by some milliseconds of work each. Where that does not do, the
 * range is halved; what would be too much altogether is busy throughout, so that nobody plans in it.
 *
 * @param total Of all objects of an answer.
 */
export function* busyByParts(
  busyIn: BusyIn,
  range: TimeRange,
  total: Budget,
): Generator<readonly BusyPeriod[], void, void> {
  let left = limits.busySteps.object;
  const open = [range];
  for (let part = open.pop(); part !== undefined; part = open.pop()) {
    if (left <= 0) {
      yield [{ ...part, type: "BUSY" }];
      continue;
    }
    const budget = new Budget();
    const periods = busyIn(part, budget);
    const spent = limits.recurrenceSteps - budget.left;
    left -= spent;
    total.spend(spent);
    if (budget.exhausted) {
      const middle = (part.start + part.end) / 2;
      open.push({ start: middle, end: part.end }, { start: part.start, end: middle });
    }
    yield budget.exhausted ? [] : periods;
  }
}
