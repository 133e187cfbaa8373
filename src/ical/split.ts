import { contentLines } from "./content_lines.ts";
import { partsOf, type Piece } from "./stream.ts";
import { folded, unescapedText } from "./text.ts";

/** One calendar object of a stream, or what of it is left out. */
export type SplitItem =
  | { readonly uid: string; readonly bytes: Uint8Array }
  | { readonly skipped: string; readonly line: number };

/**
 * The calendar objects of an iCalendar stream, as an import takes them: one for each UID, master and
 * overrides together wherever they stand, in the order of their first component. Each has VERSION,
 * PRODID and CALSCALE of its calendar, no METHOD, and the time zones that it names, as far as they
 * are defined. Components keep their bytes, but for line ends, which become CRLF. A component
 * without UID gets one that is made of its content, DTSTAMP excepted: a second import finds it again.
 *
 * Objects are not checked; `readCalendarObject` says what is wrong with one. What can't be used at
 * all comes first, as a noun phrase and the line where it begins, counted from 1.
 */
export async function* splitCalendar(bytes: Uint8Array): AsyncGenerator<SplitItem, void, void> {
  const octets = withoutByteOrderMark(bytes);
  const stream = oneCharacterPerOctet.decode(octets);
  const calendars: Calendar[] = [];
  const objects = new Map<string, Component[]>();
  for (const part of partsOf(stream)) {
    if (part.kind === "broken") {
      yield { skipped: part.what, line: part.number };
      continue;
    }
    const calendar = calendars[part.calendar] ??= { header: new Map(), zones: new Map() };
    if (part.kind === "header") {
      const { name, start, end } = part.line;
      if (!calendar.header.has(name)) calendar.header.set(name, octets.subarray(start, end));
    } else if (part.name === "VTIMEZONE") {
      const zone = octets.subarray(part.start, part.end);
      for (const tzid of part.tzids) if (!calendar.zones.has(tzid)) calendar.zones.set(tzid, zone);
    } else {
      const written = writtenUid(part, octets);
      const uid = written ?? await madeUid(stream.slice(part.start, part.end));
      const others = objects.get(uid);
      if (written === undefined && part.name.startsWith("X-")) {
        yield { skipped: `a ${part.name} without UID`, line: part.number };
      } else if (written === undefined && others !== undefined) {
        yield { skipped: `a ${part.name} without UID, like one before it`, line: part.number };
      } else {
        const component = { part, madeUid: written === undefined };
        if (others === undefined) objects.set(uid, [component]);
        else others.push(component);
      }
    }
  }
  for (const [uid, components] of objects) {
    yield { uid, bytes: objectOf(uid, components, calendars, octets) };
  }
}

interface Calendar {
  /** First line of each property by its name. */
  readonly header: Map<string, Uint8Array>;
  /** First definition of each TZID. */
  readonly zones: Map<string, Uint8Array>;
}

interface Component {
  readonly part: Piece;
  readonly madeUid: boolean;
}

const versionLine = "VERSION:2.0\r\n";
const prodidLine = "PRODID:-//davit//davit//EN\r\n";

/** Makes offsets in the text offsets in the bytes; structure is ASCII, and no text is taken of it. */
const oneCharacterPerOctet = new TextDecoder("windows-1252");

const utf8 = new TextDecoder();
const toUtf8 = new TextEncoder();

const withoutByteOrderMark = (bytes: Uint8Array): Uint8Array =>
  bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? bytes.subarray(3) : bytes;

function writtenUid({ uid }: Piece, octets: Uint8Array): string | undefined {
  if (uid === undefined) return undefined;
  const [line] = contentLines(utf8.decode(octets.subarray(uid.start, uid.end)));
  const value = unescapedText(line?.value ?? "");
  return value.trim() === "" ? undefined : value;
}

/** Of the shape of a UUID of version 8 (RFC 9562 §5.8). */
async function madeUid(content: string): Promise<string> {
  const lines = [...contentLines(content)].filter(({ name }) =>
    name !== "DTSTAMP" && name !== "UID"
  );
  const text = lines.map(({ name, params, value }) => `${name}${params}:${value}\n`).join("");
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", toUtf8.encode(text)));
  const hex = Array.from(digest.subarray(0, 16), (byte) => byte.toString(16).padStart(2, "0"));
  return hex.join("").replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12})$/, "$1-$2-8$3-a$4-$5");
}

function objectOf(
  uid: string,
  components: readonly Component[],
  calendars: readonly Calendar[],
  octets: Uint8Array,
): Uint8Array {
  const chunks: Uint8Array[] = [];
  const add = (chunk: Uint8Array | string) =>
    chunks.push(typeof chunk === "string" ? toUtf8.encode(chunk) : chunk);
  const [first] = components;
  const header = first === undefined ? undefined : calendars[first.part.calendar]?.header;
  add("BEGIN:VCALENDAR\r\n");
  add(header?.get("VERSION") ?? versionLine);
  add(header?.get("PRODID") ?? prodidLine);
  add(header?.get("CALSCALE") ?? "");
  zonesOf(components, calendars).forEach(add);
  for (const { part, madeUid } of components) {
    if (madeUid) {
      add(octets.subarray(part.start, part.uid?.start ?? part.inside));
      add(folded(`UID:${uid}`));
      add(octets.subarray(part.uid?.end ?? part.inside, part.end));
    } else add(octets.subarray(part.start, part.end));
  }
  add("END:VCALENDAR\r\n");
  return withCrlf(chunks);
}

function zonesOf(components: readonly Component[], calendars: readonly Calendar[]): Uint8Array[] {
  const zones = new Map<string, Uint8Array>();
  for (const { part: { calendar, tzids } } of components) {
    for (const tzid of tzids) {
      const zone = calendars[calendar]?.zones.get(tzid);
      if (zone !== undefined && !zones.has(tzid)) zones.set(tzid, zone);
    }
  }
  return [...zones.values()];
}

/** The chunks one after the other, with CR before each LF that has none. */
function withCrlf(chunks: readonly Uint8Array[]): Uint8Array {
  const size = chunks.reduce((sum, { length }) => sum + length, 0);
  const octets = new Uint8Array(2 * size);
  let length = 0;
  for (const chunk of chunks) {
    for (const octet of chunk) {
      if (octet === 0x0a && octets[length - 1] !== 0x0d) octets[length++] = 0x0d;
      octets[length++] = octet;
    }
  }
  return octets.slice(0, length);
}
