import ICAL from "ical.js";
import { limits } from "../limits.ts";
import type { Body, Participant, TimeIndex } from "../model.ts";
import { normalAddress } from "./addresses.ts";
import { checkComponent, checkTimeZone } from "./component.ts";
import { type ContentLine, isBinary, parameter } from "./content_lines.ts";
import { createZones, type Zones } from "./moment.ts";
import { refuse } from "./refuse.ts";
import { bodyOf, textOf, unescapedText } from "./text.ts";
import { atOnce, inTurns, longChars, stepLines, type Steps } from "../steps.ts";
import { makeTimeIndex } from "./time_index.ts";
import { utcZone } from "./zone.ts";
import { type Component, has, type IcalBounds, valuesOf, walkCalendar } from "./tree.ts";
import { isBase64 } from "./values.ts";

/** What the server keeps of a calendar object. */
export interface CalendarObjectData {
  /** The bytes as they came. */
  readonly body: Body;
  readonly uid: string;
  /** Name of its components in upper case, `VEVENT`; a time zone is none. */
  readonly component: string;
  /** Of all instances; each address once in each role. */
  readonly participants: readonly Participant[];
  /** Undefined: it is at no time. */
  readonly timeIndex?: TimeIndex;
}

/**
 * Reads the content of a calendar object resource (RFC 4791 §4.1): iCalendar 2.0 with one UID and
 * one kind of component. Line ends are CRLF or LF, a byte order mark and folds in the middle of a
 * character are taken, and a TZID needs no VTIMEZONE. What this takes, ical.js can read from `textOf`.
 * `zones`: those that have been worked out, whose floating times are those of UTC.
 *
 * @throws {Refusal} 403 with CALDAV:valid-calendar-data, valid-calendar-object-resource,
 *   min-date-time, max-date-time, max-instances or max-attendees-per-instance.
 */
export const readCalendarObject = (
  bytes: Body,
  bounds: IcalBounds = limits,
  zones: Zones = createZones(utcZone),
): CalendarObjectData => atOnce(reading(bytes, bounds, zones));

/** As {@linkcode readCalendarObject}, while others are answered: a large one takes its time. */
export const readCalendarObjectInTurns = (
  bytes: Body,
  zones: Zones = createZones(utcZone),
): Promise<CalendarObjectData> => inTurns(reading(bytes, limits, zones));

function* reading(bytes: Body, bounds: IcalBounds, zones: Zones): Steps<CalendarObjectData> {
  const body = typeof bytes === "string" ? bytes : bodyOf(bytes);
  if (body.length > longChars) yield;
  const text = textOf(body);
  if (text.includes("\0")) throw refuse.validCalendarData("there is a NUL in the text");
  const calendar = yield* walkCalendar(text, bounds);
  checkCalendar(calendar);
  const components = calendar.components.filter(({ name }) => !isBeside(name));
  const { uid, component } = identityOf(components, bounds);
  yield;
  checkInstances(components, bounds);
  yield* checkComponents(components, bounds);
  const participants = participantsOf(components, bounds);
  yield;
  yield* checkReadable(text, calendar);
  const timeIndex = yield* makeTimeIndex(calendar, zones);
  return { body, uid, component, participants, timeIndex };
}

/** What may stand beside the one kind of component. */
const isBeside = (name: string): boolean => name === "VTIMEZONE" || name.startsWith("X-");

function checkCalendar(calendar: Component): void {
  const versions = valuesOf(calendar, "VERSION");
  if (versions.length !== 1 || versions[0]?.trim() !== "2.0") {
    throw refuse.validCalendarData("there must be one VERSION, 2.0");
  }
  if (has(calendar, "METHOD")) {
    throw refuse.validCalendarObjectResource("there is a METHOD, as only messages have it");
  }
  for (const component of calendar.components) {
    if (component.name === "VTIMEZONE") checkTimeZone(component);
  }
}

/** RFC 4791 §4.1: all components have one name and one UID. */
function identityOf(components: readonly Component[], { icalUidCharacters }: IcalBounds) {
  const [first] = components;
  if (first === undefined) throw refuse.validCalendarObjectResource("there is no component");
  const component = first.name;
  const [written = ""] = valuesOf(first, "UID");
  const uid = unescapedText(written);
  if (uid.trim() === "") throw noResource(first, "has no UID");
  if (uid.length > icalUidCharacters) {
    throw refuse.validCalendarData(`the UID has more than ${icalUidCharacters} characters`);
  }
  for (const other of components) {
    if (other.name !== component) throw noResource(other, `stands beside a ${component}`);
    const [value] = valuesOf(other, "UID");
    if (value === undefined) throw noResource(other, "has no UID");
    if (unescapedText(value) !== uid) throw noResource(other, "has another UID");
  }
  return { uid, component };
}

function* checkComponents(components: readonly Component[], bounds: IcalBounds): Steps<void> {
  let lines = 0;
  for (const one of components) {
    checkComponent(one, bounds);
    lines += one.lines.length;
    if (lines < stepLines) continue;
    lines = 0;
    yield;
  }
}

/** At most one component is the master, and each override is of an instance of its own. */
function checkInstances(components: readonly Component[], { icalInstances }: IcalBounds): void {
  if (components.filter((one) => has(one, "RECURRENCE-ID")).length > icalInstances) {
    throw refuse.maxInstances(`there are more than ${icalInstances} overrides`);
  }
  const seen = new Set<string>();
  for (const component of components) {
    const id = component.lines.find(({ name }) => name === "RECURRENCE-ID");
    const instance = id === undefined ? "" : instanceOf(id);
    if (seen.has(instance)) {
      const what = id === undefined ? "no RECURRENCE-ID" : "the RECURRENCE-ID";
      throw noResource(component, `has ${what} like one before it`);
    }
    seen.add(instance);
  }
}

/**
 * The instance that a RECURRENCE-ID names: one override may be of this instance alone, another of this
 * and all that follow.
 */
export const instanceOf = (id: ContentLine): string =>
  [id.value, parameter(id, "TZID")?.trim(), parameter(id, "RANGE")?.toUpperCase()].join(";");

function participantsOf(
  components: readonly Component[],
  { icalParticipants, icalAddressCharacters }: IcalBounds,
): Participant[] {
  const found = new Map<string, Participant>();
  for (const { name, value, number } of components.flatMap(({ lines }) => lines)) {
    const role = roles.get(name);
    const address = role === undefined ? "" : normalAddress(value);
    if (role === undefined || address === "") continue;
    if (address.length > icalAddressCharacters) {
      throw refuse.validCalendarData(`line ${number} has too long an address`);
    }
    found.set(`${role} ${address}`, { address, role });
    if (found.size > icalParticipants) {
      const text = `there are more than ${icalParticipants} participants`;
      throw refuse.maxAttendeesPerInstance(text);
    }
  }
  return [...found.values()];
}

const roles: ReadonlyMap<string, Participant["role"]> = new Map([
  ["ORGANIZER", "organizer"],
  ["ATTENDEE", "attendee"],
]);

/**
 * What is stored must not stop those who read it with ical.js later: it takes a document line by line.
 */
function* checkReadable(text: string, calendar: Component): Steps<void> {
  let lines = "";
  let count = 0;
  for (const line of linesIn(calendar)) {
    if (line.params !== "") checkBinary(line);
    lines += text.slice(line.start, line.end);
    if (++count % stepLines > 0) continue;
    checkLines(lines);
    lines = "";
    yield;
  }
  checkLines(lines);
}

function checkBinary(line: ContentLine): void {
  if (!isBinary(line) || isBase64(line.value)) return;
  throw refuse.validCalendarData(`line ${line.number} is no BASE64`);
}

/** All that are neither BEGIN nor END. */
function* linesIn({ lines, components }: Component): Generator<ContentLine, void, void> {
  yield* lines;
  for (const component of components) yield* linesIn(component);
}

function checkLines(lines: string): void {
  try {
    ICAL.parse(`BEGIN:VCALENDAR\r\n${lines}END:VCALENDAR\r\n`);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw refuse.validCalendarData(`not readable: ${reason.slice(0, 200)}`);
  }
}

const noResource = ({ name, number }: Component, fault: string) =>
  refuse.validCalendarObjectResource(`the ${name} of line ${number} ${fault}`);
