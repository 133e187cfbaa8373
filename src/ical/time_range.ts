import { alarmMeets } from "./alarm.ts";
import {
  durationEnd,
  intervalOf,
  momentOf,
  readPeriod,
  seriesOf,
  type TimeRange,
} from "./interval.ts";
import type { ReadMoment } from "./moment.ts";
import type { Component } from "./tree.ts";

/** A component as CALDAV:time-range looks at it. */
export interface Ranged {
  readonly component: Component;
  /** The event or task that an alarm is of. */
  readonly parent?: Component;
  readonly read: ReadMoment;
}

/**
 * Whether a component overlaps a time range (RFC 4791 §9.9). That is exact for one that does not
 * recur; one that does overlaps what lies between its first and its last instance.
 */
export function componentMeets(ranged: Ranged, range: TimeRange): boolean {
  const { component, read } = ranged;
  if (conditions[component.name]?.(ranged, range)) return true;
  return component.name !== "VALARM" &&
    seriesOf(component, read).some(({ from, to, lengthMs }) =>
      range.end > from && (range.start < to + lengthMs || range.start === to)
    );
}

/** Whether the time of a property is in the range. */
export const momentMeets = (at: number, { start, end }: TimeRange): boolean =>
  start <= at && at < end;

/** The DTEND or DUE that a component has by its DURATION (RFC 4791 §9.9). */
export function effectiveEnd({ component, read }: Ranged, name: string): number | undefined {
  if (name !== endNames[component.name]) return undefined;
  return durationEnd(component, momentOf(component, "DTSTART", read))?.at;
}

type Condition = (ranged: Ranged, range: TimeRange) => boolean;

/** An event, or a journal entry. An event that ends when it starts is like one without an end. */
const takesPlace: Condition = ({ component, read }, range) => {
  const interval = intervalOf(component, read);
  if (interval === undefined) return false;
  const [start, end] = [interval.start.at, interval.end.at];
  return (start < end ? range.start < end : range.start <= start) && range.end > start;
};

const conditions: Readonly<Record<string, Condition>> = {
  VEVENT: takesPlace,
  VJOURNAL: takesPlace,
  VTODO: (ranged, range) => {
    const times = taskTimes(ranged);
    const row = taskRows.find(({ has }) => has.every((name) => !Number.isNaN(times[name])));
    return row?.holds(range, times) ?? true;
  },
  VFREEBUSY: ({ component, read }, range) => {
    const start = momentOf(component, "DTSTART", read)?.at;
    const end = momentOf(component, "DTEND", read)?.at;
    if (start !== undefined && end !== undefined) return range.start <= end && range.end > start;
    return busyPeriods(component, read).some((one) =>
      range.start < one.end && range.end > one.start
    );
  },
  VALARM: ({ component, parent, read }, range) =>
    parent !== undefined && alarmMeets(component, parent, read, range),
};

/** Components for which RFC 4791 §9.9 says what a time range means. */
export const rangedComponents: ReadonlySet<string> = new Set(Object.keys(conditions));

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

function taskTimes({ component, read }: Ranged): TaskTimes {
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

/** The periods of FREEBUSY lines; one that can't be read is none. */
function busyPeriods(component: Component, read: ReadMoment): TimeRange[] {
  return component.lines.filter(({ name }) => name === "FREEBUSY").flatMap((line) =>
    line.value.split(",").flatMap((value) => readPeriod(line, value, read) ?? [])
  );
}
