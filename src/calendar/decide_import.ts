import type { CalendarObjectData } from "../ical/read.ts";
import type { Body, Collection, NewBlob, ObjectInfo, StoredObject } from "../model.ts";
import { Refusal } from "../refusal.ts";
import { decidePut } from "./decide_put.ts";
import { shareBlobs } from "./shared_blobs.ts";
import type { Decision } from "./transact.ts";

/** What is in the calendar before an import. */
export interface ImportSnapshot {
  readonly calendar: Collection;
  /** All objects by UID. */
  readonly byUid: ReadonlyMap<string, ObjectInfo>;
  /** The content of those that have the UID of a new one, by name. */
  readonly contents: ReadonlyMap<string, Pick<StoredObject, "body" | "blobs">>;
  /** By the digests of the new blobs: ids of those that are kept. */
  readonly sameContent: ReadonlyMap<string, number>;
}

/** A calendar object to import, and the name and ETag that it gets if it is new or changed. */
export interface ImportObject {
  /** Its body is what goes into the row. */
  readonly data: CalendarObjectData;
  readonly sizeBytes: number;
  /** Uploads for the rest. */
  readonly blobs: readonly NewBlob[];
  readonly name: string;
  readonly etag: string;
}

export interface ImportSummary {
  readonly imported: number;
  readonly changed: number;
  readonly unchanged: number;
  readonly skipped: readonly { readonly uid: string; readonly reason: string }[];
}

/**
 * Puts calendar objects into a calendar, each as {@linkcode decidePut} would, in one commit. One
 * whose UID is there replaces it where it is; one that may not be there is left out.
 *
 * @param at UTC epoch milliseconds.
 */
export function decideImport(
  { calendar, byUid, contents, sameContent }: ImportSnapshot,
  objects: readonly ImportObject[],
  at: number,
): Decision<ImportSummary> {
  const puts: Decision<{ readonly created: boolean }>[] = [];
  const skipped: { readonly uid: string; readonly reason: string }[] = [];
  const dropped: number[] = [];
  for (const object of objects) {
    const { data } = object;
    const { blobs, ...shared } = shareBlobs(object.blobs, sameContent);
    const existing = byUid.get(data.uid);
    if (existing && isSame(contents.get(existing.name), data.body, blobs)) {
      dropped.push(...object.blobs.map(({ blobId }) => blobId));
      continue;
    }
    const name = existing?.name ?? object.name;
    const wanted = { ...data, ...object, blobs, name, at };
    try {
      const put = decidePut({ calendar, existing, uidHolder: existing?.name }, wanted, hrefOf);
      puts.push({
        rests: [...put.rests, ...shared.rests],
        changes: [...put.changes, ...shared.changes],
        reply: put.reply,
      });
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      skipped.push({ uid: data.uid, reason: error.message });
      dropped.push(...object.blobs.map(({ blobId }) => blobId));
    }
  }
  const imported = puts.filter(({ reply }) => reply.created).length;
  return {
    rests: puts.flatMap(({ rests }) => rests),
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

/** There is nobody to follow it: the command line says UIDs. */
const hrefOf = (name: string): string => name;

/** Equal content is one blob. */
function isSame(
  stored: Pick<StoredObject, "body" | "blobs"> | undefined,
  body: Body,
  blobs: readonly NewBlob[],
): boolean {
  if (!stored || stored.blobs.length !== blobs.length || !isSameBody(stored.body, body)) {
    return false;
  }
  return stored.blobs.every(({ offsetBytes, blobId }, index) =>
    blobs[index]?.offsetBytes === offsetBytes && blobs[index].blobId === blobId
  );
}

/** What can be text is text in both. */
function isSameBody(stored: Body, sent: Body): boolean {
  if (typeof stored === "string" || typeof sent === "string") return stored === sent;
  return stored.length === sent.length && stored.every((byte, index) => byte === sent[index]);
}
