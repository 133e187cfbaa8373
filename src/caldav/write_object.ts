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
import type { Change, NewObject } from "../change.ts";
import { Refusal } from "../refusal.ts";
import { C } from "../xml/names.ts";
import type { Store } from "../store/store.ts";
import { attachmentUrls } from "../dav/attachment_urls.ts";
import { calendarForms } from "../dav/calendar_data.ts";
import { claimsOf, idsOf } from "../dav/claimed.ts";
import type { DavRequest, Door } from "../dav/door.ts";
import { inRow, keepFile, type KeptContent } from "../dav/kept_content.ts";
import { dynamicHeaders } from "../dav/multistatus.ts";
import { open, type Opened } from "../dav/open.ts";
import { orPresent, representationAnswer, type Represented } from "../dav/representation.ts";
import { uploading, type Uploads } from "../dav/uploads.ts";
import { hasLinks } from "../dav/inline_links.ts";
import { quirksOf } from "../dav/quirks.ts";
import { keepLarge, keepSmall, type KeptObject } from "./kept.ts";
import { type ObjectContent, objectContent } from "./object_content.ts";
import type { ObjectPlace } from "./object_place.ts";

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
      const sent = await readContent(request, door, placeOf, uploads);
      const data = await orRefusal(readObject(sent.object, door.zones));
      const { store, clock, random, config } = door.services;
      const version = { etag: random.etag(), at: clock() };
      const uid = data instanceof Refusal ? undefined : data.uid;
      const asked = {
        uid,
        body: quirksOf(request.headers).linksAttachments,
        used: config.quotaBytes !== undefined,
        digests: digestsOf(sent.file.content.blobs),
        attachments: data instanceof Refusal ? [] : claimedIn(data, request),
      };
      /** Uploads of attempts that others were faster than. */
      const unused: number[] = [];
      const load = async () => {
        const opened = await open(request, door, asked);
        const place = placeOf(opened);
        if (place.parent.kind === "files") return { opened, place };
        checkMediaType(request.headers);
        const { content: kept, etagOf } = foundIn(sent.object);
        const { snapshot } = opened;
        const there = opened.state === "mapped" ? opened.resource : undefined;
        const object = { kept, data: foundIn(data), place, snapshot, there, at: version.at };
        const content = await objectContent(object, request, door, uploads);
        const left = [...unused];
        unused.push(...content.uploads.map(({ blobId }) => blobId));
        return { opened, place, object: { ...object.data, ...content, etagOf }, left };
      };
      const write = () =>
        transact(store.commit, load, ({ opened, place, object, left }) => {
          const { parent: { href: above, collection }, name, existing } = place;
          const { sameContent, uidHolder } = opened.snapshot;
          const file = sent.file.content;
          const shared = object ?? { ...file, ...shareBlobs(file.blobs, sameContent) };
          const content = { ...version, ...shared, name };
          checkSize(content.sizeBytes, opened, place, config);
          const room = roomFor(sizesOf(content), opened, place, config);
          const hrefOf = (member: string) => above + encodeSegment(member);
          const fileType = request.headers.get("content-type") ?? "application/octet-stream";
          const contentType = object ? calendarObjectType : fileType;
          const { rests, changes, reply: { created, etag } } = object
            ? decidePut(
              { calendar: collection, existing, uidHolder },
              { ...object, ...content },
              hrefOf,
            )
            : decidePutFile(collection.id, existing, { ...content, contentType });
          const { body, blobs, sizeBytes } = content;
          const sentEtag = object ? etagOfSent(object, request, etag) : etag;
          return {
            rests: [...opened.settled, ...rests, ...room, ...shared.rests],
            changes: [...shared.changes, ...dropping(left), ...changes],
            reply: {
              ...{ href: hrefOf(name), etag, contentType, body, blobs, sizeBytes },
              ...{ created, sentEtag },
            },
          };
        });
      const written = await (uid === undefined ? write() : door.takeTurn(uid, write));
      return answer(request, written, store);
    }));

type Config = Door["services"]["config"];

interface Written extends Represented {
  readonly created: boolean;
  /** Of what was sent. */
  readonly sentEtag?: string;
}

const dropping = (blobIds: readonly number[] = []): readonly Change[] =>
  blobIds.length > 0 ? [{ kind: "drop-uploads", blobIds }] : [];

/** Ids of the managed attachments that an object claims. */
const claimedIn = ({ body }: CalendarObjectData, { origin }: DavRequest): readonly string[] =>
  idsOf(claimsOf(body, attachmentUrls(origin).idOf));

/** None where that is not what is kept, or whoever sent it is told something else. */
function etagOfSent(
  object: ObjectContent & Pick<KeptObject, "etagOf">,
  { headers }: DavRequest,
  etag: string,
): string | undefined {
  const isTold = object.isSame && !(quirksOf(headers).linksAttachments && hasLinks(object));
  return isTold ? object.etagOf?.(etag) : undefined;
}

/** `Location` where the new object is not at the URL of the request. */
function answer(request: DavRequest, written: Written, store: Store): Response {
  const { row, headers } = request;
  const { href, created, sentEtag } = written;
  const location: Record<string, string> = row.name === "POST" ? { location: href } : {};
  if (readPrefer(headers).representation) {
    return representationAnswer(created ? 201 : 200, request, written, store, location);
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
