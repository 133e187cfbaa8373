import { limits } from "../limits.ts";
import { checkTimeZone } from "./component.ts";
import { refuse } from "./refuse.ts";
import { calendarTree } from "./tree.ts";

/**
 * The value of CALDAV:calendar-timezone as it came: a VCALENDAR with one VTIMEZONE (RFC 4791 §5.2.2).
 *
 * @throws {Refusal} 403 CALDAV:valid-calendar-data
 */
export function readCalendarTimezone(text: string): string {
  const { components } = calendarTree(text.trimStart(), limits);
  const [zone, ...others] = components.filter(({ name }) => !name.startsWith("X-"));
  if (zone?.name !== "VTIMEZONE" || others.length > 0) {
    throw refuse.validCalendarData("there must be one VTIMEZONE, and nothing else");
  }
  checkTimeZone(zone);
  return text;
}
