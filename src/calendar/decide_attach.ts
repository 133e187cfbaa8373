import { claimsIn } from "../ical/attachments/claims.ts";
import { type AttachmentChange, type ChangePlace, withChange } from "../ical/attachments/change.ts";
import { type Passage, sizeOf } from "../ical/passage.ts";
import type { CalendarObjectData } from "../ical/read.ts";
import { limits } from "../limits.ts";
import type { Change } from "../change.ts";
import type { Attachment, Collection, NewBlob, ObjectInfo } from "../model.ts";
import { calendarObjectType } from "./decide_put.ts";
import { refuse } from "./refuse.ts";
import { shareBlobs } from "./shared_blobs.ts";
import type { Decision } from "./transact.ts";

/**
 * A calendar object as an action on attachments makes it (RFC 8607 §3.4 to §3.6).
 *
 * @throws {Refusal} 403 CALDAV:valid-rid-parameter, CALDAV:valid-managed-id-parameter, or
 *   CALDAV:max-resource-size.
 */
export function attached(
  passage: Passage,
  change: AttachmentChange,
  place: ChangePlace & { readonly mostBytes: number },
): Passage {
  const changed = withChange(passage, change, place);
  if (changed === "no such instance") throw refuse.validRidParameter();
  if (changed === "no such attachment") throw refuse.validManagedIdParameter();
  const { mostBytes } = place;
  if (changed.octets.length > limits.icalSkeletonBytes || sizeOf(changed) > mostBytes) {
    throw refuse.tooLarge(mostBytes);
  }
  return changed;
}

type Attached = Pick<Attachment, "id" | "sizeBytes">;

/**
 * The attachments that the object then refers to: of those before and the new one.
 *
 * @throws {Refusal} 403 CALDAV:max-attachments-per-resource.
 */
export function attachmentsIn(
  passage: Passage,
  before: readonly Attached[],
  added: Attached | undefined,
): readonly Attached[] {
  const ids = new Set(claimsIn(passage, () => undefined).map(({ id }) => id));
  const all = [...before, ...(added ? [added] : [])].filter(({ id }) => ids.has(id));
  if (all.length > limits.attachmentsPerResource && added) {
    throw refuse.maxAttachmentsPerResource();
  }
  return all;
}

/** What an action on attachments comes to. */
export interface AttachRequest {
  readonly calendar: Collection;
  readonly existing: ObjectInfo;
  readonly data: CalendarObjectData;
  readonly passage: Passage;
  readonly attachments: readonly Attached[];
  /** The attachment that is new, and its upload; that of an empty one has none. */
  readonly added?: { readonly attachment: Attachment; readonly upload?: NewBlob };
  /** By their digests: ids of blobs that are kept. */
  readonly sameContent: ReadonlyMap<string, number>;
  readonly etag: string;
  readonly at: number;
}

/** Replaces the object, as a PUT of it would. */
export function decideAttach(
  { calendar, existing, data, passage, attachments, added, sameContent, etag, at }: AttachRequest,
): Decision<{ readonly etag: string }> {
  const upload = added?.upload;
  const { blobs: [blob], ...shared } = shareBlobs(upload ? [upload] : [], sameContent);
  const puts: Change[] = added
    ? [{
      kind: "put-attachment",
      attachment: { ...added.attachment, blobId: blob?.blobId },
      digest: blob?.digest,
    }]
    : [];
  const { name } = existing;
  return {
    rests: [
      { kind: "collection", id: calendar.id, settings: calendar.settings },
      { kind: "member", collectionId: calendar.id, name, etag: existing.etag },
      ...shared.rests,
    ],
    changes: [...shared.changes, ...puts, {
      kind: "put-object",
      collectionId: calendar.id,
      replaces: true,
      object: {
        ...data,
        name,
        etag,
        contentType: calendarObjectType,
        sizeBytes: sizeOf(passage),
        blobs: passage.blobs,
        attachments,
        modified: at,
      },
    }],
    reply: { etag },
  };
}
