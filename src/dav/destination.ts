import { Refusal } from "../refusal.ts";
import type { DavRequest } from "./door.ts";
import { targetOfHref, type TreeTarget } from "./target.ts";

/**
 * Where COPY or MOVE goes (RFC 4918 §10.3).
 *
 * @throws {Refusal} 400 without one, or with what is no URL; 502 on another server; 403 where nothing can ever stand.
 */
export function readDestination(
  { headers, url }: DavRequest,
  baseUrl: string | undefined,
): TreeTarget {
  const destination = headers.get("destination")?.trim();
  if (!destination) throw new Refusal(400, undefined, { text: "Destination is missing" });
  if (/^[a-z][a-z0-9+.-]*:/i.test(destination) && !/^https?:$/.test(schemeOf(destination))) {
    throw new Refusal(400, undefined, { text: "Destination is no http URL" });
  }
  const authority = /^[a-z][a-z0-9+.-]*:\/\/([^/]*)/i.exec(destination)?.[1];
  const ours = [url, baseUrl ?? ""].map((one) => URL.parse(one)?.host);
  const hosts = [...ours, headers.get("host") ?? undefined];
  if (authority !== undefined && !hosts.includes(hostOf(authority))) throw new Refusal(502);
  const target = targetOfHref(destination);
  if (target?.kind !== "tree") throw new Refusal(403);
  return target;
}

const schemeOf = (url: string): string => URL.parse(url)?.protocol ?? "";

/** Without the port that goes without saying. */
const hostOf = (authority: string): string => authority.toLowerCase().replace(/:(80|443)$/, "");

/** @throws {Refusal} 400 */
export function readOverwrite(headers: Headers): boolean {
  const value = headers.get("overwrite")?.trim().toUpperCase() ?? "T";
  if (value !== "T" && value !== "F") throw new Refusal(400);
  return value === "T";
}
