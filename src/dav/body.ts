import { readMediaType } from "../http/media_type.ts";
import { Refusal } from "../refusal.ts";
import { readXmlInTurns } from "../xml/read.ts";
import type { XmlName } from "../xml/names.ts";
import type { XmlElement } from "../xml/tree.ts";
import type { DavRequest } from "./door.ts";

/** The XML of a request; undefined where it has no body. */
export async function readXmlBody({ body }: DavRequest): Promise<XmlElement | undefined> {
  const bytes = await body.bytes();
  return bytes.length === 0 ? undefined : readXmlInTurns(bytes);
}

/** As {@linkcode readXmlBody}, with a root of one of these names. @throws {Refusal} 400 */
export async function readXmlRoot(
  request: DavRequest,
  ...names: readonly XmlName[]
): Promise<XmlElement | undefined> {
  const root = await readXmlBody(request);
  if (root && !names.includes(root.name)) {
    throw new Refusal(400, undefined, { text: `the body must be ${names.join(" or ")}` });
  }
  return root;
}

/**
 * As {@linkcode readXmlRoot}, of what makes a collection. XML is understood under whatever type: some
 * programs call it by that of what shall be in there.
 *
 * @throws {Refusal} 415 for a body of another type or with another root (RFC 4918 §9.3, RFC 5689 §3).
 */
export async function readMakeBody(
  request: DavRequest,
  root: XmlName,
): Promise<XmlElement | undefined> {
  const { headers, body } = request;
  const bytes = await body.bytes();
  if (bytes.length === 0) return undefined;
  const type = headers.get("content-type");
  const isXml = type === null || /[/+]xml$/.test(readMediaType(type)?.type ?? "");
  const other = new Refusal(415, undefined, { text: `the body must be XML with the root ${root}` });
  const element = await readXmlInTurns(bytes).catch((error) => {
    throw isXml || !(error instanceof Refusal) ? error : other;
  });
  if (element.name !== root) throw other;
  return element;
}
