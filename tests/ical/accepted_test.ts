import { assertEquals } from "@std/assert";
import ICAL from "ical.js";
import { readCalendarObject } from "../../src/ical/read.ts";
import { textOf } from "../../src/ical/text.ts";
import { calendar, component, event, journal, task, zone } from "../fixtures/events.ts";

const eventOf = (...lines: string[]) => event({ uid: "a", lines });
const taskOf = (...lines: string[]) => calendar(component("VTODO", ["UID:a", ...lines]));

/** What clients send, against the RFC or at its edge; where it is known, the client is named. */
const accepted: Readonly<Record<string, string>> = {
  // Text.
  "LF line ends": event({ uid: "a" }).replaceAll("\r\n", "\n"),
  "a byte order mark": "\ufeff" + event({ uid: "a" }),
  "blank lines at the end": event({ uid: "a" }) + "\r\n\r\n",
  "blank lines inside": event({ uid: "a" }).replaceAll("\r\n", "\r\n\r\n"),
  "no line end at the end": event({ uid: "a" }).trimEnd(),
  "names in lower case": eventOf(
    "location:Here",
    "attendee;partstat=accepted:mailto:b@example.com",
  ),
  "BEGIN and END in lower case": event({ uid: "a" }).replace(
    /^(BEGIN|END):.*$/gm,
    (line) => line.toLowerCase(),
  ),
  "a carriage return inside a text (Thunderbird)": eventOf("DESCRIPTION:a\rb"),
  "a line of a megabyte": eventOf(`DESCRIPTION:${"x".repeat(1 << 20)}`),
  "a base64 parameter over many lines (Apple)": eventOf(
    `X-APPLE-STRUCTURED-LOCATION;VALUE=URI;X-APPLE-MAPKIT-HANDLE=${"CAESq0Bb\r\n ".repeat(400)}=;` +
      'X-TITLE="Kaffee: Haus; Wien":geo:48.2,16.3',
  ),
  "base64 over many lines": eventOf(
    `ATTACH;ENCODING=BASE64;VALUE=BINARY:${"QUJDREVGR0hJSktMTU5PUFFS\r\n ".repeat(2000)}QUI=`,
  ),
  "emoji, old and new": event({
    uid: "a",
    summary: "\u263a\ufe0f \ud83d\ude00 \ud83d\udc68\u200d\ud83d\udc69\u200d\ud83d\udc67",
  }),
  "carets of RFC 6868": eventOf("ATTENDEE;CN=George ^'Babe^' Ruth^n^^:mailto:b@example.com"),
  "a quote inside an unquoted parameter": eventOf('ATTENDEE;CN=Bob "B" Z:mailto:b@example.com'),

  // Empty values (Apple).
  "empty texts": calendar(component("VEVENT", [
    "UID:a",
    "DTSTART:20260105T090000Z",
    "LOCATION:",
    "COMMENT:",
    "DESCRIPTION:",
    "SUMMARY:",
    "URL;VALUE=URI:",
  ])),
  "an empty RRULE and the year 0 (BusyCal)": calendar(component("VEVENT", [
    "UID:a",
    "DTSTART:00001229T190358",
    "RRULE:",
  ])),
  "an empty LAST-MODIFIED": eventOf("LAST-MODIFIED:"),
  "an empty EXDATE": eventOf("EXDATE:"),

  // Time zones.
  "no VTIMEZONE for an IANA name": event({
    uid: "a",
    tzid: "Europe/Vienna",
    start: "20260105T090000",
    end: null,
  }),
  "no VTIMEZONE for another name": event({
    uid: "a",
    tzid: "W. Europe Standard Time",
    start: "20260105T090000",
    end: null,
  }),
  "a TZID with a blank behind it (Outlook)": event({
    uid: "a",
    tzid: "Europe/Vienna ",
    start: "20260105T090000",
    end: "20260105T100000",
    zones: [zone("Europe/Vienna")],
  }),
  "a TZID of Evolution": event({
    uid: "a",
    tzid: "/freeassociation.sourceforge.net/Europe/Berlin",
    start: "20260105T090000",
    end: "20260105T100000",
    zones: [zone("/freeassociation.sourceforge.net/Europe/Berlin")],
  }),
  "TZID on a UTC time": eventOf("RECURRENCE-ID;TZID=Europe/Vienna:20260105T090000Z"),
  "a time zone that begins in 1601 (Outlook)": event({
    uid: "a",
    zones: [zone("A").replace("19810329T", "16010101T")],
  }),
  "a time zone with one observance": event({
    uid: "a",
    zones: [component("VTIMEZONE", [
      "TZID:UTC",
      "BEGIN:STANDARD",
      "DTSTART:19700101T000000",
      "TZOFFSETFROM:+0000",
      "TZOFFSETTO:+0000",
      "END:STANDARD",
    ])],
  }),

  // Dates.
  "no DTSTAMP": event({ uid: "a" }).replace(/DTSTAMP.*\r\n/, ""),
  "CREATED in the year 0 (Google)": eventOf("CREATED:00001231T000000Z"),
  "UNTIL as DATE where DTSTART has a time": eventOf("RRULE:FREQ=DAILY;UNTIL=20260110"),
  "UNTIL as DATE-TIME where DTSTART is a DATE": event({
    uid: "a",
    start: "20260105",
    end: "20260106",
    lines: ["RRULE:FREQ=WEEKLY;UNTIL=20260128T230000Z"],
  }),
  "UNTIL in local time": eventOf("RRULE:FREQ=DAILY;UNTIL=20260110T090000"),
  "a DATE without VALUE=DATE": calendar(component("VEVENT", ["UID:a", "DTSTART:20260105"])),
  "VALUE=DATE at a DATE-TIME": calendar(
    component("VEVENT", ["UID:a", "DTSTART;VALUE=DATE:20260105T000000"]),
  ),
  "DTEND at DTSTART": event({ uid: "a", start: "20260105", end: "20260105" }),
  "DTEND in a zone ahead of that of DTSTART": event({
    uid: "a",
    start: "20260105T120000Z",
    end: null,
    lines: ["DTEND;TZID=America/Vancouver:20260105T060000"],
  }),
  "a DURATION whose T nothing follows (Apple)": calendar(
    component("VEVENT", ["UID:a", "DTSTART;VALUE=DATE:20260105", "DURATION:P1DT"]),
  ),
  "an EXDATE of another type": eventOf("RRULE:FREQ=DAILY", "EXDATE;VALUE=DATE:20260106"),
  "RDATEs of every type": eventOf(
    "RDATE;VALUE=PERIOD:20260106T090000Z/PT1H,20260107T090000Z/20260107T100000Z",
    "RDATE;VALUE=DATE:20260108",
  ),

  // People.
  "ATTENDEE without PARTSTAT and RSVP (iOS)": eventOf(
    "ORGANIZER:mailto:a@example.com",
    "ATTENDEE:mailto:b@example.com",
  ),
  "the same ATTENDEE twice": eventOf(
    "ATTENDEE:mailto:b@example.com",
    "ATTENDEE:MAILTO:B@example.com",
  ),
  "SCHEDULE-STATUS and EMAIL": eventOf(
    'ATTENDEE;SCHEDULE-STATUS="1.2";EMAIL=b@example.com:urn:uuid:1',
  ),

  // Recurrence.
  "overrides without a master (DAVx5, Thunderbird)": calendar(
    component("VEVENT", ["UID:a", "DTSTART:20260106T090000Z", "RECURRENCE-ID:20260106T080000Z"]),
    component("VEVENT", ["UID:a", "DTSTART:20260107T090000Z", "RECURRENCE-ID:20260107T080000Z"]),
  ),
  "an override before its master": calendar(
    component("VEVENT", ["UID:a", "DTSTART:20260106T090000Z", "RECURRENCE-ID:20260106T080000Z"]),
    component("VEVENT", ["UID:a", "DTSTART:20260105T080000Z", "RRULE:FREQ=DAILY"]),
  ),
  "an override of an instance before DTSTART (BusyCal)": event({
    uid: "a",
    lines: ["RRULE:FREQ=DAILY"],
    overrides: [["DTSTART:20251231T090000Z", "RECURRENCE-ID:20251231T090000Z"]],
  }),
  "one override of an instance, one of it and all that follow": event({
    uid: "a",
    lines: ["RRULE:FREQ=DAILY"],
    overrides: [
      ["DTSTART:20260107T090000Z", "RECURRENCE-ID:20260107T090000Z"],
      ["DTSTART:20260107T100000Z", "RECURRENCE-ID;RANGE=THISANDFUTURE:20260107T090000Z"],
    ],
  }),
  "a RECURRENCE-ID of another type": event({
    uid: "a",
    lines: ["RRULE:FREQ=DAILY"],
    overrides: [["DTSTART:20260107T090000Z", "RECURRENCE-ID;VALUE=DATE:20260107"]],
  }),
  "two RRULEs": eventOf("RRULE:FREQ=DAILY;COUNT=2", "RRULE:FREQ=WEEKLY;COUNT=2"),

  // Tasks and memos.
  "PERCENT-COMPLETE:100 without STATUS (Reminders)": taskOf("PERCENT-COMPLETE:100"),
  "a task without any time": taskOf("SUMMARY:Some day"),
  "DUE as DATE, an alarm at a DATE-TIME (Reminders)": taskOf(
    "DUE;VALUE=DATE:20260105",
    "BEGIN:VALARM",
    "TRIGGER;VALUE=DATE-TIME:20260105T080000Z",
    "END:VALARM",
  ),
  "DUE at DTSTART (Reminders)": task({ uid: "a", start: "20260105T170000Z" }),
  "DUE before DTSTART": task({ uid: "a", start: "20260106T170000Z" }),
  "DUE as DATE, DTSTART as DATE-TIME": task({
    uid: "a",
    start: "20260105T090000Z",
    end: "20260106",
  }),
  "RRULE with DUE only (Reminders)": task({ uid: "a", lines: ["RRULE:FREQ=DAILY"] }),
  "RRULE without any time": taskOf("RRULE:FREQ=WEEKLY;COUNT=4"),
  "COMPLETED as DATE": taskOf("COMPLETED;VALUE=DATE:20260105"),
  "X-APPLE-SORT-ORDER and the like (Reminders, Tasks.org, jtx)": taskOf(
    "X-APPLE-SORT-ORDER:692112345",
    "X-APPLE-PROXIMITY:ARRIVE",
    "X-JTX-THING;X-P=1:v",
    "RELATED-TO;RELTYPE=PARENT:gone",
    "RELATED-TO:too",
  ),
  "a journal": journal({ uid: "a", lines: ["DESCRIPTION:One", "DESCRIPTION:Two"] }),
  "a memo without DTSTART (Evolution)": journal({ uid: "a", start: null }),
  "free and busy times": calendar(component("VFREEBUSY", [
    "UID:a",
    "DTSTART:20260105T000000Z",
    "DTEND:20260106T000000Z",
    "FREEBUSY;FBTYPE=BUSY:20260105T090000Z/PT1H,20260105T120000Z/20260105T130000Z",
  ])),

  // What is made up, or of later RFCs.
  "made-up properties, parameters and components": calendar(
    component("X-THING", ["X-NAME;X-P=1:v"]),
    component("VEVENT", [
      "UID:a",
      "DTSTART;X-P=1:20260105T090000Z",
      "X-ALT-DESC;FMTTYPE=text/html:<html><body>a;b:c,d</body></html>",
      "X-MICROSOFT-CDO-BUSYSTATUS:BUSY",
      "X-BUSYMAC-LASTMODBY:Bob",
      "X-NOT_A_NAME.OF-ANY-RFC:v",
      "COLOR:turquoise",
      "BEGIN:X-INSIDE",
      "DTSTART:whenever",
      "END:X-INSIDE",
    ]),
  ),
  "names of JavaScript's objects": eventOf(
    "X-A;CONSTRUCTOR=1:v",
    "X-A;VALUE=CONSTRUCTOR:v",
    "CONSTRUCTOR:v",
  ),
  "participants, places and availability": calendar(component("VAVAILABILITY", [
    "UID:a",
    "DTSTART:20260105T000000Z",
    "BEGIN:AVAILABLE",
    "UID:b",
    "DTSTART:20260105T090000Z",
    "RRULE:FREQ=WEEKLY;BYDAY=MO,TU",
    "END:AVAILABLE",
    "BEGIN:PARTICIPANT",
    "UID:c",
    "BEGIN:VLOCATION",
    "UID:d",
    "END:VLOCATION",
    "END:PARTICIPANT",
  ])),
  "alarms without what they need": eventOf(
    "BEGIN:VALARM",
    "END:VALARM",
    "BEGIN:VALARM",
    "TRIGGER:",
    "END:VALARM",
  ),
  "no PRODID": event({ uid: "a" }).replace(/PRODID.*\r\n/, ""),
  "a calendar's own properties": event({ uid: "a" }).replace(
    "VERSION:2.0",
    "VERSION:2.0\r\nX-WR-CALNAME:A\r\nX-WR-CALNAME:B\r\nCALSCALE:GREGORIAN",
  ),
};

for (const [name, text] of Object.entries(accepted)) {
  Deno.test(`A calendar object is taken: ${name}`, () => {
    const { body, uid } = readCalendarObject(new TextEncoder().encode(text));
    assertEquals(body, text);
    assertEquals(uid, "a");
    ICAL.parse(textOf(body));
  });
}

Deno.test("A calendar object is taken: lines folded inside a character (iOS)", () => {
  const text = event({
    uid: "a",
    summary: "caf\u00e9 \u20ac \ud83d\ude00 end",
    lines: ["LOCATION:Here\r\n  too"],
  });
  const octets = [...new TextEncoder().encode(text)].flatMap((octet) =>
    (octet & 0xc0) === 0x80 ? [0x0d, 0x0a, 0x20, octet] : [octet]
  );
  for (
    const bytes of [octets, octets.filter((octet) => octet !== 0x0d)].map((o) => Uint8Array.from(o))
  ) {
    const { body } = readCalendarObject(bytes);
    assertEquals(body, bytes, "The bytes are kept.");
    assertEquals(textOf(body).replaceAll("\r\n", "\n"), text.replaceAll("\r\n", "\n"));
  }
});
