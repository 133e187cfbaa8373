import type { Change, Collection, NewCollection } from "../model.ts";
import { componentSet } from "./components.ts";
import { refuse } from "./refuse.ts";
import type { Decision } from "./transact.ts";

/** A calendar, or a calendar subscription, as the client wants it. */
export interface MakeRequest {
  readonly kind: "calendar" | "subscription";
  readonly name: string;
  /** As in CALDAV:supported-calendar-component-set. */
  readonly components?: readonly string[];
  /** Random. */
  readonly id: number;
  readonly at: number;
}

/** Names that mean something in a calendar home. */
const reservedNames = ["inbox", "outbox", "notification"];

/**
 * MKCALENDAR and extended MKCOL (RFC 4791 §5.3.1, RFC 5689). `settings` are the changes for the
 * properties that the request sets on the new collection.
 */
export function decideMake(
  parent: Collection,
  wanted: MakeRequest,
  settings: (made: NewCollection) => readonly Change[],
): Decision<null> {
  if (parent.kind !== "calendar-home" || reservedNames.includes(wanted.name.toLowerCase())) {
    throw refuse.calendarLocation();
  }
  const collection: NewCollection = {
    id: wanted.id,
    parentId: parent.id,
    ownerId: parent.ownerId,
    kind: wanted.kind,
    name: wanted.name,
    components: componentSet(wanted.components),
    transparent: false,
    created: wanted.at,
  };
  return {
    rests: [
      { kind: "collection", id: parent.id, settings: parent.settings },
      { kind: "member", collectionId: parent.id, name: wanted.name, etag: undefined },
    ],
    changes: [{ kind: "make-collection", collection }, ...settings(collection)],
    reply: null,
  };
}
