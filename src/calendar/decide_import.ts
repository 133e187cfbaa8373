import type { Claim } from "../ical/attachments/claims.ts";
import { passageOf, sizeOf } from "../ical/passage.ts";
import type { CalendarObjectData } from "../ical/read.ts";
import { sameContent } from "../ical/same_content.ts";
import { bodyOf } from "../ical/text.ts";
import type { Collection, KnownAttachment, NewBlob, StoredObject } from "../model.ts";
import { Refusal } from "../refusal.ts";
import { decidePut, type ExistingObject } from "./decide_put.ts";
import { importedAttachments } from "./own_attachments.ts";
import { Room } from "./quota.ts";
import { shareBlobs } from "./shared_blobs.ts";
import type { Decision } from "./transact.ts";

/** What is in the calendar before an import. */
export interface ImportSnapshot {
  readonly calendar: Collection;
  /** All objects by UID. */
  readonly byUid: ReadonlyMap<string, ExistingObject>;
  /** The content of those that have the UID of a new one, by name. */
  readonly contents: ReadonlyMap<string, Stored>;
  /** By the digests of the new blobs: ids of those that are kept. */
  readonly sameBlobs: ReadonlyMap<string, number>;
  /** What there is of the attachments that the new ones claim. */
  readonly attachments: readonly KnownAttachment[];
  /** What the calendar's owner may store, undefined without bound, and has stored, in bytes. */
  readonly quota: number | undefined;
  readonly used: number | undefined;
}

type Stored = Pick<StoredObject, "body" | "blobs" | "sizeBytes" | "attachedBytes">;

/** A calendar object to import, and the name and ETag that it gets if it is new or changed. */
export interface ImportObject {
  /** Its body is what goes into the row. */
  readonly data: CalendarObjectData;
  readonly sizeBytes: number;
  /** Uploads for the rest. */
  readonly blobs: readonly NewBlob[];
  /** The managed attachments to which it refers. */
  readonly claims: readonly Claim[];
  readonly name: string;
  readonly etag: string;
}

export interface ImportSummary {
  readonly imported: number;
  readonly changed: number;
  readonly unchanged: number;
  readonly skipped: readonly { readonly uid: string; readonly refusal: Refusal }[];
}

/**
 * Puts calendar objects into a calendar, each as {@linkcode decidePut} would, in one commit. One
 * whose UID is there replaces it where it is; one that may not be there is left out.
 *
 * @param at UTC epoch milliseconds.
 */
export function decideImport(
  { calendar, byUid, contents, sameBlobs, attachments, quota, used }: ImportSnapshot,
  objects: readonly ImportObject[],
  at: number,
): Decision<ImportSummary> {
  const puts: Decision<{ readonly created: boolean }>[] = [];
  const skipped: { readonly uid: string; readonly refusal: Refusal }[] = [];
  const dropped: number[] = [];
  const room = new Room({ quota, used, ownerId: calendar.ownerId });
  for (const object of objects) {
    const { data } = object;
    const { blobs: allBlobs, ...shared } = shareBlobs(object.blobs, sameBlobs);
    const existing = byUid.get(data.uid);
    const stored = existing && contents.get(existing.name);
    try {
      const { rests, ...content } = contentOf(object, allBlobs, attachments, calendar.ownerId);
      if (stored && sameContent(stored, content, data.timeIndex)) {
        dropped.push(...object.blobs.map(({ blobId }) => blobId));
        continue;
      }
      const name = existing?.name ?? object.name;
      const wanted = { ...data, ...object, ...content, name, at };
      const put = decidePut({ calendar, existing, uidHolder: existing?.name }, wanted, hrefOf);
      room.take(sizesOf(content), stored && stored.sizeBytes + stored.attachedBytes);
      puts.push({
        rests: [...put.rests, ...shared.rests, ...rests],
        changes: [...put.changes, ...shared.changes],
        reply: put.reply,
      });
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      skipped.push({ uid: data.uid, refusal: error });
      dropped.push(...object.blobs.map(({ blobId }) => blobId));
    }
  }
  const imported = puts.filter(({ reply }) => reply.created).length;
  return {
    rests: [...puts.flatMap(({ rests }) => rests), ...room.rests],
    changes: [
      ...puts.flatMap(({ changes }) => changes),
      ...(dropped.length > 0 ? [{ kind: "drop-uploads", blobIds: dropped } as const] : []),
    ],
    reply: {
      imported,
      changed: puts.length - imported,
      unchanged: objects.length - puts.length - skipped.length,
      skipped,
    },
  };
}

/** Of an object with its attachments, in bytes. */
const sizesOf = ({ sizeBytes, attachments }: Omit<ReturnType<typeof contentOf>, "rests">): number =>
  attachments.reduce((sum, one) => sum + one.sizeBytes, sizeBytes);

/** As it is to be kept, with the attachments of the calendar's owner. */
function contentOf(
  { data: { body }, claims, sizeBytes }: ImportObject,
  blobs: readonly NewBlob[],
  known: readonly KnownAttachment[],
  ownerId: number,
) {
  if (claims.length === 0) return { body, blobs, sizeBytes, attachments: [], rests: [] };
  const { passage, ...owned } = importedAttachments(
    passageOf({ body, blobs }),
    claims,
    known,
    ownerId,
  );
  return {
    ...owned,
    body: bodyOf(passage.octets),
    blobs: passage.blobs,
    sizeBytes: sizeOf(passage),
  };
}

/** There is nobody to follow it: the command line says UIDs. */
const hrefOf = (name: string): string => name;
