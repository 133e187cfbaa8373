import { managed } from "../calendar/own_attachments.ts";
import { fileNameOf } from "../http/content_disposition.ts";
import { type InlineAttachment, inlineIn } from "../ical/attachments/inline.ts";
import { ownedLine } from "../ical/attachments/line.ts";
import { type Edit, edited, type Passage, plainPassage, sizeOf } from "../ical/passage.ts";
import type { Attachment } from "../model.ts";
import type { Services } from "../services.ts";
import { fileType } from "../dav/attachment_answer.ts";
import { decodedValue } from "../dav/inline_links.ts";
import type { Uploads } from "../dav/uploads.ts";
import type { AttachedFile } from "./attached_file.ts";

/** An object whose attachments are managed from now on. */
export interface Converted {
  readonly passage: Passage;
  /** The attachments that were inside of it. */
  readonly files: readonly AttachedFile[];
  /** Blobs that it does not need any more, as far as they are uploads. */
  readonly left: readonly number[];
}

/** How attachments become managed ones. */
export interface Converting {
  readonly services: Pick<Services, "store" | "random" | "config">;
  readonly uploads: Uploads;
  readonly urlOf: (attachment: Attachment) => string;
  /** How many more there may be. */
  readonly most: number;
  /** UTC epoch milliseconds. */
  readonly at: number;
}

/**
 * Makes managed attachments (RFC 8607) of those inside of an object, as far as there may be so many
 * and so large ones; equal ones, as overrides have them, become one.
 */
export async function converted(passage: Passage, converting: Converting): Promise<Converted> {
  const { services: { config }, urlOf, most } = converting;
  const files = new Map<string, AttachedFile>();
  const left: number[] = [];
  const edits: Edit[] = [];
  for (const inline of inlineIn(passage)) {
    if (files.size >= most) break;
    if (sizeOf(inline.value) * 3 / 4 > config.attachmentBytes) continue;
    const file = await fileOf(inline, converting);
    const { attachment: { fileName, contentType }, upload } = file;
    const key = JSON.stringify([upload?.digest, fileName, contentType]);
    const same = files.get(key);
    if (same && upload) left.push(upload.blobId);
    if (!same) files.set(key, file);
    left.push(...inline.value.blobs.map(({ blobId }) => blobId));
    const { attachment } = same ?? file;
    const { line } = inline;
    const text = ownedLine(line, managed(attachment, urlOf(attachment)));
    edits.push({ from: line.start, to: line.end, by: plainPassage(text) });
  }
  await converting.uploads.finish();
  return { passage: edited(passage, edits), files: [...files.values()], left };
}

async function fileOf(
  inline: InlineAttachment,
  { services: { store, random }, uploads, at }: Converting,
): Promise<AttachedFile> {
  let sizeBytes = 0;
  for await (const octets of decodedValue(inline, store)) {
    sizeBytes += octets.length;
    await uploads.put(octets);
  }
  const attachment = {
    id: random.secret(),
    link: random.secret(),
    fileName: fileNameOf(inline.fileName ?? "") ?? "attachment",
    contentType: fileType(inline.mediaType),
    sizeBytes,
    created: at,
  };
  if (sizeBytes === 0) return { attachment };
  return { attachment, upload: { offsetBytes: 0, ...uploads.end() } };
}
