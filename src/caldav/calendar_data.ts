import { allprop, type Asked, askedProp } from "../dav/properties.ts";
import { Refusal } from "../refusal.ts";
import { C, D } from "../xml/names.ts";
import { childNamed, type XmlElement } from "../xml/tree.ts";

/**
 * What calendar-query and calendar-multiget ask of each object (RFC 4791 §9.5, §9.10).
 *
 * @throws {Refusal} 403 CALDAV:supported-calendar-data: in another form than iCalendar 2.0.
 */
export function askedOfObjects(body: XmlElement): Asked {
  const prop = childNamed(body, D.prop);
  if (!prop) return childNamed(body, D.propname) ? { kind: "propname" } : allprop;
  checkCalendarData(childNamed(prop, C.calendarData));
  return askedProp(prop);
}

/** Whether the answer holds the content of the objects. */
export const wantsContent = (asked: Asked): boolean =>
  asked.kind === "prop" && asked.elements.some(({ name }) => name === C.calendarData);

function checkCalendarData(asked: XmlElement | undefined): void {
  const { "content-type": type = "text/calendar", version = "2.0" } = asked?.attributes ?? {};
  if (type.toLowerCase() !== "text/calendar" || version !== "2.0") {
    throw new Refusal(403, C.supportedCalendarData);
  }
}
