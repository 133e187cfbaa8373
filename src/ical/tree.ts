import { type ContentLine, contentLines, nextLine } from "./content_lines.ts";
import type { limits } from "../limits.ts";
import { refuse } from "./refuse.ts";
import { atOnce, stepLines, type Steps } from "../steps.ts";

/** A component (RFC 5545 §3.6) with its properties and components in their order. */
export interface Component {
  /** In upper case. */
  readonly name: string;
  /** Of its BEGIN line, counted from 1. */
  readonly number: number;
  readonly lines: readonly ContentLine[];
  readonly components: readonly Component[];
}

/** Bounds on one calendar object; by default those of `limits`. */
export type IcalBounds = Pick<typeof limits, Extract<keyof typeof limits, `ical${string}`>>;

/**
 * The one VCALENDAR that `text` holds. The walk is linear in the text and stops at the bounds; what
 * passes it, ical.js reads in linear time too.
 *
 * @throws {Refusal} CALDAV:valid-calendar-data: lines that are no content lines, BEGIN and END that
 *   do not match, no VCALENDAR, or more than the bounds. CALDAV:valid-calendar-object-resource:
 *   a second VCALENDAR.
 */
export const calendarTree = (text: string, bounds: IcalBounds): Component =>
  atOnce(walkCalendar(text, bounds));

/** {@linkcode calendarTree} in steps. */
export function* walkCalendar(text: string, bounds: IcalBounds): Steps<Component> {
  const open: Open[] = [];
  const counts: Record<Counted, number> = {
    lines: 0,
    components: 0,
    listValues: 0,
    parameterValues: 0,
    parameterCharacters: 0,
    escapes: 0,
  };
  checkFolds(text, bounds);
  let calendar: Component | undefined;
  for (const line of contentLines(text)) {
    checkSize(line, counts, bounds);
    if (counts.lines % stepLines === 0) yield;
    const parent = open.at(-1);
    if (line.name === "BEGIN") {
      if (open.length === bounds.icalDepth) throw tooMany("nested components", bounds.icalDepth);
      const begun = begin(line, bounds);
      if (parent === undefined) calendar = firstCalendar(begun, calendar);
      else if (open.some(({ name }) => excludes(name, begun.name))) throw inside(begun, parent);
      else parent.components.push(begun);
      open.push(begun);
    } else if (parent === undefined) {
      throw outside(line);
    } else if (line.name === "END") {
      if (line.value.toUpperCase() !== parent.name || line.params !== "") {
        throw refuse.validCalendarData(`line ${line.number} does not end the open ${parent.name}`);
      }
      open.pop();
    } else {
      parent.lines.push(line);
    }
  }
  const unfinished = open.at(-1);
  if (unfinished !== undefined) {
    throw refuse.validCalendarData(`there is no END:${unfinished.name}`);
  }
  if (calendar === undefined) throw refuse.validCalendarData("there is no VCALENDAR");
  return calendar;
}

/**
 * The VCALENDAR of a calendar object that is stored: it has been within the bounds when it came, so
 * that nothing is counted any more.
 *
 * @throws {Refusal} CALDAV:valid-calendar-data: BEGIN and END do not match, all the same.
 */
export function* walkStored(text: string): Steps<Component> {
  const place = { at: 0, number: 1 };
  const outer: Open = { name: "", number: 0, lines: [], components: [] };
  const open = [outer];
  let inner = outer;
  let lines = 0;
  while (place.at < text.length) {
    const line = nextLine(text, place);
    if (line === undefined) continue;
    if (++lines % stepLines === 0) yield;
    if (line.name === "BEGIN") {
      const { value, number } = line;
      const begun: Open = { name: value.toUpperCase(), number, lines: [], components: [] };
      inner.components.push(begun);
      open.push(begun);
      inner = begun;
    } else if (line.name === "END") {
      open.pop();
      const parent = open.at(-1);
      if (parent === undefined) throw outside(line);
      inner = parent;
    } else {
      inner.lines.push(line);
    }
  }
  const [calendar] = outer.components;
  if (inner !== outer || calendar === undefined) {
    throw refuse.validCalendarData("there is no whole VCALENDAR");
  }
  return calendar;
}

/**
 * Whether a component of the first name can't hold one of the second, at any depth: where the second
 * begins, the END of the first is missing.
 */
export const excludes = (outer: string, inner: string): boolean =>
  inner === "VCALENDAR" || topNames.has(outer) && topNames.has(inner);

/** Values of the property in the component itself, in their order. */
export const valuesOf = ({ lines }: Component, name: string): string[] =>
  lines.filter((line) => line.name === name).map(({ value }) => value);

export const has = ({ lines }: Component, name: string): boolean =>
  lines.some((line) => line.name === name);

/** A component to which the walk still adds. */
interface Open extends Component {
  readonly lines: ContentLine[];
  readonly components: Open[];
}

/** Components of RFC 5545 and RFC 7953 that stand directly in a VCALENDAR. */
const topNames: ReadonlySet<string> = new Set([
  "VEVENT",
  "VTODO",
  "VJOURNAL",
  "VFREEBUSY",
  "VTIMEZONE",
  "VAVAILABILITY",
]);

function begin({ value, params, number }: ContentLine, { icalNameCharacters }: IcalBounds): Open {
  if (params !== "" || value.length > icalNameCharacters || !/^[\w.-]+$/.test(value)) {
    throw refuse.validCalendarData(`line ${number} names no component`);
  }
  return { name: value.toUpperCase(), number, lines: [], components: [] };
}

function firstCalendar(begun: Component, before?: Component): Component {
  if (begun.name !== "VCALENDAR") throw outside(begun);
  if (before === undefined) return begun;
  throw refuse.validCalendarObjectResource(`line ${begun.number} begins a second VCALENDAR`);
}

/** What is counted over all lines. */
type Counted =
  | "lines"
  | "components"
  | "listValues"
  | "parameterValues"
  | "parameterCharacters"
  | "escapes";

/** Properties that ical.js takes apart. */
const lists: ReadonlySet<string> = new Set([
  "CATEGORIES",
  "EXDATE",
  "EXRULE",
  "FREEBUSY",
  "GEO",
  "RDATE",
  "REQUEST-STATUS",
  "RESOURCES",
  "RRULE",
]);

/** Before any line is unfolded. */
function checkFolds(text: string, { icalFoldedLines }: IcalBounds): void {
  if (countOf("\n", text, icalFoldedLines) > icalFoldedLines) {
    throw tooMany("lines as they are folded", icalFoldedLines);
  }
}

function checkSize(
  { name, params, value, number }: ContentLine,
  counts: Record<Counted, number>,
  bounds: IcalBounds,
): void {
  if (name === "") throw refuse.validCalendarData(`line ${number} is no content line`);
  if (++counts.lines > bounds.icalLines) throw tooMany("content lines", bounds.icalLines);
  if (name === "BEGIN" && ++counts.components > bounds.icalComponents) {
    throw tooMany("components", bounds.icalComponents);
  }
  if (name.length > bounds.icalNameCharacters) {
    throw refuse.validCalendarData(`line ${number} has too long a name`);
  }
  if (params !== "") checkParameters(params, number, counts, bounds);
  counts.escapes += countOf("\\", value, bounds.icalEscapes);
  if (counts.escapes > bounds.icalEscapes) throw tooMany("backslashes", bounds.icalEscapes);
  if (!lists.has(name)) return;
  counts.listValues += countOf(",", value) + countOf(";", value) + 1;
  if (counts.listValues > bounds.icalListValues) {
    throw tooMany("values in lists", bounds.icalListValues);
  }
}

function checkParameters(
  params: string,
  number: number,
  counts: Record<Counted, number>,
  bounds: IcalBounds,
): void {
  const parameters = countOf(";", params);
  if (parameters > bounds.icalParameters) {
    throw refuse.validCalendarData(
      `line ${number} has more than ${bounds.icalParameters} parameters`,
    );
  }
  counts.parameterValues += parameters + countOf(",", params);
  counts.parameterCharacters += params.length;
  if (counts.parameterValues > bounds.icalParameterValues) {
    throw tooMany("values of parameters", bounds.icalParameterValues);
  }
  if (counts.parameterCharacters > bounds.icalParameterCharacters) {
    throw tooMany("characters in parameters", bounds.icalParameterCharacters);
  }
}

/** How often it occurs; the count may stop beyond `most`. */
function countOf(character: string, text: string, most = Infinity): number {
  let count = 0;
  for (let at = text.indexOf(character); at >= 0; at = text.indexOf(character, at + 1)) {
    if (++count > most) break;
  }
  return count;
}

const outside = ({ number }: { readonly number: number }) =>
  refuse.validCalendarData(`line ${number} stands outside of a VCALENDAR`);

const inside = ({ name, number }: Component, outer: Component) =>
  refuse.validCalendarData(`line ${number} begins a ${name} inside the ${outer.name}`);

const tooMany = (what: string, bound: number) =>
  refuse.validCalendarData(`there are more than ${bound} ${what}`);
