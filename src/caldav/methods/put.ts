import { decidePut, type PutRequest } from "../../calendar/decide_put.ts";
import { decidePutFile } from "../../calendar/decide_put_file.ts";
import { requireQuota } from "../../calendar/quota.ts";
import { transact } from "../../calendar/transact.ts";
import { checkConditions, readConditions } from "../../http/conditions.ts";
import { readMediaType } from "../../http/media_type.ts";
import { encodeSegment } from "../../http/path.ts";
import { type CalendarObjectData, readCalendarObject } from "../../ical/read.ts";
import { limits } from "../../limits.ts";
import type { BlobPart } from "../../model.ts";
import { Refusal } from "../../refusal.ts";
import { C } from "../../xml/names.ts";
import { keepBlob } from "../../dav/blob.ts";
import type { DavRequest, Door, Method } from "../../dav/door.ts";
import { dynamicHeaders } from "../../dav/multistatus.ts";
import { open, type Opened } from "../../dav/open.ts";
import { isObject } from "../../dav/resource.ts";

/**
 * PUT of a calendar object resource (RFC 4791 §5.3.2), or of a file in a plain collection beside the
 * calendars. A small body is read before anything is loaded, so that one load answers for its UID as
 * well; before a large one is read, who sends it must be allowed to, and it goes into a blob.
 */
export const put: Method = {
  name: "PUT",
  home: "calendar-home",
  on: ["calendar-object", "file"],
  creates: ["calendar", "files"],
  async handle(request, door) {
    const { headers } = request;
    const conditions = readConditions(headers);
    const { bytes, blobs } = await readContent(request, door);
    const data = attempt(() => calendarObjectIn(headers, bytes));
    const { store, clock, random, config: { quotaBytes: quota } } = door.services;
    const sent = { etag: random.etag(), at: clock(), sizeBytes: bytes.length, blobs };
    const uid = data instanceof Refusal ? undefined : data.uid;
    const write = () =>
      transact(
        store.commit,
        () => open(request, door, { uid, used: quota !== undefined }),
        (opened) => {
          const { parent, name, existing } = placeOf(opened);
          checkConditions(conditions, existing?.etag, { safe: false });
          const object = parent.kind === "files" ? undefined : objectOf(data);
          const { used, uidHolder } = opened.snapshot;
          requireQuota({ quota, used, replaced: existing?.sizeBytes, added: bytes.length });
          const { collection, href } = parent;
          const decision = object
            ? decidePut(
              { calendar: collection, existing, uidHolder },
              { ...sent, ...contentOf(object, blobs), name },
              (holder) => href + encodeSegment(holder),
            )
            : decidePutFile(collection.id, existing, {
              ...sent,
              name,
              body: blobs.length === 0 ? bytes : "",
              contentType: headers.get("content-type") ?? "application/octet-stream",
            });
          return { ...decision, rests: [...opened.settled, ...decision.rests] };
        },
      );
    const { created, etag } = await (uid === undefined ? write() : door.takeTurn(uid, write));
    return new Response(null, {
      status: created ? 201 : 204,
      headers: { ...dynamicHeaders, etag },
    });
  },
};

/**
 * A client that does not say what it sends is believed.
 *
 * @throws {Refusal} 403 CALDAV:supported-calendar-data, or what the content violates.
 */
function calendarObjectIn(headers: Headers, bytes: Uint8Array): CalendarObjectData {
  const header = headers.get("content-type");
  if (header !== null && readMediaType(header)?.type !== "text/calendar") {
    throw new Refusal(403, C.supportedCalendarData, { text: "the content must be text/calendar" });
  }
  return readCalendarObject(bytes);
}

async function readContent(
  request: DavRequest,
  door: Door,
): Promise<{ readonly bytes: Uint8Array; readonly blobs: readonly BlobPart[] }> {
  const small = await request.body.within(limits.inlineBytes);
  if (small) return { bytes: small, blobs: [] };
  placeOf(await open(request, door));
  const bytes = await request.body.bytes();
  return { bytes, blobs: [await keepBlob(bytes, door.services)] };
}

/** The content of a row: all of it, or nothing where it is in a blob. */
const contentOf = (
  { body, uid, component, participants }: CalendarObjectData,
  blobs: readonly BlobPart[],
): Pick<PutRequest, "body" | "uid" | "component" | "participants"> => ({
  body: blobs.length === 0 ? body : "",
  uid,
  component,
  participants,
});

/** The calendar, and what is in the place of the new object. */
function placeOf(opened: Opened) {
  if (opened.state === "unmapped") return { parent: opened.parent, name: opened.name };
  const { resource, parent } = opened;
  if (!parent || !isObject(resource)) throw new Refusal(405);
  return { parent, name: resource.object.name, existing: resource.object };
}

/** What was refused is told only to whoever may write there, by `objectOf`. */
function attempt<T>(read: () => T): T | Refusal {
  try {
    return read();
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
}

function objectOf(data: CalendarObjectData | Refusal): CalendarObjectData {
  if (data instanceof Refusal) throw data;
  return data;
}
