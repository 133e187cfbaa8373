import { type Busy, type BusyPeriod, readBusy } from "../../src/ical/busy.ts";
import { type CalendarFilter, matchCalendar } from "../../src/ical/calendar_filter.ts";
import { type Component, walkStored } from "../../src/ical/tree.ts";
import { expand } from "../../src/ical/expand.ts";
import { type CompFilter, matchFilter } from "../../src/ical/filter.ts";
import { instancesOf } from "../../src/ical/instances.ts";
import type { TimeRange } from "../../src/ical/interval.ts";
import { dropOtherOverrides, dropOtherPeriods } from "../../src/ical/limit_sets.ts";
import { createZones, type ReadMoment, type Zones } from "../../src/ical/moment.ts";
import { type CompPart, takePart } from "../../src/ical/partial.ts";
import { Budget } from "../../src/ical/recurrence/budget.ts";
import { type Instance, seriesIn } from "../../src/ical/recurrence/series.ts";
import { makeTimeIndex } from "../../src/ical/time_index.ts";
import { utcZone } from "../../src/ical/zone.ts";
import { limits } from "../../src/limits.ts";
import type { Body, TimeIndex } from "../../src/model.ts";
import { atOnce } from "../../src/steps.ts";

// What the program does in steps, so that others are answered meanwhile, at once.

export const matchesFilter = (
  object: Body,
  filter: CompFilter,
  zones: Zones,
  budget: Budget = new Budget(),
): boolean => atOnce(matchFilter(object, filter, zones, budget));

export const matchesCalendar = (
  object: Body,
  filter: CalendarFilter,
  zones: Zones,
  budget: Budget = new Budget(),
): boolean => atOnce(matchCalendar(object, filter, zones, budget));

export const partOf = (text: string, calendar: CompPart): string =>
  atOnce(takePart(text, calendar));

export const withoutOtherOverrides = (text: string, range: TimeRange, zones: Zones): string =>
  atOnce(dropOtherOverrides(text, range, zones));

export const withoutOtherPeriods = (text: string, range: TimeRange, zones: Zones): string =>
  atOnce(dropOtherPeriods(text, range, zones));

export const busyOf = (calendar: Component, read: ReadMoment): Busy =>
  atOnce(readBusy(calendar, read));

/** All periods in a range, by a single look. */
export const periodsOf = (
  busy: Busy,
  range: TimeRange,
  budget: Budget = new Budget(),
): readonly BusyPeriod[] => busy.within(range, { start: -Infinity, end: Infinity }, budget).periods;

/** `zones`: where floating times are those of UTC, unless given. */
export const timeIndexOf = (
  calendar: Component,
  zones: Zones = createZones(utcZone),
): TimeIndex | undefined => atOnce(makeTimeIndex(calendar, zones));

export const expanded = (
  text: string,
  range: TimeRange,
  zones: Zones,
  most: number = limits.expandedCharacters,
  budget: Budget = new Budget(),
): string => atOnce(expand(text, range, zones, most, budget));

export const instancesIn = (
  calendar: Component,
  range: TimeRange,
  read: ReadMoment,
  budget: Budget,
): Generator<Instance> => instancesOf(seriesIn(calendar, read), range, read, budget);

export const storedTree = (text: string): Component => atOnce(walkStored(text));
