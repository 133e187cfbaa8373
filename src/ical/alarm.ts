import { parameter } from "./content_lines.ts";
import { dayMs, type Duration, readDuration } from "./duration.ts";
import { lineOf, type TimeRange } from "./interval.ts";
import { plus, type ReadMoment } from "./time.ts";
import type { Budget } from "./recurrence/budget.ts";
import type { Series } from "./recurrence/series.ts";
import { type Component, valuesOf } from "./tree.ts";

/** Where the event or task of an alarm stands in its object. */
export interface AlarmPlace {
  readonly read: ReadMoment;
  readonly series: Series;
  readonly budget: Budget;
}

/**
 * Whether an alarm goes off in a time range, once or again (RFC 4791 §9.9, RFC 5545 §3.6.6), for any
 * instance of its event or task; also where the budget does not reach to tell.
 */
export function alarmMeets(
  alarm: Component,
  parent: Component,
  { read, series, budget }: AlarmPlace,
  range: TimeRange,
): boolean {
  const trigger = lineOf(alarm, "TRIGGER");
  if (trigger === undefined) return false;
  const repeats = repeatsOf(alarm);
  const before = readDuration(trigger.value);
  if (before === undefined) {
    const at = read(trigger)?.at;
    return at !== undefined && goesOff(at, repeats, range);
  }
  const fromEnd = parameter(trigger, "RELATED")?.toUpperCase() === "END";
  for (const { start, end } of series.of(parent, heardFrom(range, before, repeats), budget)) {
    if (goesOff(plus(fromEnd ? end : start, before).at, repeats, range)) return true;
  }
  return budget.exhausted;
}

/** Where an instance may be whose alarm goes off in a range; a day is not always as long. */
function heardFrom({ start, end }: TimeRange, before: Duration, repeats: Repeats): TimeRange {
  const shiftMs = lengthOf(before);
  return {
    start: start - shiftMs - repeats.count * repeats.stepMs - dayMs,
    end: end - shiftMs + dayMs,
  };
}

interface Repeats {
  /** Besides the first time. */
  readonly count: number;
  readonly stepMs: number;
}

function repeatsOf(alarm: Component): Repeats {
  const [repeat = ""] = valuesOf(alarm, "REPEAT");
  const [step = ""] = valuesOf(alarm, "DURATION");
  const stepMs = lengthOf(readDuration(step));
  return stepMs > 0 && /^\d{1,9}$/.test(repeat)
    ? { count: Number(repeat), stepMs }
    : { count: 0, stepMs: 0 };
}

const lengthOf = ({ days, ms }: Duration = { days: 0, ms: 0 }): number => days * dayMs + ms;

function goesOff(first: number, { count, stepMs }: Repeats, { start, end }: TimeRange): boolean {
  const missed = count === 0 ? 0 : Math.ceil((start - first) / stepMs);
  const at = first + Math.min(Math.max(missed, 0), count) * stepMs;
  return start <= at && at < end;
}
