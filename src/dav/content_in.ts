import { calendarObjectType } from "../calendar/decide_put.ts";
import type { NewContent } from "../calendar/decide_relocate.ts";
import { readCalendarObject } from "../ical/read.ts";
import type { CollectionKind, ObjectInfo, StoredObject } from "../model.ts";
import { Refusal } from "../refusal.ts";
import type { Services } from "../services.ts";
import { C } from "../xml/names.ts";
import { wholeBody } from "./body_stream.ts";

/** Whether what is in the one kind of collection is something else in the other. */
export const differs = (from: CollectionKind, to: CollectionKind | undefined): boolean =>
  (from === "files" && to === "calendar") || (from === "calendar" && to === "files");

/**
 * What an object is in a collection of that kind: among files a file, with nothing in it but bytes;
 * in a calendar a calendar object, or what of RFC 4791 §5.3.2.1 it violates there.
 */
export async function contentIn(
  kind: CollectionKind,
  { collectionId, name }: ObjectInfo,
  services: Services,
): Promise<NewContent | Refusal> {
  for await (const [[, stored] = []] of services.store.objectsNamed(collectionId, [name])) {
    if (!stored) break;
    if (kind === "calendar") return await calendarContent(stored, services);
    const { contentType, body, blobs } = stored;
    return { contentType, body, blobs, participants: [] };
  }
  return new Refusal(404); // It has gone meanwhile.
}

async function calendarContent(
  stored: StoredObject,
  { store, config: { calendarObjectBytes } }: Services,
): Promise<NewContent | Refusal> {
  if (stored.sizeBytes > calendarObjectBytes) return new Refusal(403, C.maxResourceSize);
  try {
    const { body, ...data } = readCalendarObject(await wholeBody(stored, store));
    const { blobs } = stored;
    const contentType = calendarObjectType;
    return { ...data, contentType, body: blobs.length === 0 ? body : "", blobs };
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
}
