import type { Collection, ObjectInfo } from "../model.ts";
import { refuse } from "./refuse.ts";
import type { Decision } from "./transact.ts";

/** DELETE of an object (RFC 4918 §9.6). */
export const decideDeleteObject = (object: ObjectInfo, at: number): Decision<null> => ({
  rests: [{
    kind: "member",
    collectionId: object.collectionId,
    name: object.name,
    etag: object.etag,
  }],
  changes: [{
    kind: "delete-object",
    collectionId: object.collectionId,
    name: object.name,
    at,
  }],
  reply: null,
});

/** DELETE of a collection with all that is in it; a home and its inbox and outbox stay. */
export function decideDeleteCollection(collection: Collection, at: number): Decision<null> {
  const isHome = collection.name === "";
  if (isHome || !deletable.includes(collection.kind)) throw refuse.reserved();
  return {
    rests: [{ kind: "collection", id: collection.id, settings: collection.settings }],
    changes: [{ kind: "delete-collection", id: collection.id, at }],
    reply: null,
  };
}

const deletable: readonly Collection["kind"][] = ["calendar", "subscription", "files"];
