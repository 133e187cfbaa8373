import { checkConditions, readConditions } from "../../http/conditions.ts";
import { readRange } from "../../http/range.ts";
import { httpDate } from "../../http/date.ts";
import type { DavRequest, Door, Method } from "../door.ts";
import { bodyStream } from "../body_stream.ts";
import { dynamicHeaders } from "../multistatus.ts";
import { type Mapped, open, presentAt } from "../open.ts";
import { objectKinds, type ObjectResource } from "../resource.ts";
import { hasVariants, variantVary } from "../variant.ts";

/** GET of what clients have put (RFC 9110 §9.3.1): the very bytes. */
export const get: Method = {
  name: "GET",
  on: objectKinds,
  creates: [],
  handle: (request, door) => answer(request, door, true),
};

/** HEAD: as GET, without the content. */
export const head: Method = {
  ...get,
  name: "HEAD",
  handle: (request, door) => answer(request, door, false),
};

async function answer(...[request, door, body]: [...Parameters<Method["handle"]>, boolean]) {
  const { resource } = await open(request, door, { body }) as Mapped;
  return contentAnswer(request, resource as ObjectResource, door);
}

/** The bytes that were PUT, where the resource has its content; else the headers that go with them. */
export function contentAnswer(
  { headers: asked }: DavRequest,
  resource: ObjectResource,
  door: Door,
): Response {
  const { object, content } = resource;
  const headers: Record<string, string> = {
    ...dynamicHeaders,
    ...(hasVariants(object) && { vary: variantVary }),
    etag: object.etag,
    "last-modified": httpDate(object.modified),
  };
  const outcome = checkConditions(readConditions(asked), presentAt(resource), { safe: true });
  if (outcome === "not-modified") return new Response(null, { status: 304, headers });
  headers["accept-ranges"] = "bytes";
  const { sizeBytes } = object;
  const range = readRange(asked, object);
  if (range === "unsatisfiable") {
    headers["content-range"] = `bytes */${sizeBytes}`;
    return new Response(null, { status: 416, headers });
  }
  const { from, to } = range ?? { from: 0, to: sizeBytes };
  headers["content-type"] = object.contentType;
  headers["content-length"] = String(to - from);
  if (range) headers["content-range"] = `bytes ${from}-${to - 1}/${sizeBytes}`;
  const stream = content ? bodyStream(content, door.services.store, range) : null;
  return new Response(stream, { status: range ? 206 : 200, headers });
}
