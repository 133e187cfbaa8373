import { documentXml } from "../../src/xml/write.ts";
import type { XmlName } from "../../src/xml/names.ts";
import { type Found, type House, multistatusOf } from "../harness.ts";
import { propfind } from "./bodies.ts";
import type { Manner } from "./client.ts";

/** What a program finds that is used by alice, in the house as it is when new. */
export const hrefs = {
  principal: "/dav/principals/users/alice/",
  home: "/dav/calendars/alice/",
  calendar: "/dav/calendars/alice/calendar/",
  tasks: "/dav/calendars/alice/tasks/",
} as const;

/** Redirects that a program follows. */
const redirectsMax = 5;

/**
 * PROPFIND of Depth 0, as programs ask a server that they do not know yet: without credentials
 * first, with the same method and body wherever they are sent to, and with alice's credentials once
 * they are told that some are needed.
 */
export async function discover(
  house: House,
  { headers, xmlType = "text/xml", xml = documentXml }: Manner,
  path: string,
  ...names: readonly XmlName[]
): Promise<Found> {
  const knock = (where: string, as: string | null) =>
    house.ask("PROPFIND", where, {
      as,
      headers: { ...headers, depth: "0", "content-type": xmlType },
      body: xml(propfind(...names)),
    });
  let at = path;
  let response = await knock(at, null);
  for (let count = 0; response.status === 301 && count < redirectsMax; count++) {
    at = response.headers.get("location") ?? "";
    response = await knock(at, null);
  }
  if (response.status === 401) response = await knock(at, "alice");
  const { responses: [found], hrefs } = await multistatusOf(response);
  if (found === undefined || hrefs.length > 1) throw new Error(`one response, not ${hrefs}`);
  return found;
}
