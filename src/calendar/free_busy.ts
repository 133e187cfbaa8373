import type { BusyPeriod } from "../ical/busy.ts";
import { type BusyTimes, createBusyTimes } from "../ical/busy_times.ts";
import { busyInText, candidateBusy } from "../ical/candidates.ts";
import { type Budget, Budgets } from "../ical/instances.ts";
import type { TimeRange } from "../ical/interval.ts";
import { createZones } from "../ical/moment.ts";
import { createBreaks } from "../ical/steps.ts";
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
  /** The objects of a collection with these ids, page by page, with all of their content. */
  contents(
    collectionId: number,
    ids: readonly number[],
  ): AsyncIterable<readonly { readonly body: Body }[]>;
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
  const breaks = createBreaks();
  const add = async (periods: Iterable<BusyPeriod>) => {
    let added = 0;
    for (const period of periods) {
      if (!times.add(period)) throw refuse.tooManyBusyPeriods();
      if (++added % periodsAtOnce === 0) await breaks();
    }
    const pause = breaks();
    if (pause) await pause;
  };
  const budgets = new Budgets();
  // What is not told would be free.
  const check = (budget: Budget) => {
    if (budget.exhausted) throw refuse.tooManyBusyPeriods();
  };
  const places = calendars.map(({ id, timezone }) => ({
    id,
    zones: createZones(zoneOfCalendar(timezone)),
    unread: [] as number[],
  }));
  const queries = places.map(({ id }) => ({
    collectionId: id,
    components: busyComponents,
    ...range,
  }));
  for await (const [query, candidates] of source.candidates(queries, "busy")) {
    const { zones, unread } = places[query] as typeof places[number];
    for (const candidate of candidates) {
      const budget = budgets.next();
      const periods = candidateBusy(candidate, range, zones.floating, budget);
      if (periods) await add(periods);
      else unread.push(candidate.id);
      check(budget);
    }
  }
  for (const { id, zones, unread } of places) {
    for await (const page of source.contents(id, unread)) {
      for (const { body } of page) {
        const budget = budgets.next();
        await add(busyInText(body, range, zones, budget));
        check(budget);
      }
    }
  }
  const gathered = times.times();
  if (!gathered) throw refuse.tooManyBusyPeriods();
  return gathered;
}

/** Some 0.5 ms of work. */
const periodsAtOnce = 512;

const busyComponents: readonly string[] = ["VEVENT", "VFREEBUSY"];
