import type { Body } from "../model.ts";
import type { Steps } from "../steps.ts";
import { type CompFilter, matchFilter, type Test } from "./filter.ts";
import { type Narrowed, narrowed } from "./filter_components.ts";
import { type Timed, timesIn } from "./filter_times.ts";
import type { Zones } from "./moment.ts";
import type { Budget } from "./recurrence/budget.ts";

/** CALDAV:filter (RFC 4791 §9.7). */
export interface CalendarFilter {
  /** For VCALENDAR: one or, as `calendar-query-extended` has it, several. */
  readonly calendars: readonly CompFilter[];
  /** Of `calendars`. */
  readonly test: Test;
}

/** Whether a calendar object matches; one that can't be read never does. */
export function* matchCalendar(
  object: Body,
  { calendars, test }: CalendarFilter,
  zones: Zones,
  budget: Budget,
): Steps<boolean> {
  const isEnough = test === "anyof";
  for (const one of calendars) {
    const matches = yield* matchFilter(object, one, zones, budget);
    if (matches === isEnough) return isEnough;
  }
  return !isEnough;
}

/** What the filter says of the kind of an object's component alone. */
export function componentsOf({ calendars, test }: CalendarFilter): Narrowed {
  const each = calendars.map(narrowed);
  const decided = each.every((one) => one.decided);
  const lists = each.map(({ components }) => components);
  const known = lists.filter((one) => one !== undefined);
  if (known.length === 0 || (test === "anyof" && known.length < lists.length)) return { decided };
  const sets = known.map((one) => new Set(one));
  const components = sets.reduce((all, one) =>
    test === "anyof" ? all.union(one) : all.intersection(one)
  );
  return { components: [...components], decided };
}

/** When the objects are that may match: at any of these times. Undefined: at any time. */
export function timesOf({ calendars, test }: CalendarFilter): readonly Timed[] | undefined {
  const each = calendars.map(timesIn);
  if (test === "anyof") {
    const known = each.filter((one) => one !== undefined);
    return known.length < each.length ? undefined : known.flat();
  }
  const first = each.find((one) => one !== undefined);
  return calendars.length === 1 ? first : first?.map((one) => ({ ...one, decided: false }));
}
