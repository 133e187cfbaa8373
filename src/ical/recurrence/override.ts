import { parameter } from "../content_lines.ts";
import { dayMs } from "../duration.ts";
import { lineOf } from "../interval.ts";
import type { Moment } from "../time.ts";
import type { Component } from "../tree.ts";
import { toLocal, utcZone } from "../zone.ts";
import { mod } from "./civil.ts";
import type { Member } from "./member.ts";
import { keyIn, type RecurrenceSet } from "./recurrence_set.ts";

/** One with RECURRENCE-ID, and with a time of its own. */
export interface Override {
  readonly member: Member;
  readonly key: number;
  /** The nominal start that it names, in the form of the series. */
  readonly id: Moment;
  /** RANGE=THISANDFUTURE: how far those that follow are moved on the clocks; undefined: none is. */
  readonly shiftMs?: number;
}

/**
 * One without a time of its own, as a task or a journal entry may be. RECURRENCE-ID "is used … to
 * identify a specific instance of a recurring" component and says "when the original recurrence
 * instance would occur" (RFC 5545 §3.8.4.4): it takes the place of that instance, at the time that
 * this has, and the table of RFC 4791 §9.9 is read with these times. One whose instance the series
 * does not have takes no place, and is at no time but that of COMPLETED and CREATED.
 */
export interface Undated {
  readonly component: Component;
  readonly key: number;
  readonly id: Moment;
  /** RANGE=THISANDFUTURE. */
  readonly isForward: boolean;
}

export function overrideOf(member: Member, id: Moment, set: RecurrenceSet | undefined): Override {
  const moved = member.interval.start;
  const shiftMs = isForward(member.component) ? moved.localMs - onClocksOf(moved, id) : undefined;
  return { member, id, key: keyIn(set?.start ?? id, id), shiftMs };
}

export const undatedOf = (component: Component, id: Moment, set: RecurrenceSet): Undated => ({
  component,
  id,
  key: keyIn(set.start, id),
  isForward: isForward(component),
});

function isForward(component: Component): boolean {
  const line = lineOf(component, "RECURRENCE-ID");
  return line !== undefined && parameter(line, "RANGE")?.toUpperCase() === "THISANDFUTURE";
}

/**
 * The nominal start that a RECURRENCE-ID means, in the form of the series. It "MUST have the same
 * value type as the DTSTART property contained within the recurring component", and be a local time
 * as that is (RFC 5545 §3.8.4.4), but programs that move a series to another zone or make it one of
 * whole days leave it as it was, and to double an instance helps nobody:
 *
 * - A time on other clocks is the same instant, and one on no clocks is on those of the series.
 * - A day names the instance that a series of times has at the time of its start on this day.
 * - In a series of days, a time names its day; one in UTC is the midnight of some zone, and names
 *   the day that begins nearest.
 *
 * @param dates Starts of RDATE by their keys: what names one of them as it is means that.
 */
export function nominalStart(
  id: Moment,
  { start }: RecurrenceSet,
  dates: ReadonlyMap<number, Moment>,
): Moment {
  const { zone, floating, isDate } = start;
  const onClocks = (localMs: number): Moment => ({
    at: zone.toUtc(localMs),
    isDate,
    localMs,
    zone,
    floating,
  });
  const date = id.isDate === isDate ? undefined : dates.get(keyIn(start, id));
  if (date) return date;
  if (isDate) {
    if (id.isDate) return id;
    const days = id.localMs / dayMs;
    const isUtc = !id.floating && id.zone === utcZone;
    return onClocks((isUtc ? Math.round(days) : Math.floor(days)) * dayMs);
  }
  if (id.isDate) return onClocks(id.localMs + mod(start.localMs, dayMs));
  if (floating || id.floating) return onClocks(id.localMs);
  return id.zone === zone ? id : { ...id, zone, localMs: toLocal(zone, id.at) };
}

/** What the clocks of the one time show at the other. */
export const onClocksOf = ({ zone, floating }: Moment, other: Moment): number =>
  floating || other.floating || zone === other.zone ? other.localMs : toLocal(zone, other.at);
