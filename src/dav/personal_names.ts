import { A, C, type XmlName } from "../xml/names.ts";

/**
 * Properties of a collection that belong to the person who looks, not to the collection: a calendar
 * that is shared has another colour and place in each person's list.
 */
export const personalNames: ReadonlySet<XmlName> = new Set([
  A.calendarColor,
  A.calendarOrder,
  C.calendarOrder, // the namespace that old macOS sends
  C.defaultAlarmVeventDate,
  C.defaultAlarmVeventDatetime,
  C.defaultAlarmVtodoDate,
  C.defaultAlarmVtodoDatetime,
]);
