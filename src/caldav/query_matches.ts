import { candidateMeets } from "../ical/candidates.ts";
import {
  type CalendarFilter,
  componentsOf,
  matchCalendar,
  timesOf,
} from "../ical/calendar_filter.ts";
import type { Timed } from "../ical/filter_times.ts";
import { Budgets } from "../ical/instances.ts";
import { type Zones, zonesWith } from "../ical/moment.ts";
import { createBreaks, soon } from "../steps.ts";
import { zoneOfCalendar } from "../ical/timezone.ts";
import type { Zone } from "../ical/zone.ts";
import { wantsContent } from "../dav/calendar_data.ts";
import { objectsNamed, objectsOf, objectsWithIds } from "../dav/contents.ts";
import type { Door } from "../dav/door.ts";
import { membersWithIds, objectsIn } from "../dav/members.ts";
import type { Asked } from "../dav/properties.ts";
import type { CollectionResource, ObjectResource } from "../dav/resource.ts";

/** What is looked for. */
export interface Wanted {
  readonly filter: CalendarFilter;
  /** In which floating times are, instead of the calendar's own zone. */
  readonly zone?: Zone;
  /** What is told of an object: its content is read where that is asked for. */
  readonly asked: Asked;
}

/** Objects that match, some at a time. */
type Matches = AsyncGenerator<readonly ObjectResource[]>;

/**
 * The objects of these collections that match. What the store can tell by an index, it does.
 *
 * @throws {Refusal} 507 DAV:number-of-matches-within-limits, in between: it takes too long.
 */
export async function* matchesIn(
  parents: readonly CollectionResource[],
  wanted: Wanted,
  door: Door,
): Matches {
  const { components, decided } = componentsOf(wanted.filter);
  if (components?.length === 0) return;
  const times = timesOf(wanted.filter);
  const budgets = new Budgets();
  if (times) return yield* matchesAt(times, parents, wanted, door, budgets);
  for (const parent of parents) {
    if (decided && !wantsContent(wanted.asked)) {
      yield* objectsIn(parent, wanted.asked, door, components);
      continue;
    }
    const matches = matcher(wanted, zonesIn(parent, wanted, door), budgets);
    for await (const one of objectsOf(parent, components, wanted.asked, door)) {
      yield await matches([one]);
    }
  }
}

/** One object, if it matches. */
export async function* matchNamed(
  { object }: ObjectResource,
  parent: CollectionResource | undefined,
  wanted: Wanted,
  door: Door,
): Matches {
  if (parent === undefined) return;
  const matches = matcher(wanted, zonesIn(parent, wanted, door), new Budgets());
  for await (const [[, found] = []] of objectsNamed(parent, [object.name], wanted.asked, door)) {
    if (found) yield await matches([found]);
  }
}

/** What times mean in a collection. */
const zonesIn = ({ collection }: CollectionResource, { zone }: Wanted, door: Door): Zones =>
  zonesWith(zone ?? zoneOfCalendar(collection.timezone), door.zones);

/** Those of a page that match; `sure` are those that do whatever their content is. */
function matcher(wanted: Wanted, zones: Zones, budgets: Budgets) {
  const breaks = createBreaks();
  return async (page: readonly ObjectResource[], sure?: ReadonlySet<number>) => {
    const found: ObjectResource[] = [];
    for (const one of page) {
      if (sure?.has(one.object.id)) found.push(one);
      else if (one.content) {
        const { body } = one.content;
        const matches = soon(matchCalendar(body, wanted.filter, zones, budgets.next()));
        if (matches instanceof Promise ? await matches : matches) found.push(one);
      }
      const pause = breaks();
      if (pause) await pause;
    }
    return found;
  };
}

/** What the time index tells of one collection: ids of objects. */
interface Found {
  readonly parent: CollectionResource;
  readonly zones: Zones;
  readonly sure: Set<number>;
  /** Their content must tell. */
  readonly open: Set<number>;
}

/** What does not come near the times is never looked at. */
async function* matchesAt(
  times: readonly Timed[],
  parents: readonly CollectionResource[],
  wanted: Wanted,
  door: Door,
  budgets: Budgets,
): Matches {
  const places = parents.map((parent): Found => ({
    parent,
    zones: zonesIn(parent, wanted, door),
    sure: new Set(),
    open: new Set(),
  }));
  await lookUp(places, times, door, budgets);
  for (const { parent, zones, sure, open } of places) {
    const matches = matcher(wanted, zones, budgets);
    const undecided = [...open].filter((id) => !sure.has(id));
    const all = wantsContent(wanted.asked);
    if (!all) yield* membersWithIds(parent, inOrder([...sure]), wanted.asked, door);
    const read = all ? [...sure, ...undecided] : undecided;
    for await (const page of objectsWithIds(parent, inOrder(read), wanted.asked, door)) {
      yield await matches(page, sure);
    }
  }
}

async function lookUp(
  places: readonly Found[],
  times: readonly Timed[],
  door: Door,
  budgets: Budgets,
): Promise<void> {
  const asked = places.flatMap((place) => times.map((time) => ({ place, time })));
  const queries = asked.map(({ place, time }) => ({
    collectionId: place.parent.collection.id,
    components: [time.component],
    ...time.range,
  }));
  const breaks = createBreaks();
  for await (const [query, candidates] of door.services.store.candidates(queries, "objects")) {
    const { place: { zones, sure, open }, time } = asked[query] as typeof asked[number];
    for (const candidate of candidates) {
      const meets = candidateMeets(candidate, time.range, zones.floating, budgets.next());
      if (meets !== false) (meets && time.decided ? sure : open).add(candidate.id);
      const pause = breaks();
      if (pause) await pause;
    }
  }
}

const inOrder = (ids: number[]): number[] => ids.sort((a, b) => a - b);
