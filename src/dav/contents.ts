import type { Store } from "../store/store.ts";
import type { Door } from "./door.ts";
import { memberOf } from "./members.ts";
import type { CollectionResource, ObjectResource } from "./resource.ts";
import type { Splices } from "./splices.ts";

/** The same objects with their content, in their order; one that is gone meanwhile is left out. */
export async function* withContent(
  parent: CollectionResource,
  objects: readonly ObjectResource[],
  door: Door,
): AsyncGenerator<ObjectResource> {
  const names = objects.map(({ object }) => object.name);
  for await (const [, found] of objectsNamed(parent, names, door)) if (found) yield found;
}

/** The objects of these names with their content; undefined where there is none. */
export async function* objectsNamed(
  parent: CollectionResource,
  names: readonly string[],
  door: Door,
): AsyncGenerator<readonly [name: string, object: ObjectResource | undefined]> {
  const { store } = door.services;
  for await (const [name, stored] of store.objectsNamed(parent.collection.id, names)) {
    yield [name, stored && { ...memberOf(parent, stored), content: stored }];
  }
}

/** The objects of a collection with these ids and their content, page by page. */
export async function* objectsWithIds(
  parent: CollectionResource,
  ids: readonly number[],
  door: Door,
): AsyncGenerator<readonly ObjectResource[]> {
  for await (const page of door.services.store.objectsWithIds(parent.collection.id, ids)) {
    yield page.map((content) => ({ ...memberOf(parent, content), content }));
  }
}

/** The objects of a collection with their content; of these components, if that is said. */
export async function* objectsOf(
  parent: CollectionResource,
  components: readonly string[] | undefined,
  door: Door,
): AsyncGenerator<ObjectResource> {
  for await (const stored of door.services.store.objectsOf(parent.collection.id, { components })) {
    yield { ...memberOf(parent, stored), content: stored };
  }
}

/** The text of all objects of a collection, by name, with marks for what `splices` will put there. */
export async function* textsOf(
  store: Store,
  collectionId: number,
  splices: Splices,
): AsyncGenerator<string> {
  for await (const object of store.objectsOf(collectionId, {})) yield splices.textOf(object);
}
