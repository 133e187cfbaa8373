import { alarmMeets } from "./alarm.ts";
import { durationEnd, momentOf, readPeriod, type TimeRange } from "./interval.ts";
import type { ReadMoment } from "./time.ts";
import type { Budget } from "./recurrence/budget.ts";
import type { Instance, Series } from "./recurrence/series.ts";
import type { Component } from "./tree.ts";

/** A component as CALDAV:time-range looks at it. */
export interface Ranged {
  readonly component: Component;
  /** The event or task that an alarm is of. */
  readonly parent?: Component;
  readonly read: ReadMoment;
  /** Of the object that it is in. */
  readonly series: Series;
  readonly budget: Budget;
}

/**
 * Whether a component overlaps a time range (RFC 4791 §9.9), with one of the instances that it
 * stands for. Where the budget does not reach to tell, it does: whoever asked can look at it.
 */
export function componentMeets(ranged: Ranged, range: TimeRange): boolean {
  const { component, parent, read, series, budget } = ranged;
  switch (component.name) {
    case "VCALENDAR":
      return component.components.some((one) =>
        timedComponents.includes(one.name) && componentMeets({ ...ranged, component: one }, range)
      );
    case "VALARM":
      return parent !== undefined && alarmMeets(component, parent, ranged, range);
    case "VFREEBUSY":
      return freeBusyMeets(component, read, range);
    case "VTODO":
      if (series.isPlaced(component, budget)) break;
      return taskMeets(timesOf(component, read), range);
  }
  for (const instance of series.of(component, range, budget)) {
    if (instanceMeets(instance, range, read)) return true;
  }
  return budget.exhausted;
}

/**
 * Whether an instance of an event, a task or a journal entry overlaps a time range. An event that
 * ends when it starts is like one without an end.
 */
export function instanceMeets(instance: Instance, range: TimeRange, read: ReadMoment): boolean {
  if (instance.component.name === "VTODO") {
    const { timed = instance.component } = instance;
    return taskMeets(timesAt(instance, timesOf(timed, read)), range);
  }
  const [start, end] = [instance.start.at, instance.end.at];
  return (start < end ? range.start < end : range.start <= start) && range.end > start;
}

/** Whether the time of a property is in the range. */
export const momentMeets = (at: number, { start, end }: TimeRange): boolean =>
  start <= at && at < end;

/** The DTEND or DUE that a component has by its DURATION (RFC 4791 §9.9). */
export function effectiveEnd({ component, read }: Ranged, name: string): number | undefined {
  if (name !== endNames[component.name]) return undefined;
  return durationEnd(component, momentOf(component, "DTSTART", read))?.at;
}

/** Those that an object is of, for which RFC 4791 §9.9 says what a time range means. */
export const timedComponents: readonly string[] = ["VEVENT", "VTODO", "VJOURNAL", "VFREEBUSY"];

/** All of which a time can be asked; of a calendar, as python3-caldav does: of whatever is in it. */
export const rangedComponents: ReadonlySet<string> = new Set([
  ...timedComponents,
  "VALARM",
  "VCALENDAR",
]);

/** Properties for which it does. */
export const rangedProperties: ReadonlySet<string> = new Set([
  "COMPLETED",
  "CREATED",
  "DTEND",
  "DTSTAMP",
  "DTSTART",
  "DUE",
  "LAST-MODIFIED",
]);

const endNames: Readonly<Record<string, string>> = { VEVENT: "DTEND", VTODO: "DUE" };

/** UTC epoch milliseconds; NaN: there is none. */
interface TaskTimes {
  readonly start: number;
  /** DTSTART and DURATION. */
  readonly reach: number;
  readonly due: number;
  readonly completed: number;
  readonly created: number;
}

function timesOf(component: Component, read: ReadMoment): TaskTimes {
  const at = (name: string) => momentOf(component, name, read)?.at ?? NaN;
  const start = momentOf(component, "DTSTART", read);
  return {
    start: start?.at ?? NaN,
    reach: durationEnd(component, start)?.at ?? NaN,
    due: at("DUE"),
    completed: at("COMPLETED"),
    created: at("CREATED"),
  };
}

/** The times of a task as they are in one instance. */
function timesAt({ start, end }: Instance, times: TaskTimes): TaskTimes {
  if (Number.isNaN(times.start)) return { ...times, due: start.at };
  const isDueEarly = times.due <= times.start;
  return {
    ...times,
    start: start.at,
    reach: Number.isNaN(times.reach) ? NaN : end.at,
    due: isDueEarly ? start.at - (times.start - times.due) : Number.isNaN(times.due) ? NaN : end.at,
  };
}

function taskMeets(times: TaskTimes, range: TimeRange): boolean {
  const row = taskRows.find(({ has }) => has.every((name) => !Number.isNaN(times[name])));
  return row?.holds(range, times) ?? true;
}

/** The table of RFC 4791 §9.9 for VTODO: the first row whose times are all there counts. */
const taskRows: readonly {
  readonly has: readonly (keyof TaskTimes)[];
  readonly holds: (range: TimeRange, times: TaskTimes) => boolean;
}[] = [
  {
    has: ["start", "reach"],
    holds: ({ start, end }, task) => start <= task.reach && (end > task.start || end >= task.reach),
  },
  {
    has: ["start", "due"],
    holds: ({ start, end }, task) =>
      (start < task.due || start <= task.start) && (end > task.start || end >= task.due),
  },
  { has: ["start"], holds: ({ start, end }, task) => start <= task.start && end > task.start },
  { has: ["due"], holds: ({ start, end }, task) => start < task.due && end >= task.due },
  {
    has: ["completed", "created"],
    holds: ({ start, end }, task) =>
      (start <= task.created || start <= task.completed) &&
      (end >= task.created || end >= task.completed),
  },
  {
    has: ["completed"],
    holds: ({ start, end }, task) => start <= task.completed && end >= task.completed,
  },
  { has: ["created"], holds: ({ end }, task) => end > task.created },
];

function freeBusyMeets(component: Component, read: ReadMoment, range: TimeRange): boolean {
  const start = momentOf(component, "DTSTART", read)?.at;
  const end = momentOf(component, "DTEND", read)?.at;
  if (start !== undefined && end !== undefined) return range.start <= end && range.end > start;
  return busyPeriods(component, read).some((one) => range.start < one.end && range.end > one.start);
}

/** The periods of FREEBUSY lines; one that can't be read is none. */
function busyPeriods(component: Component, read: ReadMoment): TimeRange[] {
  return component.lines.filter(({ name }) => name === "FREEBUSY").flatMap((line) =>
    line.value.split(",").flatMap((value) => readPeriod(line, value, read) ?? [])
  );
}
