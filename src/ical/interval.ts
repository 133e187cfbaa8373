import type { ContentLine } from "./content_lines.ts";
import { type Duration, readDuration } from "./duration.ts";
import { type Moment, plus, type ReadMoment } from "./time.ts";
import type { Component } from "./tree.ts";

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

/**
 * How long each instance of a component is: as many days as it is written to have, else as much time
 * as passes (RFC 5545 §3.8.5.3).
 */
export function lengthOf(component: Component, { start, end }: Interval): Duration {
  if (end.at === start.at) return { days: 0, ms: 0 };
  if (start.floating && end.floating) return { days: 0, ms: end.localMs - start.localMs };
  const duration = lineOf(component, endName(component)) ? undefined : durationOf(component);
  return duration && plus(start, duration).at === end.at
    ? duration
    : { days: 0, ms: end.at - start.at };
}

/** DTSTART and DURATION; undefined where one of them is missing. */
export function durationEnd(component: Component, start: Moment | undefined): Moment | undefined {
  const duration = durationOf(component);
  return start && duration && plus(start, duration);
}

function durationOf(component: Component): Duration | undefined {
  const line = lineOf(component, "DURATION");
  return line && readDuration(line.value);
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
