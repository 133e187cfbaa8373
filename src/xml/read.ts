import { limits } from "../limits.ts";
import { atOnce, inTurns } from "../steps.ts";
import { decodeXml } from "./encoding.ts";
import type { XmlBounds } from "./pieces.ts";
import { createRecentDocuments } from "./recent.ts";
import { documentOf } from "./document.ts";
import type { XmlElement } from "./tree.ts";

export { XmlTooDeep, XmlTooLong } from "./document.ts";

/**
 * The root of a document, names resolved by namespace. White space and CDATA come as text, lines
 * end in LF unless a CR is written `&#13;` (XML 1.0 §2.11), adjacent texts are one.
 *
 * @throws {Refusal} 400: empty, not well-formed, in an encoding not known here, a prefix that is not
 *   declared, `XmlTooDeep`, or `XmlTooLong`. 403 DAV:no-external-entities: a document
 *   type declaration.
 */
export const readXml = (bytes: Uint8Array, bounds: XmlBounds = limits): XmlElement =>
  atOnce(documentOf(decodeXml(bytes), bounds));

/** As {@linkcode readXml}, while others are answered: a large one takes its time. */
export const readXmlInTurns = (bytes: Uint8Array): Promise<XmlElement> =>
  recentOr(bytes, (bytes) => inTurns(documentOf(decodeXml(bytes), limits), stepsInTurn));

const recentOr = createRecentDocuments();

/** A step of a document takes some milliseconds. */
const stepsInTurn = 2;

/** The element that `storedXml` wrote; throws as `readXml` does for any other text. */
export const readStored = (xml: string): XmlElement => atOnce(documentOf(xml, limits));
