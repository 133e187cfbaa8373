import { weightOf } from "../http/accept.ts";
import type { Conditions } from "../http/conditions.ts";
import { type EntityTags, quoted } from "../http/etag.ts";
import type { ObjectInfo } from "../model.ts";
import { soon } from "../steps.ts";
import { tellTimezones, type Timezones } from "../ical/by_reference.ts";
import type { Zones } from "../ical/moment.ts";
import { writeJcal } from "../ical/jcal/write.ts";
import { quirksOf } from "./quirks.ts";

/**
 * A representation of a calendar object besides the bytes that were PUT, which whoever asks for
 * nothing else gets. What a request says in its headers holds for all that it is told: for the content
 * and the ETag of GET, and for the properties of PROPFIND and REPORT.
 */
export interface Variant {
  /** As jCal (RFC 7265). */
  readonly jcal: boolean;
  readonly timezones: Timezones;
  /** With links in place of the attachments that are in it, for programs that choke on those. */
  readonly linked: boolean;
}

export const jcalType = "application/calendar+json";

/**
 * Undefined: the bytes that were PUT. jCal is only for who names it, and prefers it; who says nothing
 * of time zones gets the VTIMEZONEs that were PUT, be there all that are needed or not.
 */
export function variantIn(headers: Headers): Variant | undefined {
  const weight = weightOf(headers, jcalType) ?? 0;
  const jcal = weight > 0 && weight >= (weightOf(headers, "text/calendar") ?? 0);
  const timezones = timezonesIn(headers);
  const linked = quirksOf(headers).linksAttachments;
  return jcal || linked || timezones !== "as-written" ? { jcal, timezones, linked } : undefined;
}

/** `CalDAV-Timezones` (RFC 7809 §7.1). */
export function timezonesIn(headers: Headers): Timezones {
  const asked = headers.get("caldav-timezones")?.trim().toUpperCase();
  return asked === "T" ? "added" : asked === "F" ? "left-out" : "as-written";
}

/** A file has none, whatever is in it. */
export const hasVariants = ({ component }: Pick<ObjectInfo, "component">): boolean =>
  component !== undefined;

/** With every answer that depends on it. */
export const variantVary = "Accept, CalDAV-Timezones, User-Agent";

/** Its own one (RFC 9110 §8.8.1): made of the ETag of what was PUT. */
export const variantEtag = (etag: string, { jcal, timezones, linked }: Variant): string =>
  quoted(`${etag.slice(1, -1)}-${jcal ? "j" : ""}${marks[timezones]}${linked ? "l" : ""}`);

const marks: Readonly<Record<Timezones, string>> = {
  "as-written": "",
  added: "t",
  "left-out": "f",
};

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
  Array.isArray(tags)
    ? tags.map((tag: string) => tag.replace(/-(?:j[tf]?l?|[tf]l?|l)"$/, '"'))
    : tags;

/** The ETag of an object for whoever gets this variant, or none but what was PUT. */
export const etagFor = (etag: string, variant: Variant | undefined): string =>
  variant ? variantEtag(etag, variant) : etag;

/** The content of the variant; `zones` have been worked out. */
export async function* variantText(
  text: string,
  { jcal, timezones }: Variant,
  zones: Zones,
): AsyncGenerator<string, void, void> {
  const told = await soon(tellTimezones(text, timezones, zones));
  yield jcal ? await soon(writeJcal(told)) : told;
}
