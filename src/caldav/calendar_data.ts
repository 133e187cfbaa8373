import { Refusal } from "../refusal.ts";
import { C } from "../xml/names.ts";
import type { XmlElement } from "../xml/tree.ts";

/** @throws {Refusal} 403 CALDAV:supported-calendar-data: in another form than iCalendar 2.0. */
export function checkCalendarData(asked: XmlElement | undefined): void {
  const { "content-type": type = "text/calendar", version = "2.0" } = asked?.attributes ?? {};
  if (type.toLowerCase() !== "text/calendar" || version !== "2.0") {
    throw new Refusal(403, C.supportedCalendarData);
  }
}
