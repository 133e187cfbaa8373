import { attachment as attachmentNamed } from "../http/content_disposition.ts";
import { quoted } from "../http/etag.ts";
import { readMediaType } from "../http/media_type.ts";
import type { Attachment, BlobPart } from "../model.ts";
import type { Store } from "../store/store.ts";
import { bytesAnswer } from "./bytes_answer.ts";

/** What is asked for of an attachment. */
export interface AttachmentAsked {
  readonly headers: Headers;
  /** GET, and not HEAD. */
  readonly body: boolean;
  /** The URL that opens it without a log-in, for those who may read it. */
  readonly link?: string;
}

/**
 * With each file that is attached: it is from whoever may write to a calendar, so that a browser must
 * neither guess what it is nor run what is in it.
 */
export const attachmentHeaders = (fileName: string): Record<string, string> => ({
  "content-disposition": attachmentNamed(fileName),
  "x-content-type-options": "nosniff",
  "content-security-policy": "default-src 'none'; sandbox",
});

/** What a client says that a file is, as far as that is a media type (RFC 6838 §4.2). */
export function fileType(contentType: string | null | undefined): string {
  const { type = "", charset } = readMediaType(contentType) ?? {};
  if (!registrable.test(type)) return "application/octet-stream";
  return charset && /^[\w.-]{1,40}$/.test(charset) ? `${type}; charset=${charset}` : type;
}

const registrable = /^[a-z0-9][a-z0-9!#$&.+_-]{0,126}\/[a-z0-9][a-z0-9!#$&.+_-]{0,126}$/;

/** A managed attachment (RFC 8607 §3.10). */
export function attachmentAnswer(
  { id, fileName, contentType, sizeBytes, blobId, created }: Attachment,
  { headers, body, link }: AttachmentAsked,
  store: Store,
): Response {
  const blobs: BlobPart[] = blobId === undefined ? [] : [{ offsetBytes: 0, blobId, sizeBytes }];
  const representation = {
    etag: quoted(id),
    lastModified: created,
    contentType,
    sizeBytes,
    headers: {
      ...attachmentHeaders(fileName),
      ...(link !== undefined && { link: `<${link}>; rel="alternate"` }),
    },
  };
  return bytesAnswer(headers, representation, body ? { body: "", blobs } : undefined, store);
}
