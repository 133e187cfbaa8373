import type { Body } from "../model.ts";
import type { Steps } from "../steps.ts";
import { type Busy, busyTypes, partOf, readBusy } from "./busy.ts";
import type { TimeRange } from "./interval.ts";
import { momentsIn, type Zones } from "./moment.ts";
import type { Budget } from "./recurrence/budget.ts";
import { readCalendar } from "./readable.ts";
import { compiledBusy, compiledMeets, readText } from "./time_index.ts";
import { utcZone, type Zone } from "./zone.ts";

/** What the time index tells of an object whose bounds meet a time range. */
interface Candidate {
  readonly rule?: string;
  readonly bounds?: {
    readonly firstStart: number;
    readonly lastEnd: number;
    readonly busy: number;
    /** Times are those of a clock. */
    readonly floating: boolean;
  };
}

/**
 * Whether a candidate of the time index is in a time range, `floating` being the zone of floating
 * times. Undefined: the text of the object must tell.
 */
export function candidateMeets(
  { rule, bounds }: Candidate,
  range: TimeRange,
  floating: Zone,
  budget?: Budget,
): boolean | undefined {
  if (rule === readText) return undefined;
  if (rule !== undefined) return compiledMeets(rule, range, floating, budget);
  if (!bounds?.floating) return true;
  return floating.toUtc(bounds.firstStart) < range.end &&
    floating.toUtc(bounds.lastEnd) > range.start;
}

/** Whether only the text of a candidate tells when it is busy. */
export const isReadForBusy = ({ rule }: Candidate): boolean => rule === readText;

/** When a candidate is busy, of those that need not be read. */
export function candidateBusy({ rule, bounds }: Candidate, zone: Zone): Busy {
  if (rule !== undefined) return compiledBusy(rule, zone);
  const type = busyTypes[bounds?.busy ?? 0];
  if (bounds === undefined || type === undefined) return neverBusy;
  const { firstStart, lastEnd, floating } = bounds;
  const at = floating ? zone : utcZone;
  const period = { type, start: at.toUtc(firstStart), end: at.toUtc(lastEnd) };
  return { reachMs: 0, within: (range) => partOf([period], range) };
}

/** When an object is busy by its text, that is read at once. One that can't be read never is. */
export function* readTextBusy(content: Body, zones: Zones): Steps<Busy> {
  const calendar = yield* readCalendar(content);
  return calendar ? yield* readBusy(calendar, momentsIn(calendar, zones)) : neverBusy;
}

const neverBusy: Busy = { reachMs: 0, within: (range) => partOf([], range) };
