import { readPrefer } from "../http/prefer.ts";
import { rootNamespaces } from "../xml/write.ts";
import type { DavRequest } from "./door.ts";
import type { Outcome } from "./instructions.ts";
import { dynamicHeaders, type Propstat, propstatsXml, xmlHeaders } from "./multistatus.ts";

/** How to say for which properties nothing was made. */
export type MakeRefusal = (
  propstats: readonly Propstat[],
) => Response | Promise<Response>;

/** For MKCOL (RFC 5689 §5.2). */
export const mkcolRefusal: MakeRefusal = (propstats) => {
  const text = `<?xml version="1.0" encoding="utf-8"?>\n<D:mkcol-response ${rootNamespaces}>${
    propstatsXml(propstats)
  }</D:mkcol-response>`;
  return new Response(text, { status: 403, headers: xmlHeaders });
};

/** The answer to MKCOL and MKCALENDAR: an empty 201, as DAVx5 takes a 207 for a failure. */
export function makeAnswer(
  { propstats, refused }: Outcome,
  { headers }: DavRequest,
  refusal: MakeRefusal,
): Response | Promise<Response> {
  if (refused) return refusal(propstats);
  const applied: Record<string, string> = readPrefer(headers).minimal
    ? { "preference-applied": "return=minimal" }
    : {};
  return new Response(null, {
    status: 201,
    headers: { ...dynamicHeaders, "cache-control": "no-cache, no-transform", ...applied },
  });
}
