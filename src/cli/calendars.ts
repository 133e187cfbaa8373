import { limits } from "../limits.ts";
import type { Collection, ObjectInfo } from "../model.ts";
import type { Store } from "../store/store.ts";
import { CommandError } from "./errors.ts";
import { principalNamed } from "./people.ts";

/** The calendars of a principal, by name. */
export async function calendarsOf(store: Store, owner: string): Promise<readonly Collection[]> {
  const { principal } = await principalNamed(store, owner);
  const place = {
    kind: "tree",
    home: "calendar-home",
    owner: principal.name,
    segments: [],
  } as const;
  const { chain: [home] } = await store.load({ asker: principal.id, place });
  if (home === undefined) throw new CommandError(`${principal.name} has no calendars`);
  const children = await store.children(home.id, principal.id);
  return children.filter(({ kind }) => kind === "calendar");
}

/** The calendar at `name`, the last segment of its URL. */
export async function calendarNamed(
  store: Store,
  owner: string,
  name: string,
): Promise<Collection> {
  const calendars = await calendarsOf(store, owner);
  const found = calendars.find((calendar) => calendar.name === name);
  if (found) return found;
  const names = calendars.map((calendar) => calendar.name).join(", ") || "none";
  throw new CommandError(`${owner} has no calendar ${name}; there are: ${names}`);
}

/** All objects of a calendar, by name, without their content. */
export async function* membersOf(
  store: Store,
  { id }: Collection,
): AsyncGenerator<ObjectInfo, void, void> {
  let after: string | undefined;
  let more = true;
  while (more) {
    const page = await store.members(id, { after, limit: limits.pageRows, detail: "columns" });
    yield* page.items;
    after = page.items.at(-1)?.name;
    more = page.more;
  }
}
