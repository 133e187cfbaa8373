import { jcalOf } from "../ical/jcal/write.ts";
import { onsetsIn, timezoneText } from "../ical/make_timezone.ts";
import { slowZone } from "../ical/zone.ts";
import { timeZoneVersion } from "../ical/zone_version.ts";
import { weightOf } from "../http/accept.ts";
import { readEntityTags, weakMatch } from "../http/etag.ts";
import { timezonesPath } from "../dav/target.ts";
import { jcalType } from "../dav/variant.ts";
import { Refusal } from "../refusal.ts";
import { capabilities } from "./capabilities.ts";
import { problem } from "./problem.ts";

/**
 * A time zone data distribution service (RFC 7808) for the zones of the runtime's own database: what
 * it gives is what the calendars here are read by. It asks nobody who they are.
 *
 * @param since UTC epoch milliseconds from which on the data is as it is: when the server began.
 */
export const timezoneService = (since: number) => (request: Request): Response => {
  try {
    return answer(request, since);
  } catch (error) {
    if (error instanceof Refusal) return new Response(null, { status: error.status });
    throw error;
  }
};

function answer(request: Request, since: number): Response {
  const { pathname, searchParams } = new URL(request.url);
  const [action = "", ...rest] = pathname.slice(timezonesPath.length + 1).split("/");
  if (action === "capabilities" && rest.length === 0) return json(capabilities(timezonesPath));
  if (action !== "zones") return problem("invalid-action");
  if (rest.length === 0) return list(searchParams, since);
  const isExpanded = rest.length > 1 && rest.at(-1) === "observances";
  const tzid = decoded((isExpanded ? rest.slice(0, -1) : rest).join("/"));
  const zone = tzid === undefined ? undefined : slowZone(tzid);
  if (tzid === undefined || zone === undefined) return problem("tzid-not-found");
  const asked = { request, tzid, zone, searchParams };
  return isExpanded ? observances(asked) : definition(asked);
}

interface Asked {
  readonly request: Request;
  /** As it was asked for. */
  readonly tzid: string;
  readonly zone: NonNullable<ReturnType<typeof slowZone>>;
  readonly searchParams: URLSearchParams;
}

/** All of the data is of one version, so that all zones share an ETag and a token. */
const version = (): string => `1-${timeZoneVersion()}`;

/** Of this version, or of another one of ours: since then, all may have changed. */
const isToken = (text: string): boolean => /^1-[0-9a-z]{1,7}$/.test(text);

/** The actions `list` and `find` (RFC 7808 §5.2, §5.5). */
function list(params: URLSearchParams, since: number): Response {
  const changed = params.get("changedsince");
  const patterns = params.getAll("pattern");
  if (changed !== null && patterns.length > 0) return problem("invalid-changedsince");
  if (changed !== null && !isToken(changed) || params.getAll("changedsince").length > 1) {
    return problem("invalid-changedsince");
  }
  if (patterns.some((pattern) => !isPattern(pattern))) return problem("invalid-pattern");
  const fits = patterns.map(matcher);
  const names = changed === version() ? [] : Intl.supportedValuesOf("timeZone")
    .filter((name) => fits.length === 0 || fits.some((one) => one(name)));
  const modified = instantText(since);
  return json({
    synctoken: version(),
    timezones: names.map((tzid) => ({
      tzid,
      etag: `"${version()}"`,
      "last-modified": modified,
      publisher: "davit",
      version: version(),
    })),
  });
}

/** `*` may stand at both ends (RFC 7808 §5.5). */
const isPattern = (pattern: string): boolean => /^\*?[^*]+\*?$/.test(pattern);

/** Letter case does not count, and an underscore is a blank. */
function matcher(pattern: string): (name: string) => boolean {
  const folded = (text: string) => text.toLowerCase().replaceAll("_", " ");
  const wanted = folded(pattern.replaceAll("*", ""));
  if (/^\*.*\*$/.test(pattern)) return (name) => folded(name).includes(wanted);
  if (pattern.startsWith("*")) return (name) => folded(name).endsWith(wanted);
  if (pattern.endsWith("*")) return (name) => folded(name).startsWith(wanted);
  return (name) => folded(name) === wanted;
}

/** The action `get` (RFC 7808 §5.3). Nothing is truncated. */
function definition({ request: { headers }, tzid, zone, searchParams }: Asked): Response {
  for (const name of ["start", "end"] as const) {
    if (searchParams.has(name)) return problem(`invalid-${name}`);
  }
  const isJson = (weightOf(headers, jcalType) ?? 0) > (weightOf(headers, "text/calendar") ?? 0);
  const etag = `"${version()}${isJson ? "-j" : ""}"`;
  const common = { ...cached, etag, vary: "Accept" };
  const known = headers.get("if-none-match");
  if (known !== null && weakMatch(readEntityTags(known), etag)) {
    return new Response(null, { status: 304, headers: common });
  }
  const text = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//davit//davit//EN\r\n" +
    `${timezoneText(tzid, zone)}END:VCALENDAR\r\n`;
  return new Response(isJson ? jcalOf(text) : text, {
    headers: { ...common, "content-type": isJson ? jcalType : "text/calendar; charset=utf-8" },
  });
}

/** The action `expand` (RFC 7808 §5.4): what holds at the start, and each change. */
function observances({ zone, searchParams }: Asked): Response {
  const start = instant(searchParams, "start");
  if (start === undefined) return problem("invalid-start");
  const end = instant(searchParams, "end");
  if (end === undefined || end <= start || end - start > rangeMaxMs) return problem("invalid-end");
  const at = { at: start, fromMs: zone.offsetAt(start), toMs: zone.offsetAt(start) };
  const found = [{ ...at, isDaylight: false }, ...onsetsIn(zone, start, end)];
  return json({
    dtstamp: instantText(start),
    observances: found.map(({ at, fromMs, toMs, isDaylight }) => ({
      name: isDaylight ? "Daylight" : "Standard",
      onset: instantText(at),
      "utc-offset-from": fromMs / 1000,
      "utc-offset-to": toMs / 1000,
    })),
  });
}

/** 200 years; each takes some 0.2 ms. */
const rangeMaxMs = 200 * 366 * 24 * 60 * 60 * 1000;

/** Date and time in UTC (RFC 3339 §5.6); undefined: none, or several. */
function instant(params: URLSearchParams, name: "start" | "end") {
  const [value = "", ...more] = params.getAll(name);
  if (more.length > 0 || !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(value)) return undefined;
  const at = Date.parse(value);
  return Number.isNaN(at) ? undefined : at;
}

const instantText = (at: number): string => new Date(at).toISOString().replace(/\.\d+Z$/, "Z");

function decoded(segment: string): string | undefined {
  try {
    return decodeURIComponent(segment);
  } catch {
    return undefined;
  }
}

/** The same for everybody, for a day. */
const cached: Readonly<Record<string, string>> = {
  "cache-control": "public, max-age=86400, no-transform",
};

const json = (value: unknown): Response =>
  new Response(JSON.stringify(value), {
    headers: { ...cached, "content-type": "application/json" },
  });
