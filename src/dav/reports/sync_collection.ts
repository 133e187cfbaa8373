import { limits } from "../../limits.ts";
import { Refusal } from "../../refusal.ts";
import type { ChangePage, Detail, Listed, MemberChange } from "../../store/questions.ts";
import { D } from "../../xml/names.ts";
import { childNamed, el, textOf, type XmlElement } from "../../xml/tree.ts";
import { elementXml } from "../../xml/write.ts";
import { wantsContent } from "../calendar_data.ts";
import type { Door, Look, Report } from "../door.ts";
import { objectsLook } from "../look.ts";
import { childResource, memberOf } from "../members.ts";
import { inTexts, multistatus, type ResponseXml, statusResponse } from "../multistatus.ts";
import { preferHeaders } from "../prefer_headers.ts";
import { limitIn } from "../report_parts.ts";
import { type Asked, askedProp, detailOf } from "../properties.ts";
import { responseWriter } from "../property_response.ts";
import { type CollectionResource, memberKind, type ObjectResource } from "../resource.ts";
import { checkSyncState, readSyncToken, syncToken } from "../sync_token.ts";
import { encodeSegment } from "../../http/path.ts";
import { objectsNamed } from "../contents.ts";

/** What the client wants to know, and since when. */
interface SyncCollection {
  /** DAV:sync-level is `infinite`: the members of members are wanted, too. */
  readonly infinite: boolean;
  readonly token: string;
  /** Members of the answer at most. */
  readonly limit: number;
  readonly asked: Asked;
}

/**
 * What has changed since a token (RFC 6578 §3). Members of members are not told: a change in a
 * calendar is a change of that member of the home. Where they are asked for, each changed calendar
 * answers 403 DAV:sync-traversal-supported (§3.3): it is to be asked itself. An answer that is cut
 * ends with the collection's own 507, and its token goes on where it was cut.
 */
export const syncCollection: Report = {
  name: D.syncCollection,
  on: ["calendar-home", "calendar", "inbox", "subscription"],
  async run(body, resource, request, door) {
    const parent = resource as CollectionResource;
    const { collection, epoch } = parent;
    const { token, limit, asked, infinite } = read(body);
    const { store } = door.services;
    const places = { parents: [parent], store };
    const { look: common, splices } = objectsLook(request, asked, places);
    const look = { ...common, infinite };
    const since = readSyncToken(token, collection, epoch);
    const page = await store.changesSince(collection.id, since, {
      limit,
      asker: parent.asker.id,
      detail: detailOf(asked, memberKind[parent.kind], door),
    });
    checkSyncState(since, page);
    const began = token === "" ? page.commit : since.began;
    const last = page.more ? page.items.at(-1) : undefined;
    const next = last ? { ...last, began } : { commit: page.commit };
    return multistatus(responses(parent, page, began ?? 0, asked, door, look), {
      syncToken: () => syncToken(collection, epoch, next),
      headers: preferHeaders(look),
      splices,
    });
  },
};

/**
 * Old programs of Apple and eM Client leave the level out, and some a token that they don't have.
 *
 * @throws {Refusal} 400: a level or a limit that is none, or too many properties.
 */
function read(body: XmlElement): SyncCollection {
  const level = textOf(childNamed(body, D.syncLevel) ?? el(D.syncLevel, ["1"])).trim();
  if (level !== "1" && level !== "infinite") { // RFC 6578 §6.3
    throw new Refusal(400, undefined, { text: "the sync-level is 1 or infinite" });
  }
  const token = childNamed(body, D.syncToken);
  return {
    infinite: level === "infinite",
    token: token ? textOf(token).trim() : "",
    limit: limitIn(body, { limit: D.limit, nresults: D.nresults, most: limits.syncMembers }),
    asked: askedProp(childNamed(body, D.prop)),
  };
}

/** `began`: what was gone by this commit is not told, as the client has never known it. */
async function* responses(
  parent: CollectionResource,
  page: ChangePage,
  began: number,
  asked: Asked,
  door: Door,
  look: Look & { readonly infinite: boolean },
): AsyncGenerator<ResponseXml> {
  const write = responseWriter(asked, door, look);
  const texts = inTexts(write, ({ content }: ObjectResource) => content && look.prepare?.(content));
  const objects = page.items.flatMap(({ object }) => object ?? []);
  if (wantsContent(asked)) {
    const names = objects.map(({ name }) => name);
    for await (const page of objectsNamed(parent, names, asked, door)) {
      yield* texts(page.flatMap(([, object]) => object ?? []));
    }
  } else {
    yield* texts(resources(parent, objects));
  }
  for (const change of page.items) {
    if (change.collection) {
      const child = childResource(parent, change.collection);
      yield look.infinite ? statusResponse(child.href, 403, notTraversed) : write(child);
    } else if (!change.object && change.commit > began) {
      yield statusResponse(hrefOfGone(parent, change), 404);
    }
  }
  if (page.more) yield statusResponse(parent.href, 507, cut);
}

function* resources(parent: CollectionResource, objects: readonly Listed[Detail][]) {
  for (const object of objects) yield memberOf(parent, object);
}

const hrefOfGone = ({ href }: CollectionResource, { name, wasCollection }: MemberChange): string =>
  href + encodeSegment(name) + (wasCollection ? "/" : "");

const cut = elementXml(el(D.numberOfMatchesWithinLimits));
const notTraversed = elementXml(el(D.syncTraversalSupported));
