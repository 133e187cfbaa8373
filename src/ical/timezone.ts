import { limits } from "../limits.ts";
import { Refusal } from "../refusal.ts";
import { checkTimeZone } from "./component.ts";
import { dayMs } from "./duration.ts";
import { timezoneText } from "./make_timezone.ts";
import type { Zones } from "./moment.ts";
import { refuse } from "./refuse.ts";
import { tzidIn } from "./text.ts";
import { calendarTree, type Component, valuesOf } from "./tree.ts";
import { definedZone } from "./vtimezone.ts";
import { ianaZone, utcZone, type Zone } from "./zone.ts";
import { C } from "../xml/names.ts";

/**
 * The value of CALDAV:calendar-timezone as it came: a VCALENDAR with one VTIMEZONE (RFC 4791 §5.2.2).
 *
 * @throws {Refusal} 403 CALDAV:valid-calendar-data
 */
export function readCalendarTimezone(text: string): string {
  definitionIn(text);
  return text;
}

/**
 * The value of CALDAV:calendar-timezone-id (RFC 7809 §5.2): a name that the time zone database knows.
 *
 * @throws {Refusal} 403 CALDAV:valid-timezone
 */
export function readTimezoneId(text: string): string {
  zoneById(text);
  return text.trim();
}

/**
 * The zone that CALDAV:timezone-id of a report names (RFC 7809 §6.1); throws as
 * {@linkcode readTimezoneId}.
 */
export function zoneById(text: string): Zone {
  const zone = ianaZone(text.trim());
  if (!zone) throw new Refusal(403, C.validTimezone);
  return zone;
}

/** CALDAV:calendar-timezone of a calendar, as its zone is kept. */
export function calendarTimezoneText(timezone: string): string {
  const zone = isDefinition(timezone) ? undefined : ianaZone(timezone);
  if (!zone) return timezone;
  return "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//davit//davit//EN\r\n" +
    `${timezoneText(timezone, zone)}END:VCALENDAR\r\n`;
}

/**
 * CALDAV:calendar-timezone-id; undefined where the zone has a name that only its maker knows, or is
 * from `from` on (UTC epoch milliseconds) another one than everybody knows by that name.
 */
export function calendarTimezoneId(
  timezone: string,
  zones: Zones,
  from: number,
): string | undefined {
  if (!isDefinition(timezone)) return timezone;
  const definition = keptDefinition(timezone);
  if (!definition) return undefined;
  const id = tzidIn(valuesOf(definition, "TZID")[0] ?? "");
  const known = ianaZone(id);
  const today = Math.floor(from / dayMs) * dayMs;
  const own = zones.defined(definition) ?? known;
  return known && own && zones.areAlike(own, known, today, Infinity) ? id : undefined;
}

const isDefinition = (timezone: string): boolean => timezone.includes("BEGIN:");

/**
 * The zone that CALDAV:timezone of a report describes (RFC 4791 §9.8).
 *
 * @throws {Refusal} 403 CALDAV:valid-calendar-data: also where VERSION is missing.
 */
export function readTimezone(text: string): Zone {
  const { calendar, definition } = definitionIn(text);
  if (valuesOf(calendar, "VERSION")[0]?.trim() !== "2.0") {
    throw refuse.validCalendarData("there must be one VERSION, 2.0");
  }
  return zoneOf(definition);
}

/** The zone of a calendar, as it is kept: a VCALENDAR or a name. UTC where there is none. */
export function zoneOfCalendar(timezone: string | undefined): Zone {
  if (timezone === undefined) return utcZone;
  if (!isDefinition(timezone)) return ianaZone(timezone.trim()) ?? utcZone;
  const definition = keptDefinition(timezone);
  return definition ? zoneOf(definition) : utcZone;
}

/** Undefined: it is none by the bounds of today. */
function keptDefinition(timezone: string): Component | undefined {
  try {
    return definitionIn(timezone).definition;
  } catch (error) {
    if (error instanceof Refusal) return undefined;
    throw error;
  }
}

function definitionIn(text: string) {
  const calendar = calendarTree(text.trimStart(), limits);
  const [definition, ...others] = calendar.components.filter(({ name }) => !name.startsWith("X-"));
  if (definition?.name !== "VTIMEZONE" || others.length > 0) {
    throw refuse.validCalendarData("there must be one VTIMEZONE, and nothing else");
  }
  checkTimeZone(definition);
  return { calendar, definition };
}

const zoneOf = (definition: Component): Zone =>
  definedZone(definition) ?? ianaZone(valuesOf(definition, "TZID")[0]?.trim() ?? "") ?? utcZone;
