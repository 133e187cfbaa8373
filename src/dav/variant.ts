import { weightOf } from "../http/accept.ts";
import type { Conditions } from "../http/conditions.ts";
import { type EntityTags, quoted } from "../http/etag.ts";
import type { ObjectInfo } from "../model.ts";
import { jcalChunks } from "../ical/jcal/write.ts";

/**
 * A representation of a calendar object besides the bytes that were PUT, which whoever asks for
 * nothing else gets. What a request says in its headers holds for all that it is told: for the content
 * and the ETag of GET, and for the properties of PROPFIND and REPORT.
 */
export interface Variant {
  /** As jCal (RFC 7265). */
  readonly jcal: boolean;
}

export const jcalType = "application/calendar+json";

/** Undefined: the bytes that were PUT. jCal is only for who names it, and prefers it. */
export function variantIn(headers: Headers): Variant | undefined {
  const weight = weightOf(headers, jcalType) ?? 0;
  const jcal = weight > 0 && weight >= (weightOf(headers, "text/calendar") ?? 0);
  return jcal ? { jcal } : undefined;
}

/** A file has none, whatever is in it. */
export const hasVariants = ({ component }: ObjectInfo): boolean => component !== undefined;

/** With every answer that depends on it. */
export const variantVary = "Accept";

/** Its own one (RFC 9110 §8.8.1): made of the ETag of what was PUT. */
export const variantEtag = (etag: string, { jcal }: Variant): string =>
  quoted(`${etag.slice(1, -1)}-${jcal ? "j" : ""}`);

/**
 * Conditions on a write: whoever names the ETag of any representation has seen the version that it is
 * of.
 */
export const versionConditions = (conditions: Conditions): Conditions => ({
  ...conditions,
  ifMatch: versions(conditions.ifMatch),
  ifNoneMatch: versions(conditions.ifNoneMatch),
});

const versions = <T extends EntityTags | undefined>(tags: T): T | readonly string[] =>
  Array.isArray(tags) ? tags.map((tag: string) => tag.replace(/-j"$/, '"')) : tags;

/** The content of the variant. */
export const variantChunks = (text: string, { jcal }: Variant): Iterable<string> =>
  jcal ? jcalChunks(text) : [text];
