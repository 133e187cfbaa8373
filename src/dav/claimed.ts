import { mayReadAttachment } from "../access/privileges.ts";
import { ownAttachments } from "../calendar/own_attachments.ts";
import { type Claim, claimsIn, mayAttach } from "../ical/attachments/claims.ts";
import { passageOf, sizeOf } from "../ical/passage.ts";
import { bodyOf } from "../ical/text.ts";
import type { Fact } from "../change.ts";
import type { Attachment, Body, KnownAttachment, NewBlob, Principal } from "../model.ts";
import type { AttachmentUrls } from "./attachment_urls.ts";

/** A calendar object as it is to be kept, and what it rests on. */
export interface OwnedContent {
  readonly body: Body;
  readonly blobs: readonly NewBlob[];
  readonly sizeBytes: number;
  readonly attachments: readonly Attachment[];
  readonly rests: readonly Fact[];
  /** Whether it is what was sent. */
  readonly isSame: boolean;
}

/** By whom an object is written, and what there is of the attachments that it claims. */
export interface Claiming {
  readonly known: readonly KnownAttachment[];
  readonly asker: Pick<Principal, "id" | "admin">;
  readonly config: { readonly adminDav: boolean };
  readonly urls: AttachmentUrls;
}

/** The managed attachments to which an object would refer. */
export const claimsOf = (body: Body, idOf: AttachmentUrls["idOf"]): readonly Claim[] =>
  mayAttach(body) ? claimsIn(passageOf({ body, blobs: [] }), idOf) : [];

/** Ids of what is claimed, for {@linkcode Claiming.known}. */
export const idsOf = (
  claims: readonly Claim[],
): readonly string[] => [...new Set(claims.map(({ id }) => id))];

/**
 * The object in which what the server owns is put right. Whoever has a restorable version with an
 * attachment may have that back: a program may write what another one has just taken away.
 *
 * @throws {Refusal} as `ownAttachments`.
 */
export function claimed(
  content: Pick<OwnedContent, "body" | "blobs" | "sizeBytes">,
  { known, asker, config, urls }: Claiming,
): OwnedContent {
  const claims = claimsOf(content.body, urls.idOf);
  if (claims.length === 0) return { ...content, attachments: [], rests: [], isSame: true };
  const before = passageOf(content);
  const { passage, attachments, rests } = ownAttachments(before, claims, {
    known,
    mayUse: ({ owners, formerOwners }) =>
      mayReadAttachment(asker, [...owners, ...formerOwners], config),
    urlOf: urls.of,
  });
  if (passage === before) return { ...content, attachments, rests, isSame: true };
  const { octets, blobs } = passage;
  const sizeBytes = sizeOf(passage);
  return { body: bodyOf(octets), blobs, sizeBytes, attachments, rests, isSame: false };
}
