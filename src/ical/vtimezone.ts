import { dayMs } from "./duration.ts";
import { type Component, valuesOf } from "./tree.ts";
import { type Digits, isUtcOffset, readDigits, utcOffsetMs } from "./values.ts";
import { onsetsOf, readYearly } from "./yearly.ts";
import { type Zone, zoneOf } from "./zone.ts";

/**
 * The zone that a VTIMEZONE (RFC 5545 §3.6.5) describes, at any distance in time; ical.js' own ends
 * in 2035. Undefined where it has no observance that can be read: a rule that is not one of days of
 * the year, as all known zones have them.
 */
export function definedZone(definition: Component): Zone | undefined {
  const observances: Observance[] = [];
  for (const component of definition.components) {
    if (component.name !== "STANDARD" && component.name !== "DAYLIGHT") continue;
    const observance = observanceOf(component);
    if (observance === undefined) return undefined;
    observances.push(observance);
  }
  const [first, ...others] = observances;
  if (first === undefined) return undefined;
  const earliest = others.reduce((a, b) => startOf(b) < startOf(a) ? b : a, first);
  return zoneOf((utcMs) => {
    const year = new Date(utcMs + dayMs).getUTCFullYear();
    let found = { instant: -Infinity, offsetMs: earliest.fromMs };
    for (const { instantsAround, toMs } of observances) {
      for (const instant of instantsAround(year)) {
        if (instant <= utcMs && instant > found.instant) found = { instant, offsetMs: toMs };
      }
    }
    return found.offsetMs;
  });
}

/** One STANDARD or DAYLIGHT. */
interface Observance {
  readonly fromMs: number;
  readonly toMs: number;
  /** In milliseconds on the clocks that go before it. */
  readonly start: number;
  /** Instants at which it begins, the last one up to any time in this year among them. */
  readonly instantsAround: (year: number) => readonly number[];
}

function observanceOf(component: Component): Observance | undefined {
  const [from = "", to = ""] = ["TZOFFSETFROM", "TZOFFSETTO"]
    .map((name) => valuesOf(component, name)[0]);
  const start = readDigits(valuesOf(component, "DTSTART")[0] ?? "")?.localMs;
  if (!isUtcOffset(from) || !isUtcOffset(to) || start === undefined) return undefined;
  const fromMs = utcOffsetMs(from);
  const dates = valuesOf(component, "RDATE").flatMap((value) => value.split(","))
    .flatMap((value) => readDigits(value)?.localMs ?? []);
  const written = [start, ...dates].map((onset) => onset - fromMs);
  const common = { fromMs, toMs: utcOffsetMs(to), start };
  const [rule = ""] = valuesOf(component, "RRULE");
  if (rule === "") return { ...common, instantsAround: remembered((year) => near(written, year)) };
  const yearly = readYearly(rule, start);
  if (yearly === undefined) return undefined;
  const ruled = (year: number): number[] =>
    onsetsOf(yearly, year)
      .filter((onset) => onset > start && !isOver(onset, fromMs, yearly.until))
      .map((onset) => onset - fromMs);
  return {
    ...common,
    instantsAround: remembered((year) => near([...written, ...ruled(year)], year)),
  };
}

/** Those that can be the last one up to a time in the year: there may be thousands. */
function near(instants: readonly number[], year: number): number[] {
  const begin = new Date(0).setUTCFullYear(year - 1, 0, 1);
  const last = instants.reduce((a, b) => b < begin && b > a ? b : a, -Infinity);
  return [last, ...instants.filter((one) => one >= begin && one < begin + 3 * 366 * dayMs)];
}

const startOf = ({ start, fromMs }: Observance): number => start - fromMs;

/** UNTIL is a UTC time where the rule is right (RFC 5545 §3.3.10). */
function isOver(onset: number, fromMs: number, until: Digits | undefined): boolean {
  switch (until?.form) {
    case undefined:
      return false;
    case "utc":
      return onset - fromMs > until.localMs;
    case "local":
      return onset > until.localMs;
    case "date":
      return onset >= until.localMs + dayMs;
  }
}

/** Each result once; years have four digits, so that there are not many. */
function remembered<T>(of: (year: number) => T): (year: number) => T {
  const results = new Map<number, T>();
  return (year) => {
    const known = results.get(year);
    if (known !== undefined) return known;
    const result = of(year);
    results.set(year, result);
    return result;
  };
}
