import { readCalendarObject } from "../../src/ical/read.ts";
import type { Change } from "../../src/change.ts";
import { event } from "../fixtures/events.ts";
import type { House } from "../harness.ts";

/** A calendar to be filled, by default alice's first one. */
export interface Filled {
  readonly owner?: string;
  readonly calendar?: string;
  /** Number of the first new object. */
  readonly from?: number;
}

/** Puts `count` events into a calendar in one commit. Gives their names, in the order of names. */
export async function fill(
  { store, services }: House,
  count: number,
  { owner = "alice", calendar = "calendar", from = 0 }: Filled = {},
): Promise<string[]> {
  const place = { kind: "tree", home: "calendar-home", owner, segments: [calendar] } as const;
  const collectionId = (await store.load({ asker: 0, place })).chain[1]?.id ?? 0;
  const changes = Array.from({ length: count }, (_, index): Change => {
    const uid = String(from + index).padStart(6, "0");
    const body = event({ uid });
    const { timeIndex } = readCalendarObject(body);
    return {
      kind: "put-object",
      collectionId,
      replaces: false,
      object: {
        name: `${uid}.ics`,
        etag: services.random.etag(),
        contentType: "text/calendar; charset=utf-8",
        sizeBytes: body.length,
        uid,
        component: "VEVENT",
        participants: [],
        body,
        blobs: [],
        timeIndex,
        modified: services.clock(),
      },
    };
  });
  await store.commit([], changes);
  return changes.flatMap((change) => change.kind === "put-object" ? [change.object.name] : []);
}
