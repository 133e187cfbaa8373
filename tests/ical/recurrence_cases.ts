import type { Moment } from "../../src/ical/moment.ts";
import { utcZone } from "../../src/ical/zone.ts";
import { calendar, component } from "../fixtures/events.ts";

/** One of ../shared/clients/recurrence-cases.json; recurrence-cases.md describes the fields. */
export interface RecurrenceCase {
  readonly name: string;
  readonly dtstart: string;
  readonly tzid: string | null;
  readonly rrule: string | null;
  readonly exdate?: readonly CaseTime[];
  readonly rdate?: readonly CaseTime[];
  readonly overrides?: readonly CaseOverride[];
  readonly expected: readonly string[];
  readonly "expected_utc"?: readonly string[];
  readonly "total_count"?: number;
  readonly informative?: boolean;
}

interface CaseTime {
  readonly value: string;
  readonly tzid?: string;
  readonly type?: string;
}

interface CaseOverride {
  readonly "recurrence_id": string;
  readonly tzid?: string;
  readonly range?: string;
  readonly dtstart: string;
  readonly status?: string;
}

/** The object of a case: every instance takes an hour, or a day. */
export function textOfCase(one: RecurrenceCase): string {
  const { overrides = [], exdate = [], rdate = [], rrule } = one;
  const own = one.tzid === null || one.tzid === "UTC" ? undefined : one.tzid;
  const length = one.dtstart.length === 8 ? "P1D" : "PT1H";
  const master = component("VEVENT", [
    "UID:a",
    line("DTSTART", { value: one.dtstart, tzid: own }),
    `DURATION:${length}`,
    ...rrule ? [`RRULE:${rrule}`] : [],
    ...exdate.map((time) => line("EXDATE", time)),
    ...rdate.map((time) => line("RDATE", time)),
  ]);
  const changed = overrides.map((override) =>
    component("VEVENT", [
      "UID:a",
      line(override.range ? `RECURRENCE-ID;RANGE=${override.range}` : "RECURRENCE-ID", {
        value: override.recurrence_id,
        tzid: override.tzid,
      }),
      line("DTSTART", { value: override.dtstart, tzid: own }),
      `DURATION:${length}`,
      ...override.status ? [`STATUS:${override.status}`] : [],
    ])
  );
  const isDetached = one.name === "override-without-master";
  return calendar(...isDetached ? [] : [master], ...changed);
}

function line(name: string, { value, tzid, type }: CaseTime): string {
  const kind = type ?? (/^\d{8}$/.test(value) ? "DATE" : undefined);
  const zone = tzid === undefined || tzid === "UTC" || value.endsWith("Z") ? "" : `;TZID=${tzid}`;
  return `${name}${kind ? `;VALUE=${kind}` : ""}${kind === "DATE" ? "" : zone}:${value}`;
}

/** The digits of a time, as iCalendar writes them. */
export function written({ localMs, isDate, zone, floating }: Moment): string {
  const text = new Date(localMs).toISOString().replace(/\.\d+/, "").replaceAll(/[-:]/g, "");
  if (isDate) return text.slice(0, 8);
  return zone === utcZone && !floating ? text : text.slice(0, -1);
}
