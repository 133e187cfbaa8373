import type { ContentLine } from "./content_lines.ts";
import { dayMs, type Duration } from "./duration.ts";
import { toLocal, type Zone } from "./zone.ts";

/** A time of a calendar object, and where it stands on the clocks of its zone. */
export interface Moment {
  /** UTC epoch milliseconds; of a DATE, its midnight. */
  readonly at: number;
  readonly isDate: boolean;
  readonly localMs: number;
  readonly zone: Zone;
  /** It has no zone of its own, so that `zone` is that of the reader. */
  readonly floating: boolean;
}

/**
 * Days go by the clocks of the zone, the rest by time that passes (RFC 5545 §3.3.6); without a zone,
 * all goes by the clocks, so that it is as long for every reader.
 */
export function plus(moment: Moment, { days, ms }: Duration): Moment {
  const { zone, floating } = moment;
  const dayLater = moment.localMs + days * dayMs;
  if (floating) return { ...moment, at: zone.toUtc(dayLater + ms), localMs: dayLater + ms };
  const at = (days === 0 ? moment.at : zone.toUtc(dayLater)) + ms;
  return { ...moment, at, localMs: ms === 0 ? dayLater : toLocal(zone, at) };
}

/** Reads the time of a line; `value` where the line has a list of them. Undefined: none. */
export type ReadMoment = (line: ContentLine, value?: string) => Moment | undefined;
