import { calendarObjectType, decidePut } from "../calendar/decide_put.ts";
import { decidePutFile } from "../calendar/decide_put_file.ts";
import { boundsOf, requireQuota, requireSize } from "../calendar/quota.ts";
import { digestsOf, shareBlobs } from "../calendar/shared_blobs.ts";
import { transact } from "../calendar/transact.ts";
import { readMediaType } from "../http/media_type.ts";
import { encodeSegment } from "../http/path.ts";
import { readPrefer } from "../http/prefer.ts";
import type { Zones } from "../ical/moment.ts";
import { type CalendarObjectData, readCalendarObjectInTurns } from "../ical/read.ts";
import { limits } from "../limits.ts";
import type { NewObject, ObjectInfo } from "../model.ts";
import { Refusal } from "../refusal.ts";
import { C } from "../xml/names.ts";
import type { Store } from "../store/store.ts";
import { attachmentUrls } from "../dav/attachment_urls.ts";
import { bodyStream } from "../dav/body_stream.ts";
import { calendarForms } from "../dav/calendar_data.ts";
import { claimed, claimsOf, idsOf } from "../dav/claimed.ts";
import type { DavRequest, Door } from "../dav/door.ts";
import { inRow, keepFile, type KeptContent } from "../dav/kept_content.ts";
import { dynamicHeaders } from "../dav/multistatus.ts";
import { open, type Opened } from "../dav/open.ts";
import { orPresent, representationHeaders } from "../dav/representation.ts";
import type { CollectionResource } from "../dav/resource.ts";
import { uploading, type Uploads } from "../dav/uploads.ts";
import { keepLarge, keepSmall, type KeptObject } from "./kept.ts";

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
 * well; before a large one is read, who sends it must be allowed to, and it is kept as it comes.
 */
export const writeObject = (
  request: DavRequest,
  door: Door,
  placeOf: (opened: Opened) => ObjectPlace,
): Promise<Response> =>
  orPresent(request, door, () =>
    uploading(door.services, async (uploads) => {
      const { headers } = request;
      const sent = await readContent(request, door, placeOf, uploads);
      const data = await orRefusal(readObject(sent.object, door.zones));
      const { store, clock, random, config } = door.services;
      const version = { etag: random.etag(), at: clock() };
      const uid = data instanceof Refusal ? undefined : data.uid;
      const urls = attachmentUrls(request.origin);
      const claims = data instanceof Refusal ? [] : claimsOf(data.body, urls.idOf);
      const asked = {
        uid,
        used: config.quotaBytes !== undefined,
        digests: digestsOf(sent.file.content.blobs),
        attachments: idsOf(claims),
      };
      const write = () =>
        transact(store.commit, () => open(request, door, asked), (opened) => {
          const place = placeOf(opened);
          const { parent, name, existing } = place;
          const isFile = parent.kind === "files";
          if (!isFile) checkMediaType(headers);
          const object = isFile ? undefined : foundIn(data);
          const { content: kept, etagOf } = isFile ? sent.file : foundIn(sent.object);
          const { asker, collection } = parent;
          const { sameContent, uidHolder, attachments: known } = opened.snapshot;
          const { blobs, ...shared } = shareBlobs(kept.blobs, sameContent);
          const owned = object && claimed({ ...kept, ...object, blobs }, claims, {
            known,
            asker,
            config,
            urls,
          });
          const content = { ...version, ...(owned ?? { ...kept, blobs }), name };
          checkSize(kept.sizeBytes, opened, place, config);
          const room = roomFor(sizesOf(content), opened, place, config);
          const hrefOf = (member: string) => parent.href + encodeSegment(member);
          const fileType = headers.get("content-type") ?? "application/octet-stream";
          const contentType = object ? calendarObjectType : fileType;
          const { rests, changes, reply: { created, etag } } = object
            ? decidePut(
              { calendar: collection, existing, uidHolder },
              { ...object, ...content },
              hrefOf,
            )
            : decidePutFile(collection.id, existing, { ...content, contentType });
          const href = hrefOf(name);
          const sentEtag = owned?.isSame === false ? undefined : etagOf?.(etag);
          const { body } = content;
          return {
            rests: [...opened.settled, ...rests, ...room, ...shared.rests, ...(owned?.rests ?? [])],
            changes: [...changes, ...shared.changes],
            reply: { created, etag, contentType, href, body, blobs: content.blobs, sentEtag },
          };
        });
      const written = await (uid === undefined ? write() : door.takeTurn(uid, write));
      return answer(request, written, store);
    }));

type Config = Door["services"]["config"];

interface Written extends Pick<KeptContent, "body" | "blobs"> {
  readonly href: string;
  readonly etag: string;
  readonly contentType: string;
  readonly created: boolean;
  /** Of what was sent. */
  readonly sentEtag?: string;
}

/** `Location` where the new object is not at the URL of the request. */
function answer(
  { row, headers }: DavRequest,
  { href, created, body, blobs, sentEtag, ...written }: Written,
  store: Store,
): Response {
  const location: Record<string, string> = row.name === "POST" ? { location: href } : {};
  if (readPrefer(headers).representation) {
    return new Response(bodyStream({ body, blobs }, store), {
      status: created ? 201 : 200,
      headers: { ...representationHeaders(href, written), ...location },
    });
  }
  return new Response(null, {
    status: created ? 201 : 204,
    headers: { ...dynamicHeaders, ...(sentEtag !== undefined && { etag: sentEtag }), ...location },
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

/** What came, as each kind of collection keeps it. */
interface Sent {
  readonly file: KeptObject;
  /** Or why it is none. */
  readonly object: KeptObject | Refusal;
}

async function readContent(
  request: DavRequest,
  door: Door,
  placeOf: (opened: Opened) => ObjectPlace,
  uploads: Uploads,
): Promise<Sent> {
  const { headers, body } = request;
  const small = await body.within(limits.inlineBytes);
  if (small) {
    const object = await orRefusal(keepSmall(small, headers, uploads));
    return { file: asSent(inRow(small)), object };
  }
  const { config } = door.services;
  const opened = await open(request, door, { used: config.quotaBytes !== undefined });
  const place = placeOf(opened);
  const check = (sizeBytes: number) => {
    checkSize(sizeBytes, opened, place, config);
    roomFor(sizeBytes, opened, place, config);
  };
  check(body.declaredBytes ?? 0);
  const kept = place.parent.kind === "files"
    ? asSent(await keepFile(body, uploads, check))
    : await keepLarge(body.stream(), headers, uploads, check);
  return { file: kept, object: kept };
}

const asSent = (content: KeptContent): KeptObject => ({ content, etagOf: (etag) => etag });

const readObject = async (
  kept: KeptObject | Refusal,
  zones: Zones,
): Promise<CalendarObjectData> =>
  await readCalendarObjectInTurns(foundIn(kept).content.body, zones);

function checkSize(
  sizeBytes: number,
  { snapshot: { owner } }: Opened,
  { parent: { kind } }: ObjectPlace,
  config: Config,
): void {
  const { calendarObjectBytes, fileBytes } = boundsOf(owner, config);
  if (kind === "files") requireSize(sizeBytes, fileBytes);
  else requireSize(sizeBytes, calendarObjectBytes, C.maxResourceSize);
}

const roomFor = (
  added: number,
  { snapshot: { used, owner } }: Opened,
  { parent: { collection: { ownerId } }, existing }: ObjectPlace,
  config: Config,
) => {
  const { quotaBytes: quota } = boundsOf(owner, config);
  const replaced = existing && existing.sizeBytes + existing.attachedBytes;
  return requireQuota({ quota, ownerId, used, replaced, added });
};

/** Of an object with its attachments, in bytes. */
const sizesOf = ({ sizeBytes, attachments = [] }: Pick<NewObject, "sizeBytes" | "attachments">) =>
  attachments.reduce((sum, one) => sum + one.sizeBytes, sizeBytes);

/** What was refused is told only to whoever may write there, by `foundIn`. */
async function orRefusal<T>(read: Promise<T>): Promise<T | Refusal> {
  try {
    return await read;
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
}

function foundIn<T>(found: T | Refusal): T {
  if (found instanceof Refusal) throw found;
  return found;
}
