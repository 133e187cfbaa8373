import { readPrefer } from "../http/prefer.ts";
import type { StoredObject } from "../model.ts";
import { Refusal } from "../refusal.ts";
import type { Store } from "../store/store.ts";
import { D } from "../xml/names.ts";
import { bodyStream } from "./body_stream.ts";
import type { DavRequest, Door } from "./door.ts";
import { linkedObject } from "./inline_links.ts";
import { dynamicHeaders } from "./multistatus.ts";
import { open } from "./open.ts";
import { quirksOf } from "./quirks.ts";
import { isObject } from "./resource.ts";
import { variantEtag } from "./variant.ts";

/** An object as it is now. */
export interface Represented
  extends Pick<StoredObject, "etag" | "contentType" | "body" | "blobs" | "sizeBytes"> {
  readonly href: string;
}

/** An answer to a write that holds the resource as it is now (RFC 8144 §3). */
export function representationAnswer(
  status: number,
  { headers, origin }: Pick<DavRequest, "headers" | "origin">,
  object: Represented,
  store: Store,
  besides: Readonly<Record<string, string>> = {},
): Response {
  const { href, etag, contentType } = object;
  const { linksAttachments: linked } = quirksOf(headers);
  const told = linked ? linkedObject(object, origin + href) : object;
  return new Response(bodyStream(told, store), {
    status,
    headers: {
      ...dynamicHeaders,
      etag: linked ? variantEtag(etag, { jcal: false, timezones: "as-written", linked }) : etag,
      "content-type": contentType,
      "content-location": href,
      "preference-applied": "return=representation",
      vary: "Prefer, User-Agent",
      ...besides,
    },
  });
}

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
  return representationAnswer(412, request, { ...object, ...content, href }, door.services.store);
}
