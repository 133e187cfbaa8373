import { readDepth } from "../http/depth.ts";
import { Refusal } from "../refusal.ts";
import { D, type XmlName } from "../xml/names.ts";
import { childNamed, childrenNamed, el, textOf, type XmlElement } from "../xml/tree.ts";
import { type Asked, askedProp } from "./properties.ts";
import { quirksOf } from "./quirks.ts";

/**
 * The reports of RFC 3744 §9 are defined for Depth 0, which is also meant where nothing is said.
 *
 * @throws {Refusal} 400
 */
export function requireDepthZero(headers: Headers): void {
  const depth = readDepth(headers, 0);
  if (depth === 0 || (depth === 1 && quirksOf(headers).depthOneIsZero)) return;
  throw new Refusal(400, undefined, { text: "this report has Depth: 0" });
}

/**
 * What the one DAV:prop of a report asks for; nothing without it.
 *
 * @throws {Refusal} 400 where there are several, or more than `limits.properties` in it.
 */
export function askedOnce(body: XmlElement): Asked {
  const props = childrenNamed(body, D.prop);
  if (props.length > 1) throw new Refusal(400, undefined, { text: "there is more than one prop" });
  return askedProp(props[0]);
}

/**
 * How many results the client wants at most, of the element `limit` with `nresults` in it.
 *
 * @throws {Refusal} 400 where that is no number above 0.
 */
export function limitIn(
  body: XmlElement,
  { limit, nresults, most }: {
    readonly limit: XmlName;
    readonly nresults: XmlName;
    readonly most: number;
  },
): number {
  const element = childNamed(body, limit);
  if (!element) return most;
  const text = textOf(childNamed(element, nresults) ?? el(nresults)).trim();
  const wanted = /^\d+$/.test(text) ? Number(text) : 0;
  if (wanted < 1) throw new Refusal(400, undefined, { text: "nresults is a number above 0" });
  return Math.min(wanted, most);
}
