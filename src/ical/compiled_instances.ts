import type { TimeRange } from "./interval.ts";
import { dayMs } from "./duration.ts";
import type { Budget } from "./recurrence/budget.ts";
import { type Compiled, expandedRule } from "./recurrence/compiled.ts";
import { Starts } from "./recurrence/starts.ts";
import { clocksIn, ianaZone, utcZone, type Zone } from "./zone.ts";

/**
 * An instance: UTC epoch milliseconds, the number of its busy type, and whether the rule gives it.
 * Returns whether to stop.
 */
export type Visit = (start: number, end: number, busy: number, isRuled: boolean) => boolean;

/**
 * Visits what is compiled, all that overlaps or touches a range and some around it, until a visit
 * stops it; whether one did. What the rule gives comes last, in order.
 *
 * @param begun Of what the rule gives, what begins in this time, and some around it.
 */
export function visitCompiled(
  compiled: Compiled,
  range: TimeRange,
  floating: Zone,
  budget: Budget,
  visit: Visit,
  begun: TimeRange = always,
): boolean {
  const { f, p = none, r, b = 0, x = none, d = 0, l = 0, z } = compiled;
  const isLocal = f === 1;
  for (let at = 0; at < p.length; at += 3) {
    const [start, end] = [(p[at] ?? 0) * 1000, (p[at + 1] ?? 0) * 1000];
    const [from, to] = isLocal ? [floating.toUtc(start), floating.toUtc(end)] : [start, end];
    if (visit(from, to, p[at + 2] ?? 0, false)) return true;
  }
  if (r === undefined) return false;
  const zone = isLocal ? floating : z === undefined ? utcZone : ianaZone(z) ?? utcZone;
  const lengthMs = d * dayMs + l * 1000;
  const [earliest, latest] = clocksIn(
    zone,
    Math.max(range.start - longest(compiled), begun.start),
    Math.min(range.end, begun.end),
  );
  const starts = new Starts(expandedRule(r), Math.floor(earliest / 1000), budget);
  for (let second = starts.next(); second * 1000 <= latest; second = starts.next()) {
    if (second === Infinity) return false;
    const localMs = second * 1000;
    const start = zone.toUtc(localMs);
    if (x.length > 0 && x.includes(isLocal ? second : start / 1000)) continue;
    const end = isLocal
      ? zone.toUtc(localMs + lengthMs)
      : (d === 0 ? start : zone.toUtc(localMs + d * dayMs)) + l * 1000;
    if (visit(start, end, b, true)) return true;
  }
  return false;
}

/** How long an instance of the rule is, at most: on some clocks a day is not always as long. */
export const longest = ({ f, d = 0, l = 0, z }: Compiled): number =>
  d * dayMs + l * 1000 + (f === 1 || d > 0 && z !== undefined ? dayMs : 0);

const none: readonly number[] = [];

const always: TimeRange = { start: -Infinity, end: Infinity };
