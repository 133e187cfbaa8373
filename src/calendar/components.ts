import { refuse } from "./refuse.ts";

/** The component types of a calendar for which nothing is said. */
export const calendarComponents: readonly string[] = ["VEVENT", "VTODO", "VJOURNAL"];

/**
 * Those that a calendar can be made for (RFC 4791 §4.1), in the order in which it tells them. Busy
 * times of their own have a place only where a client asks for it, as no client shows them.
 */
const possibleComponents: readonly string[] = [...calendarComponents, "VFREEBUSY"];

/**
 * The component set of a new calendar (RFC 4791 §5.2.3). Names that no calendar takes are passed over
 * beside others (clients send VCALENDAR, TIMEZONE).
 *
 * @throws {Refusal} 403 CALDAV:supported-calendar-component: there is no other.
 */
export function componentSet(asked: readonly string[] = []): readonly string[] {
  if (asked.length === 0) return calendarComponents;
  const names = asked.map((name) => name.toUpperCase());
  const taken = possibleComponents.filter((name) => names.includes(name));
  if (taken.length === 0) throw refuse.noCalendarFor(asked, possibleComponents);
  return taken;
}
