import { limits } from "../limits.ts";
import { Refusal } from "../refusal.ts";

/**
 * The decoded segments of a raw request path, each decoded once: `/a%2Fb//c%20d/` is `["a/b", "c
 * d"]`. Repeated slashes are one, and one at the end makes no difference. Names are compared as they
 * are given, without Unicode normalisation.
 *
 * @throws {Refusal} 400: no slash first, a broken escape, bytes that are not UTF-8, a control
 *   character, or `.` and `..` in any spelling, which some on the way resolve and some don't; nor
 *   beside an escaped slash, for those who unescape it first. 414 beyond the limits.
 */
export function pathSegments(rawPath: string): string[] {
  if (!rawPath.startsWith("/")) throw badPath(rawPath);
  const segments = rawPath.split("/").filter((segment) => segment !== "");
  if (segments.length > limits.pathSegments) throw new Refusal(414);
  return segments.map(decodeSegment);
}

/**
 * The one spelling of a name in answers: unreserved characters and `@` as they are, all else
 * escaped. Clients that escape anew what they decoded, by Python's or JavaScript's rules, then come
 * to the same.
 */
export const encodeSegment = (name: string): string =>
  plain.test(name)
    ? name
    : encodeURIComponent(name).replace(/[!'()*]/g, escaped).replaceAll("%40", "@");

const plain = /^[\w.~@-]*$/;

/** Whether a raw segment is the name itself, as `encodeSegment` spells it. */
export const isPlainSegment = (raw: string): boolean =>
  plainName.test(raw) && raw.length <= limits.segmentChars;

const plainName = /^(?!\.{1,2}$)[\w.~@-]+$/;

function decodeSegment(raw: string): string {
  const segment = decoded(raw);
  // deno-lint-ignore no-control-regex
  const forbidden = /(?:^|\/)\.{1,2}(?:\/|$)|[\x00-\x1f\x7f]/;
  if (segment === undefined || forbidden.test(segment)) throw badPath(raw);
  if (segment.length > limits.segmentChars) throw new Refusal(414);
  return segment;
}

function decoded(raw: string): string | undefined {
  try {
    return decodeURIComponent(raw);
  } catch {
    return undefined;
  }
}

const escaped = (character: string): string =>
  `%${character.charCodeAt(0).toString(16).toUpperCase()}`;

const badPath = (where: string): Refusal =>
  new Refusal(400, undefined, { text: `The path can't be read at ${JSON.stringify(where)}.` });
