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
import { calendarForms } from "../dav/calendar_data.ts";
import type { DavRequest, Door } from "../dav/door.ts";
import { dynamicHeaders } from "../dav/multistatus.ts";
import { open, type Opened } from "../dav/open.ts";
import { orPresent, representationHeaders } from "../dav/representation.ts";
import type { CollectionResource } from "../dav/resource.ts";
import { keptOf } from "./kept.ts";

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
    const { sent, kept, blobs } = await readContent(request, door, placeOf);
    const data = await orRefusal(readKept(kept));
    const { store, clock, random, config: { quotaBytes: quota } } = door.services;
    const written = { etag: random.etag(), at: clock(), blobs };
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
          const bytes = isFile || kept instanceof Refusal ? sent : kept;
          const sizeBytes = bytes.length;
          requireQuota({ quota, used, replaced: existing?.sizeBytes, added: sizeBytes });
          const { collection } = parent;
          const hrefOf = (member: string) => parent.href + encodeSegment(member);
          const fileType = headers.get("content-type") ?? "application/octet-stream";
          const contentType = object ? calendarObjectType : fileType;
          const decision = object
            ? decidePut(
              { calendar: collection, existing, uidHolder },
              { ...written, ...contentOf(object, blobs), name, sizeBytes },
              hrefOf,
            )
            : decidePutFile(collection.id, existing, {
              ...written,
              name,
              sizeBytes,
              body: blobs.length === 0 ? bytes : "",
              contentType,
            });
          const { created, etag } = decision.reply;
          const isSame = bytes === sent;
          const reply = { created, etag, contentType, href: hrefOf(name), bytes, isSame };
          return { ...decision, rests: [...opened.settled, ...decision.rests], reply };
        },
      );
    return answer(request, await (uid === undefined ? write() : door.takeTurn(uid, write)));
  });

interface Written {
  readonly href: string;
  readonly etag: string;
  readonly contentType: string;
  readonly created: boolean;
  readonly bytes: Uint8Array;
  /** Whether they are those that were sent. */
  readonly isSame: boolean;
}

/**
 * `Location` where the new object is not at the URL of the request; no ETag where it is not what was
 * sent (RFC 4791 §5.3.4).
 */
function answer(
  { row, headers }: DavRequest,
  { href, created, bytes, isSame, ...written }: Written,
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
    headers: { ...dynamicHeaders, ...(isSame && { etag: written.etag }), ...location },
  });
}

/** @throws {Refusal} 403 CALDAV:supported-calendar-data. A client that says nothing is believed. */
function checkMediaType(headers: Headers): void {
  const header = headers.get("content-type");
  const type = readMediaType(header)?.type;
  if (header === null || calendarForms.some((form) => form.type === type)) return;
  const types = calendarForms.map((form) => form.type).join(" or ");
  throw new Refusal(403, C.supportedCalendarData, { text: `the content must be ${types}` });
}

interface Content {
  readonly sent: Uint8Array;
  /** What a calendar keeps of it, or why it is none of its objects. */
  readonly kept: Uint8Array | Refusal;
  readonly blobs: readonly BlobPart[];
}

async function readContent(
  request: DavRequest,
  door: Door,
  placeOf: (opened: Opened) => ObjectPlace,
): Promise<Content> {
  const { headers, body } = request;
  const small = await body.within(limits.inlineBytes);
  if (small) return { sent: small, kept: await orRefusal(keptOf(small, headers)), blobs: [] };
  const { parent } = placeOf(await open(request, door));
  const sent = await body.bytes();
  const kept = parent.kind === "files" ? sent : await keptOf(sent, headers);
  return { sent, kept, blobs: [await keepBlob(kept, door.services)] };
}

const readKept = async (kept: Uint8Array | Refusal): Promise<CalendarObjectData> => {
  if (kept instanceof Refusal) throw kept;
  return await readCalendarObjectInTurns(kept);
};

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
