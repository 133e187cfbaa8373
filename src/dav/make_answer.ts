import { readPrefer } from "../http/prefer.ts";
import { rootNamespaces } from "../xml/write.ts";
import type { DavRequest } from "./door.ts";
import type { Outcome } from "./instructions.ts";
import { dynamicHeaders, propstatsXml, xmlHeaders } from "./multistatus.ts";

/**
 * The answer to MKCOL and MKCALENDAR: an empty 201, as DAVx5 takes a 207 for a failure; or what was
 * refused for which property (RFC 5689 §5.1), in an element of this name.
 */
export function makeAnswer(
  { propstats, refused }: Outcome,
  element: string,
  { headers }: DavRequest,
): Response {
  if (refused) {
    const text = `<?xml version="1.0" encoding="utf-8"?>\n<${element} ${rootNamespaces}>${
      propstatsXml(propstats)
    }</${element}>`;
    return new Response(text, { status: 403, headers: xmlHeaders });
  }
  const applied: Record<string, string> = readPrefer(headers).minimal
    ? { "preference-applied": "return=minimal" }
    : {};
  return new Response(null, {
    status: 201,
    headers: { ...dynamicHeaders, "cache-control": "no-cache, no-transform", ...applied },
  });
}
