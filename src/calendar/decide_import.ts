import type { CalendarObjectData } from "../ical/read.ts";
import type { BlobPart, Body, Collection, ObjectInfo } from "../model.ts";
import { Refusal } from "../refusal.ts";
import { decidePut } from "./decide_put.ts";
import type { Decision } from "./transact.ts";

/** What is in the calendar before an import. */
export interface ImportSnapshot {
  readonly calendar: Collection;
  /** All objects by UID. */
  readonly byUid: ReadonlyMap<string, ObjectInfo>;
  /** The whole content of those that have the UID of a new one, by name. */
  readonly contents: ReadonlyMap<string, Body>;
}

/** A calendar object to import, and the name and ETag that it gets if it is new or changed. */
export interface ImportObject {
  readonly data: CalendarObjectData;
  readonly sizeBytes: number;
  /** One that holds all of the content, or none. */
  readonly blobs: readonly BlobPart[];
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
  { calendar, byUid, contents }: ImportSnapshot,
  objects: readonly ImportObject[],
  at: number,
): Decision<ImportSummary> {
  const puts: Decision<{ readonly created: boolean }>[] = [];
  const skipped: { readonly uid: string; readonly reason: string }[] = [];
  for (const object of objects) {
    const { data, blobs } = object;
    const existing = byUid.get(data.uid);
    if (existing && isSame(contents.get(existing.name), data.body)) continue;
    const name = existing?.name ?? object.name;
    const body = blobs.length > 0 ? "" : data.body;
    const wanted = { ...data, ...object, name, body, at };
    try {
      puts.push(decidePut({ calendar, existing, uidHolder: existing?.name }, wanted, hrefOf));
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      skipped.push({ uid: data.uid, reason: error.message });
    }
  }
  const imported = puts.filter(({ reply }) => reply.created).length;
  return {
    rests: puts.flatMap(({ rests }) => rests),
    changes: puts.flatMap(({ changes }) => changes),
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

/** What can be text is text in both. */
function isSame(stored: Body | undefined, sent: Body): boolean {
  if (stored === undefined || typeof stored === "string" || typeof sent === "string") {
    return stored === sent;
  }
  return stored.length === sent.length && stored.every((byte, index) => byte === sent[index]);
}
