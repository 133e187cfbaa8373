import type { Change, NewCollection } from "../change.ts";
import type { Principal } from "../model.ts";

interface Room {
  readonly kind: NewCollection["kind"];
  readonly name: string;
  readonly displayName?: string;
  readonly components?: readonly string[];
}

/**
 * What stands in a new calendar home. Events and tasks apart, none for both: Apple's programs make
 * calendars of their own where they do not find one of each.
 */
const rooms: readonly Room[] = [
  { kind: "calendar", name: "calendar", displayName: "Calendar", components: ["VEVENT"] },
  { kind: "calendar", name: "tasks", displayName: "Tasks", components: ["VTODO"] },
  { kind: "inbox", name: "inbox" },
  { kind: "outbox", name: "outbox" },
];

/** The homes of a new account and what is in them; a group has none. `newId` gives random ids. */
export function provision(
  { id: ownerId, kind }: Pick<Principal, "id" | "kind">,
  newId: () => number,
  at: number,
): Change[] {
  if (kind === "group") return [];
  const made = { ownerId, transparent: false, created: at };
  const home = newId();
  const collections: NewCollection[] = [
    { ...made, id: home, kind: "calendar-home", name: "" },
    { ...made, id: newId(), kind: "files", name: "" },
    ...rooms.map((room) => ({ ...made, ...room, id: newId(), parentId: home })),
  ];
  return collections.map((collection) => ({ kind: "make-collection", collection }));
}
