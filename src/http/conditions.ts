import { Refusal } from "../refusal.ts";
import { readHttpDate } from "./date.ts";
import { type EntityTags, readEntityTags, strongMatch, weakMatch } from "./etag.ts";

/** What a request asks of the state of its target (RFC 9110 §13.1). */
export interface Conditions {
  readonly ifMatch?: EntityTags;
  readonly ifNoneMatch?: EntityTags;
  /** UTC epoch milliseconds. */
  readonly ifModifiedSince?: number;
  /** UTC epoch milliseconds. */
  readonly ifUnmodifiedSince?: number;
}

/** What is there. */
export interface Present {
  /** Undefined where it has none, as a collection: then only `*` matches. */
  readonly etag?: string;
  /** UTC epoch milliseconds; conditions on it are ignored where it is not known. */
  readonly lastModified?: number;
}

/**
 * A date that can't be read counts as absent, as RFC 9110 §13.1.3 has it.
 *
 * @throws {Refusal} 400: a list of entity tags that is none.
 */
export function readConditions(headers: Headers): Conditions {
  const read = <T>(name: string, reader: (value: string) => T): T | undefined => {
    const value = headers.get(name);
    return value === null ? undefined : reader(value);
  };
  return {
    ifMatch: read("If-Match", readExpected),
    ifNoneMatch: read("If-None-Match", readEntityTags),
    ifModifiedSince: read("If-Modified-Since", readHttpDate),
    ifUnmodifiedSince: read("If-Unmodified-Since", readHttpDate),
  };
}

/** A tag without quotes is one that nothing has: whoever expects it must not write, and learns why. */
const readExpected = (value: string): EntityTags =>
  /^[^\s",*]+$/.test(value) ? [] : readEntityTags(value);

/**
 * Evaluates in the order of RFC 9110 §13.2.2. A date is compared in whole seconds, as headers have
 * no more.
 *
 * @param present Undefined where nothing is.
 * @param safe GET and HEAD: what the client has already is 304, not 412.
 * @throws {Refusal} 412: a condition does not hold.
 */
export function checkConditions(
  conditions: Conditions,
  present: Present | undefined,
  { safe }: { readonly safe: boolean },
): "proceed" | "not-modified" {
  const { ifMatch, ifNoneMatch, ifModifiedSince, ifUnmodifiedSince } = conditions;
  const { etag = "", lastModified } = present ?? {};
  const since = lastModified === undefined ? undefined : Math.floor(lastModified / 1000) * 1000;

  if (ifMatch !== undefined) {
    if (!present || !strongMatch(ifMatch, etag)) throw new Refusal(412);
  } else if (ifUnmodifiedSince !== undefined && since !== undefined) {
    if (since > ifUnmodifiedSince) throw new Refusal(412);
  }

  if (ifNoneMatch !== undefined) {
    if (!present || !weakMatch(ifNoneMatch, etag)) return "proceed";
    if (!safe) throw new Refusal(412);
    return "not-modified";
  }
  if (safe && ifModifiedSince !== undefined && since !== undefined) {
    return since <= ifModifiedSince ? "not-modified" : "proceed";
  }
  return "proceed";
}
