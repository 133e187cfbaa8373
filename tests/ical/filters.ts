import type { CompFilter, PropFilter } from "../../src/ical/filter.ts";
import type { TimeRange } from "../../src/ical/interval.ts";
import { readDigits } from "../../src/ical/values.ts";

/** A filter for a component that has to be there; what is special stands in `more`. */
export const comp = (name: string, more: Partial<CompFilter> = {}): CompFilter => ({
  name,
  absent: false,
  timeRange: undefined,
  props: [],
  comps: [],
  test: "allof",
  ...more,
});

export const prop = (name: string, more: Partial<PropFilter> = {}): PropFilter => ({
  name,
  absent: false,
  timeRange: undefined,
  textMatch: undefined,
  params: [],
  test: "allof",
  ...more,
});

/** The whole filter for one component of a calendar. */
export const within = (name: string, more: Partial<CompFilter> = {}): CompFilter =>
  comp("VCALENDAR", { comps: [comp(name, more)] });

/** `20060104T000000Z/20060105T000000Z`; empty: no such end. */
export function range(text: string): TimeRange {
  const [start = "", end = ""] = text.split("/");
  return {
    start: readDigits(start)?.localMs ?? -Infinity,
    end: readDigits(end)?.localMs ?? Infinity,
  };
}
