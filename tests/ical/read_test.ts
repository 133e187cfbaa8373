import { assertEquals, assertThrows } from "@std/assert";
import { readCalendarObject } from "../../src/ical/read.ts";
import { calendarTree } from "../../src/ical/tree.ts";
import { limits } from "../../src/limits.ts";
import { Refusal } from "../../src/refusal.ts";
import { C, type XmlName } from "../../src/xml/names.ts";
import { calendar, component, crlf, event, journal, task, zone } from "../fixtures/events.ts";
import { timeIndexOf } from "./at_once.ts";

/** A calendar with these lines in its only VEVENT, besides UID and DTSTART. */
const eventOf = (...lines: string[]) =>
  calendar(component("VEVENT", ["UID:a", "DTSTART:20260105T090000Z", ...lines]));

const override = (...lines: string[]) =>
  component("VEVENT", ["UID:a", "DTSTART:20260106T090000Z", ...lines]);

const master = component("VEVENT", ["UID:a", "DTSTART:20260105T090000Z", "RRULE:FREQ=DAILY"]);

const plain = event({ uid: "a" });

const refused: readonly { name: string; text: string; gives?: XmlName }[] = [
  // No iCalendar 2.0.
  { name: "nothing", text: "" },
  { name: "blank lines only", text: "\r\n\r\n" },
  { name: "no VCALENDAR", text: component("VEVENT", ["UID:a", "DTSTART:20260105T090000Z"]) },
  { name: "a vCard", text: component("VCARD", ["VERSION:4.0", "UID:a", "FN:A"]) },
  { name: "HTML", text: "<!DOCTYPE html>\r\n<html><body>No</body></html>\r\n" },
  { name: "no VERSION", text: plain.replace("VERSION:2.0\r\n", "") },
  { name: "VERSION 1.0", text: plain.replace("VERSION:2.0", "VERSION:1.0") },
  { name: "two VERSIONs", text: plain.replace("VERSION:2.0", "VERSION:2.0\r\nVERSION:2.0") },

  // The text.
  { name: "a line without colon", text: eventOf("what is this") },
  { name: "a line without name", text: eventOf(":what is this") },
  { name: "a name that is no name", text: eventOf("WÄS:this") },
  { name: "a parameter without value", text: eventOf("SUMMARY;LANGUAGE:Hi") },
  { name: "a quote that stays open", text: eventOf('ATTENDEE;CN="Al:mailto:al@example.com') },
  { name: "a NUL", text: eventOf("SUMMARY:a\0b") },
  { name: "text before it", text: "SUMMARY:Hi\r\n" + plain },
  { name: "text behind it", text: plain + "SUMMARY:Hi\r\n" },
  { name: "a fold at the very beginning", text: " " + plain },

  // BEGIN and END.
  { name: "no END at all", text: plain.replace(/END:.*\r\n/g, "") },
  { name: "no END:VEVENT", text: plain.replace("END:VEVENT\r\n", "") },
  { name: "no END:VCALENDAR", text: plain.replace("END:VCALENDAR\r\n", "") },
  {
    name: "an event inside an event",
    text: eventOf("BEGIN:X-A", ...plain.split("\r\n").slice(3, -2), "END:X-A"),
  },
  { name: "a VCALENDAR inside a VCALENDAR", text: calendar(plain) },
  { name: "no BEGIN:VEVENT", text: plain.replace("BEGIN:VEVENT\r\n", "") },
  { name: "an END of another", text: plain.replace("END:VEVENT", "END:VTODO") },
  { name: "one END too many", text: plain + "END:VCALENDAR\r\n" },
  { name: "BEGIN with a parameter", text: plain.replace("BEGIN:VEVENT", "BEGIN;A=B:VEVENT") },
  { name: "a component without a name", text: eventOf("BEGIN:", "END:") },
  {
    name: "two VCALENDARs",
    text: plain + event({ uid: "b" }),
    gives: C.validCalendarObjectResource,
  },

  // What one resource may hold (RFC 4791 §4.1).
  { name: "no component", text: calendar(), gives: C.validCalendarObjectResource },
  {
    name: "a time zone only",
    text: calendar(zone("Europe/Vienna")),
    gives: C.validCalendarObjectResource,
  },
  {
    name: "a made-up component only",
    text: calendar(component("X-THING", ["UID:a"])),
    gives: C.validCalendarObjectResource,
  },
  {
    name: "METHOD",
    text: plain.replace("VERSION:2.0", "VERSION:2.0\r\nMETHOD:REQUEST"),
    gives: C.validCalendarObjectResource,
  },
  {
    name: "no UID",
    text: plain.replace("UID:a\r\n", ""),
    gives: C.validCalendarObjectResource,
  },
  {
    name: "an empty UID",
    text: plain.replace("UID:a\r\n", "UID: \r\n"),
    gives: C.validCalendarObjectResource,
  },
  {
    name: "an override without UID",
    text: calendar(
      master,
      override("RECURRENCE-ID:20260106T090000Z").replace("UID:a\r\n", ""),
    ),
    gives: C.validCalendarObjectResource,
  },
  {
    name: "several UIDs",
    text: calendar(master, override("RECURRENCE-ID:20260106T090000Z").replace("UID:a", "UID:b")),
    gives: C.validCalendarObjectResource,
  },
  {
    name: "several kinds of component",
    text: calendar(master, component("VTODO", ["UID:a"])),
    gives: C.validCalendarObjectResource,
  },
  {
    name: "two masters",
    text: calendar(master, master),
    gives: C.validCalendarObjectResource,
  },
  {
    name: "two overrides of one instance",
    text: calendar(
      master,
      override("RECURRENCE-ID;TZID=Europe/Vienna:20260106T100000"),
      override('RECURRENCE-ID;TZID="Europe/Vienna ":20260106T100000'),
    ),
    gives: C.validCalendarObjectResource,
  },

  // Dates and durations.
  { name: "an event without DTSTART", text: event({ uid: "a", start: null }) },
  { name: "an empty DTSTART", text: event({ uid: "a" }).replace(/DTSTART:.*/, "DTSTART:") },
  { name: "30 February", text: event({ uid: "a", start: "20240230T090000Z" }) },
  { name: "29 February of 1900", text: event({ uid: "a", start: "19000229" }) },
  { name: "month 13", text: event({ uid: "a", start: "20241301" }) },
  { name: "day 0", text: event({ uid: "a", start: "20241200" }) },
  { name: "25 o'clock", text: event({ uid: "a", start: "20240101T250000Z" }) },
  { name: "minute 60", text: event({ uid: "a", start: "20240101T096000Z" }) },
  { name: "a date with hyphens", text: event({ uid: "a", start: "2024-01-01" }) },
  { name: "a date with an offset", text: eventOf("DTEND:20260105T100000+0100") },
  { name: "an impossible DUE", text: task({ uid: "a", end: "20240431T090000Z" }) },
  { name: "an impossible DTSTAMP", text: eventOf("DTSTAMP:20240230T000000Z") },
  { name: "an impossible EXDATE", text: eventOf("EXDATE:20260106T090000Z,20260231T090000Z") },
  { name: "an impossible RDATE", text: eventOf("RDATE;VALUE=PERIOD:20260106T090000Z/1 hour") },
  {
    name: "an impossible RECURRENCE-ID",
    text: calendar(master, override("RECURRENCE-ID:20260132T090000Z")),
  },
  { name: "DTEND and DURATION", text: eventOf("DTEND:20260105T100000Z", "DURATION:PT1H") },
  { name: "no duration", text: eventOf("DURATION:an hour") },
  { name: "a negative DURATION", text: eventOf("DURATION:-PT1H") },
  { name: "DTEND before DTSTART", text: event({ uid: "a", end: "20260105T085959Z" }) },
  {
    name: "DTEND before DTSTART in one zone",
    text: event({
      uid: "a",
      tzid: "Europe/Vienna",
      start: "20260105T090000",
      end: "20260105T080000",
    }),
  },
  {
    name: "a last day before the first",
    text: event({ uid: "a", start: "20260105", end: "20260104" }),
  },
  { name: "DATE-TIME to DATE", text: event({ uid: "a", end: "20260106" }) },
  { name: "DATE to DATE-TIME", text: event({ uid: "a", start: "20260105" }) },

  // Once only.
  { name: "two DTSTARTs", text: eventOf("DTSTART:20260105T090000Z") },
  { name: "two UIDs in one event", text: eventOf("UID:a") },
  { name: "two SUMMARYs", text: eventOf("SUMMARY:a", "summary:b") },
  { name: "two ORGANIZERs", text: eventOf("ORGANIZER:mailto:a@b", "ORGANIZER:mailto:c@d") },

  // Rules (all faults are in rule_test.ts).
  { name: "an unknown FREQ", text: eventOf("RRULE:FREQ=FORTNIGHTLY") },
  { name: "COUNT=0", text: eventOf("RRULE:FREQ=DAILY;COUNT=0") },
  { name: "a wrong EXRULE", text: eventOf("EXRULE:COUNT=2") },
  {
    name: "a rule of availability that is wrong",
    text: calendar(
      component("VAVAILABILITY", ["UID:a", "BEGIN:AVAILABLE", "RRULE:FREQ=X", "END:AVAILABLE"]),
    ),
  },

  // Time zones.
  {
    name: "a time zone without TZID",
    text: event({ uid: "a", zones: [zone("A").replace("TZID:A\r\n", "")] }),
  },
  {
    name: "a time zone without rules",
    text: event({ uid: "a", zones: [component("VTIMEZONE", ["TZID:A"])] }),
  },
  {
    name: "a time zone with a wrong offset",
    text: event({ uid: "a", zones: [zone("A").replace("+0200", "2 hours")] }),
  },
  {
    name: "a time zone with an impossible date",
    text: event({ uid: "a", zones: [zone("A").replace("19961027T", "19961032T")] }),
  },

  // What ical.js can't read, nobody could later.
  { name: "a period without end", text: eventOf("X-WHEN;VALUE=PERIOD:20260105T090000Z") },
];

for (const { name, text, gives = C.validCalendarData } of refused) {
  Deno.test(`A calendar object is refused: ${name}`, () => {
    const refusal = assertThrows(() => readCalendarObject(text), Refusal);
    assertEquals([refusal.status, refusal.precondition], [403, gives]);
    assertEquals(/^[A-Z].*\.$/.test(refusal.detail.text ?? ""), true, refusal.detail.text);
  });
}

Deno.test("A calendar object is refused: text of another encoding", () => {
  const latin1 = Uint8Array.from(eventOf("SUMMARY:f\u00eate"), (c) => c.charCodeAt(0));
  const utf16 = new Uint8Array(Uint16Array.from(plain, (c) => c.charCodeAt(0)).buffer);
  for (const bytes of [latin1, utf16]) {
    const refusal = assertThrows(() => readCalendarObject(bytes), Refusal);
    assertEquals(refusal.precondition, C.validCalendarData);
  }
});

Deno.test("What is told of a calendar object", () => {
  const text = event({
    uid: "A\\, b@example.com",
    zones: [zone("Europe/Vienna")],
    lines: [
      "RRULE:FREQ=DAILY;COUNT=5",
      "organizer;CN=Bob:MAILTO:Bob@Example.com",
      'ATTENDEE;CN="B: ob":mailto:bob@example.com',
      'ATTENDEE;MEMBER="mailto:one@example.com","mailto:two@x":mailto:Carol@example.com',
      "ATTENDEE:/dav/principals/users/dan/",
      "ATTENDEE:",
      "BEGIN:VALARM",
      "ACTION:EMAIL",
      "ATTENDEE:mailto:not.invited@example.com",
      "END:VALARM",
    ],
    overrides: [[
      "DTSTART:20260106T110000Z",
      "RECURRENCE-ID:20260106T090000Z",
      "ORGANIZER:mailto:bob@example.com",
      "ATTENDEE:mailto:CAROL@example.com",
      "ATTENDEE:mailto:eve@example.com",
    ]],
  });
  const told = readCalendarObject(text);
  assertEquals(told, {
    body: text,
    uid: "A, b@example.com",
    component: "VEVENT",
    participants: [
      { address: "mailto:bob@example.com", role: "organizer" },
      { address: "mailto:bob@example.com", role: "attendee" },
      { address: "mailto:carol@example.com", role: "attendee" },
      { address: "/dav/principals/users/dan/", role: "attendee" },
      { address: "mailto:eve@example.com", role: "attendee" },
    ],
    timeIndex: timeIndexOf(calendarTree(text, limits)),
  });
});

Deno.test("The component of a calendar object is told in upper case", () => {
  const kinds = [event({ uid: "a" }), task({ uid: "a" }), journal({ uid: "a" })];
  const names = kinds.map((text) =>
    readCalendarObject(text.replace(/:V[A-Z]+\r/g, (v) => v.toLowerCase())).component
  );
  assertEquals(names, ["VEVENT", "VTODO", "VJOURNAL"]);
  assertEquals(
    readCalendarObject(
      crlf([
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "BEGIN:vpoll",
        "UID:a",
        "END:VPOLL",
        "END:VCALENDAR",
      ]),
    ).component,
    "VPOLL",
  );
});
