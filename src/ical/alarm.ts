import { parameter } from "./content_lines.ts";
import { dayMs, type Duration, readDuration } from "./duration.ts";
import { intervalOf, lineOf, seriesOf, type TimeRange } from "./interval.ts";
import { plus, type ReadMoment } from "./moment.ts";
import { type Component, valuesOf } from "./tree.ts";

/**
 * Whether an alarm goes off in a time range, once or again (RFC 4791 §9.9, RFC 5545 §3.6.6). Those
 * of something that recurs do so from its first to its last instance.
 */
export function alarmMeets(
  alarm: Component,
  parent: Component,
  read: ReadMoment,
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
  const interval = intervalOf(parent, read);
  if (interval === undefined) return false;
  const fromEnd = parameter(trigger, "RELATED")?.toUpperCase() === "END";
  const first = plus(fromEnd ? interval.end : interval.start, before).at;
  if (goesOff(first, repeats, range)) return true;
  const shiftMs = first - interval.start.at;
  return seriesOf(parent, read).some(({ from, to }) =>
    range.start <= to + shiftMs + repeats.count * repeats.stepMs && range.end > from + shiftMs
  );
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
