import { attachment as attachmentNamed } from "../http/content_disposition.ts";
import { quoted } from "../http/etag.ts";
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
 * A managed attachment (RFC 8607 §3.10). It is from whoever may write to a calendar, so that a browser
 * must neither guess what it is nor run what is in it: it is to be kept as a file.
 */
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
      "content-disposition": attachmentNamed(fileName),
      "x-content-type-options": "nosniff",
      "content-security-policy": "default-src 'none'; sandbox",
      ...(link !== undefined && { link: `<${link}>; rel="alternate"` }),
    },
  };
  return bytesAnswer(headers, representation, body ? { body: "", blobs } : undefined, store);
}
