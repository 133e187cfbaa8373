import { type BusyTimes, typesInOrder } from "./busy_times.ts";
import type { TimeRange } from "./interval.ts";
import { stepLines, type Steps } from "../steps.ts";
import { folded } from "./text.ts";
import { utcText } from "./values.ts";

/** What a VFREEBUSY says besides the busy times. */
export interface FreeBusy {
  readonly uid: string;
  /** UTC epoch milliseconds, when it was made. */
  readonly at: number;
  readonly range: TimeRange;
}

/**
 * An iCalendar object with one VFREEBUSY (RFC 5545 §3.6.4), in lines of at most 75 octets, written in
 * steps.
 */
export function* freeBusyCalendar(
  { uid, at, range }: FreeBusy,
  times: BusyTimes,
): Steps<string> {
  let lines = [
    "BEGIN:VCALENDAR",
    "VERSION:2.0",
    "PRODID:-//davit//davit//EN",
    "BEGIN:VFREEBUSY",
    `UID:${uid}`,
    `DTSTAMP:${utcText(at)}`,
    `DTSTART:${utcText(range.start)}`,
    `DTEND:${utcText(range.end)}`,
  ].map(folded).join("");
  let count = 0;
  for (const type of typesInOrder) {
    for (const { start, end } of times[type]) {
      lines += `FREEBUSY;FBTYPE=${type}:${utcText(start)}/${utcText(end)}\r\n`;
      if (++count % stepLines === 0) yield;
    }
  }
  return `${lines}END:VFREEBUSY\r\nEND:VCALENDAR\r\n`;
}
