import { encodeSegment, isPlainSegment } from "../../http/path.ts";
import { limits } from "../../limits.ts";
import { Refusal } from "../../refusal.ts";
import { createBreaks } from "../../steps.ts";
import { C, D } from "../../xml/names.ts";
import { childrenNamed, hrefTextOf } from "../../xml/tree.ts";
import { type NamedObject, objectsNamed } from "../../dav/contents.ts";
import type { Door, Look, Report } from "../../dav/door.ts";
import { objectsLook } from "../../dav/look.ts";
import { inTexts, multistatus, type ResponseXml, statusResponse } from "../../dav/multistatus.ts";
import { preferHeaders } from "../../dav/prefer_headers.ts";
import type { Asked } from "../../dav/properties.ts";
import { responseWriter } from "../../dav/property_response.ts";
import { type CollectionResource, isCollection, isObject } from "../../dav/resource.ts";
import { hrefBelow, type Target, targetOfHref } from "../../dav/target.ts";
import { askedOfObjects } from "../../dav/calendar_data.ts";

/**
 * The objects at the given hrefs (RFC 4791 §7.9), each once and spelled as the server does. Of an
 * object, itself.
 */
export const calendarMultiget: Report = {
  name: C.calendarMultiget,
  on: ["calendar", "inbox", "subscription", "calendar-object"],
  tooLong: tooManyHrefs,
  // deno-lint-ignore require-await -- refusals are the promise's
  async run(body, resource, request, door, { parent: above }) {
    const parent = isCollection(resource) ? resource : above;
    if (!parent) throw new Refusal(403, D.supportedReport);
    const only = isObject(resource) ? resource.object.name : undefined;
    const asked = askedOfObjects(body);
    const hrefs = childrenNamed(body, D.href).map(hrefTextOf);
    if (hrefs.length === 0) throw new Refusal(400, undefined, { text: "no href is asked for" });
    if (hrefs.length > limits.multigetHrefs) throw tooManyHrefs();
    const { store } = door.services;
    const { look, splices } = objectsLook(request, asked, { parents: [parent], store });
    return multistatus(responses(hrefs, { parent, only }, asked, door, look), {
      headers: preferHeaders(look),
      splices,
    });
  },
};

function tooManyHrefs(): Refusal {
  return new Refusal(507, D.numberOfMatchesWithinLimits);
}

/** Where objects may be asked for. */
interface Among {
  readonly parent: CollectionResource;
  /** The name of the one that may; without it, all. */
  readonly only?: string;
}

/** An href as the client sent it, and the name of the member if it is one that may be asked for. */
interface Member {
  readonly href: string;
  readonly name?: string;
}

function memberNamed(href: string, { parent, only }: Among): Member {
  const member = memberIn(parent, href);
  return only === undefined || member.name === only ? member : { href };
}

function memberIn(parent: CollectionResource, href: string): Member {
  const last = href.startsWith(parent.href) ? href.slice(parent.href.length) : "";
  if (isPlainSegment(last)) return { href, name: last };
  const target = decoded(href);
  if (target?.kind !== "tree") return { href };
  const { homeHref, place: { segments } } = target;
  const name = segments.at(-1);
  const isMember = hrefBelow(homeHref, segments.slice(0, -1), true) === parent.href;
  if (name === undefined || !isMember) return { href };
  return { href: parent.href + encodeSegment(name), name };
}

/** One that can't be decoded is only not found: the others are answered. */
function decoded(href: string): Target | undefined {
  try {
    return targetOfHref(href);
  } catch (error) {
    if (error instanceof Refusal) return undefined;
    throw error;
  }
}

/**
 * A page of hrefs at a time. Those that are gone as a status alone: a propstat of 404 fails all of it
 * in Thunderbird.
 */
async function* responses(
  hrefs: readonly string[],
  among: Among,
  asked: Asked,
  door: Door,
  look: Look,
): AsyncGenerator<ResponseXml> {
  const { parent } = among;
  const write = responseWriter(asked, door, look);
  const texts = inTexts(
    ([name, object]: NamedObject) =>
      object ? write(object) : statusResponse(parent.href + encodeSegment(name), 404),
    ([, object]) => object?.content ? look.prepare?.(object.content) : undefined,
  );
  const told = new Set<string>();
  const breaks = createBreaks();
  for (let at = 0; at < hrefs.length; at += limits.pageRows) {
    const names: string[] = [];
    for (const asIs of hrefs.slice(at, at + limits.pageRows)) {
      const { href, name } = memberNamed(asIs, among);
      if (name === undefined) yield statusResponse(href, 404);
      else if (!told.has(name)) names.push(name);
      if (name !== undefined) told.add(name);
      const pause = breaks();
      if (pause) await pause;
    }
    for await (const page of objectsNamed(parent, names, asked, door)) yield* texts(page);
  }
}
