import { calendarObjectType } from "../calendar/decide_put.ts";
import type { NewContent } from "../calendar/decide_relocate.ts";
import { readCalendarObjectInTurns } from "../ical/read.ts";
import type { CollectionKind, ObjectInfo, Principal, StoredObject } from "../model.ts";
import { Refusal } from "../refusal.ts";
import type { Services } from "../services.ts";
import { C } from "../xml/names.ts";
import { attachmentUrls } from "./attachment_urls.ts";
import { bytesOf } from "./body_stream.ts";
import { claimed, claimsOf, idsOf } from "./claimed.ts";
import { keepObject } from "./kept_content.ts";
import type { Uploads } from "./uploads.ts";

/** With what, by whom and where something is made of an object. */
export interface Converting {
  readonly services: Services;
  readonly uploads: Uploads;
  readonly asker: Principal;
  /** Scheme and host that clients see. */
  readonly origin: string;
}

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
  { services, uploads, asker, origin }: Converting,
): Promise<NewContent | Refusal> {
  for await (
    const [[, stored] = []] of services.store.objectsNamed(collectionId, [name], "columns")
  ) {
    if (!stored) break;
    if (kind === "calendar") {
      return await calendarContent(stored, { services, uploads, asker, origin });
    }
    const { contentType, body, blobs, sizeBytes } = stored;
    return { contentType, body, blobs, sizeBytes, participants: [] };
  }
  return new Refusal(404); // It has gone meanwhile.
}

/** A large file is one blob, of which only the large values of a calendar object stay blobs. */
async function calendarContent(
  stored: StoredObject,
  { services: { store, config }, uploads, asker, origin }: Converting,
): Promise<NewContent | Refusal> {
  if (stored.sizeBytes > config.calendarObjectBytes) return new Refusal(403, C.maxResourceSize);
  try {
    const kept = stored.blobs.length === 0
      ? stored
      : await keepObject(bytesOf(stored, store), uploads);
    const data = await readCalendarObjectInTurns(kept.body);
    const urls = attachmentUrls(origin);
    const attachments = idsOf(claimsOf(data.body, urls.idOf));
    const known = attachments.length === 0
      ? []
      : (await store.load({ asker: asker.id, place: { kind: "fixed" }, attachments })).attachments;
    const claiming = { known, asker, config, urls };
    const owned = claimed({ ...kept, ...data }, claiming);
    return { ...data, ...owned, contentType: calendarObjectType };
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
}
