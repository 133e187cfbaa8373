import { readPrefer } from "../http/prefer.ts";
import type { ObjectInfo } from "../model.ts";
import { Refusal } from "../refusal.ts";
import { D } from "../xml/names.ts";
import { bodyStream } from "./body_stream.ts";
import type { DavRequest, Door } from "./door.ts";
import { dynamicHeaders } from "./multistatus.ts";
import { open } from "./open.ts";
import { isObject } from "./resource.ts";

/** Headers of an answer to a write that holds the resource as it is now (RFC 8144 §3). */
export const representationHeaders = (
  href: string,
  { etag, contentType }: Pick<ObjectInfo, "etag" | "contentType">,
): Record<string, string> => ({
  ...dynamicHeaders,
  etag,
  "content-type": contentType,
  "content-location": href,
  "preference-applied": "return=representation",
  vary: "Prefer",
});

/**
 * Writes; where a condition fails, whoever prefers a representation and may read gets with the 412
 * what is there, so that an edit can be merged at once (RFC 8144 §3.2).
 */
export async function orPresent(
  request: DavRequest,
  door: Door,
  write: () => Promise<Response>,
): Promise<Response> {
  try {
    return await write();
  } catch (error) {
    const failed = error instanceof Refusal && error.status === 412;
    const wanted = failed && readPrefer(request.headers).representation;
    const present = wanted ? await presentOf(request, door) : undefined;
    if (present) return present;
    throw error;
  }
}

async function presentOf(request: DavRequest, door: Door): Promise<Response | undefined> {
  const unconditional = { ...request, headers: new Headers() };
  const opened = await open(unconditional, door, { body: true });
  if (opened.state !== "mapped" || !isObject(opened.resource)) return undefined;
  const { href, object, content, privileges } = opened.resource;
  if (!content || !privileges.has(D.read)) return undefined;
  return new Response(bodyStream(content, door.services.store), {
    status: 412,
    headers: representationHeaders(href, object),
  });
}
