import { type ContentLine, partsOfLine } from "../content_lines.ts";
import { instanceOf } from "../read.ts";
import { type Part, PartReader, type Piece } from "../stream.ts";
import { unescapedText } from "../text.ts";
import { madeUid } from "./made_uid.ts";
import {
  type Calendar,
  type Component,
  header,
  ObjectInStream,
  type SplitObject,
} from "./object.ts";
import { type OctetLine, OctetLines } from "./octet_lines.ts";
import type { OctetSource } from "./source.ts";

/** One calendar object of a stream, or what of it is left out. */
export type SplitItem =
  | SplitObject
  | { readonly skipped: string; readonly line: number };

/** What is in a stream. */
export interface Split {
  readonly items: readonly SplitItem[];
  /** There may be one without objects. */
  readonly hasCalendar: boolean;
  /** Components that are not in the objects, as a newer version of them is. */
  readonly olderVersions: number;
}

/**
 * The calendar objects of an iCalendar stream, as an import takes them: one for each UID, master and
 * overrides together wherever they stand, in the order of their first component. Each has VERSION,
 * PRODID and CALSCALE of its calendar, no METHOD, and the time zones that it names, as far as they
 * are defined. Components keep their bytes, but for line ends, which become CRLF. A component
 * without UID gets one that is made of its content, DTSTAMP excepted: a second import finds it again.
 * Of what is there in several versions, the newest one counts: by SEQUENCE, then DTSTAMP, then
 * LAST-MODIFIED, then as the last one in the stream.
 *
 * The stream is read once to find them, and what an object has when it is asked for: in between there
 * is no more of it in memory than some 300 bytes for each.
 *
 * Objects are not checked; `readCalendarObject` says what is wrong with one. What can't be used at
 * all comes first, as a noun phrase and the line where it begins, counted from 1.
 */
export async function splitCalendar(source: OctetSource): Promise<Split> {
  const skipped: SplitItem[] = [];
  const objects = new Map<string, ObjectInStream>();
  const calendars: Calendar[] = [];
  const shared = new Map<string, readonly string[]>();
  let olderVersions = 0;
  for await (const part of partsIn(source)) {
    if (part.kind === "broken") {
      skipped.push({ skipped: part.what, line: part.number });
      continue;
    }
    const calendar = calendars[part.calendar] ??= {};
    if (part.kind === "header") addHeader(calendar, part.line);
    else if (part.name === "VTIMEZONE") addZone(calendar, part);
    else {
      const written = writtenUid(part);
      if (written === undefined && part.name.startsWith("X-")) {
        skipped.push({ skipped: `a ${part.name} without UID`, line: part.number });
        continue;
      }
      const uid = written ?? await madeUid(source, part);
      const object = objects.get(uid);
      const component = componentOf(part, calendar, shared, written === undefined);
      if (object === undefined) objects.set(uid, new ObjectInStream(source, uid, component));
      else if (await object.add(component)) olderVersions++;
    }
  }
  const items = [...skipped, ...objects.values()];
  return { items, hasCalendar: calendars.length > 0, olderVersions };
}

async function* partsIn(source: OctetSource): AsyncGenerator<Part, void, void> {
  const lines = new OctetLines();
  const reader = new PartReader();
  for await (const piece of source.read(0, source.sizeBytes)) {
    for (const octetLine of lines.feed(piece)) {
      const line = contentLine(octetLine);
      const part = line && reader.take(line);
      if (part) yield part;
    }
  }
  const rest = lines.end();
  const line = rest && contentLine(rest);
  for (const part of [line && reader.take(line), reader.end()]) if (part) yield part;
}

const utf8 = new TextDecoder();

/** Undefined: it is empty. */
function contentLine({ octets, number, start, end }: OctetLine): ContentLine | undefined {
  const text = utf8.decode(octets);
  return text.trim() === "" ? undefined : { ...partsOfLine(text), number, start, end };
}

function addHeader(calendar: Calendar, { name: found, start, end, number }: ContentLine): void {
  const name = header.find(({ name }) => name === found)?.name;
  if (name) calendar[name] ??= { start, end, number };
}

function addZone(calendar: Calendar, { tzids, start, end, number }: Piece): void {
  const zones = calendar.zones ??= new Map();
  for (const tzid of tzids) if (!zones.has(tzid)) zones.set(tzid, { start, end, number });
}

function writtenUid({ uid }: Piece): string | undefined {
  const value = unescapedText(uid?.value ?? "");
  return value.trim() === "" ? undefined : value;
}

/** @param shared Lists of TZIDs, and instances of masters, of which most components have the same. */
function componentOf(
  { name, number, start, end, inside, uid, recurrenceId, tzids }: Piece,
  calendar: Calendar,
  shared: Map<string, readonly string[]>,
  isMade: boolean,
): Component {
  const sharedList = (items: readonly string[]) => {
    const key = items.join("\n");
    const list = shared.get(key) ?? items;
    shared.set(key, list);
    return list;
  };
  const [master = name] = sharedList([name]);
  const made = isMade
    ? {
      start: uid?.start ?? inside,
      end: uid?.end ?? inside,
      number: (uid?.number ?? number) + 1,
    }
    : undefined;
  return {
    start,
    end,
    number,
    calendar,
    instance: recurrenceId ? `${name};${instanceOf(recurrenceId)}` : master,
    tzids: sharedList([...tzids]),
    made,
  };
}
