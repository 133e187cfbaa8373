import type { DavRequest } from "./door.ts";
import type { Resource } from "./resource.ts";

/**
 * An answer about a resource, which says where that is if it is a collection whose slash the request
 * has left out (RFC 4918 §5.2).
 */
export function withLocation(
  response: Response,
  { url }: Pick<DavRequest, "url">,
  { href }: Pick<Resource, "href">,
): Response {
  const path = url.replace(/[?#].*$/s, "");
  if (href.endsWith("/") && !path.endsWith("/")) response.headers.set("content-location", href);
  return response;
}
