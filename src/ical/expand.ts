import { type ContentLine, parametersOf } from "./content_lines.ts";
import { type Budget, type Instance, instancesOf } from "./instances.ts";
import { intervalOf, lineOf, momentOf, type TimeRange } from "./interval.ts";
import { type Moment, momentsIn, type ReadMoment, type Zones } from "./moment.ts";
import { readDuration } from "./duration.ts";
import { refuse } from "./refuse.ts";
import { folded } from "./text.ts";
import { type Component, walkStored } from "./tree.ts";
import { limits } from "../limits.ts";
import { readSeries } from "./recurrence/series.ts";
import { stepLines, type Steps } from "../steps.ts";
import { instanceMeets } from "./time_range.ts";
import { dateText, utcText } from "./values.ts";

/**
 * Each instance that overlaps a time range as a component of its own (RFC 4791 §9.6.5): all times
 * are in UTC, days stay days, and RECURRENCE-ID names each instance of what recurs. What is at no
 * time, as a task may be, is told as it is. There is no VTIMEZONE, as nothing needs one.
 *
 * @param most Characters of all instances together.
 * @param budget Of finding them.
 * @throws {Refusal} CALDAV:max-instances: there are more than `limits.expandedInstances`, or than so
 *   many characters, or it takes too long to find them.
 */
export function* expand(
  text: string,
  range: TimeRange,
  zones: Zones,
  most: number,
  budget: Budget,
): Steps<string> {
  const calendar = yield* walkStored(text);
  const read = momentsIn(calendar, zones);
  const templates = new Map<Component, Template>();
  let count = 0;
  let components = "";
  const alone = aloneIn(calendar, range, read);
  const series = alone ? undefined : yield* readSeries(calendar, read);
  for (const instance of alone ?? (series ? instancesOf(series, range, read, budget) : [])) {
    if (count % stepLines === stepLines - 1) yield;
    if (++count > limits.expandedInstances || components.length > most) throw tooMany();
    const { component } = instance;
    let template = templates.get(component);
    if (template === undefined) {
      template = templateOf(component, text, read);
      templates.set(component, template);
    }
    components += filled(template, instance);
  }
  let lines = 0;
  for (const component of calendar.components) {
    lines += component.lines.length;
    if (lines > stepLines) {
      lines = 0;
      yield;
    }
    const isExpanded = recurring.has(component.name) &&
      (series?.isPlaced(component, budget) ?? true);
    if (!isExpanded && component.name !== "VTIMEZONE") {
      components += wholeText(component, text, read);
    }
  }
  if (budget.exhausted) throw tooMany();
  const properties = calendar.lines.map(({ start, end }) => text.slice(start, end)).join("");
  return `BEGIN:VCALENDAR\r\n${properties}${components}END:VCALENDAR\r\n`;
}

/** The one instance of what does not recur, as most do not; undefined where there is more to it. */
function aloneIn(
  calendar: Component,
  range: TimeRange,
  read: ReadMoment,
): readonly Instance[] | undefined {
  const [component, ...others] = calendar.components.filter(({ name }) => name !== "VTIMEZONE");
  if (component === undefined || others.length > 0 || !recurring.has(component.name)) {
    return undefined;
  }
  if (component.lines.some(({ name }) => recurrenceNames.has(name))) return undefined;
  const interval = intervalOf(component, read);
  if (interval === undefined) return undefined;
  const instance = { component, ...interval };
  return instanceMeets(instance, range, read) ? [instance] : [];
}

const recurring: ReadonlySet<string> = new Set(["VEVENT", "VTODO", "VJOURNAL"]);

const tooMany = () => refuse.maxInstances("there are too many instances in the range");

/** A component with places for what differs from instance to instance. */
interface Template {
  /** One more than there are places. */
  readonly texts: readonly string[];
  readonly places: readonly Place[];
}

/** The content line that stands in a place; empty: none. */
type Place = (instance: Instance) => string;

function filled({ texts, places }: Template, instance: Instance): string {
  let text = texts[0] ?? "";
  for (let at = 0; at < places.length; at++) {
    text += (places[at]?.(instance) ?? "") + (texts[at + 1] ?? "");
  }
  return text;
}

function templateOf(component: Component, text: string, read: ReadMoment): Template {
  const texts: string[] = [];
  const places: Place[] = [];
  let before = `BEGIN:${component.name}\r\n`;
  const add = (place: Place) => {
    texts.push(before);
    places.push(place);
    before = "";
  };
  const endName = component.name === "VTODO" ? "DUE" : "DTEND";
  const hasEnd = lineOf(component, endName) !== undefined;
  const hasDates = lineOf(component, "RDATE") !== undefined;
  add(({ recurrenceId }) => recurrenceId ? timeLine("RECURRENCE-ID", recurrenceId) : "");
  for (const line of component.lines) {
    const { name } = line;
    if (name === "DTSTART") add(({ start }) => timeLine(name, start));
    else if (name === endName) add(endPlace(line, component, read));
    else if (name === "DURATION" && !hasEnd) add(durationPlace(line, endName, text));
    else if (!recurrenceNames.has(name)) before += inUtc(line, text, read);
  }
  if (hasDates && !hasEnd && !lineOf(component, "DURATION")) add(openPlace(endName));
  for (const inner of component.components) before += wholeText(inner, text, read);
  return { texts: [...texts, `${before}END:${component.name}\r\n`], places };
}

const recurrenceNames: ReadonlySet<string> = new Set([
  "EXDATE",
  "EXRULE",
  "RDATE",
  "RECURRENCE-ID",
  "RRULE",
]);

/** DTEND or DUE; a task may be due before it starts. */
function endPlace(line: ContentLine, component: Component, read: ReadMoment): Place {
  const { name } = line;
  const end = read(line);
  const start = momentOf(component, "DTSTART", read);
  const leadMs = start && end ? start.at - end.at : 0;
  const isUsual = (one: Instance) => start === undefined || one.start.isDate === start.isDate;
  if (end?.isDate) {
    return (one) =>
      isUsual(one) ? `${name};VALUE=DATE:${dateText(one.end.localMs)}\r\n` : endLine(name, one);
  }
  if (leadMs > 0) return (one) => `${name}:${utcText(one.start.at - leadMs)}\r\n`;
  return (one) => endLine(name, one);
}

/**
 * DURATION as it is written where it says in UTC, too, how long the instance is. One that counts days
 * is as long as they are in its zone (RFC 5545 §3.3.6), of which nothing is left, and that of an
 * instance from a PERIOD in RDATE is another: these are told by their end.
 */
function durationPlace(line: ContentLine, endName: string, text: string): Place {
  const written = text.slice(line.start, line.end);
  const { days, ms } = readDuration(line.value) ?? { days: 0, ms: 0 };
  return (one) => {
    const isExact = days === 0 && one.end.at - one.start.at === Math.max(ms, 0);
    return one.start.isDate || isExact ? written : endLine(endName, one);
  };
}

/** The end of an instance that has one, of a component that is written without. */
const openPlace = (endName: string): Place => (one) =>
  one.start.isDate || one.end.at === one.start.at ? "" : endLine(endName, one);

const endLine = (name: string, { end }: Instance): string => `${name}:${utcText(end.at)}\r\n`;

const timeLine = (name: string, { isDate, at, localMs }: Moment): string =>
  isDate ? `${name};VALUE=DATE:${dateText(localMs)}\r\n` : `${name}:${utcText(at)}\r\n`;

/** As it is written, but for a time in a zone. */
function inUtc(line: ContentLine, text: string, read: ReadMoment): string {
  const moment = hasZone.test(line.params) ? read(line) : undefined;
  if (moment === undefined || !("TZID" in parametersOf(line))) {
    return text.slice(line.start, line.end);
  }
  const params = line.params.replace(zoneParameters, "");
  return folded(`${line.name}${params}:${utcText(moment.at)}`);
}

const hasZone = /;TZID=/i;
const zoneParameters = /;TZID=(?:[^";]|"[^"]*")*/gi;

function wholeText(component: Component, text: string, read: ReadMoment): string {
  const { name, lines, components } = component;
  return `BEGIN:${name}\r\n` + lines.map((line) => inUtc(line, text, read)).join("") +
    components.map((inner) => wholeText(inner, text, read)).join("") + `END:${name}\r\n`;
}
