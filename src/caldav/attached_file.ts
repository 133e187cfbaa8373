import { fileNameIn } from "../http/content_disposition.ts";
import type { RequestBody } from "../http/body.ts";
import type { Attachment, NewBlob } from "../model.ts";
import type { Random } from "../services.ts";
import { fileType } from "../dav/attachment_answer.ts";
import type { CheckSize } from "../dav/kept_content.ts";
import type { Uploads } from "../dav/uploads.ts";

/** A file that is to be attached, and its upload; one that is empty has none. */
export interface AttachedFile {
  readonly attachment: Attachment;
  readonly upload?: NewBlob;
}

/** What the headers of a POST say of a file (RFC 8607 §3.4); its size is not known yet. */
export function newAttachment(headers: Headers, random: Random, created: number): Attachment {
  const disposition = headers.get("content-disposition") ?? "";
  return {
    id: random.secret(),
    link: random.secret(),
    fileName: fileNameIn(disposition) ?? "attachment",
    contentType: fileType(headers.get("content-type")),
    sizeBytes: 0,
    created,
  };
}

/** Keeps the file as it comes. `check` is told how large it is by now, and may throw. */
export async function keepFileToAttach(
  attachment: Attachment,
  body: RequestBody,
  uploads: Uploads,
  check: CheckSize,
): Promise<AttachedFile> {
  check(body.declaredBytes ?? 0);
  let sizeBytes = 0;
  for await (const octets of body.stream()) {
    sizeBytes += octets.length;
    check(sizeBytes);
    await uploads.put(octets);
  }
  if (sizeBytes === 0) return { attachment };
  const upload = { offsetBytes: 0, ...uploads.end() };
  await uploads.finish();
  return { attachment: { ...attachment, sizeBytes }, upload };
}
