import type { CalendarFilter } from "../ical/calendar_filter.ts";
import type { CompFilter, ParamFilter, PropFilter, Test } from "../ical/filter.ts";
import type { TimeRange } from "../ical/interval.ts";
import {
  type Collation,
  collationNamed,
  type MatchType,
  type TextMatch,
  textMatch,
} from "../ical/text_match.ts";
import { rangedComponents, rangedProperties } from "../ical/time_range.ts";
import { excludes } from "../ical/tree.ts";
import { readDigits } from "../ical/values.ts";
import { limits } from "../limits.ts";
import { Refusal } from "../refusal.ts";
import { C, namespaceOf, type XmlName } from "../xml/names.ts";
import { childrenNamed, elementsOf, textOf, type XmlElement } from "../xml/tree.ts";

type Bounds = Pick<typeof limits, "icalDateTimeMin" | "icalDateTimeMax" | "queryFilters">;

/**
 * CALDAV:filter (RFC 4791 §9.7), with what `calendar-query-extended` adds: several comp-filters, `test`
 * at whatever level, `match-type`.
 *
 * @throws {Refusal} 403 CALDAV:valid-filter, supported-filter, supported-collation, min-date-time or
 *   max-date-time; 400 CALDAV:valid-filter for a time range without both ends.
 */
export function readFilter(
  filter: XmlElement | undefined,
  bounds: Bounds = limits,
): CalendarFilter {
  const outermost = filter ? childrenNamed(filter, C.compFilter) : [];
  if (!filter || outermost.length === 0) throw invalid("there is no comp-filter");
  const count = outermost.reduce((sum, one) => sum + countOf(one), 0);
  if (count > bounds.queryFilters) throw unsupported(`there are more than ${bounds.queryFilters}`);
  const calendars = outermost.map((one) => compFilter(one, undefined, bounds));
  if (calendars.some(({ name }) => name !== "VCALENDAR")) {
    throw invalid("the outermost comp-filter must be for VCALENDAR");
  }
  return { calendars, test: testOf(filter) };
}

/**
 * The one CALDAV:time-range in a report that is about a time.
 *
 * @throws {Refusal} as {@linkcode readFilter}
 */
export function readTimeRange(element: XmlElement, bounds: Bounds = limits): TimeRange {
  const range = one(element, C.timeRange);
  if (!range) throw invalid("there is no time-range", 400);
  return instants(range, bounds);
}

/** Of a body that is read no further, as it is too deep there: what to say if its filter is. */
export const deepFilterIn = (read: XmlElement): Refusal | undefined =>
  elementsOf(read).at(-1)?.name === C.filter ? unsupported("the filter is too deep") : undefined;

function compFilter(element: XmlElement, outer: string | undefined, bounds: Bounds): CompFilter {
  const name = nameOf(element);
  check(element, [C.timeRange, C.propFilter, C.compFilter]);
  if (outer !== undefined && !mayStandIn(outer, name)) {
    throw invalid(`there is no ${name} in a ${outer}`);
  }
  const range = one(element, C.timeRange);
  if (range && !rangedComponents.has(name)) throw unsupported(`${name} has no time range`);
  return {
    name,
    absent: isAbsent(element),
    timeRange: range && instants(range, bounds),
    props: childrenNamed(element, C.propFilter).map((prop) => propFilter(prop, bounds)),
    comps: childrenNamed(element, C.compFilter).map((comp) => compFilter(comp, name, bounds)),
    test: testOf(element),
  };
}

function propFilter(element: XmlElement, bounds: Bounds): PropFilter {
  const name = nameOf(element);
  check(element, [C.timeRange, C.textMatch, C.paramFilter]);
  const range = one(element, C.timeRange);
  if (range && !rangedProperties.has(name)) throw unsupported(`${name} has no time range`);
  return {
    name,
    absent: isAbsent(element),
    timeRange: range && instants(range, bounds),
    textMatch: textMatchIn(element),
    params: childrenNamed(element, C.paramFilter).map(paramFilter),
    test: testOf(element),
  };
}

function paramFilter(element: XmlElement): ParamFilter {
  check(element, [C.textMatch]);
  return { name: nameOf(element), absent: isAbsent(element), textMatch: textMatchIn(element) };
}

/** CALDAV:time-range (RFC 4791 §9.9). */
function instants({ attributes }: XmlElement, bounds: Bounds): TimeRange {
  const { start, end } = attributes;
  if (start === undefined && end === undefined) {
    throw invalid("a time range has a start, an end, or both", 400);
  }
  const range = {
    start: start === undefined ? -Infinity : instant(start, bounds),
    end: end === undefined ? Infinity : instant(end, bounds),
  };
  if (range.start >= range.end) throw invalid("a time range ends after its start");
  return range;
}

function instant(value: string, { icalDateTimeMin, icalDateTimeMax }: Bounds): number {
  const digits = readDigits(value);
  if (digits?.form !== "utc") throw invalid(`${value.slice(0, 40)} is no date with UTC time`);
  if (value < icalDateTimeMin) throw new Refusal(403, C.minDateTime);
  if (value > icalDateTimeMax) throw new Refusal(403, C.maxDateTime);
  return digits.localMs;
}

function textMatchIn(element: XmlElement): TextMatch | undefined {
  const match = one(element, C.textMatch);
  if (!match) return undefined;
  const { collation, "match-type": type = "contains", "negate-condition": negate = "no" } =
    match.attributes;
  if (negate !== "yes" && negate !== "no") throw invalid("negate-condition is yes or no");
  if (!isMatchType(type)) throw unsupported(`there is no match-type ${type.slice(0, 40)}`);
  return textMatch(textOf(match), {
    collation: collation === undefined ? undefined : supportedCollation(collation),
    type,
    negated: negate === "yes",
  });
}

function supportedCollation(name: string): Collation {
  const collation = collationNamed(name);
  if (collation) return collation;
  throw new Refusal(403, C.supportedCollation, {
    text: `there is no collation ${name.slice(0, 40)}`,
  });
}

const matchTypes: readonly MatchType[] = ["contains", "equals", "starts-with", "ends-with"];

const isMatchType = (type: string): type is MatchType =>
  (matchTypes as readonly string[]).includes(type);

/** In upper case, as iCalendar names compare. */
function nameOf({ attributes }: XmlElement): string {
  if (!attributes.name) throw invalid("a filter needs a name");
  return attributes.name.toUpperCase();
}

function testOf({ attributes: { test = "allof" } }: XmlElement): Test {
  if (test === "allof" || test === "anyof") return test;
  throw invalid("test is allof or anyof");
}

/**
 * What CALDAV has and is not known here would be missing from the conditions, so that more than is
 * asked would match. Elements of others are ignored (RFC 4918 §17).
 */
function check(element: XmlElement, known: readonly XmlName[]): void {
  const names = elementsOf(element).map(({ name }) => name)
    .filter((name) => namespaceOf(name) === namespaceOf(C.filter));
  const stranger = names.find((name) => name !== C.isNotDefined && !known.includes(name));
  if (stranger) throw unsupported(`${stranger} is no filter here`);
  if (names.length > 1 && names.includes(C.isNotDefined)) {
    throw invalid("is-not-defined stands alone");
  }
}

const isAbsent = (element: XmlElement): boolean => one(element, C.isNotDefined) !== undefined;

/** @throws {Refusal} where there are two. */
function one(element: XmlElement, name: XmlName): XmlElement | undefined {
  const [first, second] = childrenNamed(element, name);
  if (second) throw invalid(`${name} is there twice`);
  return first;
}

/** RFC 5545 §3.6: VCALENDAR holds all, alarms stand in events and tasks alone. */
const mayStandIn = (outer: string, inner: string): boolean =>
  !excludes(outer, inner) && (inner !== "VALARM" || outer === "VEVENT" || outer === "VTODO");

function countOf(element: XmlElement): number {
  return elementsOf(element).reduce((sum, child) => sum + countOf(child), 1);
}

const invalid = (text: string, status = 403): Refusal =>
  new Refusal(status, C.validFilter, { text });

const unsupported = (text: string): Refusal => new Refusal(403, C.supportedFilter, { text });
