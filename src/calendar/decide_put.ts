import type { NewObject } from "../change.ts";
import type { Collection, ObjectInfo } from "../model.ts";
import { refuse } from "./refuse.ts";
import type { Decision } from "./transact.ts";

/** What a decision looks at of an object that is there. */
export type ExistingObject = Pick<ObjectInfo, "name" | "etag" | "uid">;

/** What is there before a calendar object resource is written. */
export interface PutSnapshot {
  readonly calendar: Collection;
  readonly existing?: ExistingObject;
  /** Name of the object of this calendar that has the UID of the new content. */
  readonly uidHolder?: string;
}

/** A calendar object resource as it was sent, and what was found in it. */
export interface PutRequest extends Omit<NewObject, "contentType" | "modified"> {
  readonly uid: string;
  readonly component: string;
  /** UTC epoch milliseconds. */
  readonly at: number;
}

/** DAV:getcontenttype of each; nothing besides, as some clients compare it as a whole. */
export const calendarObjectType = "text/calendar; charset=utf-8";

/**
 * PUT of a calendar object resource (RFC 4791 §5.3.2). `hrefOf` gives the href of an object of the
 * calendar.
 */
export function decidePut(
  { calendar, existing, uidHolder }: PutSnapshot,
  wanted: PutRequest,
  hrefOf: (name: string) => string,
): Decision<{ readonly created: boolean; readonly etag: string }> {
  const { name, uid, component, participants, etag, timeIndex, at } = wanted;
  const { body, blobs, attachments, sizeBytes } = wanted;
  const { components } = calendar;
  if (components && !components.includes(component)) {
    throw refuse.supportedCalendarComponent(component, components);
  }
  if (uidHolder !== undefined && uidHolder !== name) throw refuse.noUidConflict(hrefOf(uidHolder));
  if (existing?.uid !== undefined && existing.uid !== uid) throw refuse.uidChanged(hrefOf(name));
  return {
    rests: [
      { kind: "collection", id: calendar.id, settings: calendar.settings },
      { kind: "member", collectionId: calendar.id, name, etag: existing?.etag },
      ...(existing ? [] : [{ kind: "uid-free", collectionId: calendar.id, uid, name } as const]),
    ],
    changes: [{
      kind: "put-object",
      collectionId: calendar.id,
      replaces: existing !== undefined,
      object: {
        name,
        etag,
        contentType: calendarObjectType,
        sizeBytes,
        uid,
        component,
        participants,
        body,
        blobs,
        attachments,
        timeIndex,
        modified: at,
      },
    }],
    reply: { created: existing === undefined, etag },
  };
}
