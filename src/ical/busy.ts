import type { Steps } from "../steps.ts";
import { parameter } from "./content_lines.ts";
import { readPeriod, type TimeRange } from "./interval.ts";
import type { ReadMoment } from "./time.ts";
import type { Budget } from "./recurrence/budget.ts";
import { type Instance, readSeries } from "./recurrence/series.ts";
import { type Component, valuesOf } from "./tree.ts";

/** Values of FBTYPE (RFC 5545 §3.2.9) but FREE, in the places of their numbers in `TimeIndex`. */
export const busyTypes = [undefined, "BUSY", "BUSY-TENTATIVE", "BUSY-UNAVAILABLE"] as const;

export type BusyType = "BUSY" | "BUSY-TENTATIVE" | "BUSY-UNAVAILABLE";

/** Time that somebody does not have. */
export interface BusyPeriod extends TimeRange {
  readonly type: BusyType;
}

/** How the time of an event counts (RFC 4791 §7.10); undefined: it is free, as all else is. */
export function busyTypeOf(component: Component): BusyType | undefined {
  if (component.name !== "VEVENT") return undefined;
  const value = (name: string) => valuesOf(component, name)[0]?.trim().toUpperCase();
  if (value("TRANSP") === "TRANSPARENT") return undefined;
  switch (value("STATUS")) {
    case "CANCELLED":
      return undefined;
    case "TENTATIVE":
      return "BUSY-TENTATIVE";
    default:
      return "BUSY";
  }
}

/** When an object is busy. */
export interface Busy {
  /** How long after it begins an instance of a rule may end. */
  readonly reachMs: number;
  /**
   * Of all that a rule gives, which is busy from the time on at which it begins nominally. Undefined:
   * that is not so of all of it.
   */
  readonly type?: BusyType;
  /**
   * Periods that overlap a range, as far as the budget goes, and may reach beyond the range.
   *
   * @param begun Of what a rule gives, what begins in this time, and some around it.
   */
  within(range: TimeRange, begun: TimeRange, budget: Budget): BusyPart;
}

/** What a budget has told. */
export interface BusyPart {
  readonly periods: readonly BusyPeriod[];
  /** What begins up to here is told, in UTC epoch milliseconds; infinite: all is. */
  readonly known: number;
}

/** What is in a range of these periods, of which there is no more. */
export const partOf = (periods: readonly BusyPeriod[], range: TimeRange): BusyPart => ({
  periods: periods.filter((one) => overlaps(one, range)),
  known: Infinity,
});

/** Whether a period takes any time of the range. */
export const overlaps = ({ start, end }: TimeRange, range: TimeRange): boolean =>
  start < end && start < range.end && end > range.start;

/**
 * What an object takes of time: its events, and the periods of a VFREEBUSY. They may overlap, and
 * stand in any order. It is read once, however often it is asked.
 *
 * @param calendar The VCALENDAR.
 */
export function* readBusy(calendar: Component, read: ReadMoment): Steps<Busy> {
  const stated = calendar.components.filter(({ name }) => name === "VFREEBUSY")
    .flatMap((component) => statedPeriods(component, read));
  const types = new Map(calendar.components.map((one) => [one, busyTypeOf(one)]));
  const isBusy = [...types.values()].some((type) => type !== undefined);
  if (!isBusy) return { reachMs: 0, within: (range) => partOf(stated, range) };
  const series = yield* readSeries(calendar, read);
  const { masters, overrides, reachMs } = series;
  const periodOf = ({ component, start, end }: Omit<Instance, "recurrenceId">) => {
    const type = types.get(component);
    return type ? [{ start: start.at, end: end.at, type }] : [];
  };
  // All but the overrides that have a time of their own may say what an instance of a rule is.
  const dated = new Set(
    overrides.filter(({ shiftMs }) => shiftMs === undefined).map(({ member }) => member.component),
  );
  const ofRules = calendar.components.filter((one) => one.name === "VEVENT" && !dated.has(one))
    .map((one) => types.get(one));
  if (ofRules.every((type) => type === undefined)) {
    const own = overrides.flatMap(({ member: { component, interval } }) =>
      periodOf({ component, ...interval })
    );
    return { reachMs: 0, within: (range) => partOf([...stated, ...own], range) };
  }
  return {
    reachMs,
    type: ofRules.length === 1 ? ofRules[0] : undefined,
    within(range, begun, budget) {
      const periods = stated.filter((one) => overlaps(one, range));
      let known = -Infinity;
      for (const instance of series.within(range, budget, begun)) {
        // Of several components that recur, each is told after the other.
        if (!budget.exhausted && masters.length === 1) {
          known = Math.max(known, (instance.recurrenceId ?? instance.start).at);
        }
        periods.push(...periodOf(instance).filter((one) => overlaps(one, range)));
      }
      return { periods, known: budget.exhausted ? known : Infinity };
    },
  };
}

/** The FREEBUSY lines; a period that can't be read is none, and one of another type is busy. */
export function statedPeriods(component: Component, read: ReadMoment): BusyPeriod[] {
  return component.lines.filter(({ name }) => name === "FREEBUSY").flatMap((line) => {
    const stated = parameter(line, "FBTYPE")?.toUpperCase() ?? "BUSY";
    if (stated === "FREE") return [];
    const type = busyTypes.find((one) => one === stated) ?? "BUSY";
    return line.value.split(",").flatMap((value) => {
      const period = readPeriod(line, value, read);
      return period ? [{ ...period, type }] : [];
    });
  });
}
