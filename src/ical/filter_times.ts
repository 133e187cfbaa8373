import type { CompFilter } from "./filter.ts";
import { isOfObject } from "./filter_components.ts";
import type { TimeRange } from "./interval.ts";
import { timedComponents } from "./time_range.ts";

/** A time in which an object must be to match a filter, as the time index knows it. */
export interface Timed {
  /** Of the object. */
  readonly component: string;
  readonly range: TimeRange;
  /** Whether each object of the component that is at this time matches. */
  readonly decided: boolean;
}

/**
 * Reads off the comp-filter for VCALENDAR of a CALDAV:filter when the objects are that may match: at
 * any of these times. Undefined: at any time.
 */
export function timesIn(filter: CompFilter): readonly Timed[] | undefined {
  const { absent, timeRange, props, comps, test } = filter;
  if (absent) return undefined;
  if (timeRange) {
    const decided = props.length + comps.length === 0;
    return timedComponents.map((component) => ({ component, range: timeRange, decided }));
  }
  const timed = comps.flatMap(timedOf);
  if (timed.length === 0) return undefined;
  const alone = timed.length === comps.length && props.length === 0;
  if (test === "anyof") return alone ? timed : undefined;
  const decided = alone && timed.length === 1;
  return timed.slice(0, 1).map((one) => ({ ...one, decided: decided && one.decided }));
}

function timedOf(filter: CompFilter): Timed[] {
  const { name, timeRange, props, comps } = filter;
  if (!isOfObject(filter) || timeRange === undefined) return [];
  return [{ component: name, range: timeRange, decided: props.length + comps.length === 0 }];
}
