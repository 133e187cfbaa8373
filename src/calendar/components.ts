/** The component types that a calendar can be made for, in the order in which it tells them. */
export const calendarComponents: readonly string[] = ["VEVENT", "VTODO", "VJOURNAL"];

/**
 * The component set of a new calendar (RFC 4791 §5.2.3). Names that no calendar takes (clients send
 * VCALENDAR, VFREEBUSY, TIMEZONE) are passed over; without a known one it takes all of them.
 */
export function componentSet(asked: readonly string[] | undefined): readonly string[] {
  const names = asked?.map((name) => name.toUpperCase());
  const known = calendarComponents.filter((name) => names?.includes(name));
  return known.length > 0 ? known : calendarComponents;
}
