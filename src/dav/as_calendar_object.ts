import type { CalendarContent } from "../calendar/decide_relocate.ts";
import { readCalendarObject } from "../ical/read.ts";
import type { ObjectInfo } from "../model.ts";
import { Refusal } from "../refusal.ts";
import type { Services } from "../services.ts";
import { C } from "../xml/names.ts";
import { wholeBody } from "./body_stream.ts";

/** What a file is where it goes to a calendar; or what of RFC 4791 §5.3.2.1 it violates there. */
export async function readAsCalendarObject(
  { collectionId, name, sizeBytes }: ObjectInfo,
  { store, config: { calendarObjectBytes } }: Services,
): Promise<CalendarContent | Refusal> {
  if (sizeBytes > calendarObjectBytes) return new Refusal(403, C.maxResourceSize);
  for await (const [, stored] of store.objectsNamed(collectionId, [name])) {
    if (!stored) break;
    try {
      const data = readCalendarObject(await wholeBody(stored, store));
      return { ...data, body: stored.blobs.length === 0 ? data.body : "", blobs: stored.blobs };
    } catch (error) {
      if (error instanceof Refusal) return error;
      throw error;
    }
  }
  return new Refusal(404); // It has gone meanwhile.
}
