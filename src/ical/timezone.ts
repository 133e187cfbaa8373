import { limits } from "../limits.ts";
import { Refusal } from "../refusal.ts";
import { checkTimeZone } from "./component.ts";
import { refuse } from "./refuse.ts";
import { calendarTree, type Component, valuesOf } from "./tree.ts";
import { definedZone } from "./vtimezone.ts";
import { ianaZone, utcZone, type Zone } from "./zone.ts";

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
  if (!timezone.includes("BEGIN:")) return ianaZone(timezone.trim()) ?? utcZone;
  try {
    return zoneOf(definitionIn(timezone).definition);
  } catch (error) {
    if (error instanceof Refusal) return utcZone;
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
