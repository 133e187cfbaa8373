import type { NewCollection } from "../change.ts";
import type { Collection } from "../model.ts";
import { refuse } from "./refuse.ts";
import type { Decision } from "./transact.ts";

/** A calendar, a calendar subscription or a plain collection, as the client wants it. */
export interface MakeRequest {
  readonly kind: "calendar" | "subscription" | "files";
  readonly name: string;
  /** As `componentSet` gives them. */
  readonly components?: readonly string[];
  /** Random. */
  readonly id: number;
  readonly at: number;
}

/** MKCALENDAR and MKCOL in a calendar home (RFC 4791 §5.3.1, RFC 5689). */
export function decideMake(parent: Collection, wanted: MakeRequest): Decision<null> {
  const { kind, name } = wanted;
  if (kind === "files" && parent.kind === "files") return decideMakeFolder(parent, wanted);
  if (parent.kind !== "calendar-home" || isReserved(name)) {
    throw kind === "files" ? refuse.collectionLocation() : refuse.calendarLocation();
  }
  if (kind === "files") return decideMakeFolder(parent, wanted);
  return makeIn(parent, wanted, { kind, components: wanted.components });
}

/** Whether the name means something in a calendar home. */
export const isReserved = (name: string): boolean => reservedNames.includes(name.toLowerCase());

const reservedNames = ["inbox", "outbox", "notification"];

/** MKCOL of a collection for files (RFC 4918 §9.3). */
export const decideMakeFolder = (
  parent: Collection,
  wanted: Pick<MakeRequest, "name" | "id" | "at">,
): Decision<null> => makeIn(parent, wanted, { kind: "files" });

function makeIn(
  { id: parentId, ownerId, settings }: Collection,
  { name, id, at }: Pick<MakeRequest, "name" | "id" | "at">,
  made: Pick<NewCollection, "kind" | "components">,
): Decision<null> {
  const collection = { ...made, id, parentId, ownerId, name, transparent: false, created: at };
  return {
    rests: [
      { kind: "collection", id: parentId, settings },
      { kind: "member", collectionId: parentId, name, etag: undefined },
    ],
    changes: [{ kind: "make-collection", collection }],
    reply: null,
  };
}
