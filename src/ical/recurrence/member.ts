import { dayMs, type Duration } from "../duration.ts";
import { type Interval, intervalOf, lengthOf, momentOf } from "../interval.ts";
import type { ReadMoment } from "../time.ts";
import type { Component } from "../tree.ts";

/** A component with a time. */
export interface Member {
  readonly component: Component;
  readonly interval: Interval;
  readonly length: Duration;
  /** How much earlier than its start a task is due. */
  readonly leadMs: number;
}

/** Undefined: it has no time of its own. */
export function memberOf(component: Component, read: ReadMoment): Member | undefined {
  const interval = intervalOf(component, read);
  if (interval === undefined) return undefined;
  const due = component.name === "VTODO" ? momentOf(component, "DUE", read) : undefined;
  const leadMs = due ? Math.max(interval.start.at - due.at, 0) : 0;
  return { component, interval, length: lengthOf(component, interval), leadMs };
}

/** Days, and times on the clocks, may be longer than they are in the first instance. */
export const lengthMost = ({ interval: { start, end }, length }: Member): number =>
  end.at - start.at + (length.days === 0 && !start.floating ? 0 : dayMs);
