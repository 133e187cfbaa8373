import { assert, assertEquals } from "@std/assert";
import type { CompFilter } from "../../src/ical/filter.ts";
import { createZones } from "../../src/ical/moment.ts";
import { textMatch } from "../../src/ical/text_match.ts";
import { Budget } from "../../src/ical/recurrence/budget.ts";
import { utcZone } from "../../src/ical/zone.ts";
import { limits } from "../../src/limits.ts";
import { calendar, component, event } from "../fixtures/events.ts";
import { appendixB } from "../fixtures/rfc4791_appendix_b.ts";
import { comp, prop, range, within } from "./filters.ts";
import { matchesFilter } from "./at_once.ts";

const utc = createZones(utcZone);

const examples: readonly { name: string; filter: CompFilter; gives: readonly number[] }[] = [
  {
    name: "§7.8.1 to §7.8.3, events in a time range",
    filter: within("VEVENT", { timeRange: range("20060104T000000Z/20060105T000000Z") }),
    gives: [2, 3],
  },
  {
    name: "§7.8.4, stored free/busy",
    filter: within("VFREEBUSY", { timeRange: range("20060102T000000Z/20060103T000000Z") }),
    gives: [8],
  },
  {
    name: "§7.8.5, tasks by alarm",
    filter: within("VTODO", {
      comps: [comp("VALARM", { timeRange: range("20060106T100000Z/20060107T100000Z") })],
    }),
    gives: [5],
  },
  {
    name: "§7.8.6, an event by its UID",
    filter: within("VEVENT", {
      props: [prop("UID", {
        textMatch: textMatch("DC6C50A017428C5216A2F1CD@example.com", { collation: "i;octet" }),
      })],
    }),
    gives: [3],
  },
  {
    name: "§7.8.7, events by PARTSTAT",
    filter: within("VEVENT", {
      props: [prop("ATTENDEE", {
        textMatch: textMatch("mailto:lisa@example.com"),
        params: [{ name: "PARTSTAT", absent: false, textMatch: textMatch("NEEDS-ACTION") }],
      })],
    }),
    gives: [3],
  },
  {
    name: "§9.9, whatever there is at a time",
    filter: comp("VCALENDAR", { timeRange: range("20060103T000000Z/20060104T000000Z") }),
    gives: [2, 4, 8],
  },
  { name: "§7.8.8, events only", filter: within("VEVENT"), gives: [1, 2, 3] },
  {
    name: "§7.8.9, pending tasks",
    filter: within("VTODO", {
      props: [
        prop("COMPLETED", { absent: true }),
        prop("STATUS", { textMatch: textMatch("CANCELLED", { negated: true }) }),
      ],
    }),
    gives: [4, 5],
  },
  {
    name: "§7.8.10, a property that only some know",
    filter: within("VEVENT", {
      props: [prop("X-ABC-GUID", { textMatch: textMatch("ABC", { negated: true }) })],
    }),
    gives: [3],
  },
];

for (const { name, filter, gives } of examples) {
  Deno.test(`filter: RFC 4791 ${name}`, () => {
    const found = Object.entries(appendixB)
      .filter(([, object]) => matchesFilter(object, filter, utc))
      .map(([file]) => Number(/\d/.exec(file)?.[0]));
    assertEquals(found, [...gives]);
  });
}

const lunch = event({
  uid: "lunch",
  summary: "Lunch\\, with Änne",
  lines: [
    "CATEGORIES:Food,Fun\\, really",
    "CATEGORIES:Friends",
    "DESCRIPTION:one",
    "COMMENT:first",
    "COMMENT:second",
    'ATTENDEE;CN="Bob; Jr.";PARTSTAT=ACCEPTED:mailto:bob@example.test',
    "ATTENDEE;PARTSTAT=DECLINED:mailto:carol@example.test",
    "BEGIN:VALARM",
    "ACTION:DISPLAY",
    "TRIGGER:-PT15M",
    "END:VALARM",
    "BEGIN:VALARM",
    "ACTION:EMAIL",
    "TRIGGER:-P1D",
    "END:VALARM",
  ],
  overrides: [["RECURRENCE-ID:20260112T090000Z", "DTSTART:20260112T090000Z", "SUMMARY:Other"]],
});

const has = (name: string, text: string, more: Parameters<typeof textMatch>[1] = {}) =>
  within("VEVENT", { props: [prop(name, { textMatch: textMatch(text, more) })] });
const attendee = (text: string, param: string, value?: string) =>
  within("VEVENT", {
    props: [prop("ATTENDEE", {
      textMatch: textMatch(text),
      params: [
        value === undefined
          ? { name: param, absent: true }
          : { name: param, absent: false, textMatch: textMatch(value) },
      ],
    })],
  });

const cases: readonly { name: string; filter: CompFilter; gives: boolean }[] = [
  { name: "nothing asked", filter: comp("VCALENDAR"), gives: true },
  { name: "no VCALENDAR", filter: comp("VCALENDAR", { absent: true }), gives: false },
  { name: "the component", filter: within("VEVENT"), gives: true },
  { name: "another component", filter: within("VTODO"), gives: false },
  { name: "without another", filter: within("VTODO", { absent: true }), gives: true },
  { name: "without its own", filter: within("VEVENT", { absent: true }), gives: false },
  {
    name: "an inner component",
    filter: within("VEVENT", { comps: [comp("VALARM")] }),
    gives: true,
  },
  {
    name: "without an inner one, as an override is",
    filter: within("VEVENT", { comps: [comp("VALARM", { absent: true })] }),
    gives: true,
  },
  {
    name: "two things of one inner component",
    filter: within("VEVENT", {
      comps: [comp("VALARM", {
        props: [
          prop("ACTION", { textMatch: textMatch("EMAIL") }),
          prop("TRIGGER", { textMatch: textMatch("-P1D") }),
        ],
      })],
    }),
    gives: true,
  },
  {
    name: "two things of two inner components",
    filter: within("VEVENT", {
      comps: [comp("VALARM", {
        props: [
          prop("ACTION", { textMatch: textMatch("EMAIL") }),
          prop("TRIGGER", { textMatch: textMatch("-PT15M") }),
        ],
      })],
    }),
    gives: false,
  },
  {
    name: "two things of master and override",
    filter: within("VEVENT", {
      props: [
        prop("SUMMARY", { textMatch: textMatch("Other") }),
        prop("DESCRIPTION", { textMatch: textMatch("one") }),
      ],
    }),
    gives: false,
  },
  {
    name: "a time and a text of the override",
    filter: within("VEVENT", {
      timeRange: range("20260112T090000Z/20260112T100000Z"),
      props: [prop("SUMMARY", { textMatch: textMatch("Other") })],
    }),
    gives: true,
  },
  {
    name: "the time of the override, the text of the master",
    filter: within("VEVENT", {
      timeRange: range("20260112T090000Z/20260112T100000Z"),
      props: [prop("SUMMARY", { textMatch: textMatch("Lunch") })],
    }),
    gives: false,
  },
  { name: "a property", filter: within("VEVENT", { props: [prop("COMMENT")] }), gives: true },
  { name: "another property", filter: within("VEVENT", { props: [prop("URL")] }), gives: false },
  {
    name: "without a property",
    filter: within("VEVENT", { props: [prop("URL", { absent: true })] }),
    gives: true,
  },
  {
    name: "a property of the calendar itself",
    filter: comp("VCALENDAR", { props: [prop("PRODID", { textMatch: textMatch("davit") })] }),
    gives: true,
  },

  { name: "a part of a text", filter: has("SUMMARY", "unc"), gives: true },
  { name: "ASCII in any case", filter: has("SUMMARY", "LUNCH"), gives: true },
  { name: "an umlaut in its case", filter: has("SUMMARY", "änne"), gives: false },
  {
    name: "an umlaut in any case",
    filter: has("SUMMARY", "änne", { collation: "i;unicode-casemap" }),
    gives: true,
  },
  {
    name: "an umlaut of two characters",
    filter: has("SUMMARY", "A\u0308NNE", { collation: "i;unicode-casemap" }),
    gives: true,
  },
  { name: "octets", filter: has("SUMMARY", "Lunch", { collation: "i;octet" }), gives: true },
  {
    name: "octets in another case",
    filter: has("SUMMARY", "lunch", { collation: "i;octet" }),
    gives: false,
  },
  { name: "a text as it reads, not as it is escaped", filter: has("SUMMARY", "h, w"), gives: true },
  { name: "the second property of a name", filter: has("COMMENT", "second"), gives: true },
  { name: "not a text", filter: has("DESCRIPTION", "two", { negated: true }), gives: true },
  { name: "not its text", filter: has("DESCRIPTION", "one", { negated: true }), gives: false },
  { name: "not a text of no property", filter: has("URL", "x", { negated: true }), gives: false },
  { name: "a value in a list", filter: has("CATEGORIES", "fun, really"), gives: true },
  { name: "a value in the second list", filter: has("CATEGORIES", "friends"), gives: true },
  { name: "no value over two of a list", filter: has("CATEGORIES", "food,fun"), gives: false },
  {
    name: "a whole value in a list",
    filter: has("CATEGORIES", "food", { type: "equals" }),
    gives: true,
  },
  {
    name: "a part is not a whole value",
    filter: has("CATEGORIES", "foo", { type: "equals" }),
    gives: false,
  },
  {
    name: "how it starts",
    filter: has("SUMMARY", "lunch", { type: "starts-with" }),
    gives: true,
  },
  { name: "how it ends", filter: has("SUMMARY", "lunch", { type: "ends-with" }), gives: false },

  { name: "a parameter's text", filter: attendee("bob", "PARTSTAT", "accepted"), gives: true },
  { name: "of another's", filter: attendee("bob", "PARTSTAT", "DECLINED"), gives: false },
  { name: "a quoted parameter", filter: attendee("bob", "CN", "Bob; Jr."), gives: true },
  { name: "without a parameter", filter: attendee("carol", "CN"), gives: true },
  { name: "without one that is there", filter: attendee("bob", "CN"), gives: false },

  {
    name: "anyof, one of two components",
    filter: comp("VCALENDAR", { comps: [comp("VTODO"), comp("VEVENT")], test: "anyof" }),
    gives: true,
  },
  {
    name: "allof, one of two components",
    filter: comp("VCALENDAR", { comps: [comp("VTODO"), comp("VEVENT")] }),
    gives: false,
  },
  {
    name: "anyof, the time range is still to hold",
    filter: within("VEVENT", {
      timeRange: range("20270101T000000Z/"),
      props: [prop("SUMMARY"), prop("URL")],
      test: "anyof",
    }),
    gives: false,
  },
  {
    name: "anyof, of parameters",
    filter: within("VEVENT", {
      props: [prop("ATTENDEE", {
        textMatch: textMatch("carol"),
        params: [
          { name: "PARTSTAT", absent: false, textMatch: textMatch("ACCEPTED") },
          { name: "PARTSTAT", absent: false, textMatch: textMatch("DECLINED") },
        ],
        test: "anyof",
      })],
    }),
    gives: true,
  },
];

for (const { name, filter, gives } of cases) {
  Deno.test(`filter: ${name} is ${gives ? "" : "not "}matched`, () => {
    assertEquals(matchesFilter(lunch, filter, utc), gives);
  });
}

Deno.test("filter: what can't be read matches nothing, and fails nothing", () => {
  const broken = ["", "no calendar", "BEGIN:VCALENDAR", new Uint8Array([0x42, 0xff, 0xfe])];
  for (const object of broken) assert(!matchesFilter(object, comp("VCALENDAR"), utc));
});

Deno.test("filter: a fold in the middle of a character does not cut the text", () => {
  const bytes = new TextEncoder().encode(
    calendar(component("VEVENT", ["UID:a", "DTSTART:20260105T090000Z", "SUMMARY:Jä~ger"])),
  );
  const at = bytes.indexOf(0xc3);
  const folded = new Uint8Array([...bytes.slice(0, at + 1), 13, 10, 32, ...bytes.slice(at + 1)]);
  assert(matchesFilter(folded, has("SUMMARY", "jä~ger"), utc));
});

/** Due at 10 each day from 5 to 9 January; that of the 6th is done, that of the 8th is renamed. */
const undated = calendar(
  component("VTODO", [
    "UID:a",
    "DTSTART:20260105T090000Z",
    "DUE:20260105T100000Z",
    "RRULE:FREQ=DAILY;COUNT=5",
  ]),
  component("VTODO", [
    "UID:a",
    "RECURRENCE-ID:20260106T090000Z",
    "COMPLETED:20260120T120000Z",
    "BEGIN:VALARM",
    "ACTION:DISPLAY",
    "TRIGGER;RELATED=END:-PT30M",
    "END:VALARM",
  ]),
  component("VTODO", ["UID:a", "RECURRENCE-ID:20260108T090000Z", "SUMMARY:b"]),
  component("VTODO", ["UID:a", "RECURRENCE-ID:20260108T120000Z", "COMPLETED:20260122T120000Z"]),
);

const pending = { props: [prop("COMPLETED", { absent: true })] };
const done = { props: [prop("COMPLETED")] };

/** RFC 5545 §3.8.4.4: the override stands for its instance, so that the series is not there. */
const undatedCases: readonly { at: string; more?: Partial<CompFilter>; gives: boolean }[] = [
  { at: "20260105T090000Z/20260105T093000Z", more: pending, gives: true },
  { at: "20260106T090000Z/20260106T093000Z", more: pending, gives: false },
  { at: "20260106T090000Z/20260106T093000Z", more: done, gives: true },
  { at: "20260106T095900Z/20260106T100000Z", more: done, gives: true },
  { at: "20260106T100000Z/20260106T110000Z", gives: false },
  { at: "20260107T090000Z/20260107T093000Z", more: done, gives: false },
  { at: "20260108T090000Z/20260108T093000Z", more: { props: [prop("SUMMARY")] }, gives: true },
  { at: "20260120T110000Z/20260120T130000Z", gives: false },
  // One whose instance the series does not have is a task that is done at this time.
  { at: "20260122T110000Z/20260122T130000Z", more: done, gives: true },
];

for (const { at, more = {}, gives } of undatedCases) {
  const what = (more.props ?? []).map(({ name, absent }) => absent ? `no ${name}` : name).join();
  Deno.test(`filter: PY-7 a task's override without a time, ${at} ${what}`, () => {
    const filter = within("VTODO", { ...more, timeRange: range(at) });
    assertEquals(matchesFilter(undated, filter, utc), gives);
  });
}

Deno.test("filter: an alarm of a task's override without a time goes off when its instance ends", () => {
  const filter = (at: string) =>
    within("VTODO", { comps: [comp("VALARM", { timeRange: range(at) })] });
  assert(matchesFilter(undated, filter("20260106T093000Z/20260106T093100Z"), utc));
  assert(!matchesFilter(undated, filter("20260107T093000Z/20260107T093100Z"), utc));
});

Deno.test("filter: as many overrides without a time as there may be are soon looked through", () => {
  const ids = Array.from(
    { length: limits.icalInstances },
    (_, day) => new Date(Date.UTC(2026, 0, 1 + day, 9)).toISOString().replace(/[-:]|\.000/g, ""),
  );
  const text = calendar(
    component("VTODO", ["UID:a", "DTSTART:20260101T090000Z", "RRULE:FREQ=DAILY"]),
    ...ids.map((id) => component("VTODO", ["UID:a", `RECURRENCE-ID:${id}`])),
  );
  const budget = new Budget();
  const at = range("20350101T000000Z/20350102T000000Z");
  assert(!matchesFilter(text, within("VTODO", { ...done, timeRange: at }), utc, budget));
  assert(!budget.exhausted);
});
