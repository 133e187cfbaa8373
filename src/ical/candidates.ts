import type { TimeRange } from "./interval.ts";
import { compiledMeets, readText } from "./time_index.ts";
import type { Zone } from "./zone.ts";

/** What the time index tells of an object whose bounds meet a time range. */
interface Candidate {
  readonly rule?: string;
  readonly bounds?: {
    readonly firstStart: number;
    readonly lastEnd: number;
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
): boolean | undefined {
  if (rule === readText) return undefined;
  if (rule !== undefined) return compiledMeets(rule, range, floating);
  if (!bounds?.floating) return true;
  return floating(bounds.firstStart) < range.end && floating(bounds.lastEnd) > range.start;
}
