import type { Change, Fact, MemberName, NewObject } from "../change.ts";
import type { Collection, ObjectInfo } from "../model.ts";
import { Refusal } from "../refusal.ts";
import type { Subtree } from "../store/questions.ts";
import { isReserved } from "./decide_make.ts";
import { refuse } from "./refuse.ts";
import type { Decision } from "./transact.ts";

/** What is copied or moved. A collection comes with all that is to be copied of it. */
export type Source =
  | {
    readonly kind: "object";
    readonly object: ObjectInfo;
    readonly parent: Collection;
    /** Between calendars and files: what it is there, or why it can't be anything. */
    readonly becomes?: NewContent | Refusal;
  }
  | {
    readonly kind: "collection";
    readonly collection: Collection;
    readonly below: Subtree;
  };

/** An object as another kind of collection keeps it. */
export type NewContent = Pick<
  NewObject,
  | "contentType"
  | "uid"
  | "component"
  | "participants"
  | "body"
  | "blobs"
  | "sizeBytes"
  | "attachments"
  | "timeIndex"
>;

/** Where it shall be, and what is there now. */
export interface Destination {
  readonly parent: Collection;
  readonly name: string;
  readonly object?: ObjectInfo;
  readonly collection?: Collection;
  /** Name of the object of the parent that has the UID of the source. */
  readonly uidHolder?: string;
}

export interface Relocation {
  readonly method: "COPY" | "MOVE";
  /** Whether what is there may be replaced. */
  readonly overwrite: boolean;
  readonly at: number;
  readonly newId: () => number;
  readonly newEtag: () => string;
  /** Href of an object of the destination's parent. */
  readonly hrefOf: (name: string) => string;
}

/** COPY and MOVE (RFC 4918 §9.8, §9.9; into a calendar also RFC 4791 §5.3.2.1). */
export function decideRelocate(
  source: Source,
  destination: Destination,
  relocation: Relocation,
): Decision<{ readonly created: boolean; readonly etag?: string }> {
  const { parent, name, object, collection } = destination;
  const { method, overwrite, at, hrefOf } = relocation;
  const there = object ?? collection;
  checkPlace(source, destination, relocation);
  if (there && !overwrite) throw new Refusal(412);
  if (object && object.uid !== identityOf(source)?.uid) throw refuse.uidChanged(hrefOf(name));
  const to: MemberName = { collectionId: parent.id, name };
  const becomes = source.kind === "object" ? source.becomes : undefined;
  const etag = source.kind === "object"
    ? method === "MOVE" && !becomes ? source.object.etag : relocation.newEtag()
    : undefined;
  return {
    rests: [
      ...restsOf(source, destination),
      { kind: "collection", id: parent.id, settings: parent.settings },
      ...(collection
        ? [{ kind: "collection", id: collection.id, settings: collection.settings } as const]
        : [{ kind: "member", ...to, etag: object?.etag } as const]),
    ],
    changes: [
      ...(object ? [{ kind: "delete-object", ...to, at } as const] : []),
      ...(collection ? [{ kind: "delete-collection", id: collection.id, at } as const] : []),
      ...(method === "MOVE"
        ? moved(source, to, parent.ownerId, at)
        : copied(source, to, parent.ownerId, relocation, becomes ? undefined : etag)),
      ...rewritten(source, to, at, etag),
    ],
    reply: { created: there === undefined, etag },
  };
}

/** Objects go to calendars and among files, collections to where they are made. */
function checkPlace(
  source: Source,
  { parent, name, uidHolder }: Destination,
  { method, hrefOf }: Relocation,
): void {
  const from = source.kind === "object" ? source.parent.kind : source.collection.kind;
  if (source.kind === "collection" && parent.kind === "calendar-home") {
    const stays = source.collection.ownerId === parent.ownerId;
    if (from === "calendar" && !stays) throw refuse.calendarOfOther();
    if (isReserved(name)) throw refuse.collectionLocation();
    return;
  }
  const becomes = source.kind === "object" ? source.becomes : undefined;
  if (becomes instanceof Refusal) throw becomes;
  if (!becomes && (from !== parent.kind || (from !== "calendar" && from !== "files"))) {
    throw new Refusal(403, undefined, { text: "such a resource can't stand there" });
  }
  if (source.kind === "collection") {
    if (from === "calendar") throw refuse.calendarLocation();
    return;
  }
  const { component, uid } = identityOf(source) ?? {};
  const { components } = parent;
  if (component !== undefined && components && !components.includes(component)) {
    throw refuse.supportedCalendarComponent(component, components);
  }
  const { object: { name: sourceName }, parent: { id } } = source;
  const isItself = method === "MOVE" && id === parent.id && uidHolder === sourceName;
  if (uid !== undefined && uidHolder !== undefined && uidHolder !== name && !isItself) {
    throw refuse.noUidConflict(hrefOf(uidHolder));
  }
}

/** UID and component of an object as it is at the destination. */
function identityOf(source: Source): Pick<ObjectInfo, "uid" | "component"> | undefined {
  if (source.kind === "collection") return undefined;
  const { object, becomes } = source;
  return becomes && !(becomes instanceof Refusal) ? becomes : object;
}

function restsOf(source: Source, { parent, name: newName, uidHolder }: Destination): Fact[] {
  if (source.kind === "collection") {
    const { id, settings } = source.collection;
    return [{ kind: "collection", id, settings }];
  }
  const { collectionId, name, etag } = source.object;
  const member = { kind: "member", collectionId, name, etag } as const;
  const { uid } = identityOf(source) ?? {};
  if (uid === undefined) return [member];
  const holder = uidHolder ?? newName;
  const free = { kind: "uid-free", collectionId: parent.id, uid, name: holder } as const;
  const ids = attachmentsOf(source).map(({ id }) => id);
  return [member, free, ...(ids.length > 0 ? [{ kind: "attachments", ids } as const] : [])];
}

/** To which it will refer, where it becomes something else. */
const attachmentsOf = (source: Source) =>
  source.kind === "object" && source.becomes && !(source.becomes instanceof Refusal)
    ? source.becomes.attachments ?? []
    : [];

/** What has come to another kind of collection, with its properties, is written there anew. */
function rewritten(
  source: Source,
  { collectionId, name }: MemberName,
  at: number,
  etag: string | undefined,
): Change[] {
  if (source.kind === "collection" || etag === undefined) return [];
  const { becomes } = source;
  if (!becomes || becomes instanceof Refusal) return [];
  const object = { ...becomes, name, etag, modified: at };
  return [{ kind: "put-object", collectionId, replaces: true, object }];
}

function moved(source: Source, to: MemberName, ownerId: number, at: number): Change[] {
  if (source.kind === "collection") {
    return [{ kind: "move-collection", id: source.collection.id, to, ownerId, at }];
  }
  const { collectionId, name } = source.object;
  return [{ kind: "move-object", from: { collectionId, name }, to, at }];
}

function copied(
  source: Source,
  to: MemberName,
  ownerId: number,
  { at, newId, newEtag }: Relocation,
  etag = newEtag(),
): Change[] {
  if (source.kind === "object") {
    const { collectionId, name } = source.object;
    return [{ kind: "copy-object", from: { collectionId, name }, to, etag, at }];
  }
  const { collection, below } = source;
  const copies = new Map([[collection.id, newId()]]);
  const folder = (original: Collection, parentId: number, name: string): Change[] => {
    const id = copies.get(original.id) ?? newId();
    copies.set(original.id, id);
    const { kind, displayName, components, timezone, transparent, attachments } = original;
    const settings = { kind, displayName, components, timezone, transparent };
    return [
      {
        kind: "make-collection",
        collection: { ...settings, id, parentId, ownerId, name, created: at },
      },
      ...(kind === "calendar" ? [{ kind: "set-collection", id, attachments, at } as const] : []),
      { kind: "copy-properties", from: original.id, to: id },
    ];
  };
  const copyOf = (id: number) => copies.get(id) ?? to.collectionId;
  return [
    ...folder(collection, to.collectionId, to.name),
    ...below.collections.flatMap(({ parentId, collection: one }) =>
      folder(one, copyOf(parentId), one.name)
    ),
    ...below.objects.map(({ collectionId, name }): Change => ({
      kind: "copy-object",
      from: { collectionId, name },
      to: { collectionId: copyOf(collectionId), name },
      etag: newEtag(),
      at,
    })),
  ];
}
