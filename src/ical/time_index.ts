import type { TimeIndex } from "../model.ts";
import type { BusyPeriod } from "./busy.ts";
import { intervalOf, type TimeRange } from "./interval.ts";
import { createZones, momentsIn } from "./moment.ts";
import type { Component } from "./tree.ts";
import { valuesOf } from "./tree.ts";
import { utcZone, type Zone } from "./zone.ts";

/** A rule that is not compiled: the object's text tells. */
export const readText = "*";

export function timeIndexOf(calendar: Component): TimeIndex | undefined {
  const components = calendar.components.filter(({ name }) =>
    ["VEVENT", "VTODO", "VJOURNAL", "VFREEBUSY"].includes(name)
  );
  const [only] = components;
  const whole = { span: 7, firstStart: -9e15, lastEnd: 9e15, busy: 1, rule: readText };
  if (only?.name !== "VEVENT" || components.length > 1) return whole;
  if (only.lines.some(({ name }) => ["RRULE", "RDATE", "RECURRENCE-ID"].includes(name))) {
    return whole;
  }
  const read = momentsIn(calendar, createZones(utcZone));
  const interval = intervalOf(only, read);
  if (interval === undefined) return undefined;
  const { start, end } = interval;
  const line = only.lines.find(({ name }) => name === "DTSTART");
  const floating = start.isDate ||
    (line && !/TZID=/.test(line.params) && !line.value.endsWith("Z"));
  const firstStart = floating ? start.localMs : start.at;
  const lastEnd = Math.max(firstStart + 1, floating ? end.localMs : end.at);
  const days = (lastEnd - firstStart) / 864e5;
  const status = valuesOf(only, "STATUS")[0] ?? "";
  const free = status === "CANCELLED" || valuesOf(only, "TRANSP")[0] === "TRANSPARENT";
  return {
    span: [1, 8, 32, 128, 512, 2048, Infinity].findIndex((most) => days <= most) +
      (floating ? 8 : 0),
    firstStart,
    lastEnd,
    busy: free ? 0 : status === "TENTATIVE" ? 2 : 1,
    zoneVersion: timeZoneVersion(),
  };
}

export const compiledMeets = (rule: string, _range: TimeRange, _floating: Zone): boolean =>
  rule === readText;

export const compiledBusy = (_rule: string, _range: TimeRange, _floating: Zone): BusyPeriod[] => [];

export const timeZoneVersion = (): string => "interim";
