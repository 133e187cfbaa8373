import { assert } from "@std/assert";
import { displayKey } from "../../src/access/names.ts";
import type { Change, NewCollection, NewObject, PropertyHolder } from "../../src/change.ts";
import type { Attachment, Collection, Principal, StoredObject } from "../../src/model.ts";
import type { Question, Snapshot } from "../../src/store/questions.ts";
import type { Store } from "../../src/store/store.ts";
import type { Query } from "./databases.ts";

/** Ids of what {@linkcode settled} makes. */
export const ids = { alice: 1, bob: 2, home: 10, calendar: 11, tasks: 12, files: 13 } as const;

/** The time of all writes, unless a test says otherwise. */
export const now = 1_800_000_000_000;

/** Alice with a home, a calendar, a task list and files; bob has nothing. */
export async function settled(store: Store): Promise<void> {
  await write(
    store,
    makePrincipal({ id: ids.alice, name: "alice" }),
    makePrincipal({ id: ids.bob, name: "bob" }),
    make({ id: ids.home, kind: "calendar-home", parentId: undefined, name: "" }),
    make({ id: ids.files, kind: "files", parentId: undefined, name: "" }),
    make({ id: ids.calendar, name: "calendar", components: ["VEVENT"] }),
    make({ id: ids.tasks, name: "tasks", components: ["VTODO"] }),
  );
}

/** A commit that rests on nothing. */
export async function write(store: Store, ...changes: readonly Change[]): Promise<void> {
  assert(await store.commit([], changes));
}

export const makePrincipal = (
  principal: Partial<Principal> & Pick<Principal, "id" | "name">,
): Change => ({
  kind: "make-principal",
  principal: {
    kind: "individual",
    displayName: principal.name,
    admin: false,
    disabled: false,
    ...principal,
  },
  nameKey: principal.name.toLowerCase(),
  displayKey: displayKey(principal.displayName ?? principal.name),
  created: now,
});

/** By default a calendar in alice's home. */
export const make = (
  collection: Partial<NewCollection> & Pick<NewCollection, "id" | "name">,
): Change => ({
  kind: "make-collection",
  collection: {
    parentId: ids.home,
    ownerId: ids.alice,
    kind: "calendar",
    transparent: false,
    created: now,
    ...collection,
  },
});

/** An object whose name, UID and content differ by `name`, in alice's calendar. */
export const put = (
  name: string,
  object: Partial<NewObject> = {},
  { collectionId = ids.calendar, replaces = false }: {
    readonly collectionId?: number;
    readonly replaces?: boolean;
  } = {},
): Change => {
  const body = object.body ?? `content of ${name}`;
  const blobBytes = (object.blobs ?? []).reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  return {
    kind: "put-object",
    collectionId,
    replaces,
    object: {
      name,
      etag: `"${name} 1"`,
      contentType: "text/calendar; charset=utf-8",
      sizeBytes: body.length + blobBytes,
      uid: `uid of ${name}`,
      component: "VEVENT",
      participants: [],
      body,
      blobs: [],
      modified: now,
      ...object,
    },
  };
};

/** Of nine bytes; without a blob, unless the test says one. */
export const attachmentOf = (id: string, attachment: Partial<Attachment> = {}): Attachment => ({
  id,
  link: `link of ${id}`,
  fileName: `${id}.txt`,
  contentType: "text/plain",
  sizeBytes: 9,
  created: now,
  ...attachment,
});

export const remove = (
  name: string,
  collectionId: number = ids.calendar,
  at: number = now,
): Change => ({ kind: "delete-object", collectionId, name, at });

/** `person`: whose it is, by default everybody's. */
export const property = (
  holder: PropertyHolder,
  xml: string | null,
  person = 0,
  name = "{x}name",
): Change => ({ kind: "set-property", holder, person, name, xml });

/** What there is at a path in alice's home. */
export const look = (
  store: Store,
  segments: readonly string[],
  question: Partial<Question> = {},
): Promise<Snapshot> =>
  store.load({
    asker: ids.alice,
    place: { kind: "tree", home: "calendar-home", owner: "alice", segments },
    ...question,
  });

/** The collection at a path in alice's home. */
export async function collectionAt(
  store: Store,
  ...segments: readonly string[]
): Promise<Collection> {
  const { chain, rest } = await look(store, segments, { properties: true });
  const collection = chain.at(-1);
  assert(collection && rest.length === 0, `no collection at ${segments.join("/")}`);
  return collection;
}

/** An object of alice's calendar with its content. */
export async function objectNamed(
  store: Store,
  name: string,
  collectionId: number = ids.calendar,
): Promise<StoredObject> {
  const [[, object] = []] =
    (await Array.fromAsync(store.objectsNamed(collectionId, [name], "properties")))
      .flat();
  assert(object, `no object ${name}`);
  return object;
}

/** Of the whole database. */
export async function commitNumber(query: Query): Promise<number> {
  const [[number] = []] = await query("SELECT commit_number FROM database");
  return Number(number);
}
