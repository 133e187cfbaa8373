import { assertEquals, assertThrows } from "@std/assert";
import { readCalendarObject } from "../../src/ical/read.ts";
import type { IcalBounds } from "../../src/ical/tree.ts";
import { limits } from "../../src/limits.ts";
import { Refusal } from "../../src/refusal.ts";
import { C, type XmlName } from "../../src/xml/names.ts";
import { calendar, component, crlf, event } from "../fixtures/events.ts";
import { assertCpuBelow } from "../processor.ts";

interface Case {
  readonly name: string;
  readonly bounds: Partial<IcalBounds>;
  /** One is at the bound, the other beyond it. */
  readonly at: string;
  readonly beyond: string;
  readonly gives?: XmlName;
}

const eventOf = (...lines: string[]) => event({ uid: "a", lines });

const times = (start: string, end: string) => event({ uid: "a", start, end });

const overrides = (count: number) =>
  event({
    uid: "a",
    overrides: Array.from({ length: count }, (_, day) => [
      `DTSTART:2026010${day + 1}T090000Z`,
      `RECURRENCE-ID:2026010${day + 1}T090000Z`,
    ]),
  });

const cases: readonly Case[] = [
  {
    name: "content lines",
    bounds: { icalLines: 11 },
    at: eventOf(),
    beyond: eventOf("X-A:1"),
  },
  {
    name: "components",
    bounds: { icalComponents: 3 },
    at: eventOf("BEGIN:VALARM", "END:VALARM"),
    beyond: eventOf("BEGIN:VALARM", "END:VALARM", "BEGIN:VALARM", "END:VALARM"),
  },
  {
    name: "nested components",
    bounds: { icalDepth: 3 },
    at: eventOf("BEGIN:X-A", "END:X-A", "BEGIN:X-A", "END:X-A"),
    beyond: eventOf("BEGIN:X-A", "BEGIN:X-B", "END:X-B", "END:X-A"),
  },
  {
    name: "parameters of a line",
    bounds: { icalParameters: 2 },
    at: eventOf("X-A;A=1;B=2:v"),
    beyond: eventOf('X-A;A="1;2";B=2:v'),
  },
  {
    name: "parameters of all lines",
    bounds: { icalParameterValues: 3 },
    at: eventOf("X-A;A=1,2:v", "X-A;A=1:v"),
    beyond: eventOf("X-A;A=1,2:v", "X-A;A=1:v", "X-A;A=1:v"),
  },
  {
    name: "text of parameters",
    bounds: { icalParameterCharacters: 8 },
    at: eventOf("X-A;A=1:v", "X-A;A=1:vvvvvv"),
    beyond: eventOf("X-A;A=1:v", "X-A;A=12:v"),
  },
  {
    name: "backslashes",
    bounds: { icalEscapes: 3 },
    at: eventOf("DESCRIPTION:a\\,b\\nc", "X-A:\\"),
    beyond: eventOf("DESCRIPTION:a\\,b\\nc", "X-A:\\\\"),
  },
  {
    name: "folded lines",
    bounds: { icalFoldedLines: 13 },
    at: eventOf("X-A:1\r\n 2"),
    beyond: eventOf("X-A:1\r\n 2\r\n 3"),
  },
  {
    name: "values in rules",
    bounds: { icalListValues: 4 },
    at: eventOf("RRULE:FREQ=DAILY;BYMONTH=1,2", "EXDATE:20260106T090000Z"),
    beyond: eventOf("RRULE:FREQ=DAILY;BYMONTH=1,2,3", "EXDATE:20260106T090000Z"),
  },
  {
    name: "values in lists",
    bounds: { icalListValues: 5 },
    at: eventOf("CATEGORIES:a,b,c", "EXDATE:20260106T090000Z,20260107T090000Z", "X-A:,,,,,,"),
    beyond: eventOf("CATEGORIES:a,b,c", "EXDATE:20260106T090000Z,20260107T090000Z", "GEO:1"),
  },
  {
    name: "a property's name",
    bounds: { icalNameCharacters: 13 },
    at: eventOf("X-23456789ABC:1"),
    beyond: eventOf("X-23456789ABCD:1"),
  },
  {
    name: "a component's name",
    bounds: { icalNameCharacters: 13 },
    at: eventOf("BEGIN:X-23456789ABC", "END:X-23456789ABC"),
    beyond: eventOf("BEGIN:X-23456789ABCD", "END:X-23456789ABCD"),
  },
  {
    name: "a UID",
    bounds: { icalUidCharacters: 4 },
    at: event({ uid: "abcd" }),
    beyond: event({ uid: "abcde" }),
  },
  {
    name: "an address",
    bounds: { icalAddressCharacters: 10 },
    at: eventOf("ATTENDEE:mailto:a@b"),
    beyond: eventOf("ATTENDEE:mailto:aa@b"),
  },
  {
    name: "attendees of an instance",
    bounds: { icalAttendeesPerInstance: 1 },
    at: eventOf("ATTENDEE:mailto:a@b"),
    beyond: eventOf("ATTENDEE:mailto:a@b", "ATTENDEE:mailto:a@b"),
    gives: C.maxAttendeesPerInstance,
  },
  {
    name: "participants",
    bounds: { icalParticipants: 1 },
    at: eventOf("ATTENDEE:mailto:a@b", "ATTENDEE:MAILTO:a@b"),
    beyond: eventOf("ATTENDEE:mailto:a@b", "ORGANIZER:mailto:a@b"),
    gives: C.maxAttendeesPerInstance,
  },
  {
    name: "overrides",
    bounds: { icalInstances: 3 },
    at: overrides(3),
    beyond: overrides(4),
    gives: C.maxInstances,
  },
  {
    name: "RDATEs",
    bounds: { icalInstances: 2 },
    at: eventOf("RDATE:20260106T090000Z,20260107T090000Z"),
    beyond: eventOf("RDATE:20260106T090000Z", "RDATE;VALUE=DATE:20260107,20260108"),
    gives: C.maxInstances,
  },
  {
    name: "early times",
    bounds: { icalDateTimeMin: "20260105T000000Z" },
    at: times("20260105", "20260106"),
    beyond: times("20260104T235959Z", "20260106T000000Z"),
    gives: C.minDateTime,
  },
  {
    name: "late times",
    bounds: { icalDateTimeMax: "20260105T235959Z" },
    at: times("20260105T225959", "20260105T235959"),
    beyond: times("20260105", "20260106"),
    gives: C.maxDateTime,
  },
];

for (const { name, bounds, at, beyond, gives = C.validCalendarData } of cases) {
  Deno.test(`Calendar objects have a bound: ${name}`, () => {
    const all = { ...limits, ...bounds };
    readCalendarObject(at, all);
    const refusal = assertThrows(() => readCalendarObject(beyond, all), Refusal);
    assertEquals([refusal.status, refusal.precondition], [403, gives]);
    readCalendarObject(beyond);
  });
}

Deno.test("Bounds on times are not for time zones and stamps", () => {
  const old = event({
    uid: "a",
    lines: ["CREATED:19700101T000000Z"],
    zones: [component("VTIMEZONE", [
      "TZID:A",
      "BEGIN:STANDARD",
      "DTSTART:16010101T000000",
      "END:STANDARD",
    ])],
  });
  readCalendarObject(old, { ...limits, icalDateTimeMin: "20200101T000000Z" });
});

const megabytes = (text: string, count = 5) => text.repeat(count * 1_000_000 / text.length);

/** What makes parsers slow or kills them; with quadratic time each would take minutes. */
const hostile: Readonly<Record<string, { text: string; refused: boolean }>> = {
  "100,000 nested components": {
    text: crlf(["BEGIN:VCALENDAR", "VERSION:2.0"]) + "BEGIN:VEVENT\r\n".repeat(100_000),
    refused: true,
  },
  "a million properties": { text: eventOf("X:1\r\n".repeat(1_000_000) + "X:1"), refused: true },
  "a million components": {
    text: calendar("BEGIN:X\r\nEND:X\r\n".repeat(1_000_000)),
    refused: true,
  },
  "a million parameters": { text: eventOf(`X${";A=B".repeat(1_000_000)}:1`), refused: true },
  "a million parameters in quotes": {
    text: eventOf(`X;A="a","b;${"c=d;".repeat(1_000_000)}":1`),
    refused: true,
  },
  "a million values of a parameter": {
    text: eventOf(`ATTENDEE;MEMBER=${'"m:a",'.repeat(1_000_000)}"m:b":mailto:a@b`),
    refused: true,
  },
  "100 parameters before 5 MB": {
    text: eventOf(`X${";A=B".repeat(99)};C=${megabytes("d")}:1`),
    refused: true,
  },
  "100 open quotes before 5 MB": {
    text: eventOf(`X${';A="'.repeat(99)}${megabytes("d")}:1`),
    refused: true,
  },
  "a line of 5 MB": { text: eventOf(`X:${megabytes("a")}`), refused: false },
  "5 MB of folds": { text: eventOf(`DESCRIPTION:${megabytes("a\r\n ")}`), refused: true },
  "5 MB of backslashes": { text: eventOf(`DESCRIPTION:${megabytes("\\")}`), refused: true },
  "5 MB of commas": { text: eventOf(`CATEGORIES:${megabytes(",")}`), refused: true },
  "5 MB of carets": { text: eventOf(`X;A=${megabytes("^n")}:1`), refused: true },
  "5 MB of blanks": { text: megabytes(" "), refused: true },
  "5 MB of line ends": { text: megabytes("\r\n"), refused: true },
  "5 MB of carriage returns": { text: eventOf(`X:${megabytes("\r")}`), refused: false },
  "5 MB of junk": { text: megabytes("\u20ac"), refused: true },
  "5 MB of a rule": {
    text: eventOf(`RRULE:FREQ=DAILY;BYDAY=MO${megabytes(",MO")}`),
    refused: true,
  },
  "5 MB of dates": {
    text: eventOf(`RDATE:20260105T090000Z${megabytes(",20260105T090000Z")}`),
    refused: true,
  },
  "5 MB of blanks in an address": {
    text: eventOf(`ATTENDEE:${megabytes(" ")}mailto:${megabytes(" ")}`),
    refused: false,
  },
  "5 MB of quotes in a parameter": {
    text: eventOf(`ATTENDEE;CN=a${megabytes('"b')}:mailto:a@b`),
    refused: true,
  },
};

for (const [name, { text, refused }] of Object.entries(hostile)) {
  Deno.test(`Hostile calendar objects take linear time: ${name}`, async () => {
    const bytes = new TextEncoder().encode(text);
    await assertCpuBelow(3_000, () => {
      if (refused) assertThrows(() => readCalendarObject(bytes), Refusal);
      else readCalendarObject(bytes);
    });
  });
}
