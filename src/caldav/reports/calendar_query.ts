import { readDepth } from "../../http/depth.ts";
import { textChunkChars } from "../../http/text_stream.ts";
import { createBreaks } from "../../steps.ts";
import { readTimezone, zoneById } from "../../ical/timezone.ts";
import type { Zone } from "../../ical/zone.ts";
import { limits } from "../../limits.ts";
import { Refusal } from "../../refusal.ts";
import { C, D } from "../../xml/names.ts";
import { childNamed, el, textOf, type XmlElement } from "../../xml/tree.ts";
import { elementXml } from "../../xml/write.ts";
import type { Beside, DavRequest, Report } from "../../dav/door.ts";
import { objectsLook } from "../../dav/look.ts";
import { childResource } from "../../dav/members.ts";
import { multistatus, type ResponseXml, statusResponse } from "../../dav/multistatus.ts";
import { preferHeaders } from "../../dav/prefer_headers.ts";
import { responseWriter } from "../../dav/property_response.ts";
import { quirksOf } from "../../dav/quirks.ts";
import { type CollectionResource, isObject } from "../../dav/resource.ts";
import { askedOfObjects } from "../../dav/calendar_data.ts";
import { deepFilterIn, readFilter } from "../filter.ts";
import { matchesIn, matchNamed, type Wanted } from "../query_matches.ts";

/** The objects that match a filter (RFC 4791 §7.8); a collection itself never does. */
export const calendarQuery: Report = {
  name: C.calendarQuery,
  on: ["calendar-home", "calendar", "subscription", "inbox", "calendar-object"],
  wants: { children: true },
  tooDeep: deepFilterIn,
  // deno-lint-ignore require-await -- refusals are the promise's
  async run(body, resource, request, door, { parent, snapshot }) {
    const query = readQuery(body);
    const { asked, zone } = query;
    const parents = isObject(resource)
      ? parent ? [parent] : []
      : parentsIn(resource as CollectionResource, request, snapshot);
    const pages = isObject(resource)
      ? matchNamed(resource, parent, query, door)
      : matchesIn(parents, query, door);
    const { store } = door.services;
    const { look, splices } = objectsLook(request, asked, { parents, zone, store });
    const write = responseWriter(asked, door, look);
    const responses = async function* (): AsyncGenerator<readonly ResponseXml[]> {
      const breaks = createBreaks();
      for await (const page of pages) {
        let written: ResponseXml[] = [];
        let characters = 0;
        for (const object of page) {
          const ready = object.content ? look.prepare?.(object.content) : undefined;
          if (ready) await ready;
          const response = write(object);
          written.push(response);
          characters += response.length;
          if (characters > textChunkChars) {
            yield written;
            written = [];
            characters = 0;
          }
          const pause = breaks();
          if (pause) await pause;
        }
        yield written;
      }
    };
    return multistatus(atMost(limits.queryMatches, responses(), resource.href), {
      headers: preferHeaders(look),
      splices,
    });
  },
};

/**
 * The first ones, a page in one. Where there are more, or it takes too long to find them, the last
 * word is that (RFC 4791 §7.8).
 */
export async function* atMost(
  limit: number,
  pages: AsyncIterable<readonly ResponseXml[]>,
  href: string,
): AsyncGenerator<ResponseXml> {
  let left = limit;
  try {
    for await (const page of pages) {
      yield page.slice(0, left).join("");
      if (page.length > left) return yield statusResponse(href, 507, tooMany);
      left -= page.length;
    }
  } catch (error) {
    if (!(error instanceof Refusal && error.precondition === D.numberOfMatchesWithinLimits)) {
      throw error;
    }
    yield statusResponse(href, 507, tooMany);
  }
}

const tooMany = elementXml(el(D.numberOfMatchesWithinLimits));

/** The body of CALDAV:calendar-query (RFC 4791 §9.5). */
function readQuery(body: XmlElement): Wanted {
  return {
    asked: askedOfObjects(body),
    filter: readFilter(childNamed(body, C.filter)),
    zone: zoneIn(body),
  };
}

/** @throws {Refusal} 403 CALDAV:valid-calendar-data, or CALDAV:valid-timezone (RFC 7809 §5.3.1) */
function zoneIn(body: XmlElement): Zone | undefined {
  const timezone = childNamed(body, C.timezone);
  if (timezone) return readTimezone(textOf(timezone));
  const id = childNamed(body, C.timezoneId);
  return id && zoneById(textOf(id));
}

/**
 * All calendars of a home count as its members: whoever asks there means them, as a home holds no
 * objects of its own.
 */
function parentsIn(
  resource: CollectionResource,
  { headers }: DavRequest,
  { children }: Beside["snapshot"],
): CollectionResource[] {
  if (readDepth(headers, 0) === 0 && !quirksOf(headers).depthZeroIsOne) return [];
  if (resource.kind !== "calendar-home") return [resource];
  return children
    .filter(({ kind }) => kind === "calendar" || kind === "subscription")
    .map((child) => childResource(resource, child));
}
