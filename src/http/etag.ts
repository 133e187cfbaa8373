import { Refusal } from "../refusal.ts";
import { splitOutsideQuotes } from "./lists.ts";

/** Tags with their quotes, weak ones beginning with `W/`; or `*`, whatever there is. */
export type EntityTags = "*" | readonly string[];

/** The strong entity tag for an opaque value, which holds neither quotes nor blanks. */
export const quoted = (opaque: string): string => `"${opaque}"`;

/**
 * The value of `If-Match` or `If-None-Match` (RFC 9110 §13.1.1, §13.1.2).
 *
 * @throws {Refusal} 400: anything but `*` or a list of at least one tag.
 */
export function readEntityTags(value: string): EntityTags {
  const items = splitOutsideQuotes(value, ",");
  if (items.length === 1 && items[0] === "*") return "*";
  if (items.length === 0 || !items.every((item) => entityTag.test(item))) {
    throw new Refusal(400, undefined, { text: `${value} is not a list of entity tags.` });
  }
  return items;
}

/** Both are strong and the same (RFC 9110 §8.8.3.2). */
export const strongMatch = (tags: EntityTags, etag: string): boolean =>
  tags === "*" || !isWeak(etag) && tags.includes(etag);

/** They are the same but for `W/`. */
export const weakMatch = (tags: EntityTags, etag: string): boolean =>
  tags === "*" || tags.some((tag) => opaqueOf(tag) === opaqueOf(etag));

/** Header values come as Latin-1, one character for each byte. */
const entityTag = /^(?:W\/)?"[\x21\x23-\x7e\x80-\xff]*"$/;

const isWeak = (tag: string): boolean => tag.startsWith("W/");

const opaqueOf = (tag: string): string => isWeak(tag) ? tag.slice("W/".length) : tag;
