import type { StoredObject } from "../model.ts";
import type { Store } from "../store/store.ts";
import type { Door } from "./door.ts";
import { memberOf } from "./members.ts";
import { type Asked, contentDetailOf } from "./properties.ts";
import { type CollectionResource, memberKind, type ObjectResource } from "./resource.ts";
import type { Splices } from "./splices.ts";

/** A name that was asked for, and the object that has it. */
export type NamedObject = readonly [name: string, object: ObjectResource | undefined];

/** The objects of these names with their content, page by page; undefined where there is none. */
export async function* objectsNamed(
  parent: CollectionResource,
  names: readonly string[],
  asked: Asked,
  door: Door,
): AsyncGenerator<readonly NamedObject[]> {
  const { store } = door.services;
  const detail = contentDetailOf(asked, memberKind[parent.kind], door);
  for await (const page of store.objectsNamed(parent.collection.id, names, detail)) {
    yield page.map(([name, content]) => [
      name,
      content && { ...memberOf(parent, content), content },
    ]);
  }
}

/** The objects of a collection with these ids and their content, page by page. */
export async function* objectsWithIds(
  parent: CollectionResource,
  ids: readonly number[],
  asked: Asked,
  door: Door,
): AsyncGenerator<readonly ObjectResource[]> {
  const { store } = door.services;
  const detail = contentDetailOf(asked, memberKind[parent.kind], door);
  for await (const page of store.objectsWithIds(parent.collection.id, ids, detail)) {
    yield page.map((content) => ({ ...memberOf(parent, content), content }));
  }
}

/** The objects of a collection with their content; of these components, if that is said. */
export async function* objectsOf(
  parent: CollectionResource,
  components: readonly string[] | undefined,
  asked: Asked,
  door: Door,
): AsyncGenerator<ObjectResource> {
  const { store } = door.services;
  const detail = contentDetailOf(asked, memberKind[parent.kind], door);
  for await (const stored of store.objectsOf(parent.collection.id, { components, detail })) {
    yield { ...memberOf(parent, stored), content: stored };
  }
}

/**
 * The text of all objects of a collection, by name, with marks for what `splices` will put there;
 * `tell` gives each as it is told.
 */
export async function* textsOf(
  store: Store,
  collectionId: number,
  splices: Splices,
  tell: (object: StoredObject) => StoredObject = (object) => object,
): AsyncGenerator<string> {
  for await (const object of store.objectsOf(collectionId, { detail: "columns" })) {
    yield splices.textOf(tell(object));
  }
}
