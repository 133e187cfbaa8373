import { attachmentAnswer } from "../attachment_answer.ts";
import { attachmentUrls } from "../attachment_urls.ts";
import { bytesAnswer } from "../bytes_answer.ts";
import type { DavRequest, Door, Method } from "../door.ts";
import { type Mapped, open } from "../open.ts";
import { objectKinds, type ObjectResource } from "../resource.ts";
import { hasVariants, variantVary } from "../variant.ts";

/** GET of what clients have put (RFC 9110 §9.3.1) or attached (RFC 8607 §3.10): the very bytes. */
export const get: Method = {
  name: "GET",
  on: [...objectKinds, "attachment"],
  creates: [],
  handle: (request, door) => answer(request, door, true),
};

/** HEAD: as GET, without the content. */
export const head: Method = {
  ...get,
  name: "HEAD",
  handle: (request, door) => answer(request, door, false),
};

async function answer(request: DavRequest, door: Door, body: boolean): Promise<Response> {
  const { resource } = await open(request, door, { body }) as Mapped;
  if (!("attachment" in resource)) {
    return contentAnswer(request, resource as ObjectResource, door);
  }
  const { attachment } = resource;
  const { headers, origin } = request;
  const link = attachmentUrls(origin).ofLink(attachment);
  return attachmentAnswer(attachment, { headers, body, link }, door.services.store);
}

/** The bytes that were PUT, where the resource has its content; else the headers that go with them. */
export function contentAnswer(
  { headers }: DavRequest,
  { object, content }: ObjectResource,
  { services: { store } }: Door,
): Response {
  const { etag, modified: lastModified, contentType, sizeBytes } = object;
  const vary: Record<string, string> = hasVariants(object) ? { vary: variantVary } : {};
  const representation = { etag, lastModified, contentType, sizeBytes, headers: vary };
  return bytesAnswer(headers, representation, content, store);
}
