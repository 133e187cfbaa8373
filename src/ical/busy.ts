import type { Steps } from "../steps.ts";
import { parameter } from "./content_lines.ts";
import { readPeriod, type TimeRange } from "./interval.ts";
import type { ReadMoment } from "./time.ts";
import type { Budget } from "./recurrence/budget.ts";
import { readSeries } from "./recurrence/series.ts";
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

/** When an object is busy in a range, as far as the budget goes. */
export type BusyIn = (range: TimeRange, budget: Budget) => readonly BusyPeriod[];

/**
 * What an object takes of time: its events, and the periods of a VFREEBUSY. They may reach beyond the
 * range, overlap, and stand in any order. It is read once, however often it is asked.
 *
 * @param calendar The VCALENDAR.
 */
export function* readBusy(calendar: Component, read: ReadMoment): Steps<BusyIn> {
  const stated = calendar.components.filter(({ name }) => name === "VFREEBUSY")
    .flatMap((component) => statedPeriods(component, read));
  const types = new Map(calendar.components.map((one) => [one, busyTypeOf(one)]));
  const isBusy = [...types.values()].some((type) => type !== undefined);
  const series = isBusy ? yield* readSeries(calendar, read) : undefined;
  return (range, budget) => {
    const isIn = ({ start, end }: BusyPeriod) =>
      start < end && start < range.end && end > range.start;
    const periods = stated.filter(isIn);
    for (const { component, start, end } of series?.within(range, budget) ?? []) {
      const type = types.get(component);
      const period = type && { start: start.at, end: end.at, type };
      if (period && isIn(period)) periods.push(period);
    }
    return periods;
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
