import { limits } from "../limits.ts";
import type { TimeIndex } from "../model.ts";
import type { Steps } from "../steps.ts";
import { type BusyPeriod, busyTypeOf, busyTypes, statedPeriods } from "./busy.ts";
import { compile } from "./compile.ts";
import { type Visit, visitCompiled } from "./compiled_instances.ts";
import { dayMs } from "./duration.ts";
import { parameter } from "./content_lines.ts";
import { type Extent, extentOf, momentsOf, unionOf } from "./extent.ts";
import { intervalOf, lineOf, momentOf, type TimeRange } from "./interval.ts";
import { type Moment, momentsIn, type ReadMoment, type Zones } from "./moment.ts";
import { Budget } from "./recurrence/budget.ts";
import type { Compiled } from "./recurrence/compiled.ts";
import { recurs } from "./recurrence/recurrence_set.ts";
import { readSeries, type Series } from "./recurrence/series.ts";
import { tzidIn } from "./text.ts";
import type { Component } from "./tree.ts";
import { utcZone, type Zone } from "./zone.ts";
import { timeZoneVersion } from "./zone_version.ts";

export { timeZoneVersion } from "./zone_version.ts";

/** `rule` of a `TimeIndex` whose object has to be read. */
export const readText = "*";

/** As a bound of what has none, in either direction. */
export const endlessMs = 9e15;

/**
 * Where the database finds a calendar object by time. Undefined: it overlaps no range, ever.
 *
 * @param calendar The VCALENDAR.
 * @param zones Where floating times are those of UTC.
 */
export function* makeTimeIndex(calendar: Component, zones: Zones): Steps<TimeIndex | undefined> {
  const read = momentsIn(calendar, zones);
  const names = new Set(calendar.components.map(({ name }) => name));
  if (names.has("VTODO")) return yield* ofTasks(calendar, read);
  if (names.has("VFREEBUSY")) return ofFreeBusy(calendar, read);
  const series = yield* readSeries(calendar, read);
  const extent = extentOf(series);
  yield;
  if (extent === undefined) return undefined;
  const takesTime = extent.to > extent.from;
  const busy = takesTime ? Math.max(...calendar.components.map(busyNumber)) : 0;
  const isOnce = takesPlaceOnce(series);
  // The last instance may have no length, and meets a range that begins with it.
  const wide = isOnce ? extent : { ...extent, to: extent.to + 1 };
  const bounds = boundsOf(wide, momentsOf(series));
  yield;
  if (isOnce || bounds.rule !== undefined) return { ...bounds, busy };
  const compiled = compiledSeries(series, bounds, zones);
  const text = compiled === undefined ? readText : JSON.stringify(compiled);
  if (text.length > limits.compiledCharacters) return { ...bounds, busy, rule: readText };
  const zoneVersion = compiled?.z === undefined ? bounds.zoneVersion : timeZoneVersion();
  return { ...bounds, busy, rule: text, zoneVersion };
}

/**
 * Whether an object with such a `rule` has an instance in the range. One that takes more than the
 * budget to tell has: whoever asked can look at it.
 *
 * @param rule One that is not `readText`.
 * @param floating The zone of what has none.
 */
export function compiledMeets(
  rule: string,
  range: TimeRange,
  floating: Zone,
  budget: Budget = new Budget(),
): boolean {
  const meets: Visit = (start, end) =>
    (start < end ? range.start < end : range.start <= start) && range.end > start;
  return visitCompiled(JSON.parse(rule), range, floating, budget, meets) || budget.exhausted;
}

/** The periods of such an object that overlap the range; they may reach beyond it and overlap. */
export function compiledBusy(
  rule: string,
  range: TimeRange,
  floating: Zone,
  budget: Budget = new Budget(),
): BusyPeriod[] {
  const periods: BusyPeriod[] = [];
  visitCompiled(JSON.parse(rule), range, floating, budget, (start, end, busy) => {
    const type = busyTypes[busy];
    if (type && start < end && start < range.end && end > range.start) {
      periods.push({ start, end, type });
    }
    return false;
  });
  return periods;
}

/** A zone of its own is as good as that of its name where both show the same. */
function compiledSeries(series: Series, bounds: Bounds, zones: Zones): Compiled | undefined {
  const { span, firstStart, lastEnd } = bounds;
  const [master] = series.masters;
  const line = master && lineOf(master.member.component, "DTSTART");
  const known = line && zones.named(tzidIn(parameter(line, "TZID") ?? ""));
  const zoneFor = (zone: Zone): Zone | undefined => {
    if (zone.name !== undefined) return zone;
    const isSame = known && zones.areAlike(zone, known, firstStart - dayMs, lastEnd + dayMs);
    return isSame ? known : undefined;
  };
  return compile(series, span >= 8, zoneFor);
}

const busyNumber = (component: Component): number => busyTypes.indexOf(busyTypeOf(component));

/** Its bounds are the whole answer. */
function takesPlaceOnce({ masters, overrides }: Series): boolean {
  const [master, ...others] = masters;
  if (master === undefined || others.length + overrides.length > 0) return false;
  const { set } = master;
  return !recurs(set) && set.excluded.size + set.exceptionRules.length === 0;
}

/** Rows of the table of RFC 4791 §9.9 take the ends of a range in. */
function* ofTasks(calendar: Component, read: ReadMoment): Steps<TimeIndex> {
  const series = yield* readSeries(calendar, read);
  const own = extentOf(series);
  const timeless = calendar.components.filter(({ name }) => name === "VTODO")
    .flatMap((task) => intervalOf(task, read) ? [] : [extentWithoutTime(task, read)]);
  const { from, to } = unionOf(own ? [own, ...timeless] : timeless) ?? always;
  return {
    ...boundsOf({ from: from - 1, to: to + 1 }, momentsOf(series)),
    busy: 0,
    rule: readText,
  };
}

function extentWithoutTime(task: Component, read: ReadMoment): Extent {
  const created = momentOf(task, "CREATED", read)?.at;
  const completed = momentOf(task, "COMPLETED", read)?.at;
  if (completed === undefined) {
    return created === undefined ? always : { from: created, to: Infinity };
  }
  const other = created ?? completed;
  return { from: Math.min(completed, other), to: Math.max(completed, other) };
}

const always: Extent = { from: -Infinity, to: Infinity };

function ofFreeBusy(calendar: Component, read: ReadMoment): TimeIndex | undefined {
  const components = calendar.components.filter(({ name }) => name === "VFREEBUSY");
  const periods = components.flatMap((one) => statedPeriods(one, read));
  const moments = components.flatMap((one) =>
    ["DTSTART", "DTEND"].flatMap((name) => momentOf(one, name, read) ?? [])
  );
  const extent = unionOf([
    ...periods.map(({ start, end }) => ({ from: start, to: end })),
    ...moments.map(({ at }) => ({ from: at, to: at + 1 })),
  ]);
  const busy = Math.max(0, ...periods.map(({ type }) => busyTypes.indexOf(type)));
  return extent && { ...boundsOf(extent, moments), busy, rule: readText };
}

type Bounds = Omit<TimeIndex, "busy">;

/** @param moments All that the extent was made of. */
function boundsOf({ from, to }: Extent, moments: readonly Moment[]): Bounds {
  const isLocal = moments.length > 0 && moments.every(({ floating }) => floating);
  const isMixed = !isLocal && moments.some(({ floating }) => floating);
  // A zone is at most a day away from UTC.
  const slackMs = isMixed ? dayMs : 0;
  const firstStart = Math.max(from - slackMs, -endlessMs);
  const lastEnd = Math.min(Math.max(to + slackMs, firstStart + 1), endlessMs);
  const isZoned = moments.some(({ floating, zone }) =>
    !floating && zone.name !== undefined && zone !== utcZone
  );
  return {
    span: spanOf(firstStart, lastEnd) + (isLocal ? 8 : 0),
    firstStart,
    lastEnd,
    rule: isMixed ? readText : undefined,
    zoneVersion: isZoned ? timeZoneVersion() : undefined,
  };
}

/** Longest objects of each span class but the last two. */
export const spanDays = [1, 8, 32, 128, 512, 2_048] as const;

function spanOf(firstStart: number, lastEnd: number): number {
  if (lastEnd === endlessMs) return 7;
  const span = spanDays.findIndex((days) => lastEnd - firstStart <= days * dayMs);
  return span < 0 ? 6 : span;
}
