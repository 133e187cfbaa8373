import type { Steps } from "../steps.ts";
import { timezoneText } from "./make_timezone.ts";
import { createZones } from "./moment.ts";
import { type Piece, walkParts } from "./stream.ts";
import { ianaZone, utcZone } from "./zone.ts";

/**
 * What is told of time zones that everybody knows by their names (RFC 7809): the VTIMEZONEs that were
 * written, also those that were not, or none.
 */
export type Timezones = "as-written" | "added" | "left-out";

/** A calendar with its VTIMEZONEs told in this way; all else is as it was written. */
export function* tellTimezones(text: string, timezones: Timezones): Steps<string> {
  if (timezones === "as-written") return text;
  const pieces: Piece[] = [];
  for (const part of walkParts(text)) {
    if (part === undefined) yield;
    else if (part.kind === "piece") pieces.push(part);
  }
  if (timezones === "left-out") {
    let rest = "";
    let copied = 0;
    for (const { start, end } of pieces.filter(isWellKnown)) {
      rest += text.slice(copied, start);
      copied = end;
    }
    return rest + text.slice(copied);
  }
  const [first] = pieces;
  if (first === undefined) return text;
  const definitions = createDefinitions();
  pieces.forEach(definitions.saw);
  return text.slice(0, first.start) + definitions.missing().join("") + text.slice(first.start);
}

/** Whether it is the VTIMEZONE of a zone that everybody knows by this name. */
export const isWellKnown = ({ name, tzids: [tzid = ""] }: Piece): boolean =>
  name === "VTIMEZONE" && ianaZone(tzid) !== undefined;

/** Which zones are defined, and which are only named. */
export interface Definitions {
  /** False: it is a VTIMEZONE for which there is one already. */
  saw(piece: Piece): boolean;
  /** VTIMEZONEs for the zones that nothing defines, as far as their names mean something. */
  missing(): string[];
}

export function createDefinitions(): Definitions {
  const defined = new Set<string>();
  const named = new Set<string>();
  return {
    saw({ name, tzids }) {
      if (name !== "VTIMEZONE") {
        for (const tzid of tzids) named.add(tzid);
        return true;
      }
      const [tzid = ""] = tzids;
      const isFirst = !defined.has(tzid);
      defined.add(tzid);
      return isFirst;
    },
    missing() {
      const zones = createZones(utcZone);
      return [...named.difference(defined)].flatMap((tzid) => {
        const zone = zones.named(tzid);
        return zone ? timezoneText(tzid, zone) : [];
      });
    },
  };
}
