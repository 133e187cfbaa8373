import { bodyOf } from "../ical/text.ts";
import type { Body, StoredObject } from "../model.ts";
import type { Store } from "../store/store.ts";
import type { Door } from "./door.ts";
import { memberOf } from "./members.ts";
import { wholeBody } from "./body_stream.ts";
import type { CollectionResource, ObjectResource } from "./resource.ts";

/** A name that was asked for, and the object that has it. */
export type NamedObject = readonly [name: string, object: ObjectResource | undefined];

/** The objects of these names with their content, page by page; undefined where there is none. */
export async function* objectsNamed(
  parent: CollectionResource,
  names: readonly string[],
  door: Door,
): AsyncGenerator<readonly NamedObject[]> {
  for await (const page of door.services.store.objectsNamed(parent.collection.id, names)) {
    const whole: NamedObject[] = [];
    for (const [name, stored] of page) {
      const content = stored?.blobs.length ? await joined(stored, door) : stored;
      whole.push([name, content && { ...memberOf(parent, content), content }]);
    }
    yield whole;
  }
}

/** The objects of a collection with these ids and their content, page by page. */
export async function* objectsWithIds(
  parent: CollectionResource,
  ids: readonly number[],
  door: Door,
): AsyncGenerator<readonly ObjectResource[]> {
  for await (const page of contentsWithIds(parent.collection.id, ids, door)) {
    yield page.map((content) => ({ ...memberOf(parent, content), content }));
  }
}

/** As {@linkcode objectsWithIds}, where there is no need of the resources. */
export async function* contentsWithIds(
  collectionId: number,
  ids: readonly number[],
  door: Door,
): AsyncGenerator<readonly StoredObject[]> {
  for await (const page of door.services.store.objectsWithIds(collectionId, ids)) {
    const whole: StoredObject[] = [];
    for (const one of page) whole.push(one.blobs.length === 0 ? one : await joined(one, door));
    yield whole;
  }
}

/** The objects of a collection with their content; of these components, if that is said. */
export async function* objectsOf(
  parent: CollectionResource,
  components: readonly string[] | undefined,
  door: Door,
): AsyncGenerator<ObjectResource> {
  for await (const stored of door.services.store.objectsOf(parent.collection.id, { components })) {
    yield { ...memberOf(parent, stored), content: await joined(stored, door) };
  }
}

/** All of an object's content, also where it is kept in blobs. */
export async function contentOf(store: Store, object: StoredObject): Promise<Body> {
  return object.blobs.length === 0 ? object.body : bodyOf(await wholeBody(object, store));
}

/** The content of all objects of a collection, by name, a page of them at a time. */
export async function* contentsOf(store: Store, collectionId: number): AsyncGenerator<Body> {
  for await (const object of store.objectsOf(collectionId, {})) yield contentOf(store, object);
}

/** With its blobs spliced in, as calendar-data needs it. */
async function joined(stored: StoredObject, door: Door): Promise<StoredObject> {
  if (stored.blobs.length === 0) return stored;
  return { ...stored, body: await wholeBody(stored, door.services.store), blobs: [] };
}
