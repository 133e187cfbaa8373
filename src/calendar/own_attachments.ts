import { type Claim, type Verdict, withVerdicts } from "../ical/attachments/claims.ts";
import type { ManagedAttachment } from "../ical/attachments/line.ts";
import type { Passage } from "../ical/passage.ts";
import { limits } from "../limits.ts";
import type { Attachment, Fact, KnownAttachment } from "../model.ts";
import { refuse } from "./refuse.ts";

/** What there is of the attachments that an object claims. */
export interface ClaimedAttachments {
  readonly known: readonly KnownAttachment[];
  /** Whether whoever writes may read the attachment, or could have it back. */
  readonly mayUse: (attachment: KnownAttachment) => boolean;
  readonly urlOf: (attachment: Attachment) => string;
  /** What becomes of a MANAGED-ID that there is not. */
  readonly unknown: "refused" | "link";
}

/** An object in which only the server says what attachments are, and those that it refers to. */
export interface OwnedAttachments {
  readonly passage: Passage;
  readonly attachments: readonly Attachment[];
  readonly rests: readonly Fact[];
}

/**
 * Attachments belong to the server: a client may drop or copy one, and what it says of one beyond that
 * is put right (RFC 8607 §3.7). One that is somebody else's is a link like any other.
 *
 * @throws {Refusal} 403 CALDAV:valid-managed-id or CALDAV:max-attachments-per-resource.
 */
export function ownAttachments(
  passage: Passage,
  claims: readonly Claim[],
  { known, mayUse, urlOf, unknown }: ClaimedAttachments,
): OwnedAttachments {
  const byId = new Map(known.map((one) => [one.id, one]));
  const used = new Map<string, Attachment>();
  const owned = withVerdicts(passage, claims, ({ id, isSaid }): Verdict => {
    const attachment = byId.get(id);
    if (attachment && mayUse(attachment)) {
      used.set(id, attachment);
      return managed(attachment, urlOf(attachment));
    }
    if (!attachment && isSaid && unknown === "refused") throw refuse.validManagedId(id);
    return "link";
  });
  if (used.size > limits.attachmentsPerResource) throw refuse.maxAttachmentsPerResource();
  const ids = [...used.keys()];
  return {
    passage: owned,
    attachments: [...used.values()],
    rests: ids.length > 0 ? [{ kind: "attachments", ids }] : [],
  };
}

/** As its ATTACH property says it. */
export const managed = (
  { id, fileName, contentType, sizeBytes }: Attachment,
  url: string,
): ManagedAttachment => ({
  id,
  fileName,
  mediaType: contentType.replace(/;.*$/s, ""),
  sizeBytes,
  url,
});
