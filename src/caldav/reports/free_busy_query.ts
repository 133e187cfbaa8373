import { busyTimes, countsAsBusy } from "../../calendar/free_busy.ts";
import { readDepth } from "../../http/depth.ts";
import type { TimeRange } from "../../ical/interval.ts";
import { inTurns } from "../../steps.ts";
import { freeBusyCalendar } from "../../ical/free_busy.ts";
import type { Collection } from "../../model.ts";
import { C } from "../../xml/names.ts";
import type { XmlElement } from "../../xml/tree.ts";
import type { Beside, DavRequest, Report } from "../../dav/door.ts";
import { dynamicHeaders } from "../../dav/multistatus.ts";
import { isCollection, isObject, type Resource } from "../../dav/resource.ts";
import { readTimeRange } from "../filter.ts";

/** When the owner is busy, for whoever may know that (RFC 4791 §7, §7.10); by one object, too. */
export const freeBusyQuery: Report = {
  name: C.freeBusyQuery,
  on: ["principal", "calendar-home", "calendar", "calendar-object"],
  needs: C.readFreeBusy,
  wants: { children: true },
  async run(body, resource, request, door, beside) {
    const range = boundedRange(body);
    const calendars = calendarsIn(resource, request, beside).filter(countsAsBusy);
    const { store, clock, random } = door.services;
    const times = await busyTimes(calendars, range, {
      zones: door.zones,
      candidates: store.candidates,
      contents: (collectionId, ids) => store.objectsWithIds(collectionId, ids, "columns"),
      only: isObject(resource) ? resource.object.id : undefined,
    });
    const uid = `free-busy-${random.id()}`;
    const text = await inTurns(freeBusyCalendar({ uid, at: clock(), range }, times));
    return new Response(text, {
      headers: { ...dynamicHeaders, "content-type": "text/calendar; charset=utf-8" },
    });
  },
};

/**
 * As in the RFC's example, a calendar tells of its objects whatever the Depth, and so does a
 * principal, whom Evolution asks. A home with Depth 0 has no objects.
 */
function calendarsIn(
  resource: Resource,
  { headers }: DavRequest,
  { snapshot, parent }: Beside,
): readonly Collection[] {
  const depth = readDepth(headers, 0);
  if (isObject(resource)) return parent ? [parent.collection] : [];
  if (!isCollection(resource)) return snapshot.children;
  if (resource.kind === "calendar") return [resource.collection];
  return depth === 0 ? [] : snapshot.children;
}

/** An open range goes as far as times can be written. */
function boundedRange(body: XmlElement): TimeRange {
  const { start, end } = readTimeRange(body);
  return { start: Math.max(start, earliest), end: Math.min(end, latest) };
}

const earliest = Date.parse("0000-01-01T00:00:00Z");
const latest = Date.parse("9999-12-31T23:59:59Z");
