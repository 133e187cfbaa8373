import { encodeSegment } from "../http/path.ts";
import type { Attachment } from "../model.ts";
import { Refusal } from "../refusal.ts";
import { attachmentHref, targetOfHref } from "./target.ts";

/** Where clients that see this server at an origin find attachments. */
export interface AttachmentUrls {
  /** For whoever may read an object that refers to it, with a log-in. */
  of(attachment: Pick<Attachment, "id" | "fileName">): string;
  /** MANAGED-ID of the attachment at such a URL. */
  idOf(url: string): string | undefined;
  /** For whoever has this URL, without a log-in. */
  ofLink(attachment: Pick<Attachment, "link" | "fileName">): string;
}

export const attachmentUrls = (origin: string): AttachmentUrls => ({
  of: (attachment) => origin + attachmentHref(attachment),
  idOf: (url) => url.startsWith(`${origin}/`) ? idIn(url) : undefined,
  ofLink: ({ link, fileName }) => `${origin}/attachments/${link}/${encodeSegment(fileName)}`,
});

function idIn(url: string): string | undefined {
  try {
    const target = targetOfHref(url);
    return target?.kind === "attachment" ? target.place.id : undefined;
  } catch (error) {
    if (error instanceof Refusal) return undefined;
    throw error;
  }
}
