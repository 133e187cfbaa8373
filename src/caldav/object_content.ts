import { digestsOf, shareBlobs, type SharedBlobs } from "../calendar/shared_blobs.ts";
import { withLinkedAgain } from "../ical/attachments/linked.ts";
import { passageOf, sizeOf } from "../ical/passage.ts";
import type { CalendarObjectData } from "../ical/read.ts";
import { bodyOf } from "../ical/text.ts";
import { limits } from "../limits.ts";
import type { Change } from "../change.ts";
import type { NewBlob, StoredObject } from "../model.ts";
import { attachmentUrls } from "../dav/attachment_urls.ts";
import { claimed, type OwnedContent } from "../dav/claimed.ts";
import type { DavRequest, Door } from "../dav/door.ts";
import { linkNames } from "../dav/inline_links.ts";
import type { KeptContent } from "../dav/kept_content.ts";
import { isObject, type Resource } from "../dav/resource.ts";
import { quirksOf } from "../dav/quirks.ts";
import type { Snapshot } from "../store/questions.ts";
import type { Uploads } from "../dav/uploads.ts";
import type { AttachedFile } from "./attached_file.ts";
import { converted } from "./converted.ts";
import type { ObjectPlace } from "./object_place.ts";

/** A calendar object as it is to be kept, and what else is to be written with it. */
export interface ObjectContent extends OwnedContent {
  readonly changes: readonly Change[];
  /** Uploads of attachments that were inside of it. */
  readonly uploads: readonly NewBlob[];
}

/** An object as it was sent, and where it goes. */
export interface SentObject {
  readonly kept: KeptContent;
  readonly data: CalendarObjectData;
  readonly place: ObjectPlace;
  readonly snapshot: Snapshot;
  /** What is there, with its content where that was asked for. */
  readonly there: Resource | undefined;
  /** UTC epoch milliseconds. */
  readonly at: number;
}

/**
 * What a calendar keeps of an object: what its sender was not told is put back, attachments are as the
 * server has them, and those inside of it are managed ones, where the calendar is to have them so.
 *
 * @throws {Refusal} as `claimed`.
 */
export async function objectContent(
  { kept, data, place: { parent }, snapshot, there, at }: SentObject,
  request: DavRequest,
  { services, zones }: Door,
  uploads: Uploads,
): Promise<ObjectContent> {
  const { store, config } = services;
  const { asker, collection } = parent;
  const urls = attachmentUrls(request.origin);
  const { blobs, ...shared } = shareBlobs(kept.blobs, snapshot.sameContent);
  const sent = { ...kept, body: data.body, blobs };
  const whole = withheldAgain(sent, request, there, zones);
  const owned = claimed(whole, { known: snapshot.attachments, asker, config, urls });
  const isSame = owned.isSame && whole === sent;
  const content = withShared({ ...owned, isSame }, shared);
  if (collection.attachments !== "managed") return content;
  const { passage, files, left } = await converted(passageOf(owned), {
    services,
    uploads,
    urlOf: urls.of,
    most: limits.attachmentsPerResource - owned.attachments.length,
    at,
  });
  if (files.length === 0) return content;
  const added = files.flatMap(({ upload }) => upload ?? []);
  const { sameContent } = await store.load({
    asker: asker.id,
    place: { kind: "fixed" },
    digests: digestsOf(added),
  });
  const managed = {
    ...content,
    body: bodyOf(passage.octets),
    blobs: passage.blobs,
    sizeBytes: sizeOf(passage),
    attachments: [...owned.attachments, ...files.map(({ attachment }) => attachment)],
    changes: [...content.changes, { kind: "drop-uploads", blobIds: left } as const],
    uploads: added,
    isSame: false,
  };
  return withFiles(managed, files, sameContent);
}

const withShared = (
  content: OwnedContent,
  { rests, changes }: Omit<SharedBlobs, "blobs">,
): ObjectContent => ({
  ...content,
  rests: [...content.rests, ...rests],
  changes,
  uploads: [],
});

function withFiles(
  content: ObjectContent,
  files: readonly AttachedFile[],
  sameContent: Snapshot["sameContent"],
): ObjectContent {
  const { blobs, rests, changes } = shareBlobs(content.uploads, sameContent);
  const kept = new Map(content.uploads.map(({ blobId }, index) => [blobId, blobs[index]]));
  const puts = files.map(({ attachment, upload }): Change => {
    const { blobId, digest } = kept.get(upload?.blobId ?? 0) ?? {};
    return { kind: "put-attachment", attachment: { ...attachment, blobId }, digest };
  });
  return {
    ...content,
    rests: [...content.rests, ...rests],
    changes: [...content.changes, ...changes, ...puts],
  };
}

/** What its sender sees only as links, and may have dropped (`Quirks.linksAttachments`). */
function withheldAgain<T extends Pick<StoredObject, "body" | "blobs" | "sizeBytes">>(
  sent: T,
  { headers }: DavRequest,
  there: Resource | undefined,
  zones: Door["zones"],
): T {
  if (!quirksOf(headers).linksAttachments || !there || !isObject(there)) return sent;
  const { content, href } = there;
  if (!content || content.sizeBytes <= limits.linkedObjectBytes) return sent;
  const before = passageOf(sent);
  const after = withLinkedAgain(before, passageOf(content), linkNames(href), zones);
  if (after === before) return sent;
  return { ...sent, body: bodyOf(after.octets), blobs: after.blobs, sizeBytes: sizeOf(after) };
}
