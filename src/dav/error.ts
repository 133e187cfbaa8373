import type { Refusal } from "../refusal.ts";
import { D } from "../xml/names.ts";
import { el, type XmlElement, type XmlNode } from "../xml/tree.ts";
import { documentXml } from "../xml/write.ts";
import { dynamicHeaders, xmlHeaders } from "./multistatus.ts";

/** A refusal as a response: DAV:error with the precondition's element (RFC 4918 §16). */
export function errorResponse(refusal: Refusal): Response {
  const { status, precondition, detail } = refusal;
  const headers: Record<string, string> = { ...(precondition ? xmlHeaders : dynamicHeaders) };
  if (detail.allow) headers.allow = detail.allow.join(", ");
  if (detail.retryAfterSeconds !== undefined) {
    headers["retry-after"] = String(detail.retryAfterSeconds);
  }
  if (status === 401) headers["www-authenticate"] = `Basic realm="davit", charset="UTF-8"`;
  if (precondition) return new Response(documentXml(errorElement(refusal)), { status, headers });
  if (!detail.text) return new Response(null, { status, headers });
  headers["content-type"] = "text/plain; charset=utf-8";
  return new Response(`${detail.text}\n`, { status, headers });
}

/** DAV:error with the precondition, and a sentence for people. */
function errorElement(refusal: Refusal): XmlElement {
  const { text } = refusal.detail;
  return el(D.error, [
    ...preconditionElements(refusal),
    ...(text ? [el(D.responsedescription, [text])] : []),
  ]);
}

/** The precondition's element with what its RFC puts inside; none where the refusal has none. */
export function preconditionElements({ precondition, detail }: Refusal): XmlElement[] {
  if (!precondition) return [];
  const href = detail.href === undefined ? [] : [el(D.href, [detail.href])];
  const children: XmlNode[] = precondition === D.needPrivileges // RFC 3744 §7.1.1
    ? (detail.names ?? []).map((name) => el(D.resource, [...href, el(D.privilege, [el(name)])]))
    : [...href, ...(detail.names ?? []).map((name) => el(name))];
  return [el(precondition, children)];
}
