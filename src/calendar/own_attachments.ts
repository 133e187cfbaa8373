import { type Claim, type Verdict, withVerdicts } from "../ical/attachments/claims.ts";
import type { ManagedAttachment } from "../ical/attachments/line.ts";
import type { Passage } from "../ical/passage.ts";
import { limits } from "../limits.ts";
import type { Fact } from "../change.ts";
import type { Attachment, KnownAttachment } from "../model.ts";
import { refuse } from "./refuse.ts";

/** What there is of the attachments that an object claims. */
export interface ClaimedAttachments {
  readonly known: readonly KnownAttachment[];
  /** Whether whoever writes may read the attachment, or could have it back. */
  readonly mayUse: (attachment: KnownAttachment) => boolean;
  readonly urlOf: (attachment: Attachment) => string;
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
  { known, mayUse, urlOf }: ClaimedAttachments,
): OwnedAttachments {
  return judged(passage, claims, known, mayUse, ({ id, isSaid }, attachment): Verdict => {
    if (attachment && mayUse(attachment)) return managed(attachment, urlOf(attachment));
    if (!attachment && isSaid) throw refuse.validManagedId(id);
    return "link";
  });
}

/**
 * As {@linkcode ownAttachments}, of a file that is imported into somebody's calendar: what is theirs
 * is taken as it is written, and what there is not is a link, as in a file from another server.
 *
 * @throws {Refusal} 403 CALDAV:max-attachments-per-resource.
 */
export const importedAttachments = (
  passage: Passage,
  claims: readonly Claim[],
  known: readonly KnownAttachment[],
  ownerId: number,
): OwnedAttachments => {
  const isTheirs = ({ owners, formerOwners }: KnownAttachment) =>
    owners.includes(ownerId) || formerOwners.includes(ownerId);
  return judged(
    passage,
    claims,
    known,
    isTheirs,
    (_, attachment): Verdict => attachment && isTheirs(attachment) ? "as it is" : "link",
  );
};

function judged(
  passage: Passage,
  claims: readonly Claim[],
  known: readonly KnownAttachment[],
  mayUse: ClaimedAttachments["mayUse"],
  judge: (claim: Claim, attachment: KnownAttachment | undefined) => Verdict,
): OwnedAttachments {
  const byId = new Map(known.map((one) => [one.id, one]));
  const attachments = known.filter((one) => mayUse(one) && claims.some(({ id }) => id === one.id));
  if (attachments.length > limits.attachmentsPerResource) throw refuse.maxAttachmentsPerResource();
  const ids = attachments.map(({ id }) => id);
  return {
    passage: withVerdicts(passage, claims, (claim) => judge(claim, byId.get(claim.id))),
    attachments,
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
