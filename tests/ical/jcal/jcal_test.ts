import { assertEquals, assertThrows } from "@std/assert";
import ICAL from "ical.js";
import { readCalendarObject } from "../../../src/ical/read.ts";
import { textOfJcal } from "../../../src/ical/jcal/read.ts";
import { jcalOf } from "../../../src/ical/jcal/write.ts";
import { Refusal } from "../../../src/refusal.ts";
import { calendar, component, crlf, event, zone } from "../../fixtures/events.ts";
import { appendixB } from "../../fixtures/rfc4791_appendix_b.ts";

const inEvent = (...lines: readonly string[]) => calendar(component("VEVENT", lines));

/** The property of a calendar with this line, as jCal. */
const propertyOf = (line: string): unknown => JSON.parse(jcalOf(inEvent(line)))[2][0][1][0];

interface Case {
  readonly line: string;
  readonly jcal: readonly unknown[];
  /** What jCal is written back to, where that is not the line. */
  readonly back?: string;
}

/** Those of RFC 7265 §3.4 to §3.6 first, then what else occurs. */
const cases: readonly Case[] = [
  { line: "SUMMARY:Meeting with Fred", jcal: ["summary", {}, "text", "Meeting with Fred"] },
  {
    line: "GEO:37.386013;-122.082932",
    jcal: ["geo", {}, "float", [37.386013, -122.082932]],
  },
  {
    line: "REQUEST-STATUS:2.0;Success",
    jcal: ["request-status", {}, "text", ["2.0", "Success"]],
  },
  {
    line: "REQUEST-STATUS:3.7;Invalid\\; calendar user;ATTENDEE:mailto:a@b",
    jcal: ["request-status", {}, "text", ["3.7", "Invalid; calendar user", "ATTENDEE:mailto:a@b"]],
  },
  {
    line: "CATEGORIES:Appointment,Education\\, more",
    jcal: ["categories", {}, "text", "Appointment", "Education, more"],
  },
  {
    line: "DTSTART;VALUE=DATE:20111201",
    jcal: ["dtstart", {}, "date", "2011-12-01"],
  },
  {
    line: "DTSTART;TZID=America/New_York:20120101T090000",
    jcal: ["dtstart", { tzid: "America/New_York" }, "date-time", "2012-01-01T09:00:00"],
  },
  {
    line: "COMPLETED:20120401T085959Z",
    jcal: ["completed", {}, "date-time", "2012-04-01T08:59:59Z"],
  },
  { line: "DTSTART:20061231T235960Z", jcal: ["dtstart", {}, "date-time", "2006-12-31T23:59:60Z"] },
  {
    line: "ATTENDEE;CUTYPE=GROUP;PARTSTAT=NEEDS-ACTION:mailto:grp@example.test",
    jcal: [
      "attendee",
      { cutype: "GROUP", partstat: "NEEDS-ACTION" },
      "cal-address",
      "mailto:grp@example.test",
    ],
  },
  {
    line: 'ATTENDEE;MEMBER="mailto:a@b","mailto:c@d":mailto:x@y',
    jcal: ["attendee", { member: ["mailto:a@b", "mailto:c@d"] }, "cal-address", "mailto:x@y"],
  },
  {
    line: 'ATTENDEE;DELEGATED-TO="mailto:a@b":mailto:x@y',
    jcal: ["attendee", { "delegated-to": "mailto:a@b" }, "cal-address", "mailto:x@y"],
  },
  {
    line: "ATTENDEE;CN=\"Doe, ^'J^' ^^ ^n\":mailto:x@y",
    jcal: ["attendee", { cn: 'Doe, "J" ^ \n' }, "cal-address", "mailto:x@y"],
  },
  {
    line: "ATTACH;VALUE=BINARY;ENCODING=BASE64:SGVsbG8gV29ybGQh",
    jcal: ["attach", { encoding: "BASE64" }, "binary", "SGVsbG8gV29ybGQh"],
  },
  {
    line: "ATTACH;FMTTYPE=text/plain:http://example.test/a;b,c",
    jcal: ["attach", { fmttype: "text/plain" }, "uri", "http://example.test/a;b,c"],
  },
  {
    line: "X-NON-SMOKING;VALUE=BOOLEAN:TRUE",
    jcal: ["x-non-smoking", {}, "boolean", true],
  },
  { line: "DURATION:P1DT12H", jcal: ["duration", {}, "duration", "P1DT12H"] },
  { line: "X-FLOAT;VALUE=FLOAT:-5.25", jcal: ["x-float", {}, "float", -5.25] },
  { line: "PERCENT-COMPLETE:95", jcal: ["percent-complete", {}, "integer", 95] },
  {
    line: "FREEBUSY;FBTYPE=FREE:19970308T160000Z/P1D,19970308T200000Z/19970308T210000Z",
    jcal: [
      "freebusy",
      { fbtype: "FREE" },
      "period",
      ["1997-03-08T16:00:00Z", "P1D"],
      ["1997-03-08T20:00:00Z", "1997-03-08T21:00:00Z"],
    ],
  },
  {
    line: "RDATE;VALUE=PERIOD:20111231T220000Z/PT1H",
    jcal: ["rdate", {}, "period", ["2011-12-31T22:00:00Z", "PT1H"]],
  },
  {
    line: "RDATE;VALUE=DATE:20111231,20120101",
    jcal: ["rdate", {}, "date", "2011-12-31", "2012-01-01"],
  },
  {
    line: "EXDATE;TZID=Europe/Vienna:20111231T220000,20120101T220000",
    jcal: [
      "exdate",
      { tzid: "Europe/Vienna" },
      "date-time",
      "2011-12-31T22:00:00",
      "2012-01-01T22:00:00",
    ],
  },
  {
    line: "RRULE:FREQ=MONTHLY;BYDAY=MO,TU,-1WE;BYMONTHDAY=-1;COUNT=5;WKST=MO;X-MINE=A",
    jcal: ["rrule", {}, "recur", {
      freq: "MONTHLY",
      byday: ["MO", "TU", "-1WE"],
      bymonthday: -1,
      count: 5,
      wkst: "MO",
      "x-mine": "A",
    }],
  },
  {
    line: "RRULE:FREQ=YEARLY;UNTIL=20121005",
    jcal: ["rrule", {}, "recur", { freq: "YEARLY", until: "2012-10-05" }],
  },
  {
    line: "RRULE:RSCALE=HEBREW;FREQ=YEARLY;BYMONTH=5L;SKIP=FORWARD;UNTIL=20121005T010203Z",
    jcal: ["rrule", {}, "recur", {
      rscale: "HEBREW",
      freq: "YEARLY",
      bymonth: "5L",
      skip: "FORWARD",
      until: "2012-10-05T01:02:03Z",
    }],
  },
  {
    line: "COMMENT:hello\\, world\\; \\\\ there\\nend \\N",
    jcal: ["comment", {}, "text", "hello, world; \\ there\nend \n"],
    back: "COMMENT:hello\\, world\\; \\\\ there\\nend \\n",
  },
  { line: "X-TIME;VALUE=TIME:123000", jcal: ["x-time", {}, "time", "12:30:00"] },
  { line: "X-TIME;VALUE=TIME:123000Z", jcal: ["x-time", {}, "time", "12:30:00Z"] },
  { line: "X-OFFSET;VALUE=UTC-OFFSET:-0500", jcal: ["x-offset", {}, "utc-offset", "-05:00"] },
  { line: "X-OFFSET;VALUE=UTC-OFFSET:+053015", jcal: ["x-offset", {}, "utc-offset", "+05:30:15"] },
  // RFC 7265 §5.1: the value stays as it is written.
  { line: "X-COMPLAINT:a\\, b;c", jcal: ["x-complaint", {}, "unknown", "a\\, b;c"] },
  {
    line: "X-COMPLAINT;VALUE=TEXT:a\\, b",
    jcal: ["x-complaint", {}, "text", "a, b"],
  },
  { line: "X-OWN;VALUE=X-TYPE:zz", jcal: ["x-own", {}, "x-type", "zz"] },
  { line: "X-ONE;P=a,b:1", jcal: ["x-one", { p: ["a", "b"] }, "unknown", "1"] },
  {
    line: "CONFERENCE;VALUE=URI;FEATURE=AUDIO,VIDEO:tel:1",
    jcal: ["conference", { feature: ["AUDIO", "VIDEO"] }, "uri", "tel:1"],
  },
  { line: "TRIGGER;RELATED=END:-PT5M", jcal: ["trigger", { related: "END" }, "duration", "-PT5M"] },
  {
    line: "TRIGGER;VALUE=DATE-TIME:20120101T000000Z",
    jcal: ["trigger", {}, "date-time", "2012-01-01T00:00:00Z"],
  },
  // What clients write besides.
  { line: "COMPLETED:", jcal: ["completed", {}, "unknown", ""] },
  { line: "RRULE:", jcal: ["rrule", {}, "unknown", ""] },
  { line: "SEQUENCE:one", jcal: ["sequence", {}, "unknown", "one"] },
  {
    line: "DTSTART;VALUE=DATE:20120101T000000",
    jcal: ["dtstart", {}, "unknown", "20120101T000000"],
    back: "DTSTART:20120101T000000",
  },
  { line: "DTSTAMP:20120101", jcal: ["dtstamp", {}, "unknown", "20120101"] },
];

for (const { line, jcal, back = line } of cases) {
  Deno.test(`jCal: ${line}`, () => {
    const property = propertyOf(line);
    assertEquals(property, jcal);
    const text = textOfJcal(JSON.stringify(["vcalendar", [], [["vevent", [property], []]]]));
    assertEquals(
      text.replaceAll("\r\n ", ""),
      crlf(["BEGIN:VCALENDAR", "BEGIN:VEVENT", back, "END:VEVENT", "END:VCALENDAR"]),
    );
  });
}

/**
 * Each property of RFC 5545, 6638, 7529, 7808, 7953, 7986, 9073, 9074 and 9253, with each type that it
 * may have. VALUE stands where RFC 5545 §3.2.20 asks for it, and comes back.
 */
const properties = [
  "CALSCALE:GREGORIAN",
  "METHOD:REQUEST",
  "PRODID:-//a//b//EN",
  "VERSION:2.0",
  "ATTACH:cid:a@b",
  "ATTACH;VALUE=BINARY;FMTTYPE=text/plain;ENCODING=BASE64:YQ==",
  "CATEGORIES:A,B",
  "CLASS:PRIVATE",
  "COMMENT:a",
  "DESCRIPTION:a",
  "GEO:1.5;-2",
  "LOCATION:a",
  "PERCENT-COMPLETE:5",
  "PRIORITY:1",
  "RESOURCES:A,B",
  "STATUS:FINAL",
  "SUMMARY:a",
  "COMPLETED:20260105T090000Z",
  "DTEND:20260105T090000Z",
  "DTEND;VALUE=DATE:20260105",
  "DUE:20260105T090000",
  "DUE;VALUE=DATE:20260105",
  "DTSTART;TZID=Europe/Vienna:20260105T090000",
  "DTSTART;VALUE=DATE:20260105",
  "DURATION:PT15M",
  "FREEBUSY:20260105T090000Z/PT1H,20260106T090000Z/20260106T100000Z",
  "TRANSP:OPAQUE",
  "TZID:Here",
  "TZNAME:CET",
  "TZOFFSETFROM:-0500",
  "TZOFFSETTO:+0100",
  "TZURL:http://a.test/b.ics",
  "ATTENDEE;RSVP=TRUE;SCHEDULE-AGENT=SERVER:mailto:a@b",
  "CONTACT:a",
  "ORGANIZER;SCHEDULE-STATUS=1.1:mailto:a@b",
  "RECURRENCE-ID;RANGE=THISANDFUTURE:20260105T090000Z",
  "RECURRENCE-ID;VALUE=DATE:20260105",
  "RELATED-TO:a",
  "RELATED-TO;VALUE=URI;RELTYPE=NEXT:http://a.test/",
  "RELATED-TO;VALUE=UID:a",
  "URL:http://a.test/",
  "UID:a",
  "EXDATE:20260105T090000Z,20260106T090000Z",
  "EXDATE;VALUE=DATE:20260105,20260106",
  "RDATE:20260105T090000Z",
  "RDATE;VALUE=DATE:20260105,20260106",
  "RDATE;VALUE=PERIOD:20260105T090000Z/PT1H,20260106T090000Z/PT1H",
  "RRULE:FREQ=DAILY;COUNT=3",
  "EXRULE:FREQ=DAILY;COUNT=3",
  "ACTION:DISPLAY",
  "REPEAT:4",
  "TRIGGER:-PT15M",
  "TRIGGER;VALUE=DATE-TIME:20260105T090000Z",
  "CREATED:20260105T090000Z",
  "DTSTAMP:20260105T090000Z",
  "LAST-MODIFIED:20260105T090000Z",
  "SEQUENCE:2",
  "REQUEST-STATUS:2.0;Success",
  "X-A:a\\,b",
  "X-A;VALUE=URI:http://a.test/",
  "TZUNTIL:20260105T090000Z",
  "TZID-ALIAS-OF:Europe/Vienna",
  "BUSYTYPE:BUSY",
  "NAME:a",
  "REFRESH-INTERVAL;VALUE=DURATION:P1W",
  "SOURCE;VALUE=URI:http://a.test/",
  "COLOR:red",
  "IMAGE;VALUE=URI;DISPLAY=BADGE:http://a.test/b.png",
  "IMAGE;VALUE=BINARY;ENCODING=BASE64:YQ==",
  "CONFERENCE;VALUE=URI;FEATURE=PHONE:tel:1",
  "LOCATION-TYPE:cafe",
  "PARTICIPANT-TYPE:SPEAKER",
  "RESOURCE-TYPE:ROOM",
  "CALENDAR-ADDRESS:mailto:a@b",
  "STYLED-DESCRIPTION;VALUE=TEXT;FMTTYPE=text/html:<b>a\\, b</b>",
  "STYLED-DESCRIPTION;VALUE=URI:http://a.test/",
  "STRUCTURED-DATA;VALUE=URI;FMTTYPE=a/b:http://a.test/",
  'STRUCTURED-DATA;VALUE=TEXT;FMTTYPE=application/json:{"a"\\, 1}',
  "STRUCTURED-DATA;VALUE=BINARY;ENCODING=BASE64:YQ==",
  "ACKNOWLEDGED:20260105T090000Z",
  "PROXIMITY:ARRIVE",
  "CONCEPT:http://a.test/",
  "LINK;VALUE=URI;LINKREL=SOURCE:http://a.test/",
  "LINK;VALUE=UID;LINKREL=SOURCE:a",
  "LINK;VALUE=XML-REFERENCE;LINKREL=SOURCE:http://a.test/#xpointer(b)",
  "REFID:a",
];

Deno.test("jCal: each property of the RFCs comes back as it was", () => {
  const text = inEvent(...properties);
  assertEquals(textOfJcal(jcalOf(text)).replaceAll("\r\n ", ""), text);
});

const whole: Readonly<Record<string, string>> = {
  ...appendixB,
  "zone.ics": event({ uid: "z", tzid: "Europe/Vienna", zones: [zone("Europe/Vienna")] }),
  "properties.ics": calendar(crlf(["X-MINE:1"]), component("VTODO", ["UID:t", "X-A:1"])),
};

for (const [name, text] of Object.entries(whole)) {
  Deno.test(`jCal: ${name} as ical.js has it, and back`, () => {
    const json = jcalOf(text);
    assertEquals(JSON.parse(json), JSON.parse(JSON.stringify(ICAL.parse(text))));
    const back = textOfJcal(json);
    assertEquals(jcalOf(back), json);
    if (name.startsWith("abcd") && name !== "abcd8.ics") {
      assertEquals(readCalendarObject(back).uid, readCalendarObject(text).uid);
    }
  });
}

Deno.test("jCal: properties of the calendar that stand behind its components come first", () => {
  const text = crlf(["BEGIN:VCALENDAR", "BEGIN:VTODO", "END:VTODO", "VERSION:2.0"]) +
    crlf(["BEGIN:X-MINE", "END:X-MINE", "END:VCALENDAR"]);
  assertEquals(JSON.parse(jcalOf(text)), [
    "vcalendar",
    [["version", {}, "text", "2.0"]],
    [["vtodo", [], []], ["x-mine", [], []]],
  ]);
});

const wrong: Readonly<Record<string, unknown>> = {
  "an object": {},
  "an empty array": [],
  "four parts": ["vcalendar", [], [], 1],
  "a name that is none": ["v calendar", [], []],
  "a property of three parts": ["vcalendar", [["a", {}, "text"]], []],
  "parameters that are none": ["vcalendar", [["a", [], "text", "1"]], []],
  "a parameter that is a number": ["vcalendar", [["a", { b: 1 }, "text", "1"]], []],
  "a parameter without a name": ["vcalendar", [["a", { "b:c": "1" }, "text", "1"]], []],
  "a date that is a number": ["vcalendar", [["a", {}, "date-time", 5]], []],
  "a date of another form": ["vcalendar", [["a", {}, "date-time", "5 May"]], []],
  "a rule that is a string": ["vcalendar", [["a", {}, "recur", "FREQ=DAILY"]], []],
  "a rule with a line end": ["vcalendar", [["a", {}, "recur", { freq: "DAILY\n" }]], []],
  "a URI with a line end": ["vcalendar", [["a", {}, "uri", "a\nEND:VEVENT"]], []],
  "an unknown value with a line end": ["vcalendar", [["a", {}, "unknown", "a\rb"]], []],
  "END as a property": ["vcalendar", [["end", {}, "unknown", "VCALENDAR"]], []],
};

for (const [what, document] of Object.entries(wrong)) {
  Deno.test(`jCal: refused, ${what}`, () => {
    assertThrows(() => textOfJcal(JSON.stringify(document)), Refusal);
  });
}

Deno.test("jCal: refused, no JSON, and what lies too deep", () => {
  for (const json of ["", "[", "[".repeat(100_000), "[".repeat(9_999) + "]".repeat(9_999)]) {
    assertThrows(() => textOfJcal(json), Refusal);
  }
  const nested = (depth: number): unknown =>
    depth === 0 ? ["vevent", [], []] : ["vevent", [], [nested(depth - 1)]];
  assertThrows(() => textOfJcal(JSON.stringify(nested(100))), Refusal);
});

Deno.test("jCal: long texts are folded, line ends in texts are escaped", () => {
  const text = textOfJcal(JSON.stringify([
    "vcalendar",
    [["x-long", { a: "b\r\nc" }, "text", `${"ü".repeat(100)}\r\nend`]],
    [],
  ]));
  assertEquals(
    text.split("\r\n").every((line) => new TextEncoder().encode(line).length <= 75),
    true,
  );
  assertEquals(
    text.replaceAll("\r\n ", ""),
    crlf(["BEGIN:VCALENDAR", `X-LONG;VALUE=TEXT;A=b^nc:${"ü".repeat(100)}\\nend`, "END:VCALENDAR"]),
  );
});
