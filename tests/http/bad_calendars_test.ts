import { limits } from "../../src/limits.ts";
import { C, type XmlName } from "../../src/xml/names.ts";
import { calendar as vcalendar, component, event } from "../fixtures/events.ts";
import { type Bad, bytes, calendar, testRefused, utf16 } from "./bad_input.ts";

/** Calendar objects that are none, or none that a calendar may hold. */

const vevent = (...lines: readonly string[]) =>
  vcalendar(component("VEVENT", ["UID:a", "DTSTAMP:20260101T000000Z", ...lines]));
const start = "DTSTART:20260105T090000Z";
const good = event({ uid: "a" });

const icalendar: Readonly<Record<string, readonly [body: string | Uint8Array, element: XmlName]>> =
  {
    "nothing": ["", C.validCalendarData],
    "text": ["Hello", C.validCalendarData],
    "HTML": ["<html></html>", C.validCalendarData],
    "only BEGIN": ["BEGIN:VCALENDAR\r\n", C.validCalendarData],
    "no END": [good.replace("END:VCALENDAR\r\n", ""), C.validCalendarData],
    "ends crossed": [good.replace("END:VEVENT", "END:VTODO"), C.validCalendarData],
    "an event in an event": [
      good.replace("SUMMARY", "BEGIN:VEVENT\r\nEND:VEVENT\r\nSUMMARY"),
      C.validCalendarData,
    ],
    "text after it": [good + "more", C.validCalendarData],
    "two calendars": [good + good, C.validCalendarObjectResource],
    "another version": [good.replace("VERSION:2.0", "VERSION:1.0"), C.validCalendarData],
    "no version": [good.replace("VERSION:2.0\r\n", ""), C.validCalendarData],
    "a METHOD": [
      good.replace("VERSION", "METHOD:REQUEST\r\nVERSION"),
      C.validCalendarObjectResource,
    ],
    "no component": [vcalendar(), C.validCalendarObjectResource],
    "a time zone alone": [
      vcalendar(component("VTIMEZONE", ["TZID:a", "BEGIN:STANDARD", "END:STANDARD"])),
      C.validCalendarObjectResource,
    ],
    "no UID": [good.replace("UID:a\r\n", ""), C.validCalendarObjectResource],
    "an empty UID": [good.replace("UID:a", "UID: "), C.validCalendarObjectResource],
    "two UIDs in one": [good.replace("UID:a", "UID:a\r\nUID:b"), C.validCalendarData],
    "two kinds": [
      vcalendar(
        component("VEVENT", ["UID:a", start]),
        component("VTODO", ["UID:a"]),
      ),
      C.validCalendarObjectResource,
    ],
    "two masters": [
      vcalendar(component("VEVENT", ["UID:a", start]), component("VEVENT", ["UID:a", start])),
      C.validCalendarObjectResource,
    ],
    "no DTSTART": [vevent(), C.validCalendarData],
    "two DTSTARTs": [vevent(start, start), C.validCalendarData],
    "30 February": [vevent("DTSTART:20260230T090000Z"), C.validCalendarData],
    "25 o'clock": [vevent("DTSTART:20260105T250000Z"), C.validCalendarData],
    "a date in words": [vevent("DTSTART:tomorrow"), C.validCalendarData],
    "an end before the start": [vevent(start, "DTEND:20260104T090000Z"), C.validCalendarData],
    "an end and a duration": [
      vevent(start, "DTEND:20260105T100000Z", "DURATION:PT1H"),
      C.validCalendarData,
    ],
    "a duration in words": [vevent(start, "DURATION:long"), C.validCalendarData],
    "a rule without FREQ": [vevent(start, "RRULE:COUNT=3"), C.validCalendarData],
    "a rule with an unknown FREQ": [vevent(start, "RRULE:FREQ=OFTEN"), C.validCalendarData],
    "a rule with COUNT and UNTIL": [
      vevent(start, "RRULE:FREQ=DAILY;COUNT=2;UNTIL=20270101T000000Z"),
      C.validCalendarData,
    ],
    "a rule with INTERVAL 0": [vevent(start, "RRULE:FREQ=DAILY;INTERVAL=0"), C.validCalendarData],
    "an EXDATE in words": [vevent(start, "EXDATE:never"), C.validCalendarData],
    "a line without colon": [vevent(start, "SUMMARY"), C.validCalendarData],
    "a line without name": [vevent(start, ":x"), C.validCalendarData],
    "an open quote": [vevent(start, `SUMMARY;X="a:b`), C.validCalendarData],
    "a NUL": [vevent(start, "SUMMARY:a\0b"), C.validCalendarData],
    "no UTF-8": [bytes(good.slice(0, 150), 0xff, 0xfe, good.slice(150)), C.validCalendarData],
    "UTF-16": [utf16(`\ufeff${good}`), C.validCalendarData],
    "gzip": [bytes(0x1f, 0x8b, 0x08, 0x00, "x"), C.validCalendarData],
    "100,000 levels": [
      `BEGIN:VCALENDAR\r\n${"BEGIN:X-A\r\n".repeat(100_000)}`,
      C.validCalendarData,
    ],
    "800,000 lines": [vevent(start, "X:1\r\n".repeat(800_000) + "X:1"), C.validCalendarData],
    "200,000 parameters": [vevent(start, `X${";A=B".repeat(200_000)}:1`), C.validCalendarData],
    "no BASE64": [vevent(start, "ATTACH;VALUE=BINARY;ENCODING=BASE64:QQ-"), C.validCalendarData],
    "a megabyte that is no BASE64": [
      vevent(start, `ATTACH;VALUE=BINARY;ENCODING=BASE64:${"QUJD".repeat(250_000)}!`),
      C.validCalendarData,
    ],
    "more overrides than allowed": [
      vcalendar(
        ...Array.from(
          { length: limits.icalInstances + 1 },
          (_, index) =>
            component("VEVENT", ["UID:a", start, `RECURRENCE-ID:${20260101 * 10 + index}`]),
        ),
      ),
      C.maxInstances,
    ],
  };

const ofCalendars: readonly Bad[] = Object.entries(icalendar).map(([name, [body, element]]) => ({
  name: `iCalendar, ${name}`,
  method: "PUT",
  target: `${calendar}a.ics`,
  headers: ["Content-Type: text/calendar; charset=utf-8"],
  body,
  status: 403,
  element,
}));

testRefused("iCalendar", ofCalendars);
