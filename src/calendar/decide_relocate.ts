import type { Change, Collection, Fact, MemberName, ObjectInfo } from "../model.ts";
import { Refusal } from "../refusal.ts";
import type { Subtree } from "../store/store.ts";
import { refuse } from "./refuse.ts";
import type { Decision } from "./transact.ts";

/** What is copied or moved. A collection comes with all that is to be copied of it. */
export type Source =
  | { readonly kind: "object"; readonly object: ObjectInfo; readonly parent: Collection }
  | {
    readonly kind: "collection";
    readonly collection: Collection;
    readonly below: Subtree;
  };

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
  const { method, overwrite, at } = relocation;
  const there = object ?? collection;
  checkPlace(source, destination, relocation);
  if (there && !overwrite) throw new Refusal(412);
  const to: MemberName = { collectionId: parent.id, name };
  const etag = source.kind === "object"
    ? method === "MOVE" ? source.object.etag : relocation.newEtag()
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
        : copied(source, to, parent.ownerId, relocation, etag)),
    ],
    reply: { created: there === undefined, etag },
  };
}

/** Objects of calendars go to calendars, files and folders to folders. */
function checkPlace(
  source: Source,
  { parent, name, uidHolder }: Destination,
  { method, hrefOf }: Relocation,
): void {
  const from = source.kind === "object" ? source.parent.kind : source.collection.kind;
  if (from !== parent.kind || (from !== "calendar" && from !== "files")) {
    throw new Refusal(403, undefined, { text: "such a resource can't stand there" });
  }
  if (source.kind === "collection") {
    if (from === "calendar") throw refuse.calendarLocation();
    return;
  }
  const { component, uid, name: sourceName } = source.object;
  const { components } = parent;
  if (component !== undefined && components && !components.includes(component)) {
    throw refuse.supportedCalendarComponent(component, components);
  }
  const isItself = method === "MOVE" && source.parent.id === parent.id && uidHolder === sourceName;
  if (uid !== undefined && uidHolder !== undefined && uidHolder !== name && !isItself) {
    throw refuse.noUidConflict(hrefOf(uidHolder));
  }
}

function restsOf(source: Source, { parent, name: newName, uidHolder }: Destination): Fact[] {
  if (source.kind === "collection") {
    const { id, settings } = source.collection;
    return [{ kind: "collection", id, settings }];
  }
  const { collectionId, name, etag, uid } = source.object;
  const member = { kind: "member", collectionId, name, etag } as const;
  if (uid === undefined) return [member];
  const holder = uidHolder ?? newName;
  return [member, { kind: "uid-free", collectionId: parent.id, uid, name: holder }];
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
    const { kind, displayName, transparent } = original;
    const made = { id, parentId, ownerId, kind, name, displayName, transparent, created: at };
    return [
      { kind: "make-collection", collection: made },
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
