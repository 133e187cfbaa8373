import { limits } from "../limits.ts";
import type { Collection, ObjectInfo } from "../model.ts";
import { encodeSegment } from "../http/path.ts";
import type { Detail, Listed, Subtree } from "../store/questions.ts";
import type { DavRequest, Door } from "./door.ts";
import { type Asked, detailOf } from "./properties.ts";
import { resourcesAt } from "./resources_at.ts";
import {
  type CollectionResource,
  isCollection,
  memberKind,
  type ObjectResource,
  type Resource,
} from "./resource.ts";
import { type FixedTarget, homeHref, principalHref, targetOf } from "./target.ts";

/** Kinds of collection that hold collections. */
const nests: readonly Resource["kind"][] = ["calendar-home", "files"];

/**
 * The resources directly below one, some at a time: collections first, then pages of objects.
 * `children`: its collections, where they have been loaded with it.
 */
export async function* membersOf(
  { target }: DavRequest,
  door: Door,
  { resource, children }: {
    readonly resource: Resource;
    readonly children?: readonly Collection[];
  },
  asked: Asked,
): AsyncGenerator<readonly Resource[]> {
  if (isCollection(resource)) {
    if (nests.includes(resource.kind)) {
      const { collection, asker } = resource;
      const all = children ?? await door.services.store.children(collection.id, asker.id);
      yield all.map((child) => childResource(resource, child));
    }
    // Only collections are made in a home for calendars.
    if (resource.kind !== "calendar-home") yield* objectsIn(resource, asked, door);
  } else if ("below" in target) {
    yield await inFixed(resource, target, door, asked);
  }
}

/** Of people and homes, everybody is shown their own: a list of all could be endless. */
async function inFixed(
  resource: Resource,
  target: FixedTarget,
  door: Door,
  asked: Asked,
): Promise<Resource[]> {
  const { asker } = resource;
  if (target.below.length > 0) {
    return target.below.map(({ href, kind }) => ({ ...resource, kind, href }) as Resource);
  }
  const own = [
    principalHref(asker.kind, asker.name),
    homeHref("calendar-home", asker.name),
    homeHref("files", asker.name),
  ];
  const targets = own.filter((href) => href.startsWith(target.href))
    .map(targetOf).filter((one) => one !== undefined);
  const found = await resourcesAt(targets, asker, door, asked);
  return found.flatMap(({ placed }) => placed.state === "mapped" ? [placed.resource] : []);
}

/** The objects directly in a collection, page by page; of these components, if that is said. */
export async function* objectsIn(
  parent: CollectionResource,
  asked: Asked,
  door: Door,
  components?: readonly string[],
): AsyncGenerator<readonly ObjectResource[]> {
  const { store } = door.services;
  const detail = detailOf(asked, memberKind[parent.kind], door);
  if (detail === "tag" && !components) {
    const tags = await store.tags(parent.collection.id, limits.syncMembers);
    if (tags) return yield tags.map((tag) => memberOf(parent, tag));
  }
  const { pageRows: limit } = limits;
  let after: string | undefined;
  do {
    const among = { after, limit, detail, components };
    const page = await store.members(parent.collection.id, among);
    yield page.items.map((object) => memberOf(parent, object));
    after = page.more ? page.items.at(-1)?.name : undefined;
  } while (after !== undefined);
}

/** The objects of a collection with these ids, page by page; one that is gone is left out. */
export async function* membersWithIds(
  parent: CollectionResource,
  ids: readonly number[],
  asked: Asked,
  door: Door,
): AsyncGenerator<readonly ObjectResource[]> {
  const { store } = door.services;
  const detail = detailOf(asked, memberKind[parent.kind], door);
  const { pageRows } = limits;
  for (let done = 0; done < ids.length; done += pageRows) {
    const page = ids.slice(done, done + pageRows);
    const objects = await store.membersWithIds(parent.collection.id, page, detail);
    yield objects.map((object) => memberOf(parent, object));
  }
}

/** All that is below a collection, each one behind the collection that it is in. */
export function subtreeOf(
  root: CollectionResource,
  { collections, objects }: Subtree,
): Resource[] {
  const parents = new Map([[root.collection.id, root]]);
  const resources: Resource[] = [];
  for (const { parentId, collection } of collections) {
    const child = childResource(parents.get(parentId) ?? root, collection);
    parents.set(collection.id, child);
    resources.push(child);
  }
  for (const object of objects) {
    resources.push(memberOf(parents.get(object.collectionId) ?? root, object));
  }
  return resources;
}

type Above = Pick<
  CollectionResource,
  "asker" | "privileges" | "owner" | "epoch" | "locks" | "used"
>;

function childOf(
  { asker, privileges, owner, epoch, locks, used }: Above,
  href: string,
  collection: Collection,
): CollectionResource {
  const { kind, properties } = collection;
  return { asker, privileges, owner, epoch, locks, used, kind, href, properties, collection };
}

/** A collection in one that is loaded. */
export const childResource = (
  parent: CollectionResource,
  collection: Collection,
): CollectionResource =>
  childOf(parent, `${parent.href}${encodeSegment(collection.name)}/`, collection);

/**
 * An object in a collection that is loaded. One of which only the tag is told answers only the rows
 * that look at no more.
 */
export const memberOf = (
  { kind, href, asker, privileges, owner, locks }: CollectionResource,
  listed: Listed[Detail],
): ObjectResource => {
  const object = listed as ObjectInfo;
  return {
    kind: memberKind[kind],
    href: href + encodeSegment(object.name),
    asker,
    privileges,
    owner,
    locks,
    properties: object.properties,
    object,
  };
};
