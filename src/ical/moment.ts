import { parameter } from "./content_lines.ts";
import { sameClocks } from "./same_clocks.ts";
import type { ReadMoment } from "./time.ts";
import { tzidIn } from "./text.ts";
import { type Component, valuesOf } from "./tree.ts";
import { readDigits } from "./values.ts";
import { definedZone } from "./vtimezone.ts";
import { limits } from "../limits.ts";
import { yearOf, yearStart } from "./years.ts";
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
  /** Whether two zones show the same in a time of UTC epoch milliseconds; `to` may be infinite. */
  areAlike(one: Zone, other: Zone, from: number, to: number): boolean;
}

export function createZones(floating: Zone): Zones {
  const known = new Map<string, Zone>();
  const definitions = new Map<string, Zone | undefined>();
  const likenesses = new WeakMap<Zone, WeakMap<Zone, Likeness>>();
  const likenessOf = (one: Zone, other: Zone): Likeness => {
    const known = likenesses.get(one) ?? new WeakMap<Zone, Likeness>();
    const likeness = known.get(other) ?? createLikeness(one, other);
    likenesses.set(one, known.set(other, likeness));
    return likeness;
  };
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
    areAlike(one, other, from, to) {
      if (one === other) return true;
      const alike = likenessOf(one, other);
      return alike(yearStart(yearOf(from)), Infinity) || alike(from, to);
    },
  };
}

/** Whether two zones show the same between two times. */
type Likeness = (from: number, to: number) => boolean;

/** Each result once, as long as there are not too many. */
function createLikeness(one: Zone, other: Zone): Likeness {
  const results = new Map<string, boolean>();
  return (from, to) => {
    const key = `${from} ${to}`;
    const known = results.get(key);
    if (known !== undefined) return known;
    if (results.size === limits.zoneLikenesses) results.clear();
    const result = sameClocks(one, other, from, to);
    results.set(key, result);
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
      .map((zone) => [tzidIn(valuesOf(zone, "TZID")[0] ?? ""), zone]),
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
    const written = form === "local" ? parameter(line, "TZID") : undefined;
    const tzid = written && tzidIn(written);
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
