import type { BusyPeriod } from "../ical/busy.ts";
import { busyByParts } from "../ical/busy_parts.ts";
import { type BusyTimes, createBusyTimes } from "../ical/busy_times.ts";
import { candidateBusy, isReadForBusy, readTextBusy } from "../ical/candidates.ts";
import type { TimeRange } from "../ical/interval.ts";
import { type Zones, zonesWith } from "../ical/moment.ts";
import { Budget } from "../ical/recurrence/budget.ts";
import { createBreaks, soon } from "../steps.ts";
import { zoneOfCalendar } from "../ical/timezone.ts";
import { limits } from "../limits.ts";
import type { Body, Collection } from "../model.ts";
import type { Store } from "../store/store.ts";
import { refuse } from "./refuse.ts";

/** Whether what is in a collection makes its owner busy (RFC 6638 §9.1). */
export const countsAsBusy = ({ kind, transparent }: Collection): boolean =>
  kind === "calendar" && !transparent;

/** Where busy times are read. */
export interface BusySource {
  readonly candidates: Store["candidates"];
  /** Those that have been worked out. */
  readonly zones: Zones;
  /** The objects of a collection with these ids, page by page, with all of their content. */
  contents(
    collectionId: number,
    ids: readonly number[],
  ): AsyncIterable<readonly { readonly body: Body }[]>;
  /** Id of the one object that counts; without it, all. */
  readonly only?: number;
}

/**
 * When whoever owns these calendars is busy in a range (RFC 4791 §7.10); pass those that count. All
 * calendars share one round trip, unless objects have to be read.
 *
 * @throws {Refusal} 507 DAV:number-of-matches-within-limits
 */
export async function busyTimes(
  calendars: readonly Collection[],
  range: TimeRange,
  source: BusySource,
): Promise<BusyTimes> {
  const times = createBusyTimes(range, limits.busyPeriods);
  const total = new Budget(limits.busySteps.answer);
  const breaks = createBreaks({ clockPieces: 1 });
  const add = (periods: readonly BusyPeriod[]) => {
    for (const period of periods) if (!times.add(period)) throw refuse.tooManyBusyPeriods();
    return breaks();
  };
  const places = calendars.map(({ id, timezone }) => ({
    id,
    zones: zonesWith(zoneOfCalendar(timezone), source.zones),
    unread: source.only === undefined ? [] : [source.only],
  }));
  const queries = source.only !== undefined ? [] : places.map(({ id }) => ({
    collectionId: id,
    components: busyComponents,
    ...range,
  }));
  for await (const [query, candidates] of source.candidates(queries, "busy")) {
    const { zones: { floating }, unread } = places[query] as typeof places[number];
    for (const candidate of candidates) {
      if (isReadForBusy(candidate)) unread.push(candidate.id);
      else {
        const busy = candidateBusy(candidate, floating);
        for (const periods of busyByParts(busy, range, total)) {
          const pause = add(periods);
          if (pause) await pause;
        }
      }
    }
  }
  for (const { id, zones, unread } of places) {
    for await (const page of source.contents(id, unread)) {
      for (const { body } of page) {
        const busy = await soon(readTextBusy(body, zones));
        for (const periods of busyByParts(busy, range, total)) {
          const pause = add(periods);
          if (pause) await pause;
        }
      }
    }
  }
  const gathered = times.times();
  if (!gathered) throw refuse.tooManyBusyPeriods();
  return gathered;
}

const busyComponents: readonly string[] = ["VEVENT", "VFREEBUSY"];
