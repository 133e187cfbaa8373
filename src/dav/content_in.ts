import { calendarObjectType } from "../calendar/decide_put.ts";
import type { NewContent } from "../calendar/decide_relocate.ts";
import { readCalendarObjectInTurns } from "../ical/read.ts";
import type { CollectionKind, ObjectInfo, StoredObject } from "../model.ts";
import { Refusal } from "../refusal.ts";
import type { Services } from "../services.ts";
import { C } from "../xml/names.ts";
import { bytesOf } from "./body_stream.ts";
import { keepObject } from "./kept_content.ts";
import type { Uploads } from "./uploads.ts";

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
  uploads: Uploads,
): Promise<NewContent | Refusal> {
  for await (const [[, stored] = []] of services.store.objectsNamed(collectionId, [name])) {
    if (!stored) break;
    if (kind === "calendar") return await calendarContent(stored, services, uploads);
    const { contentType, body, blobs } = stored;
    return { contentType, body, blobs, participants: [] };
  }
  return new Refusal(404); // It has gone meanwhile.
}

/** A large file is one blob, of which only the large values of a calendar object stay blobs. */
async function calendarContent(
  stored: StoredObject,
  { store, config: { calendarObjectBytes } }: Services,
  uploads: Uploads,
): Promise<NewContent | Refusal> {
  if (stored.sizeBytes > calendarObjectBytes) return new Refusal(403, C.maxResourceSize);
  try {
    const content = stored.blobs.length === 0
      ? stored
      : await keepObject(bytesOf(stored, store), uploads);
    const data = await readCalendarObjectInTurns(content.body);
    return { ...data, contentType: calendarObjectType, blobs: content.blobs };
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
}
