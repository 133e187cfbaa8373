import { createHash } from "node:crypto";
import { checkConditions, readConditions } from "../http/conditions.ts";
import { fileNameOf } from "../http/content_disposition.ts";
import { quoted } from "../http/etag.ts";
import { FleetingStream } from "../http/fleeting_stream.ts";
import { Base64Reader } from "../ical/base64.ts";
import { type InlineAttachment, inlineIn } from "../ical/attachments/inline.ts";
import { type LinkNames, withLinks } from "../ical/attachments/linked.ts";
import { type Passage, passageOf } from "../ical/passage.ts";
import { bodyOf } from "../ical/text.ts";
import { limits } from "../limits.ts";
import type { StoredObject } from "../model.ts";
import type { Store } from "../store/store.ts";
import { attachmentHeaders, fileType } from "./attachment_answer.ts";
import { bytesOf } from "./body_stream.ts";
import { dynamicHeaders } from "./multistatus.ts";

/**
 * Some programs do not take large events (`Quirks.linksAttachments`). They are told links in place of
 * the attachments that are in them: to the event itself, and which of its attachments.
 */

type Sized = Pick<StoredObject, "body" | "blobs" | "sizeBytes">;

/** Whether such programs are told links in it. */
export const hasLinks = (object: Sized): boolean =>
  object.sizeBytes > limits.linkedObjectBytes && inlineIn(passageOf(object)).length > 0;

/** The object as such programs are told it; `url`: of the object. */
export function linkedObject<T extends Sized>(object: T, url: string): T {
  if (object.sizeBytes <= limits.linkedObjectBytes) return object;
  const passage = passageOf(object);
  const linked = withLinks(passage, (value) => `${url}?attachment=${idOf(value)}`);
  if (linked === passage) return object;
  return { ...object, body: bodyOf(linked.octets), blobs: linked.blobs };
}

/** Which attachment of an object a URL asks for. */
export const attachmentAskedFor = (url: string): string | undefined =>
  /[?&]attachment=([a-z]\w{1,40})(?:&|$)/.exec(url)?.[1];

/** How links and values are known in an object, whatever the host of its URL; `href`: of the object. */
export const linkNames = (href: string): LinkNames => ({
  idOf,
  linked: (url) => url.includes(`${href}?attachment=`) ? attachmentAskedFor(url) : undefined,
});

/** What such a link leads to; undefined: nothing. */
export function inlineAnswer(
  object: StoredObject,
  id: string,
  { headers: asked, body }: { readonly headers: Headers; readonly body: boolean },
  store: Store,
): Response | undefined {
  const found = inlineIn(passageOf(object)).find(({ value }) => idOf(value) === id);
  if (!found) return undefined;
  const etag = quoted(id);
  const fileName = fileNameOf(found.fileName ?? "") ?? "attachment";
  const headers = { ...dynamicHeaders, ...attachmentHeaders(fileName), etag };
  const outcome = checkConditions(readConditions(asked), { etag }, { safe: true });
  if (outcome === "not-modified") return new Response(null, { status: 304, headers });
  return new Response(body ? streamOf(found, store) : null, {
    headers: { ...headers, "content-type": fileType(found.mediaType) },
  });
}

/** The octets that a value in an object stands for. */
export async function* decodedValue(
  { value, inUri }: Pick<InlineAttachment, "value" | "inUri">,
  store: Store,
): AsyncGenerator<Uint8Array> {
  const reader = new Base64Reader({ inUri });
  const { octets, blobs } = value;
  for await (const piece of bytesOf({ body: octets, blobs }, store)) {
    const decoded = reader.read(piece);
    if (decoded.length > 0) yield decoded;
  }
  const last = reader.end();
  if (last.length > 0) yield last;
}

function streamOf(found: InlineAttachment, store: Store): ReadableStream<Uint8Array> {
  const pieces = decodedValue(found, store);
  return new FleetingStream({
    async pull(controller) {
      const { done, value } = await pieces.next();
      if (done) controller.close();
      else controller.enqueue(value);
    },
    async cancel() {
      await pieces.return(undefined);
    },
  }, { highWaterMark: 0 });
}

/** The same for the same value: of its blob, which equal values share, or of its octets. */
function idOf({ octets, blobs: [blob] }: Passage): string {
  if (blob) return `b${blob.blobId.toString(36)}`;
  return `h${createHash("sha256").update(octets).digest("hex").slice(0, 32)}`;
}
