import { type BusyTimes, typesInOrder } from "./busy_times.ts";
import type { TimeRange } from "./interval.ts";
import { folded } from "./text.ts";

/** What a VFREEBUSY says besides the busy times. */
export interface FreeBusy {
  readonly uid: string;
  /** UTC epoch milliseconds, when it was made. */
  readonly at: number;
  readonly range: TimeRange;
}

/** An iCalendar object with one VFREEBUSY (RFC 5545 §3.6.4), in lines of at most 75 octets. */
export function freeBusyCalendar({ uid, at, range }: FreeBusy, times: BusyTimes): string {
  const lines = [
    "BEGIN:VCALENDAR",
    "VERSION:2.0",
    "PRODID:-//davit//davit//EN",
    "BEGIN:VFREEBUSY",
    `UID:${uid}`,
    `DTSTAMP:${instant(at)}`,
    `DTSTART:${instant(range.start)}`,
    `DTEND:${instant(range.end)}`,
  ].map(folded);
  for (const type of typesInOrder) {
    for (const { start, end } of times[type]) {
      lines.push(`FREEBUSY;FBTYPE=${type}:${instant(start)}/${instant(end)}\r\n`);
    }
  }
  return `${lines.join("")}END:VFREEBUSY\r\nEND:VCALENDAR\r\n`;
}

/** A DATE-TIME with UTC time, in the years 0 to 9999. */
function instant(ms: number): string {
  const date = new Date(ms);
  const day = date.getUTCFullYear() * 10_000 + (date.getUTCMonth() + 1) * 100 + date.getUTCDate();
  const time = date.getUTCHours() * 10_000 + date.getUTCMinutes() * 100 + date.getUTCSeconds();
  return `${String(day).padStart(8, "0")}T${String(time).padStart(6, "0")}Z`;
}
