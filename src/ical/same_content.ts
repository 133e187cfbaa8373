import { limits } from "../limits.ts";
import type { BlobPart, Body, TimeIndex } from "../model.ts";
import { createZones, type Zones } from "./moment.ts";
import { oneCharacterPerOctet, passageOf } from "./passage.ts";
import { sameClocks } from "./same_clocks.ts";
import { partsOf } from "./stream.ts";
import { textOf } from "./text.ts";
import { calendarTree } from "./tree.ts";
import { utcZone, type Zone } from "./zone.ts";

/** A calendar object as it is kept; equal large values are one blob. */
export interface Kept {
  readonly body: Body;
  readonly blobs: readonly BlobPart[];
}

/**
 * Whether two calendar objects say the same: their components do, in the same order, with the same
 * clocks at that time. What a VCALENDAR says of the program that wrote it (PRODID, METHOD,
 * X-WR-CALNAME) makes no difference, nor do line ends.
 */
export function sameContent(one: Kept, other: Kept, time: TimeIndex | undefined): boolean {
  if (isSameBody(one.body, other.body) && isSameBlobs(one.blobs, other.blobs)) return true;
  const [a, b] = [componentsOf(one), componentsOf(other)];
  if (a.texts.length !== b.texts.length) return false;
  if (!a.texts.every((text, index) => text === b.texts[index])) return false;
  const zones = createZones(utcZone);
  return [...a.tzids].every((tzid) => {
    const definitions = [a, b].map(({ definitions }) => definitions.get(tzid));
    if (definitions[0] === definitions[1] || time === undefined) return true;
    const [first, second] = definitions.map((text) => zoneOf(tzid, text, zones));
    if (first === undefined || second === undefined) return first === second;
    return first === second || sameClocks(first, second, time.firstStart, time.lastEnd);
  });
}

/** What can be text is text in both. */
function isSameBody(one: Body, other: Body): boolean {
  if (typeof one === "string" || typeof other === "string") return one === other;
  return one.length === other.length && one.every((byte, index) => byte === other[index]);
}

const isSameBlobs = (one: readonly BlobPart[], other: readonly BlobPart[]): boolean =>
  one.length === other.length &&
  one.every(({ offsetBytes, blobId }, index) =>
    other[index]?.offsetBytes === offsetBytes && other[index].blobId === blobId
  );

interface Components {
  /** Of all but the time zones, each octet as a character. */
  readonly texts: readonly string[];
  /** That they name. */
  readonly tzids: ReadonlySet<string>;
  /** First one of each TZID. */
  readonly definitions: ReadonlyMap<string, string>;
}

function componentsOf(kept: Kept): Components {
  const { octets, blobs } = passageOf(kept);
  const text = oneCharacterPerOctet.decode(octets);
  const texts: string[] = [];
  const named = new Set<string>();
  const definitions = new Map<string, string>();
  for (const piece of partsOf(text)) {
    if (piece.kind !== "piece") continue;
    const { name, start, end, tzids } = piece;
    if (name === "VTIMEZONE") {
      const definition = withoutCr(text.slice(start, end));
      for (const tzid of tzids) if (!definitions.has(tzid)) definitions.set(tzid, definition);
      continue;
    }
    for (const tzid of tzids) named.add(tzid);
    let marked = "";
    let at = start;
    for (const { offsetBytes, blobId } of blobs) {
      if (offsetBytes < start || offsetBytes > end) continue;
      marked += `${text.slice(at, offsetBytes)}\0${blobId}\0`; // NUL stands in no calendar object
      at = offsetBytes;
    }
    texts.push(withoutCr(marked + text.slice(at, end)));
  }
  return { texts, tzids: named, definitions };
}

const withoutCr = (text: string): string => text.replaceAll("\r\n", "\n");

/** What the TZID means where this defines it, or nothing does. */
function zoneOf(tzid: string, definition: string | undefined, zones: Zones): Zone | undefined {
  if (definition === undefined) return zones.named(tzid);
  const text = `BEGIN:VCALENDAR\n${textOf(definition)}END:VCALENDAR\n`;
  const [component] = calendarTree(text, limits).components;
  return (component && zones.defined(component)) ?? zones.named(tzid);
}
