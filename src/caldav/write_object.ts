import { calendarObjectType, decidePut } from "../calendar/decide_put.ts";
import { decidePutFile } from "../calendar/decide_put_file.ts";
import { requireQuota } from "../calendar/quota.ts";
import { transact } from "../calendar/transact.ts";
import { readMediaType } from "../http/media_type.ts";
import { encodeSegment } from "../http/path.ts";
import { readPrefer } from "../http/prefer.ts";
import { type CalendarObjectData, readCalendarObjectInTurns } from "../ical/read.ts";
import { limits } from "../limits.ts";
import type { BlobPart, ObjectInfo } from "../model.ts";
import { Refusal } from "../refusal.ts";
import { C } from "../xml/names.ts";
import { keepBlob } from "../dav/blob.ts";
import type { DavRequest, Door } from "../dav/door.ts";
import { dynamicHeaders } from "../dav/multistatus.ts";
import { open, type Opened } from "../dav/open.ts";
import { orPresent, representationHeaders } from "../dav/representation.ts";
import type { CollectionResource } from "../dav/resource.ts";

/** Where an object is to be written, and what is there. */
export interface ObjectPlace {
  readonly parent: CollectionResource;
  readonly name: string;
  readonly existing?: ObjectInfo;
}

/**
 * Writes a calendar object resource, with all that RFC 4791 §5.3.2 says of its content, or a file in
 * a plain collection beside the calendars. `placeOf` tells where, or refuses, and may be asked several
 * times. A small body is read before anything is loaded, so that one load answers for its UID as
 * well; before a large one is read, who sends it must be allowed to, and it goes into a blob.
 */
export const writeObject = (
  request: DavRequest,
  door: Door,
  placeOf: (opened: Opened) => ObjectPlace,
): Promise<Response> =>
  orPresent(request, door, async () => {
    const { headers } = request;
    const { bytes, blobs } = await readContent(request, door, placeOf);
    const data = await orRefusal(readCalendarObjectInTurns(bytes));
    const { store, clock, random, config: { quotaBytes: quota } } = door.services;
    const sent = { etag: random.etag(), at: clock(), sizeBytes: bytes.length, blobs };
    const uid = data instanceof Refusal ? undefined : data.uid;
    const write = () =>
      transact(
        store.commit,
        () => open(request, door, { uid, used: quota !== undefined }),
        (opened) => {
          const { parent, name, existing } = placeOf(opened);
          const isFile = parent.kind === "files";
          if (!isFile) checkMediaType(headers);
          const object = isFile ? undefined : objectOf(data);
          const { used, uidHolder } = opened.snapshot;
          requireQuota({ quota, used, replaced: existing?.sizeBytes, added: bytes.length });
          const { collection } = parent;
          const hrefOf = (member: string) => parent.href + encodeSegment(member);
          const fileType = headers.get("content-type") ?? "application/octet-stream";
          const contentType = object ? calendarObjectType : fileType;
          const decision = object
            ? decidePut(
              { calendar: collection, existing, uidHolder },
              { ...sent, ...contentOf(object, blobs), name },
              hrefOf,
            )
            : decidePutFile(collection.id, existing, {
              ...sent,
              name,
              body: blobs.length === 0 ? bytes : "",
              contentType,
            });
          const { created, etag } = decision.reply;
          const reply = { created, etag, contentType, href: hrefOf(name) };
          return { ...decision, rests: [...opened.settled, ...decision.rests], reply };
        },
      );
    const written = await (uid === undefined ? write() : door.takeTurn(uid, write));
    return answer(request, written, bytes);
  });

interface Written {
  readonly href: string;
  readonly etag: string;
  readonly contentType: string;
  readonly created: boolean;
}

/** `Location` where the new object is not at the URL of the request. */
function answer(
  { row, headers }: DavRequest,
  { href, created, ...written }: Written,
  bytes: Uint8Array,
): Response {
  const location: Record<string, string> = row.name === "POST" ? { location: href } : {};
  if (readPrefer(headers).representation) {
    return new Response(bytes as Uint8Array<ArrayBuffer>, {
      status: created ? 201 : 200,
      headers: { ...representationHeaders(href, written), ...location },
    });
  }
  return new Response(null, {
    status: created ? 201 : 204,
    headers: { ...dynamicHeaders, etag: written.etag, ...location },
  });
}

/** @throws {Refusal} 403 CALDAV:supported-calendar-data. A client that says nothing is believed. */
function checkMediaType(headers: Headers): void {
  const header = headers.get("content-type");
  if (header === null || readMediaType(header)?.type === "text/calendar") return;
  throw new Refusal(403, C.supportedCalendarData, { text: "the content must be text/calendar" });
}

async function readContent(
  request: DavRequest,
  door: Door,
  placeOf: (opened: Opened) => ObjectPlace,
): Promise<{ readonly bytes: Uint8Array; readonly blobs: readonly BlobPart[] }> {
  const small = await request.body.within(limits.inlineBytes);
  if (small) return { bytes: small, blobs: [] };
  placeOf(await open(request, door));
  const bytes = await request.body.bytes();
  return { bytes, blobs: [await keepBlob(bytes, door.services)] };
}

/** The content of a row: all of it, or nothing where it is in a blob. */
const contentOf = (
  { body, ...data }: CalendarObjectData,
  blobs: readonly BlobPart[],
): CalendarObjectData => ({ ...data, body: blobs.length === 0 ? body : "" });

/** What was refused is told only to whoever may write there, by `objectOf`. */
async function orRefusal<T>(read: Promise<T>): Promise<T | Refusal> {
  try {
    return await read;
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
}

function objectOf(data: CalendarObjectData | Refusal): CalendarObjectData {
  if (data instanceof Refusal) throw data;
  return data;
}
