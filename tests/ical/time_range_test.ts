import { assertEquals } from "@std/assert";
import { textMatch } from "../../src/ical/text_match.ts";
import { createZones } from "../../src/ical/moment.ts";
import { ianaZone, utcZone, type Zone } from "../../src/ical/zone.ts";
import { calendar, component, zone } from "../fixtures/events.ts";
import { comp, prop, range, within } from "./filters.ts";
import { matchesFilter } from "./at_once.ts";

/** Lines of the component, besides its UID, and ranges that it meets and misses. */
interface Case {
  readonly name: string;
  readonly lines: readonly string[];
  /** `start/end` in January 2026, `dThhmmss` each: `5T090000/5T100000`. */
  readonly in?: readonly string[];
  readonly out?: readonly string[];
}

/** `5T0900/5T100001` in full. */
const january = (text: string) =>
  range(
    text.split("/").map((one) => one && one.length < 15 ? inFull(one) : one).join("/"),
  );

function inFull(short: string): string {
  const [day = "", time = ""] = short.split("T");
  return `202601${day.padStart(2, "0")}T${time.padEnd(6, "0")}Z`;
}

const utc = createZones(utcZone);

function tests(name: string, cases: readonly Case[], zones = utc) {
  for (const { name: what, lines, in: met = [], out: missed = [] } of cases) {
    Deno.test(`time-range: ${name}, ${what}`, () => {
      const object = calendar(zone("Here"), component(name, ["UID:a", ...lines]));
      const meets = (text: string) =>
        matchesFilter(object, within(name, { timeRange: january(text) }), zones);
      assertEquals([...met, ...missed].filter(meets), [...met]);
    });
  }
}

tests("VEVENT", [
  {
    name: "DTEND",
    lines: ["DTSTART:20260105T090000Z", "DTEND:20260105T100000Z"],
    in: ["5T09/5T10", "5T0959/6T", "4T/5T090001", "5T/", "/6T", "5T0930/5T0931"],
    out: ["5T10/6T", "4T/5T09", "5T10/", "/5T09"],
  },
  {
    name: "DURATION",
    lines: ["DTSTART:20260105T090000Z", "DURATION:PT1H"],
    in: ["5T0959/6T", "4T/5T090001"],
    out: ["5T10/6T", "4T/5T09"],
  },
  {
    name: "a DURATION of nothing",
    lines: ["DTSTART:20260105T090000Z", "DURATION:PT0S"],
    in: ["5T09/5T10", "4T/5T090001"],
    out: ["5T090001/6T", "4T/5T09"],
  },
  {
    name: "neither",
    lines: ["DTSTART:20260105T090000Z"],
    in: ["5T09/5T10", "4T/5T090001"],
    out: ["5T090001/6T", "4T/5T09"],
  },
  {
    name: "an end that is the start",
    lines: ["DTSTART:20260105T090000Z", "DTEND:20260105T090000Z"],
    in: ["5T09/5T10"],
    out: ["5T090001/6T", "4T/5T09"],
  },
  {
    name: "all day, without end",
    lines: ["DTSTART;VALUE=DATE:20260105"],
    in: ["5T/5T01", "5T235959/7T", "4T/5T000001"],
    out: ["6T/7T", "4T/5T"],
  },
  {
    name: "all day, with the end on the same day",
    lines: ["DTSTART;VALUE=DATE:20260105", "DTEND;VALUE=DATE:20260105"],
    in: ["5T12/5T13"],
    out: ["6T/7T"],
  },
  {
    name: "all day, over two",
    lines: ["DTSTART;VALUE=DATE:20260105", "DTEND;VALUE=DATE:20260107"],
    in: ["6T12/6T13"],
    out: ["7T/8T"],
  },
  {
    name: "the year 0",
    lines: ["DTSTART:00000105T090000Z", "DURATION:PT1H"],
    in: ["/5T", "00000105T090000Z/00000106T000000Z"],
    out: ["1T/5T"],
  },
  {
    name: "a rule for ever",
    lines: ["DTSTART:20260105T090000Z", "DURATION:PT1H", "RRULE:FREQ=DAILY"],
    in: ["5T09/5T10", "20500105T090000Z/20500106T090000Z", "20T/"],
    out: ["4T/5T09", "/5T"],
  },
  {
    name: "a rule until",
    lines: ["DTSTART:20260105T090000Z", "DURATION:PT1H", "RRULE:FREQ=DAILY;UNTIL=20260107T090000Z"],
    in: ["7T09/7T10", "7T0959/8T"],
    out: ["7T10/8T", "8T/"],
  },
  {
    name: "a rule until a date",
    lines: ["DTSTART;TZID=Here:20260105T090000", "RRULE:FREQ=DAILY;UNTIL=20260107"],
    in: ["7T08/8T"],
    out: ["7T080001/8T", "8T08/8T09"],
  },
  {
    name: "a rule until a time in its zone",
    lines: ["DTSTART;TZID=Here:20260105T090000", "RRULE:FREQ=DAILY;UNTIL=20260107T090000"],
    in: ["7T08/8T"],
    out: ["7T080001/8T"],
  },
  {
    name: "a rule that ends before it begins",
    lines: ["DTSTART:20260105T090000Z", "DURATION:PT1H", "RRULE:FREQ=DAILY;UNTIL=20250107T090000Z"],
    in: ["5T09/5T10"],
    out: ["6T/7T", "4T/5T"],
  },
  {
    name: "a rule of every other Monday",
    lines: ["DTSTART:20260105T090000Z", "DURATION:PT1H", "RRULE:FREQ=WEEKLY;INTERVAL=2"],
    in: ["19T0959/20T", "20500103T090000Z/20500103T100000Z"],
    out: ["5T10/19T09", "12T/13T", "20500110T090000Z/20500111T090000Z"],
  },
  {
    name: "a rule and an instance that is left out",
    lines: [
      "DTSTART:20260105T090000Z",
      "DURATION:PT1H",
      "RRULE:FREQ=DAILY;COUNT=5",
      "EXDATE:20260107T090000Z",
    ],
    in: ["6T09/6T10", "8T09/8T10", "9T0959/10T"],
    out: ["7T/8T", "10T/"],
  },
  {
    name: "instances that overlap the next one",
    lines: ["DTSTART:20260105T090000Z", "DURATION:P2DT1H", "RRULE:FREQ=DAILY;COUNT=2"],
    in: ["8T0959/9T", "6T/6T01"],
    out: ["8T10/9T"],
  },
  {
    name: "a rule without a length",
    lines: ["DTSTART:20260105T090000Z", "RRULE:FREQ=DAILY"],
    in: ["7T09/7T10", "7T085959/7T090001"],
    out: ["7T090001/8T09", "7T08/7T09"],
  },
  { name: "an empty rule", lines: ["DTSTART:20260105T090000Z", "RRULE:"], out: ["6T/7T"] },
  {
    name: "RDATEs",
    lines: [
      "DTSTART:20260105T090000Z",
      "DURATION:PT1H",
      "RDATE:20260108T090000Z,20260110T090000Z",
      "RDATE;VALUE=PERIOD:20260112T090000Z/PT3H,20260114T090000Z/20260114T130000Z",
    ],
    in: ["5T09/5T10", "8T09/8T10", "10T0959/11T", "12T1130/12T12", "14T1230/14T13"],
    out: ["6T/8T", "8T10/10T09", "12T12/13T", "14T13/15T"],
  },
  {
    name: "an override alone",
    lines: ["RECURRENCE-ID:20260105T090000Z", "DTSTART:20260106T090000Z", "DURATION:PT1H"],
    in: ["6T09/6T10"],
    out: ["5T/6T", "7T/"],
  },
  {
    name: "an override of all that follow, where nothing does",
    lines: [
      "RECURRENCE-ID;RANGE=THISANDFUTURE:20260105T090000Z",
      "DTSTART:20260106T090000Z",
      "DURATION:PT1H",
    ],
    in: ["6T09/6T10"],
    out: ["5T/6T", "7T/"],
  },
]);

// All rows of the table of RFC 4791 §9.9.
tests("VTODO", [
  {
    name: "DTSTART and DURATION",
    lines: ["DTSTART:20260105T090000Z", "DURATION:PT1H"],
    in: ["5T10/6T", "4T/5T090001", "5T0930/5T0940"],
    out: ["5T100001/6T", "4T/5T09"],
  },
  {
    name: "DTSTART and a DURATION of nothing",
    lines: ["DTSTART:20260105T090000Z", "DURATION:PT0S"],
    in: ["4T/5T09", "5T09/6T"],
    out: ["4T/5T085959", "5T090001/6T"],
  },
  {
    name: "DTSTART and DUE",
    lines: ["DTSTART:20260105T090000Z", "DUE:20260105T100000Z"],
    in: ["5T0959/6T", "4T/5T090001"],
    out: ["5T10/6T", "4T/5T09"],
  },
  {
    name: "DTSTART and the same DUE",
    lines: ["DTSTART:20260105T090000Z", "DUE:20260105T090000Z"],
    in: ["5T09/6T", "4T/5T09"],
    out: ["5T090001/6T", "4T/5T085959"],
  },
  {
    name: "DTSTART",
    lines: ["DTSTART:20260105T090000Z"],
    in: ["5T09/6T", "4T/5T090001"],
    out: ["5T090001/6T", "4T/5T09"],
  },
  {
    name: "DUE",
    lines: ["DUE:20260105T100000Z"],
    in: ["5T0959/6T", "4T/5T10"],
    out: ["5T10/6T", "4T/5T095959"],
  },
  {
    name: "DUE and what counts less",
    lines: ["DUE:20260105T100000Z", "CREATED:20260101T000000Z", "COMPLETED:20260108T000000Z"],
    in: ["5T0959/6T"],
    out: ["1T/2T", "7T/9T"],
  },
  {
    name: "COMPLETED and CREATED",
    lines: ["CREATED:20260102T000000Z", "COMPLETED:20260108T000000Z"],
    in: ["1T/2T", "4T/5T", "8T/9T"],
    out: ["1T/1T235959", "8T000001/9T"],
  },
  {
    name: "COMPLETED",
    lines: ["COMPLETED:20260108T000000Z"],
    in: ["8T/9T", "7T/8T"],
    out: ["8T000001/9T", "7T/7T235959"],
  },
  {
    name: "CREATED",
    lines: ["CREATED:20260102T000000Z"],
    in: ["20T/21T", "1T/2T000001", "20T/"],
    out: ["1T/2T", "/1T"],
  },
  { name: "nothing", lines: ["SUMMARY:Some day"], in: ["5T/6T", "/1T", "20T/"] },
  {
    name: "a DURATION alone",
    lines: ["DURATION:PT1H"],
    in: ["5T/6T"],
  },
  {
    name: "a rule on DUE alone",
    lines: ["DUE:20260105T100000Z", "RRULE:FREQ=WEEKLY"],
    in: ["4T/5T10", "12T0959/12T10"],
    out: ["4T/5T", "5T10/12T095959", "20T/21T"],
  },
  {
    name: "a rule on DTSTART and DURATION",
    lines: ["DTSTART:20260105T090000Z", "DURATION:PT1H", "RRULE:FREQ=WEEKLY"],
    in: ["12T10/13T", "11T/12T090001"],
    out: ["12T100001/19T09", "6T/12T09"],
  },
  {
    name: "a rule on DTSTART and DUE",
    lines: ["DTSTART:20260105T090000Z", "DUE:20260105T100000Z", "RRULE:FREQ=WEEKLY"],
    in: ["12T0959/13T", "11T/12T090001"],
    out: ["12T10/19T09", "6T/12T09"],
  },
  {
    name: "a rule on DTSTART and the same DUE",
    lines: ["DTSTART:20260105T090000Z", "DUE:20260105T090000Z", "RRULE:FREQ=WEEKLY"],
    in: ["12T09/13T", "11T/12T09"],
    out: ["12T090001/13T", "11T/12T085959"],
  },
  {
    name: "a rule on DTSTART",
    lines: ["DTSTART:20260105T090000Z", "RRULE:FREQ=WEEKLY"],
    in: ["12T09/13T", "11T/12T090001"],
    out: ["12T090001/13T", "11T/12T09"],
  },
  {
    name: "a rule on DTSTART and an earlier DUE",
    lines: ["DTSTART:20260105T090000Z", "DUE:20260105T080000Z", "RRULE:FREQ=WEEKLY"],
    in: ["12T09/13T", "11T/12T08"],
    out: ["12T090001/13T", "11T/12T075959"],
  },
  {
    name: "a rule without a time",
    lines: ["RRULE:FREQ=WEEKLY", "COMPLETED:20260108T000000Z"],
    in: ["8T/9T"],
    out: ["15T/16T"],
  },
]);

tests("VJOURNAL", [
  {
    name: "a time",
    lines: ["DTSTART:20260105T090000Z"],
    in: ["5T09/5T10", "4T/5T090001"],
    out: ["5T090001/6T", "4T/5T09"],
  },
  { name: "a date", lines: ["DTSTART;VALUE=DATE:20260105"], in: ["5T2359/7T"], out: ["6T/7T"] },
  {
    name: "a rule of dates",
    lines: ["DTSTART;VALUE=DATE:20260105", "RRULE:FREQ=WEEKLY"],
    in: ["12T2359/13T", "12T/12T01"],
    out: ["6T/12T", "13T/19T"],
  },
  { name: "nothing", lines: ["SUMMARY:Thoughts"], out: ["1T/30T", "/30T", "1T/"] },
]);

tests("VFREEBUSY", [
  {
    name: "DTSTART and DTEND",
    lines: ["DTSTART:20260105T090000Z", "DTEND:20260105T100000Z"],
    in: ["5T10/6T", "5T0959/6T"],
    out: ["5T100001/6T", "4T/5T09"],
  },
  {
    name: "periods",
    lines: ["FREEBUSY:20260105T090000Z/PT1H,20260107T090000Z/20260107T100000Z"],
    in: ["5T0959/6T", "7T09/7T0901"],
    out: ["5T10/7T09", "7T10/8T"],
  },
  { name: "nothing", lines: ["SUMMARY:Free"], out: ["1T/30T"] },
]);

const vienna = ianaZone("Europe/Vienna") as Zone;

tests("VEVENT", [
  {
    name: "floating, in Vienna",
    lines: ["DTSTART:20260105T090000", "DURATION:PT1H"],
    in: ["5T08/5T09"],
    out: ["5T09/5T10", "5T07/5T08"],
  },
  {
    name: "all day, in Vienna",
    lines: ["DTSTART;VALUE=DATE:20260105"],
    in: ["4T23/4T2301", "5T2259/6T"],
    out: ["5T23/6T"],
  },
  {
    name: "in the zone that the object defines",
    lines: ["DTSTART;TZID=Here:20260105T090000", "DURATION:PT1H"],
    in: ["5T08/5T09"],
    out: ["5T09/5T10"],
  },
  {
    name: "in a zone of the database",
    lines: ["DTSTART;TZID=America/New_York:20260105T090000", "DURATION:PT1H"],
    in: ["5T14/5T15"],
    out: ["5T09/5T10", "5T08/5T09"],
  },
  {
    name: "in one that Evolution names",
    lines: [
      "DTSTART;TZID=/freeassociation.sourceforge.net/America/New_York:20260105T090000",
      "DURATION:PT1H",
    ],
    in: ["5T14/5T15"],
    out: ["5T08/5T09"],
  },
  {
    name: "in a zone with a blank behind its name",
    lines: ['DTSTART;TZID="America/New_York ":20260105T090000', "DURATION:PT1H"],
    in: ["5T14/5T15"],
  },
  {
    name: "in a zone that nobody knows, as if floating",
    lines: ["DTSTART;TZID=Nowhere:20260105T090000", "DURATION:PT1H"],
    in: ["5T08/5T09"],
    out: ["5T09/5T10"],
  },
  {
    name: "a day that lasts 23 hours",
    lines: ["DTSTART;TZID=Here:20260328T120000", "DURATION:P1D"],
    in: ["20260329T095959Z/20260330T000000Z"],
    out: ["20260329T100000Z/20260330T000000Z"],
  },
  {
    name: "24 hours over the same night",
    lines: ["DTSTART;TZID=Here:20260328T120000", "DURATION:PT24H"],
    in: ["20260329T105959Z/20260330T000000Z"],
    out: ["20260329T110000Z/20260330T000000Z"],
  },
], createZones(vienna));

/** Lines of an alarm in an event from 9 to 10 on the 5th, or in what `of` says. */
interface AlarmCase extends Case {
  readonly of?: readonly [name: string, ...lines: string[]];
}

const meeting = ["VEVENT", "DTSTART:20260105T090000Z", "DTEND:20260105T100000Z"] as const;

const alarms: readonly AlarmCase[] = [
  {
    name: "before the start",
    lines: ["TRIGGER:-PT15M"],
    in: ["5T0845/5T0846", "5T08/5T084501"],
    out: ["5T084501/5T10", "5T08/5T0845"],
  },
  {
    name: "before the end",
    lines: ["TRIGGER;RELATED=END:-PT15M"],
    in: ["5T0945/5T0946"],
    out: ["5T0845/5T0846"],
  },
  {
    name: "at a time of its own",
    lines: ["TRIGGER;VALUE=DATE-TIME:20260103T120000Z"],
    in: ["3T12/3T13"],
    out: ["5T/6T"],
  },
  {
    name: "again and again",
    lines: ["TRIGGER:-PT1H", "REPEAT:3", "DURATION:PT10M"],
    in: ["5T08/5T0801", "5T0810/5T0811", "5T0830/5T0831", "5T0825/5T0835"],
    out: ["5T0801/5T0810", "5T0831/5T10", "5T0811/5T0820"],
  },
  {
    name: "again, without saying when",
    lines: ["TRIGGER:-PT1H", "REPEAT:3"],
    in: ["5T08/5T0801"],
    out: ["5T0801/6T"],
  },
  {
    name: "more often than could be counted",
    lines: ["TRIGGER:PT0S", "REPEAT:999999999", "DURATION:PT1S"],
    in: ["20T/20T000001"],
    out: ["4T/5T09"],
  },
  { name: "without a trigger", lines: ["ACTION:DISPLAY"], out: ["1T/30T"] },
  { name: "with a trigger that is none", lines: ["TRIGGER:soon"], out: ["1T/30T"] },
  {
    name: "of a task that is due",
    of: ["VTODO", "DUE:20260105T090000Z"],
    lines: ["TRIGGER:-PT15M"],
    in: ["5T0845/5T0846"],
  },
  {
    name: "before the end of a task",
    of: ["VTODO", "DTSTART:20260105T090000Z", "DUE:20260105T100000Z"],
    lines: ["TRIGGER;RELATED=END:-PT15M"],
    in: ["5T0945/5T0946"],
    out: ["5T0845/5T0846"],
  },
  {
    name: "of a task without any time",
    of: ["VTODO", "SUMMARY:Some day"],
    lines: ["TRIGGER:-PT15M"],
    out: ["1T/30T"],
  },
  {
    name: "of an event that recurs",
    of: [...meeting, "RRULE:FREQ=DAILY;UNTIL=20260107T090000Z"],
    lines: ["TRIGGER:-PT15M"],
    in: ["5T0845/5T0846", "7T0845/7T0846"],
    out: ["5T/5T0845", "5T084501/6T0845", "7T084501/8T"],
  },
  {
    name: "again and again, of an event that recurs",
    of: [...meeting, "RRULE:FREQ=WEEKLY"],
    lines: ["TRIGGER:-P1D", "REPEAT:2", "DURATION:PT12H"],
    in: ["11T09/11T0901", "11T21/11T2101", "12T09/12T0901"],
    out: ["11T0901/11T21", "12T0901/18T09"],
  },
  {
    name: "before the end of each instance",
    of: [...meeting, "RRULE:FREQ=WEEKLY"],
    lines: ["TRIGGER;RELATED=END:-PT15M"],
    in: ["12T0945/12T0946"],
    out: ["12T/12T0945", "12T0946/19T0945"],
  },
  {
    name: "at a time of its own, whatever recurs",
    of: [...meeting, "RRULE:FREQ=DAILY"],
    lines: ["TRIGGER;VALUE=DATE-TIME:20260103T120000Z"],
    in: ["3T12/3T13"],
    out: ["4T/31T"],
  },
  {
    name: "of an instance that is left out",
    of: [...meeting, "RRULE:FREQ=DAILY;COUNT=3", "EXDATE:20260106T090000Z"],
    lines: ["TRIGGER:-PT15M"],
    in: ["7T08/7T09"],
    out: ["6T08/6T09"],
  },
];

for (const { name, of = meeting, lines, in: met = [], out: missed = [] } of alarms) {
  Deno.test(`time-range: VALARM, ${name}`, () => {
    const [holder, ...own] = of;
    const alarm = component("VALARM", lines).trimEnd();
    const object = calendar(component(holder, ["UID:a", ...own, alarm]));
    const meets = (text: string) => {
      const comps = [comp("VALARM", { timeRange: january(text) })];
      return matchesFilter(object, within(holder, { comps }), utc);
    };
    assertEquals([...met, ...missed].filter(meets), [...met]);
  });
}

/** An event from 9 to 10, daily from the 5th on, and what becomes of two of its days. */
const changed = calendar(
  component("VEVENT", [
    "UID:a",
    "DTSTART:20260105T090000Z",
    "DTEND:20260105T100000Z",
    "RRULE:FREQ=DAILY;COUNT=10",
    "SUMMARY:usual",
    "BEGIN:VALARM",
    "TRIGGER:-PT15M",
    "END:VALARM",
  ]),
  component("VEVENT", [
    "UID:a",
    "RECURRENCE-ID:20260107T090000Z",
    "DTSTART:20260130T090000Z",
    "DURATION:PT1H",
    "SUMMARY:moved",
  ]),
  component("VEVENT", [
    "UID:a",
    "RECURRENCE-ID;RANGE=THISANDFUTURE:20260110T090000Z",
    "DTSTART:20260110T150000Z",
    "DURATION:PT2H",
    "SUMMARY:later",
    "BEGIN:VALARM",
    "TRIGGER:-PT30M",
    "END:VALARM",
  ]),
);

const overridden: readonly { summary: string; in: string[]; out: string[] }[] = [
  {
    summary: "usual",
    in: ["6T09/6T10", "9T09/9T10"],
    out: ["7T/8T", "10T/31T"],
  },
  { summary: "moved", in: ["30T09/30T10"], out: ["7T/8T", "5T/30T09", "30T10/31T"] },
  {
    summary: "later",
    in: ["10T15/10T16", "14T1659/15T", "13T15/13T16"],
    out: ["5T/10T15", "14T17/20T", "11T09/11T10"],
  },
];

for (const { summary, in: met, out: missed } of overridden) {
  Deno.test(`time-range: of a series, the instances that are ${summary}`, () => {
    const meets = (text: string) => {
      const props = [prop("SUMMARY", { textMatch: textMatch(summary) })];
      return matchesFilter(changed, within("VEVENT", { timeRange: january(text), props }), utc);
    };
    assertEquals([...met, ...missed].filter(meets), met);
  });
}

Deno.test("time-range: VALARM, of each part of a series its own", () => {
  const times = [
    "6T08/6T09",
    "7T08/7T09",
    "9T08/9T09",
    "10T08/10T09",
    "10T14/10T15",
    "14T14/14T15",
  ];
  const rings = (text: string) => {
    const comps = [comp("VALARM", { timeRange: january(text) })];
    return matchesFilter(changed, within("VEVENT", { comps }), utc);
  };
  assertEquals(times.filter(rings), ["6T08/6T09", "9T08/9T09", "10T14/10T15", "14T14/14T15"]);
});

const properties: readonly (Case & { readonly property: string })[] = [
  {
    name: "its start is included, its end is not",
    property: "CREATED",
    lines: ["CREATED:20260102T000000Z"],
    in: ["2T/3T", "/3T", "2T/"],
    out: ["1T/2T", "2T000001/3T"],
  },
  { name: "one that is not there", property: "CREATED", lines: [], out: ["1T/30T"] },
  {
    name: "one that can't be read",
    property: "CREATED",
    lines: ["CREATED:yesterday"],
    out: ["1T/30T"],
  },
  {
    name: "DTEND by DURATION",
    property: "DTEND",
    lines: [],
    in: ["5T10/5T11"],
    out: ["5T09/5T10"],
  },
  {
    name: "DTSTART in a zone",
    property: "DTSTART",
    lines: [],
    in: ["5T09/5T10"],
    out: ["5T10/5T11"],
  },
];

for (const { name, property, lines, in: met = [], out: missed = [] } of properties) {
  Deno.test(`time-range: the property ${property}, ${name}`, () => {
    const own = ["UID:a", "DTSTART:20260105T090000Z", "DURATION:PT1H", ...lines];
    const object = calendar(component("VEVENT", own));
    const meets = (text: string) => {
      const props = [prop(property, { timeRange: january(text) })];
      return matchesFilter(object, within("VEVENT", { props }), utc);
    };
    assertEquals([...met, ...missed].filter(meets), [...met]);
  });
}
