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
