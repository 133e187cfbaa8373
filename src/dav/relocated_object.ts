import type { Source } from "../calendar/decide_relocate.ts";
import { Refusal } from "../refusal.ts";
import { D } from "../xml/names.ts";
import type { Represented } from "./representation.ts";
import { isObject, type Resource } from "./resource.ts";

/**
 * What COPY and MOVE have made of an object (RFC 8144 §3.1), for whoever may read it. `resource` is
 * where it comes from, with its content.
 */
export function relocatedObject(
  to: Pick<Represented, "href"> & { readonly etag?: string },
  source: Source,
  resource: Resource,
): Represented | undefined {
  const { href, etag } = to;
  if (source.kind !== "object" || !isObject(resource) || etag === undefined) return undefined;
  const { content, privileges } = resource;
  const { becomes } = source;
  if (!content || !privileges.has(D.read) || becomes instanceof Refusal) return undefined;
  return { ...content, ...becomes, href, etag };
}
