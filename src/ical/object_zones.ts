import { atOnce, type Steps } from "../steps.ts";
import type { Zones } from "./moment.ts";
import type { Piece } from "./stream.ts";
import { walkStored } from "./tree.ts";
import { ianaZone, type Zone } from "./zone.ts";
import { type Use, usesIn } from "./zone_uses.ts";

/** The time zones of one calendar object, by their TZIDs. */
export class ObjectZones {
  /** The VTIMEZONEs; where there are several of one name, the one that counts is the last. */
  readonly definitions: ReadonlyMap<string, Piece>;
  /** What times refer to. */
  readonly named: ReadonlySet<string>;
  readonly #text: string;
  readonly #pieces: readonly Piece[];
  readonly #zones: Zones;
  #uses: ReadonlyMap<string, Use> | undefined;

  /** @param zones What has been worked out. */
  constructor(text: string, pieces: readonly Piece[], zones: Zones) {
    this.#text = text;
    this.#pieces = pieces;
    this.#zones = zones;
    this.definitions = new Map(
      pieces.filter(isDefinition).map((piece) => [[...piece.tzids][0] ?? "", piece]),
    );
    this.named = new Set(
      pieces.filter((piece) => !isDefinition(piece)).flatMap(({ tzids }) => [...tzids]),
    );
  }

  /** When each is used; of one that has no time there is nothing. */
  *uses(): Steps<ReadonlyMap<string, Use>> {
    this.#uses ??= yield* usesIn(this.#text, this.#pieces);
    return this.#uses;
  }

  /** What its VTIMEZONE says; undefined: there is none, or it can't be read. */
  defined(tzid: string): Zone | undefined {
    const piece = this.definitions.get(tzid);
    if (piece === undefined) return undefined;
    return this.#zones.defined(atOnce(walkStored(this.#text.slice(piece.start, piece.end))));
  }

  /**
   * Those whose VTIMEZONE can be left out, as everybody knows by the name what it says of the times
   * in this object.
   */
  *wellKnown(): Steps<ReadonlySet<string>> {
    const known = new Set<string>();
    let count = 0;
    for (const tzid of this.definitions.keys()) {
      const zone = ianaZone(tzid);
      if (zone === undefined) continue;
      if (++count % stepDefinitions === 0) yield;
      const use = (yield* this.uses()).get(tzid);
      const own = use && this.defined(tzid);
      if (!use || own && this.#zones.areAlike(own, zone, use.from, use.to)) known.add(tzid);
    }
    return known;
  }
}

/** Each takes up to some milliseconds; most objects have one or two. */
const stepDefinitions = 4;

const isDefinition = ({ name }: Piece): boolean => name === "VTIMEZONE";
