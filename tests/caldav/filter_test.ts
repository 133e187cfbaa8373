import { assertEquals, assertThrows } from "@std/assert";
import { readFilter } from "../../src/caldav/filter.ts";
import { textMatch } from "../../src/ical/text_match.ts";
import { limits } from "../../src/limits.ts";
import { Refusal } from "../../src/refusal.ts";
import { C, type XmlName } from "../../src/xml/names.ts";
import { readXml } from "../../src/xml/read.ts";
import { comp, prop, range, within } from "../ical/filters.ts";

/** A CALDAV:filter with this inside, in the default namespace. */
const filterOf = (inside: string) =>
  readXml(new TextEncoder().encode(
    `<filter xmlns="urn:ietf:params:xml:ns:caldav" xmlns:x="urn:x">${inside}</filter>`,
  ));

const inCalendar = (inside: string) => `<comp-filter name="VCALENDAR">${inside}</comp-filter>`;
const inEvent = (inside: string) =>
  inCalendar(`<comp-filter name="VEVENT">${inside}</comp-filter>`);
const inSummary = (inside: string) =>
  inEvent(`<prop-filter name="SUMMARY">${inside}</prop-filter>`);

const read = [
  { name: "everything", xml: `<comp-filter name="VCALENDAR"/>`, gives: comp("VCALENDAR") },
  { name: "events", xml: inEvent(""), gives: within("VEVENT") },
  {
    name: "names in lower case",
    xml: `<comp-filter name="vcalendar"><comp-filter name="vevent"/></comp-filter>`,
    gives: within("VEVENT"),
  },
  {
    name: "no events, with white space",
    xml: inEvent("\n  <is-not-defined/>\n"),
    gives: within("VEVENT", { absent: true }),
  },
  {
    name: "a time range",
    xml: inEvent(`<time-range start="20060104T000000Z" end="20060105T000000Z"/>`),
    gives: within("VEVENT", { timeRange: range("20060104T000000Z/20060105T000000Z") }),
  },
  {
    name: "a time range of whatever there is",
    xml: inCalendar(`<time-range start="20060104T000000Z"/>`),
    gives: comp("VCALENDAR", { timeRange: range("20060104T000000Z/") }),
  },
  {
    name: "a time range without end",
    xml: inEvent(`<time-range start="20060104T000000Z"/>`),
    gives: within("VEVENT", { timeRange: range("20060104T000000Z/") }),
  },
  {
    name: "a time range without start",
    xml: inEvent(`<time-range end="20060104T000000Z"/>`),
    gives: within("VEVENT", { timeRange: range("/20060104T000000Z") }),
  },
  {
    name: "all of time",
    xml: inEvent(`<time-range start="00000101T000000Z" end="99991231T235959Z"/>`),
    gives: within("VEVENT", { timeRange: range("00000101T000000Z/99991231T235959Z") }),
  },
  {
    name: "a text, as it is written",
    xml: inSummary(`<text-match> a <![CDATA[<b>]]></text-match>`),
    gives: within("VEVENT", { props: [prop("SUMMARY", { textMatch: textMatch(" a <b>") })] }),
  },
  {
    name: "all of a text-match",
    xml: inSummary(
      `<text-match collation="i;octet" negate-condition="yes" match-type="equals">a</text-match>`,
    ),
    gives: within("VEVENT", {
      props: [prop("SUMMARY", {
        textMatch: textMatch("a", { collation: "i;octet", negated: true, type: "equals" }),
      })],
    }),
  },
  {
    name: "the default collation by its name",
    xml: inSummary(`<text-match collation="default" negate-condition="no">a</text-match>`),
    gives: within("VEVENT", { props: [prop("SUMMARY", { textMatch: textMatch("a") })] }),
  },
  {
    name: "parameters",
    xml: inEvent(
      `<prop-filter name="ATTENDEE" test="anyof"><param-filter name="PARTSTAT"><text-match>a` +
        `</text-match></param-filter><param-filter name="ROLE"><is-not-defined/></param-filter>` +
        `</prop-filter>`,
    ),
    gives: within("VEVENT", {
      props: [prop("ATTENDEE", {
        params: [
          { name: "PARTSTAT", absent: false, textMatch: textMatch("a") },
          { name: "ROLE", absent: true, textMatch: undefined },
        ],
        test: "anyof",
      })],
    }),
  },
  { name: "an element of others, by itself", xml: inEvent("<x:y/>"), gives: within("VEVENT") },
  {
    name: "an element of others beside is-not-defined", // RFC 4918 §17: it is ignored
    xml: inEvent("<x:y><comp-filter/></x:y><is-not-defined/>"),
    gives: within("VEVENT", { absent: true }),
  },
  {
    name: "an element of others beside a text",
    xml: inSummary("<text-match>a</text-match><x:y/>"),
    gives: within("VEVENT", { props: [prop("SUMMARY", { textMatch: textMatch("a") })] }),
  },
  {
    name: "an alarm in a task",
    xml: inCalendar(`<comp-filter name="VTODO"><comp-filter name="VALARM"/></comp-filter>`),
    gives: within("VTODO", { comps: [comp("VALARM")] }),
  },
];

for (const { name, xml, gives } of read) {
  Deno.test(`CALDAV:filter: ${name}`, () => {
    assertEquals(readFilter(filterOf(xml)), { calendars: [gives], test: "allof" });
  });
}

for (const test of ["anyof", "allof"] as const) {
  Deno.test(`CALDAV:filter: two comp-filters, test ${test}`, () => {
    const filter = filterOf(inEvent("") + inCalendar(""));
    const extended = { ...filter, attributes: { test } };
    const calendars = [within("VEVENT"), comp("VCALENDAR")];
    assertEquals(readFilter(extended), { calendars, test });
    assertEquals(readFilter(filter).test, "allof");
  });
}

const { validFilter, supportedFilter, supportedCollation } = C;
const range1 = `<time-range start="20060104T000000Z"/>`;

const refused: readonly { name: string; xml: string; gives: XmlName; status?: number }[] = [
  { name: "nothing", xml: "", gives: validFilter },
  { name: "no name", xml: "<comp-filter/>", gives: validFilter },
  { name: "events outermost", xml: `<comp-filter name="VEVENT"/>`, gives: validFilter },
  {
    name: "two outermost, one of them for an event",
    xml: inCalendar("") + `<comp-filter name="VEVENT"/>`,
    gives: validFilter,
  },
  {
    name: "a calendar in a calendar",
    xml: inCalendar(inCalendar("")),
    gives: validFilter,
  },
  {
    name: "an event in a task",
    xml: inCalendar(`<comp-filter name="VTODO"><comp-filter name="VEVENT"/></comp-filter>`),
    gives: validFilter,
  },
  {
    name: "an alarm in no event",
    xml: inCalendar(`<comp-filter name="VALARM"/>`),
    gives: validFilter,
  },
  {
    name: "not there, and a time",
    xml: inEvent(`<is-not-defined/>${range1}`),
    gives: validFilter,
  },
  { name: "two time ranges", xml: inEvent(range1 + range1), gives: validFilter },
  {
    name: "a time range without ends",
    xml: inEvent("<time-range/>"),
    gives: validFilter,
    status: 400,
  },
  {
    name: "a time range of a day",
    xml: inEvent(`<time-range start="20060104"/>`),
    gives: validFilter,
  },
  {
    name: "a time range in local time",
    xml: inEvent(`<time-range start="20060104T000000"/>`),
    gives: validFilter,
  },
  {
    name: "a time that there is not",
    xml: inEvent(`<time-range start="20060230T000000Z"/>`),
    gives: validFilter,
  },
  {
    name: "a time range backwards",
    xml: inEvent(`<time-range start="20060105T000000Z" end="20060104T000000Z"/>`),
    gives: validFilter,
  },
  {
    name: "a time range of nothing",
    xml: inEvent(`<time-range start="20060105T000000Z" end="20060105T000000Z"/>`),
    gives: validFilter,
  },
  {
    name: "a time range of a time zone",
    xml: inCalendar(`<comp-filter name="VTIMEZONE">${range1}</comp-filter>`),
    gives: supportedFilter,
  },
  { name: "a time range of a text", xml: inSummary(range1), gives: supportedFilter },
  {
    name: "an unknown collation",
    xml: inSummary(`<text-match collation="i;de">a</text-match>`),
    gives: supportedCollation,
  },
  {
    name: "any collation",
    xml: inSummary(`<text-match collation="i;*">a</text-match>`),
    gives: supportedCollation,
  },
  {
    name: "a negation that is none",
    xml: inSummary(`<text-match negate-condition="true">a</text-match>`),
    gives: validFilter,
  },
  {
    name: "an unknown match",
    xml: inSummary(`<text-match match-type="regex">a</text-match>`),
    gives: supportedFilter,
  },
  { name: "an unknown test", xml: `<comp-filter name="VCALENDAR" test="no"/>`, gives: validFilter },
  { name: "an unknown filter", xml: inSummary("<y/>"), gives: supportedFilter },
  {
    name: "a filter in the wrong place",
    xml: inEvent("<text-match>a</text-match>"),
    gives: supportedFilter,
  },
  {
    name: "more than anybody asks",
    xml: inEvent(`<prop-filter name="A"/>`.repeat(limits.queryFilters)),
    gives: supportedFilter,
  },
];

for (const { name, xml, gives, status = 403 } of refused) {
  Deno.test(`CALDAV:filter: ${name} is refused`, () => {
    const refusal = assertThrows(() => readFilter(filterOf(xml)), Refusal);
    assertEquals([refusal.precondition, refusal.status], [gives, status]);
  });
}

for (
  const { time, gives } of [
    { time: `start="19991231T235959Z"`, gives: C.minDateTime },
    { time: `end="20380101T000000Z"`, gives: C.maxDateTime },
  ]
) {
  Deno.test(`CALDAV:filter: ${time} is beyond what may be asked`, () => {
    const bounds = {
      ...limits,
      icalDateTimeMin: "20000101T000000Z",
      icalDateTimeMax: "20371231T235959Z",
    };
    const filter = filterOf(inEvent(`<time-range ${time}/>`));
    assertEquals(assertThrows(() => readFilter(filter, bounds), Refusal).precondition, gives);
  });
}

Deno.test("CALDAV:filter: filters of several comp-filters count together", () => {
  const half = inEvent(`<prop-filter name="A"/>`.repeat(limits.queryFilters / 2));
  const refusal = assertThrows(() => readFilter(filterOf(half + half)), Refusal);
  assertEquals(refusal.precondition, supportedFilter);
});

Deno.test("CALDAV:filter: an unknown test of the whole is refused", () => {
  const filter = { ...filterOf(inCalendar("")), attributes: { test: "oneof" } };
  assertEquals(assertThrows(() => readFilter(filter), Refusal).precondition, validFilter);
});

Deno.test("CALDAV:filter: there must be one", () => {
  assertEquals(assertThrows(() => readFilter(undefined), Refusal).precondition, validFilter);
});
