import { parameter } from "./content_lines.ts";
import { sameClocks } from "./same_clocks.ts";
import type { ReadMoment } from "./time.ts";
import { type Component, valuesOf } from "./tree.ts";
import { readDigits } from "./values.ts";
import { definedZone } from "./vtimezone.ts";
import { limits } from "../limits.ts";
import { windowsZone } from "./windows_zones.ts";
import { ianaZone, utcZone, type Zone } from "./zone.ts";

export { type Moment, plus, type ReadMoment } from "./time.ts";

/** What TZID can mean; all that is looked up or worked out, once. */
export interface Zones {
  /** In which times are that have no zone, and dates (RFC 4791 §9.8). */
  readonly floating: Zone;
  /** Of the database; undefined: none. */
  named(tzid: string): Zone | undefined;
  /** Of a VTIMEZONE; undefined: it can't be read. */
  defined(definition: Component): Zone | undefined;
  /** Whether a defined zone is as the one of the database that it is named for, in this time. */
  isAsNamed(defined: Zone, named: Zone, from: number, to: number): boolean;
}

export function createZones(floating: Zone): Zones {
  const known = new Map<string, Zone>();
  const definitions = new Map<string, Zone | undefined>();
  const likenesses = new WeakMap<Zone, (year: number) => boolean>();
  const lookUp = (name: string): Zone | undefined => {
    const key = name.toLowerCase();
    const zone = known.get(key) ?? ianaZone(name);
    if (zone) known.set(key, zone);
    return zone;
  };
  return {
    floating,
    named(tzid) {
      for (const name of namesIn(tzid)) {
        const zone = lookUp(name);
        if (zone) return zone;
      }
      const name = windowsZone(tzid);
      return name === undefined ? undefined : lookUp(name);
    },
    defined(definition) {
      const key = textIn(definition);
      if (definitions.has(key)) return definitions.get(key);
      const zone = definedZone(definition);
      const { zoneDefinitions } = limits;
      if (key.length > zoneDefinitions.characters) return zone;
      const [oldest] = definitions.size >= zoneDefinitions.kept ? definitions.keys() : [];
      if (oldest !== undefined) definitions.delete(oldest);
      definitions.set(key, zone);
      return zone;
    },
    isAsNamed(defined, named, from, to) {
      const sameFrom = likenesses.get(defined) ??
        remembered((year) => sameClocks(defined, named, Date.UTC(year, 0), Infinity));
      likenesses.set(defined, sameFrom);
      return sameFrom(new Date(from).getUTCFullYear()) || sameClocks(defined, named, from, to);
    },
  };
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

/** `others`: what has been worked out, whatever is floating there. */
export const zonesWith = (floating: Zone, others: Zones): Zones => ({ ...others, floating });

/**
 * The reader for one calendar object. A TZID names the VTIMEZONE in the object, else a zone of the
 * database, and where there is neither, the time is floating.
 */
export function momentsIn(calendar: Component, zones: Zones): ReadMoment {
  const definitions = new Map(
    calendar.components.filter(({ name }) => name === "VTIMEZONE")
      .map((zone) => [(valuesOf(zone, "TZID")[0] ?? "").trim(), zone]),
  );
  const found = new Map<string, Zone | undefined>();
  const zoneNamed = (tzid: string): Zone | undefined => {
    if (found.has(tzid)) return found.get(tzid);
    const definition = definitions.get(tzid);
    const zone = (definition && zones.defined(definition)) ?? zones.named(tzid);
    found.set(tzid, zone);
    return zone;
  };
  return (line, value = line.value) => {
    const digits = readDigits(value.trim());
    if (!digits) return undefined;
    const { form, localMs } = digits;
    const tzid = form === "local" ? parameter(line, "TZID")?.trim() : undefined;
    const own = form === "utc" ? utcZone : tzid ? zoneNamed(tzid) : undefined;
    const zone = own ?? zones.floating;
    const floating = own === undefined;
    return { at: zone.toUtc(localMs), isDate: form === "date", localMs, zone, floating };
  };
}

/**
 * The name, and what stands at the end of one like `/mozilla.org/20050126_1/Europe/Vienna`, which
 * Evolution and old programs of Mozilla write.
 */
function namesIn(tzid: string): string[] {
  const segments = tzid.split("/");
  return [tzid, ...[3, 2, 1].map((count) => segments.slice(-count).join("/"))];
}

/** All that it says: those of one client are the same in each of its objects. */
const textIn = ({ lines, components }: Component): string =>
  lines.map(({ name, params, value }) => `${name}${params}:${value}\n`).join("") +
  components.map((inner) => `${inner.name}\n${textIn(inner)}`).join("");
