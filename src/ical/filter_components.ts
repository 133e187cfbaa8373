import type { CompFilter } from "./filter.ts";

/** What a filter says of the kind of an object's component alone, which needs no content. */
export interface Narrowed {
  /** Objects of other components do not match; undefined: any may. */
  readonly components?: readonly string[];
  /** Whether all objects of these components do match. */
  readonly decided: boolean;
}

/** Reads that off the comp-filter for VCALENDAR of a CALDAV:filter. */
export function narrowed({ absent, timeRange, props, comps, test }: CompFilter): Narrowed {
  if (absent) return { components: [], decided: true };
  if (comps.length + props.length === 0) return { decided: timeRange === undefined };
  const wanted = comps.filter(isOfObject);
  const decided = timeRange === undefined && props.length === 0 &&
    wanted.length === comps.length && wanted.every(isBare);
  const names = [...new Set(wanted.map(({ name }) => name))];
  if (test === "anyof") {
    const complete = props.length === 0 && wanted.length === comps.length;
    return complete ? { components: names, decided } : { decided: false };
  }
  if (names.length === 0) return { decided: false };
  return names.length === 1 ? { components: names, decided } : { components: [], decided: true };
}

/** The component must be there, and is the one that gives its name to the object. */
export const isOfObject = ({ name, absent }: CompFilter): boolean =>
  !absent && name !== "VTIMEZONE" && !name.startsWith("X-");

const isBare = ({ timeRange, props, comps }: CompFilter): boolean =>
  timeRange === undefined && props.length === 0 && comps.length === 0;
