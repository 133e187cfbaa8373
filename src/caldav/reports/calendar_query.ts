import { readDepth } from "../../http/depth.ts";
import { readPrefer } from "../../http/prefer.ts";
import { type CompFilter, matchesFilter } from "../../ical/filter.ts";
import { narrowed } from "../../ical/filter_components.ts";
import { createZones } from "../../ical/moment.ts";
import { readTimezone, zoneOfCalendar } from "../../ical/timezone.ts";
import { ianaZone, type Zone } from "../../ical/zone.ts";
import { limits } from "../../limits.ts";
import { Refusal } from "../../refusal.ts";
import { C, D } from "../../xml/names.ts";
import { childNamed, el, textOf, type XmlElement } from "../../xml/tree.ts";
import { elementXml } from "../../xml/write.ts";
import { objectsNamed, objectsOf } from "../../dav/contents.ts";
import type { DavRequest, Door, Report } from "../../dav/door.ts";
import { childResource, objectsIn } from "../../dav/members.ts";
import { multistatus, type ResponseXml, statusResponse } from "../../dav/multistatus.ts";
import { type Mapped, open } from "../../dav/open.ts";
import { preferHeaders } from "../../dav/prefer_headers.ts";
import { type Asked, propertyResponse } from "../../dav/properties.ts";
import { quirksOf } from "../../dav/quirks.ts";
import {
  type CollectionResource,
  isCollection,
  type ObjectResource,
  type Resource,
} from "../../dav/resource.ts";
import { askedOfObjects, calendarDataWriter, wantsContent } from "../../dav/calendar_data.ts";
import { readFilter } from "../filter.ts";

/** The body of CALDAV:calendar-query (RFC 4791 §9.5). */
interface CalendarQuery {
  readonly asked: Asked;
  readonly filter: CompFilter;
  /** For floating times, instead of the calendar's own. */
  readonly zone?: Zone;
}

/** The objects that match a filter (RFC 4791 §7.8); a collection itself never does. */
export const calendarQuery: Report = {
  name: C.calendarQuery,
  on: ["calendar-home", "calendar", "subscription", "inbox", "calendar-object"],
  async run(body, resource, request, door) {
    const query = readQuery(body);
    const places = await placesIn(resource, request, door);
    const prefer = readPrefer(request.headers);
    const look = { ...prefer, calendarData: calendarDataWriter(query.asked) };
    const responses = async function* (): AsyncGenerator<ResponseXml> {
      for (const place of places) {
        for await (const object of matches(place, query, door)) {
          yield propertyResponse(object, query.asked, door, look);
        }
      }
    };
    return multistatus(atMost(limits.queryMatches, responses(), resource.href), {
      headers: preferHeaders(prefer),
    });
  },
};

/** The first ones; where there are more, the last word is that (RFC 4791 §7.8). */
export async function* atMost(
  limit: number,
  responses: AsyncIterable<ResponseXml>,
  href: string,
): AsyncGenerator<ResponseXml> {
  let count = 0;
  for await (const response of responses) {
    if (count++ === limit) return yield statusResponse(href, 507, tooMany);
    yield response;
  }
}

const tooMany = elementXml(el(D.numberOfMatchesWithinLimits));

function readQuery(body: XmlElement): CalendarQuery {
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
  if (!id) return undefined;
  const zone = ianaZone(textOf(id).trim());
  if (!zone) throw new Refusal(403, C.validTimezone);
  return zone;
}

/** Where to look: in a whole collection, or at the one object of this name. */
interface Place {
  readonly parent: CollectionResource;
  readonly name?: string;
}

/**
 * All calendars of a home count as its members: whoever asks there means them, as a home holds no
 * objects of its own.
 */
async function placesIn(resource: Resource, request: DavRequest, door: Door): Promise<Place[]> {
  const { headers } = request;
  if (!isCollection(resource)) {
    const { parent } = await open(request, door) as Mapped;
    const { object } = resource as ObjectResource;
    return parent ? [{ parent, name: object.name }] : [];
  }
  if (readDepth(headers, 0) === 0 && !quirksOf(headers).depthZeroIsOne) return [];
  if (resource.kind !== "calendar-home") return [{ parent: resource }];
  const children = await door.services.store.children(resource.collection.id, resource.asker.id);
  return children
    .filter(({ kind }) => kind === "calendar" || kind === "subscription")
    .map((child) => ({ parent: childResource(resource, child) }));
}

/** The store leaves out what it can tell by the component alone. */
async function* matches(
  { parent, name }: Place,
  { asked, filter, zone }: CalendarQuery,
  door: Door,
): AsyncGenerator<ObjectResource> {
  const { components, decided } = narrowed(filter);
  if (components?.length === 0) return;
  if (decided && name === undefined && !wantsContent(asked)) {
    return yield* objectsIn(parent, asked, door, components);
  }
  const zones = createZones(zone ?? zoneOfCalendar(parent.collection.timezone));
  let count = 0;
  for await (const object of candidates(parent, name, components, door)) {
    if (++count % objectsAtOnce === 0) await pause();
    if (object.content && matchesFilter(object.content.body, filter, zones)) yield object;
  }
}

async function* candidates(
  parent: CollectionResource,
  name: string | undefined,
  components: readonly string[] | undefined,
  door: Door,
): AsyncGenerator<ObjectResource> {
  if (name === undefined) return yield* objectsOf(parent, components, door);
  for await (const [, object] of objectsNamed(parent, [name], door)) if (object) yield object;
}

/** What is looked through before others have their turn: some milliseconds. */
const objectsAtOnce = 100;

const pause = () => new Promise<void>((resolve) => setTimeout(resolve));
