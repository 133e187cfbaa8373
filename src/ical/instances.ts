import type { TimeRange } from "./interval.ts";
import type { ReadMoment } from "./time.ts";
import type { Budget } from "./recurrence/budget.ts";
import type { Instance, Series } from "./recurrence/series.ts";
import { instanceMeets } from "./time_range.ts";

export { Budget, Budgets } from "./recurrence/budget.ts";
export type { Instance } from "./recurrence/series.ts";

/**
 * Instances that overlap the range (RFC 4791 §9.9), in order of their nominal start, lazily: of
 * events, tasks and journal entries alike. A range without end may give them until the year 9999;
 * where the budget ends first, they end there and `budget.exhausted` says so.
 */
export function* instancesOf(
  series: Series,
  range: TimeRange,
  read: ReadMoment,
  budget: Budget,
): Generator<Instance> {
  for (const instance of series.within(range, budget)) {
    if (instanceMeets(instance, range, read)) yield instance;
  }
}
