import type { Body } from "../model.ts";
import { stepLines, type Steps } from "../steps.ts";
import { type ContentLine, parameter } from "./content_lines.ts";
import type { TimeRange } from "./interval.ts";
import { momentsIn, type Zones } from "./moment.ts";
import type { Budget } from "./recurrence/budget.ts";
import { readSeries } from "./recurrence/series.ts";
import { readCalendar } from "./readable.ts";
import { unescapedText } from "./text.ts";
import { matchesText, type TextMatch } from "./text_match.ts";
import { componentMeets, effectiveEnd, momentMeets, type Ranged } from "./time_range.ts";
import type { Component } from "./tree.ts";

/** CALDAV:comp-filter (RFC 4791 §9.7.1): one component for which all of it holds. */
export interface CompFilter {
  /** In upper case. */
  readonly name: string;
  /** CALDAV:is-not-defined: that there is none, and nothing else. */
  readonly absent: boolean;
  readonly timeRange?: TimeRange;
  readonly props: readonly PropFilter[];
  readonly comps: readonly CompFilter[];
  /** Of `props` and `comps` together. */
  readonly test: Test;
}

/** CALDAV:prop-filter (RFC 4791 §9.7.2): one property for which all of it holds. */
export interface PropFilter {
  readonly name: string;
  readonly absent: boolean;
  readonly timeRange?: TimeRange;
  readonly textMatch?: TextMatch;
  readonly params: readonly ParamFilter[];
  /** Of `params`. */
  readonly test: Test;
}

/** CALDAV:param-filter (RFC 4791 §9.7.3). */
export interface ParamFilter {
  readonly name: string;
  readonly absent: boolean;
  readonly textMatch?: TextMatch;
}

/** Whether all or any must hold; the RFC has `allof`, `calendar-query-extended` both. */
export type Test = "allof" | "anyof";

/**
 * Whether a calendar object matches the comp-filter for VCALENDAR of a CALDAV:filter. One that can't
 * be read matches none; one whose instances take more than the budget is at any time.
 */
export function* matchFilter(
  object: Body,
  filter: CompFilter,
  zones: Zones,
  budget: Budget,
): Steps<boolean> {
  const calendar = yield* readCalendar(object);
  if (calendar === undefined) return false;
  const read = momentsIn(calendar, zones);
  // Instances are of no use to who asks for no time.
  const timed = isTimed(filter) ? calendar : { ...calendar, components: [] };
  const common = { read, series: yield* readSeries(timed, read), budget };
  return yield* matchComponents(
    [calendar],
    filter,
    (component, parent) => ({ component, parent, ...common }),
  );
}

const isTimed = ({ timeRange, comps }: CompFilter): boolean =>
  timeRange !== undefined || comps.some(isTimed);

type Place = (component: Component, parent?: Component) => Ranged;

function* matchComponents(
  among: readonly Component[],
  filter: CompFilter,
  place: Place,
  parent?: Component,
): Steps<boolean> {
  const named = among.filter(({ name }) => name === filter.name);
  if (filter.absent) return named.length === 0;
  let lines = 0;
  for (const component of named) {
    if (yield* matchComponent(place(component, parent), filter, place)) return true;
    lines += component.lines.length;
    if (lines < stepLines) continue;
    lines = 0;
    yield;
  }
  return false;
}

function* matchComponent(
  ranged: Ranged,
  { timeRange, props, comps, test }: CompFilter,
  place: Place,
): Steps<boolean> {
  const { component } = ranged;
  if (timeRange && !componentMeets(ranged, timeRange)) return false;
  // Nothing to hold holds, whatever the test.
  if (props.length + comps.length === 0) return true;
  const isEnough = test === "anyof";
  for (const one of props) if (propMatches(ranged, one) === isEnough) return isEnough;
  for (const one of comps) {
    const matches = yield* matchComponents(component.components, one, place, component);
    if (matches === isEnough) return isEnough;
  }
  return !isEnough;
}

function propMatches(ranged: Ranged, filter: PropFilter): boolean {
  const lines = ranged.component.lines.filter(({ name }) => name === filter.name);
  if (filter.absent) return lines.length === 0;
  if (lines.length > 0) return lines.some((line) => lineHolds(line, filter, ranged));
  const { timeRange, textMatch, params } = filter;
  if (!timeRange || textMatch || params.length > 0) return false;
  const at = effectiveEnd(ranged, filter.name);
  return at !== undefined && momentMeets(at, timeRange);
}

function lineHolds(
  line: ContentLine,
  { timeRange, textMatch, params, test }: PropFilter,
  { read }: Ranged,
): boolean {
  if (timeRange) {
    const at = read(line)?.at;
    if (at === undefined || !momentMeets(at, timeRange)) return false;
  }
  if (textMatch && !matchesText(textsOf(line), textMatch)) return false;
  return holds(test, params.map((one) => () => paramMatches(line, one)));
}

function paramMatches(line: ContentLine, { name, absent, textMatch }: ParamFilter): boolean {
  const value = parameter(line, name);
  if (absent || value === undefined) return absent && value === undefined;
  return textMatch === undefined || matchesText([value], textMatch);
}

/** Nothing to hold holds, whatever the test. */
function holds(test: Test, all: readonly (() => boolean)[]): boolean {
  return test === "anyof" && all.length > 0 ? all.some((one) => one()) : all.every((one) => one());
}

/** Properties whose value is a list of texts (RFC 5545 §3.8.1.2, §3.8.1.10). */
const textLists: ReadonlySet<string> = new Set(["CATEGORIES", "RESOURCES"]);

const textsOf = ({ name, value }: ContentLine): string[] =>
  (textLists.has(name) ? value.split(/(?<!\\),/) : [value]).map(unescapedText);
