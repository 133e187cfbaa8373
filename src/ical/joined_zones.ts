import { limits } from "../limits.ts";
import type { Steps } from "../steps.ts";
import type { Timezones } from "./by_reference.ts";
import { contentLines } from "./content_lines.ts";
import { timezoneText } from "./make_timezone.ts";
import { createZones } from "./moment.ts";
import { ObjectZones } from "./object_zones.ts";
import { renameZones } from "./rename_zones.ts";
import { type Piece, piecesOf } from "./stream.ts";
import { utcZone, type Zone } from "./zone.ts";
import { bothUses, type Use } from "./zone_uses.ts";

/**
 * The zones of many calendar objects that are told as one, in which a TZID means one zone (RFC 5545
 * §3.6.5). Objects share a VTIMEZONE that says the same of the times in them; one that says another
 * thing under that name gets a name of its own. What is kept of each is some hundred bytes.
 */
export class JoinedZones {
  readonly #timezones: Timezones;
  readonly #zones = createZones(utcZone);
  /** By TZID in what is told. */
  readonly #told = new Map<string, Told>();
  /** TZIDs that were made, by that which objects have. */
  readonly #made = new Map<string, string[]>();
  /** Definitions by their text: those of one client are the same in each of its objects. */
  readonly #read = new Map<string, Meaning>();

  constructor(timezones: Timezones) {
    this.#timezones = timezones;
  }

  /** The components of the next object as they are told there, and VTIMEZONEs that it has not. */
  *tell(text: string): Steps<readonly string[]> {
    const pieces = yield* piecesOf(text);
    const own = new ObjectZones(text, pieces, this.#zones);
    const leftOut = this.#timezones === "left-out" ? yield* own.wellKnown() : none;
    const names = new Map<string, string>();
    const told = new Set<Piece>();
    const components: string[] = [];
    for (const tzid of new Set([...own.definitions.keys(), ...own.named])) {
      const definition = leftOut.has(tzid) ? undefined : own.definitions.get(tzid);
      const isUsed = own.named.has(tzid);
      if (!isUsed && (!definition || this.#told.has(tzid))) continue;
      const meaning = definition
        ? this.#meaningOf(text.slice(definition.start, definition.end), tzid, own)
        : this.#meaningOfName(tzid);
      const { name, isNew } = yield* this.#nameFor(tzid, meaning, own);
      if (name !== tzid) names.set(tzid, name);
      if (!isNew) continue;
      if (definition) told.add(definition);
      else if (meaning.zone && (meaning.digest !== undefined || name !== tzid)) {
        components.push(timezoneText(name, meaning.zone));
      }
    }
    for (const piece of pieces) {
      if (piece.name === "VTIMEZONE" && !told.has(piece)) continue;
      const component = text.slice(piece.start, piece.end);
      const isRenamed = names.size > 0 && !piece.tzids.isDisjointFrom(names);
      components.push(isRenamed ? yield* renameZones(component, names) : component);
    }
    return components;
  }

  /** What a VTIMEZONE says. */
  #meaningOf(text: string, tzid: string, own: ObjectZones): Meaning {
    const key = `${tzid}\n${text}`;
    const known = this.#read.get(key);
    if (known) return known;
    const zone = own.defined(tzid) ?? this.#zones.named(tzid);
    const meaning = { digest: digestOf(text), zone };
    if (key.length > limits.zoneDefinitions.characters) return meaning;
    if (this.#read.size >= limits.zoneDefinitions.kept) this.#read.clear();
    this.#read.set(key, meaning);
    return meaning;
  }

  /** What a name says without a VTIMEZONE: it may be that everybody knows it. */
  #meaningOfName(tzid: string): Meaning {
    const zone = this.#zones.named(tzid);
    return { digest: zone && this.#timezones === "added" ? standard : undefined, zone };
  }

  /** Under which name it is told; new: with what defines it. */
  *#nameFor(tzid: string, meaning: Meaning, own: ObjectZones): Steps<Named> {
    const reliesOnName = meaning.digest === undefined && meaning.zone !== undefined;
    const use = reliesOnName ? (yield* own.uses()).get(tzid) : undefined;
    if (!this.#told.has(tzid)) return this.#claim(tzid, tzid, meaning, use);
    const made = this.#made.get(tzid) ?? [];
    const names = [tzid, ...made];
    for (const name of names) {
      const told = this.#told.get(name);
      if (told?.digest !== meaning.digest) continue;
      if (use) this.#told.set(name, { ...told, use: bothUses(told?.use ?? use, use) });
      return { name, isNew: false };
    }
    for (const name of names.slice(0, limits.zoneVariants)) {
      const told = this.#told.get(name);
      if (!told?.zone || !meaning.zone) continue;
      const here = (yield* own.uses()).get(tzid);
      const whole = here && told.use ? bothUses(told.use, here) : here ?? told.use;
      yield;
      if (whole && !this.#zones.areAlike(told.zone, meaning.zone, whole.from, whole.to)) continue;
      return told.digest === undefined
        ? this.#claim(name, tzid, meaning, undefined)
        : { name, isNew: false };
    }
    let number = names.length + 1;
    while (this.#told.has(`${tzid} (${number})`)) number++;
    const name = `${tzid} (${number})`;
    this.#made.set(tzid, [...made, name]);
    return this.#claim(name, tzid, meaning, use);
  }

  #claim(name: string, tzid: string, { digest, zone }: Meaning, use?: Use): Named {
    const isOfDatabase = digest === undefined || digest === standard;
    this.#told.set(name, {
      digest: digest ?? (zone && name !== tzid ? standard : undefined),
      // Zones that are worked out take some KB each.
      zone: isOfDatabase || this.#told.size < limits.zoneDefinitions.kept ? zone : undefined,
      use,
    });
    return { name, isNew: true };
  }
}

/** What a TZID says. */
interface Meaning {
  /** Of its definition; undefined: there is none, and nothing to tell. */
  readonly digest?: string;
  readonly zone?: Zone;
}

interface Told extends Meaning {
  /** Where nothing is told of it: the times that rely on its name. */
  readonly use?: Use;
}

interface Named {
  readonly name: string;
  readonly isNew: boolean;
}

/** The digest of what davit says of a zone that everybody knows. */
const standard = "standard";

const none: ReadonlySet<string> = new Set();

/** Of all that a VTIMEZONE says but its name, as it is unfolded. */
function digestOf(text: string): string {
  let [high, low] = [0x811c9dc5, 0x1b873593];
  for (const { name, params, value } of contentLines(text)) {
    if (name === "TZID") continue;
    for (const character of `${name}${params}:${value}\n`) {
      const code = character.codePointAt(0) ?? 0;
      high = Math.imul(high ^ code, 0x01000193);
      low = Math.imul(low ^ code, 0x5bd1e995) ^ low >>> 15;
    }
  }
  return `${(high >>> 0).toString(36)}-${(low >>> 0).toString(36)}`;
}
