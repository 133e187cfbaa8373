import { type ContentLine, partsOfLine } from "../content_lines.ts";
import { type Part, PartReader, type Piece } from "../stream.ts";
import { folded, unescapedText } from "../text.ts";
import { withCrlf } from "./crlf.ts";
import { madeUid } from "./made_uid.ts";
import { type OctetLine, OctetLines } from "./octet_lines.ts";
import type { OctetSource } from "./source.ts";

/** One calendar object of a stream, or what of it is left out. */
export type SplitItem =
  | SplitObject
  | { readonly skipped: string; readonly line: number };

export interface SplitObject {
  readonly uid: string;
  /** As far as it lies in the stream, where line ends may be shorter. */
  readonly sizeBytes: number;
  /** As they are read, in pieces that are valid until the next one is asked for. */
  octets(): AsyncGenerator<Uint8Array, void, void>;
}

/**
 * The calendar objects of an iCalendar stream, as an import takes them: one for each UID, master and
 * overrides together wherever they stand, in the order of their first component. Each has VERSION,
 * PRODID and CALSCALE of its calendar, no METHOD, and the time zones that it names, as far as they
 * are defined. Components keep their bytes, but for line ends, which become CRLF. A component
 * without UID gets one that is made of its content, DTSTAMP excepted: a second import finds it again.
 *
 * The stream is read once to find them, and what an object has when it is asked for: in between there
 * is no more of it in memory than some 300 bytes for each.
 *
 * Objects are not checked; `readCalendarObject` says what is wrong with one. What can't be used at
 * all comes first, as a noun phrase and the line where it begins, counted from 1.
 */
export async function splitCalendar(source: OctetSource): Promise<readonly SplitItem[]> {
  const skipped: SplitItem[] = [];
  const objects = new Map<string, ObjectInStream>();
  const calendars: Calendar[] = [];
  const shared = new Map<string, readonly string[]>();
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
      const uid = written ?? await madeUid(source, part.start, part.end);
      const others = objects.get(uid);
      if (written === undefined && (others !== undefined || part.name.startsWith("X-"))) {
        const like = part.name.startsWith("X-") ? "" : ", like one before it";
        skipped.push({ skipped: `a ${part.name} without UID${like}`, line: part.number });
        continue;
      }
      const component = componentOf(part, calendar, shared, written === undefined);
      if (others === undefined) objects.set(uid, new ObjectInStream(source, uid, component));
      else others.add(component);
    }
  }
  return [...skipped, ...objects.values()];
}

/** Offsets in the stream. */
interface Range {
  readonly start: number;
  readonly end: number;
}

/** There may be as many as objects. */
interface Calendar {
  /** First line of each property. */
  VERSION?: Range;
  PRODID?: Range;
  CALSCALE?: Range;
  /** First definition of each TZID. */
  zones?: Map<string, Range>;
}

interface Component extends Range {
  readonly calendar: Calendar;
  readonly tzids: readonly string[];
  /** Where the UID is to stand that was made for it. */
  readonly made: Range | undefined;
}

/** What objects have of their calendar, and what stands for a line that is not there. */
const header = [
  { name: "VERSION", instead: "VERSION:2.0\r\n" },
  { name: "PRODID", instead: "PRODID:-//davit//davit//EN\r\n" },
  { name: "CALSCALE", instead: "" },
] as const;

const utf8 = new TextDecoder();
const toUtf8 = new TextEncoder();

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

function addHeader(calendar: Calendar, { name: found, start, end }: ContentLine): void {
  const name = header.find(({ name }) => name === found)?.name;
  if (name) calendar[name] ??= { start, end };
}

function addZone(calendar: Calendar, { tzids, start, end }: Piece): void {
  const zones = calendar.zones ??= new Map();
  for (const tzid of tzids) if (!zones.has(tzid)) zones.set(tzid, { start, end });
}

/** Undefined: it is empty. */
function contentLine({ octets, number, start, end }: OctetLine): ContentLine | undefined {
  const text = utf8.decode(octets);
  return text.trim() === "" ? undefined : { ...partsOfLine(text), number, start, end };
}

function writtenUid({ uid }: Piece): string | undefined {
  const value = unescapedText(uid?.value ?? "");
  return value.trim() === "" ? undefined : value;
}

/** @param shared Lists of TZIDs, of which most components have the same. */
function componentOf(
  { start, end, inside, uid, tzids }: Piece,
  calendar: Calendar,
  shared: Map<string, readonly string[]>,
  isMade: boolean,
): Component {
  const key = [...tzids].join("\n");
  const list = shared.get(key) ?? [...tzids];
  shared.set(key, list);
  const made = isMade ? { start: uid?.start ?? inside, end: uid?.end ?? inside } : undefined;
  return { start, end, calendar, tzids: list, made };
}

/** An object is no more than where its components lie. */
class ObjectInStream implements SplitObject {
  readonly #source: OctetSource;
  readonly #components: Component[];

  constructor(source: OctetSource, readonly uid: string, first: Component) {
    this.#source = source;
    this.#components = [first];
  }

  add(component: Component): void {
    this.#components.push(component);
  }

  get sizeBytes(): number {
    let sizeBytes = 0;
    for (const content of contentsOf(this.uid, this.#components)) sizeBytes += sizeOf(content);
    return sizeBytes;
  }

  octets(): AsyncGenerator<Uint8Array, void, void> {
    return withCrlf(read(contentsOf(this.uid, this.#components), this.#source));
  }
}

/** A text, or what lies in the stream. */
type Content = string | Range;

const sizeOf = (content: Content): number =>
  typeof content === "string" ? content.length : content.end - content.start;

function* contentsOf(
  uid: string,
  components: readonly Component[],
): Generator<Content, void, void> {
  const calendar = components[0]?.calendar;
  yield "BEGIN:VCALENDAR\r\n";
  for (const { name, instead } of header) yield calendar?.[name] ?? instead;
  yield* zonesOf(components);
  for (const { start, end, made } of components) {
    if (made) {
      yield { start, end: made.start };
      yield folded(`UID:${uid}`);
      yield { start: made.end, end };
    } else yield { start, end };
  }
  yield "END:VCALENDAR\r\n";
}

function zonesOf(components: readonly Component[]): Iterable<Range> {
  const zones = new Map<string, Range>();
  for (const { calendar, tzids } of components) {
    for (const tzid of tzids) {
      const zone = calendar.zones?.get(tzid);
      if (zone !== undefined && !zones.has(tzid)) zones.set(tzid, zone);
    }
  }
  return zones.values();
}

async function* read(
  contents: Iterable<Content>,
  source: OctetSource,
): AsyncGenerator<Uint8Array, void, void> {
  for (const content of contents) {
    if (typeof content === "string") yield toUtf8.encode(content);
    else yield* source.read(content.start, content.end);
  }
}
