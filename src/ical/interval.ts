import { type ContentLine, parameter } from "./content_lines.ts";
import { dayMs, readDuration } from "./duration.ts";
import { type Moment, plus, type ReadMoment } from "./moment.ts";
import { ruleParts } from "./rule.ts";
import { type Component, valuesOf } from "./tree.ts";
import { readDigits } from "./values.ts";

/** UTC epoch milliseconds, the end excluded; infinite where CALDAV:time-range has no such end. */
export interface TimeRange {
  readonly start: number;
  readonly end: number;
}

/** Where a component takes place, by its own properties alone. */
export interface Interval {
  readonly start: Moment;
  /** The same as the start where it takes no time. */
  readonly end: Moment;
}

/**
 * From DTSTART to the end that the component has, explicitly or by RFC 5545 §3.6.1 to §3.6.3; a task
 * without DTSTART is at its DUE. Undefined without either.
 */
export function intervalOf(component: Component, read: ReadMoment): Interval | undefined {
  const start = momentOf(component, "DTSTART", read);
  const end = momentOf(component, endName(component), read);
  if (start === undefined) {
    return end && component.name === "VTODO" ? { start: end, end } : undefined;
  }
  const written = end ?? durationEnd(component, start);
  if (written && written.at > start.at) return { start, end: written };
  const isDay = start.isDate && component.name !== "VTODO";
  // An all-day event that ends on the day of its start lasts that day, for all who show it.
  return { start, end: isDay ? plus(start, { days: 1, ms: 0 }) : start };
}

/** DTSTART and DURATION; undefined where one of them is missing. */
export function durationEnd(component: Component, start: Moment | undefined): Moment | undefined {
  const [value] = valuesOf(component, "DURATION");
  const duration = value === undefined ? undefined : readDuration(value);
  return start && duration && plus(start, duration);
}

/** The time of the first property of this name. */
export function momentOf(
  component: Component,
  name: string,
  read: ReadMoment,
): Moment | undefined {
  const line = lineOf(component, name);
  return line && read(line);
}

export const lineOf = ({ lines }: Component, name: string): ContentLine | undefined =>
  lines.find((line) => line.name === name);

/** Within which instances start, and how long each of them is. Milliseconds, of UTC the first two. */
export interface Series {
  readonly from: number;
  /** `Infinity`: for ever. */
  readonly to: number;
  readonly lengthMs: number;
}

/**
 * Where instances beside the component's own can be at most: of a rule, from DTSTART to UNTIL or for
 * ever, whatever it says besides; of each RDATE, there. An override of all that follow goes on for
 * ever.
 */
export function seriesOf(component: Component, read: ReadMoment): Series[] {
  const own = intervalOf(component, read);
  if (own === undefined) return [];
  const from = own.start.at;
  const lengthMs = own.end.at - from;
  const series: Series[] = [];
  for (const rule of valuesOf(component, "RRULE")) {
    if (rule !== "") series.push({ from, to: untilOf(rule, own.start), lengthMs });
  }
  const id = lineOf(component, "RECURRENCE-ID");
  if (id && parameter(id, "RANGE")?.toUpperCase() === "THISANDFUTURE") {
    series.push({ from, to: Infinity, lengthMs });
  }
  for (const line of component.lines) {
    if (line.name !== "RDATE") continue;
    for (const value of line.value.split(",")) {
      const period = readPeriod(line, value, read);
      const start = period?.start ?? read(line, value)?.at;
      if (start === undefined) continue;
      const length = period ? period.end - start : lengthMs;
      series.push({ from: start, to: start, lengthMs: length });
    }
  }
  return series;
}

/** A PERIOD (RFC 5545 §3.3.9) of a line; undefined: none. One that ends early ends at its start. */
export function readPeriod(
  line: ContentLine,
  value: string,
  read: ReadMoment,
): TimeRange | undefined {
  const [begin = "", end] = value.split("/");
  const start = read(line, begin);
  if (start === undefined || end === undefined) return undefined;
  const duration = readDuration(end);
  const last = duration ? plus(start, duration) : read(line, end);
  return last && { start: start.at, end: Math.max(start.at, last.at) };
}

const endName = ({ name }: Component): string => name === "VTODO" ? "DUE" : "DTEND";

/** UNTIL of another type than DTSTART is read in DTSTART's zone; of a date, the whole day counts. */
function untilOf(rule: string, start: Moment): number {
  const until = readDigits(ruleParts(rule).get("UNTIL") ?? "");
  switch (until?.form) {
    case undefined:
      return Infinity;
    case "utc":
      return until.localMs;
    case "local":
      return start.zone(until.localMs);
    case "date":
      return start.zone(until.localMs + dayMs) - 1;
  }
}
