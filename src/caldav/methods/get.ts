import { checkConditions, readConditions } from "../../http/conditions.ts";
import { attachment } from "../../http/content_disposition.ts";
import { httpDate } from "../../http/date.ts";
import { quoted } from "../../http/etag.ts";
import { encodeSegment } from "../../http/path.ts";
import { textStream } from "../../http/text_stream.ts";
import { joinAsJcal, joinCalendars } from "../../ical/join.ts";
import type { StoredObject } from "../../model.ts";
import { Refusal } from "../../refusal.ts";
import type { Store } from "../../store/store.ts";
import { textsOf } from "../../dav/contents.ts";
import { calendarObjectType } from "../../calendar/decide_put.ts";
import { withLocation } from "../../dav/content_location.ts";
import type { DavRequest, Door, Method } from "../../dav/door.ts";
import { contentAnswer } from "../../dav/methods/get.ts";
import { dynamicHeaders } from "../../dav/multistatus.ts";
import { attachmentAskedFor, inlineAnswer, linkedObject } from "../../dav/inline_links.ts";
import { type Mapped, open } from "../../dav/open.ts";
import {
  type CollectionResource,
  isObject,
  objectKinds,
  type ObjectResource,
} from "../../dav/resource.ts";
import { Splices, type ValueText, valueTexts } from "../../dav/splices.ts";
import {
  hasVariants,
  jcalType,
  type Variant,
  variantEtag,
  variantIn,
  variantText,
  variantVary,
} from "../../dav/variant.ts";

/** GET of a calendar object in the form that is asked for, and of a whole calendar as one. */
export const get: Method = {
  name: "GET",
  home: "calendar-home",
  on: ["calendar", ...objectKinds],
  creates: [],
  handle: (request, door) => answer(request, door, true),
};

/** HEAD: as GET, without the content. */
export const head: Method = {
  ...get,
  name: "HEAD",
  handle: (request, door) => answer(request, door, false),
};

async function answer(request: DavRequest, door: Door, body: boolean): Promise<Response> {
  const linkedId = attachmentAskedFor(request.url);
  const opened = await open(request, door, { body: body || linkedId !== undefined });
  const { resource } = opened as Mapped;
  const variant = variantIn(request.headers);
  if (!isObject(resource)) {
    const calendar = resource as CollectionResource;
    const response = calendarAnswer(request, calendar, variant, door, body);
    return withLocation(response, request, calendar);
  }
  if (linkedId !== undefined && resource.content && hasVariants(resource.object)) {
    const { headers } = request;
    const { store } = door.services;
    const found = inlineAnswer(resource.content, linkedId, { headers, body }, store);
    if (!found) throw new Refusal(404);
    return found;
  }
  return variant && hasVariants(resource.object)
    ? variantAnswer(request, resource, variant, door)
    : contentAnswer(request, resource, door);
}

function variantAnswer(
  request: DavRequest,
  { object, content, href }: ObjectResource,
  variant: Variant,
  { services: { store }, zones }: Door,
): Response {
  const etag = variantEtag(object.etag, variant);
  const unchanged = notModified(request, etag, object.modified);
  if (unchanged) return unchanged;
  const splices = splicesFor(variant, store, valueTexts.asSent);
  const told = content && variant.linked ? linkedObject(content, request.origin + href) : content;
  const texts = told && splices.into(variantText(splices.textOf(told), variant, zones));
  const stream = texts ? textStream(texts) : null;
  return new Response(stream, { headers: headersOf(etag, object.modified, variant) });
}

/** All that is in a calendar, as it is written; its ETag moves with every change in it. */
function calendarAnswer(
  request: DavRequest,
  { collection, epoch, href }: CollectionResource,
  variant: Variant | undefined,
  { services: { store } }: Door,
  body: boolean,
): Response {
  const { id, commit, modified, displayName, name } = collection;
  const version = quoted(`${epoch}-${id.toString(36)}-${commit}`);
  const etag = variant ? variantEtag(version, variant) : version;
  const unchanged = notModified(request, etag, modified);
  if (unchanged) return unchanged;
  const splices = splicesFor(variant, store, valueTexts.withCrlf);
  // Nobody has PUT it, so that it may be whole for those who say nothing.
  const { timezones = "added" } = variant ?? {};
  const join = variant?.jcal ? joinAsJcal : joinCalendars;
  const about = { name: displayName, timezones };
  const tell = (object: StoredObject) =>
    variant?.linked
      ? linkedObject(object, request.origin + href + encodeSegment(object.name))
      : object;
  const texts = body && splices.into(join(textsOf(store, id, splices, tell), about));
  const stream = texts ? textStream(texts) : null;
  const extension = variant?.jcal ? "json" : "ics";
  return new Response(stream, {
    headers: {
      ...headersOf(etag, modified, variant),
      "content-disposition": attachment(`${displayName ?? name}.${extension}`),
    },
  });
}

const splicesFor = (variant: Variant | undefined, store: Store, asText: ValueText): Splices =>
  new Splices(store, variant?.jcal ? valueTexts.unfolded : asText);

function notModified({ headers }: DavRequest, etag: string, modified: number) {
  const present = { etag, lastModified: modified };
  const outcome = checkConditions(readConditions(headers), present, { safe: true });
  return outcome === "not-modified"
    ? new Response(null, { status: 304, headers: { ...dynamicHeaders, vary: variantVary, etag } })
    : undefined;
}

const headersOf = (
  etag: string,
  modified: number,
  variant: Variant | undefined,
): Record<string, string> => ({
  ...dynamicHeaders,
  vary: variantVary,
  etag,
  "last-modified": httpDate(modified),
  "content-type": variant?.jcal ? jcalType : calendarObjectType,
});
