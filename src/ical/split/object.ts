import { folded } from "../text.ts";
import { withCrlf } from "./crlf.ts";
import { linesIn, type OctetSource, type Range } from "./source.ts";
import { isNewer, versionOf } from "./version.ts";

export interface SplitObject {
  readonly uid: string;
  /** As far as it lies in the stream, where line ends may be shorter. */
  readonly sizeBytes: number;
  /** As they are read, in pieces that are valid until the next one is asked for. */
  octets(): AsyncGenerator<Uint8Array, void, void>;
  /** The numbers of its content lines, the empty ones too, read anew. */
  lines(): AsyncGenerator<LineNumbers, void, void>;
}

/** Of a content line's first physical line, counted from 1. */
export interface LineNumbers {
  readonly inObject: number;
  /** What does not stand there has that of the object's first component. */
  readonly inStream: number;
}

/** Lines that lie in the stream, and the number of the first one. */
export interface Lines extends Range {
  readonly number: number;
}

/** There may be as many as objects. */
export interface Calendar {
  /** First line of each property. */
  VERSION?: Lines;
  PRODID?: Lines;
  CALSCALE?: Lines;
  /** First definition of each TZID. */
  zones?: Map<string, Lines>;
}

export interface Component extends Lines {
  readonly calendar: Calendar;
  /** Its name, and what its RECURRENCE-ID names: an object has one of each. */
  readonly instance: string;
  readonly tzids: readonly string[];
  /** Where the UID is to stand that was made for it; the number of the line behind. */
  readonly made: Lines | undefined;
}

/** What objects have of their calendar, and what stands for a line that is not there. */
export const header = [
  { name: "VERSION", instead: "VERSION:2.0\r\n" },
  { name: "PRODID", instead: "PRODID:-//davit//davit//EN\r\n" },
  { name: "CALSCALE", instead: "" },
] as const;

/** An object is no more than where its components lie. */
export class ObjectInStream implements SplitObject {
  readonly #source: OctetSource;
  readonly #first: string;
  /** By their instances; most objects have one alone. */
  #components: Component | Map<string, Component>;

  constructor(source: OctetSource, readonly uid: string, first: Component) {
    this.#source = source;
    this.#first = first.instance;
    this.#components = first;
  }

  /**
   * Adds a component. Of two versions of one instance the newer one stays, the later one where they
   * don't tell.
   *
   * @returns Whether there were two of them; those that are identical are one.
   */
  async add(component: Component): Promise<boolean> {
    const { instance } = component;
    const components = this.#components instanceof Map
      ? this.#components
      : new Map([[this.#first, this.#components]]);
    const other = components.get(instance);
    if (other === undefined) {
      this.#components = components.set(instance, component);
      return false;
    }
    const before = await versionOf(this.#source, other);
    const version = await versionOf(this.#source, component);
    if (before.digest === version.digest) return false;
    if (!isNewer(before, version)) this.#components = components.set(instance, component);
    return true;
  }

  get sizeBytes(): number {
    let sizeBytes = 0;
    for (const content of this.#contents()) sizeBytes += sizeOf(content);
    return sizeBytes;
  }

  octets(): AsyncGenerator<Uint8Array, void, void> {
    return withCrlf(read(this.#contents(), this.#source));
  }

  async *lines(): AsyncGenerator<LineNumbers, void, void> {
    const [{ number: instead } = { number: 1 }] = this.#all();
    let before = 0;
    for (const content of this.#contents()) {
      let count = 0;
      if (typeof content === "string") {
        count = content.split("\n").length - 1;
        if (count > 0) yield { inObject: before + 1, inStream: instead };
      } else {
        for await (const { number, nextNumber } of linesIn(this.#source, content)) {
          yield { inObject: before + number, inStream: content.number + number - 1 };
          count = Math.max(number, nextNumber - 1);
        }
      }
      before += count;
    }
  }

  #all(): Component[] {
    return this.#components instanceof Map ? [...this.#components.values()] : [this.#components];
  }

  #contents(): Generator<Content, void, void> {
    return contentsOf(this.uid, this.#all());
  }
}

/** A text, or what lies in the stream. */
type Content = string | Lines;

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
  for (const { start, end, number, made } of components) {
    if (made) {
      yield { start, end: made.start, number };
      yield folded(`UID:${uid}`);
      yield { start: made.end, end, number: made.number };
    } else yield { start, end, number };
  }
  yield "END:VCALENDAR\r\n";
}

function zonesOf(components: readonly Component[]): Iterable<Lines> {
  const zones = new Map<string, Lines>();
  for (const { calendar, tzids } of components) {
    for (const tzid of tzids) {
      const zone = calendar.zones?.get(tzid);
      if (zone !== undefined && !zones.has(tzid)) zones.set(tzid, zone);
    }
  }
  return zones.values();
}

/** A stream that is cut off may end without a line end. */
async function* read(
  contents: Iterable<Content>,
  source: OctetSource,
): AsyncGenerator<Uint8Array, void, void> {
  for (const content of contents) {
    if (typeof content === "string") {
      yield utf8.encode(content);
      continue;
    }
    let last = lineFeed;
    for await (const piece of source.read(content.start, content.end)) {
      last = piece.at(-1) ?? last;
      yield piece;
    }
    if (last !== lineFeed) yield utf8.encode("\r\n");
  }
}

const utf8 = new TextEncoder();
const lineFeed = 0x0a;
