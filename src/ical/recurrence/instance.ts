import { dayMs } from "../duration.ts";
import type { TimeRange } from "../interval.ts";
import { type Moment, plus } from "../time.ts";
import type { Component } from "../tree.ts";
import type { Member } from "./member.ts";
import { onClocksOf, type Override, type Undated } from "./override.ts";
import type { Nominal } from "./recurrence_set.ts";

/** One time at which a component takes place. */
export interface Instance {
  /** The override of this instance, else the component that recurs. */
  readonly component: Component;
  /** Whose times it has; undefined: those of `component`. */
  readonly timed?: Component;
  readonly start: Moment;
  /** The same as the start where it takes no time. */
  readonly end: Moment;
  /** Nominal start in the series; undefined where the object does not recur. */
  readonly recurrenceId?: Moment;
}

/** An instance, and the component that says how long it is and when it is due. */
export interface Given {
  readonly instance: Instance;
  readonly by: Member;
}

export function instanceOf({ start, end }: Nominal, member: Member, isAlone: boolean): Instance {
  const { component, interval, length } = member;
  const isFirst = end === undefined && start.at === interval.start.at;
  return {
    component,
    start,
    end: isFirst ? interval.end : end ?? plus(start, length),
    recurrenceId: isAlone ? undefined : start,
  };
}

export function shifted({ start: id }: Nominal, { member, shiftMs = 0 }: Override): Instance {
  const { component, interval, length } = member;
  const moved = onClocksOf(interval.start, id) + shiftMs;
  const localMs = interval.start.isDate ? Math.floor(moved / dayMs) * dayMs : moved;
  const start = { ...interval.start, at: interval.start.zone.toUtc(localMs), localMs };
  return { component, start, end: plus(start, length), recurrenceId: id };
}

export const touches = (
  { instance: { start, end }, by: { leadMs } }: Given,
  range: TimeRange,
): boolean => start.at - leadMs <= range.end && end.at >= range.start;

export const inPlaceOf = (instance: Instance, undated: Undated | undefined): Instance =>
  undated ? { ...instance, component: undated.component, timed: instance.component } : instance;

export const ownOf = ({ member: { component, interval }, id }: Override): Instance => ({
  component,
  start: interval.start,
  end: interval.end,
  recurrenceId: id,
});
