import { limits } from "../../limits.ts";
import { refuse } from "../refuse.ts";
import type { IcalBounds } from "../tree.ts";
import { beginningOf } from "./beginning.ts";
import { GrowingBytes } from "./growing_bytes.ts";
import { ValueCheck } from "./value_check.ts";

/** A piece of a large value as it was sent, or its end. */
export type ValuePart = Uint8Array | "end";

/** A calendar object without its large values. Each of these was a content line of its own. */
export interface Skeleton {
  readonly bytes: Uint8Array;
  /** Where in it the large values stood, ascending. */
  readonly offsets: readonly number[];
}

/**
 * Takes the octets of a calendar object as they come, in pieces of any size, and sets the large BINARY
 * and data: values apart, byte by byte as they were sent; what stays is the skeleton, in which their
 * lines end behind the colon, or the comma of the URI. What is large depends on the object alone, not
 * on the pieces. Nothing else is checked here; whoever reads the skeleton does that.
 *
 * @throws {Refusal} CALDAV:max-resource-size: a line of text, or the skeleton, above its bound.
 *   CALDAV:valid-calendar-data: a large value that is no BASE64 or no URI; too many of them.
 */
export class Scanner {
  readonly #skeleton = new GrowingBytes();
  readonly #offsets: number[] = [];
  readonly #bounds: IcalBounds;
  /** Lines of text so far, and where the open content line began. */
  #lineFeeds = 0;
  #line = { at: 0, lineFeeds: 0 };
  /** Octets of the open line at which it is looked at again. */
  #lookAt: number;
  /** Whether the open line has not told yet what its value is. */
  #open = true;
  /** Behind a line feed of the skeleton: the next octet tells whether its line goes on. */
  #behindLineFeed = false;
  /** The value that the open line has, if it is set apart, and the line end behind it. */
  #value: ValueCheck | undefined;
  #held: Uint8Array = nothing;

  constructor(bounds: IcalBounds = limits) {
    this.#bounds = bounds;
    this.#lookAt = firstLook(bounds);
  }

  /** Takes a piece, and gives those parts of large values that are in it. */
  feed(piece: Uint8Array): readonly ValuePart[] {
    const parts: ValuePart[] = [];
    for (let at = 0; at < piece.length;) {
      at = this.#value ? this.#inValue(piece, at, parts) : this.#inLine(piece, at, parts);
    }
    return parts;
  }

  /** That was all: what of it was not given yet. */
  end(): { readonly parts: readonly ValuePart[]; readonly skeleton: Skeleton } {
    const parts: ValuePart[] = [];
    this.#lookOnceMore(parts);
    if (this.#held === cr) throw this.#invalid();
    if (this.#value) this.#endValue(parts);
    this.#checkSkeleton();
    return { parts, skeleton: { bytes: this.#skeleton.from(0), offsets: this.#offsets } };
  }

  #inLine(piece: Uint8Array, at: number, parts: ValuePart[]): number {
    if (this.#behindLineFeed && !isBlank(piece[at])) {
      this.#lookOnceMore(parts);
      if (this.#value) return at; // It ends here.
      this.#beginLine();
    }
    const lineFeed = piece.indexOf(0x0a, at);
    const lineEnd = lineFeed < 0 ? piece.length : lineFeed + 1;
    const to = Math.min(lineEnd, at + this.#lookAt - this.#lineBytes);
    this.#skeleton.put(piece.subarray(at, to));
    this.#behindLineFeed = lineFeed >= 0 && to === lineEnd;
    if (this.#behindLineFeed) this.#lineFeeds++;
    if (this.#lineBytes === this.#lookAt) this.#look(parts);
    return to;
  }

  #inValue(piece: Uint8Array, at: number, parts: ValuePart[]): number {
    const from = at;
    if (this.#held === cr) {
      if (piece[at] !== 0x0a) throw this.#invalid();
      this.#held = crlf;
      return at + 1;
    }
    if (this.#held !== nothing) {
      if (!isBlank(piece[at])) {
        this.#endValue(parts);
        this.#beginLine();
        return at;
      }
      parts.push(this.#held);
      this.#held = nothing;
      this.#lineFeeds++;
      at++;
    }
    while ((at = this.#value?.run(piece, at) ?? at) < piece.length) {
      const held = lineEndAt(piece, at);
      if (held === nothing) throw this.#invalid();
      const next = at + held.length;
      if (held === cr || !isBlank(piece[next])) {
        this.#held = held;
        if (at > from) parts.push(piece.subarray(from, at));
        return next;
      }
      this.#lineFeeds++;
      at = next + 1;
    }
    parts.push(piece.subarray(from));
    return at;
  }

  get #lineBytes(): number {
    return this.#skeleton.length - this.#line.at;
  }

  #beginLine(): void {
    this.#checkSkeleton();
    this.#line = { at: this.#skeleton.length, lineFeeds: this.#lineFeeds };
    this.#lookAt = firstLook(this.#bounds);
    this.#open = true;
    this.#behindLineFeed = false;
  }

  /** Sets the value of the open line apart if it is large; else tells when to look again. */
  #look(parts: ValuePart[]): void {
    const { icalValueBytes, icalTextBytes } = this.#bounds;
    const lineBytes = this.#lineBytes;
    const beginning = beginningOf(this.#skeleton.from(this.#line.at));
    this.#open = beginning.kind === "open";
    const isValue = beginning.kind === "value";
    const textBytes = isValue ? beginning.startBytes : lineBytes;
    if (textBytes > icalTextBytes) {
      const text = `line ${this.#line.lineFeeds + 1} has more than ${icalTextBytes} bytes of text`;
      throw refuse.maxResourceSize(text);
    }
    if (!isValue) {
      const again = this.#open ? 2 * lineBytes : Infinity; // by twos, all looks take linear time
      this.#lookAt = Math.min(again, icalTextBytes + 1);
    } else if (lineBytes - beginning.startBytes <= icalValueBytes) {
      this.#lookAt = beginning.startBytes + icalValueBytes + 1;
    } else {
      this.#value = new ValueCheck(beginning.form);
      this.#setApart(beginning.startBytes, parts);
    }
  }

  /** At the end of a line, where what it is was not clear yet. */
  #lookOnceMore(parts: ValuePart[]): void {
    const long = this.#lineBytes >= firstLook(this.#bounds);
    if (!this.#value && this.#open && long) this.#look(parts);
  }

  #setApart(startBytes: number, parts: ValuePart[]): void {
    const octets = this.#skeleton.cut(this.#line.at + startBytes);
    this.#offsets.push(this.#skeleton.length);
    if (this.#offsets.length > this.#bounds.icalLargeValues) {
      const text = `there are more than ${this.#bounds.icalLargeValues} large values`;
      throw refuse.validCalendarData(text);
    }
    this.#lineFeeds = this.#line.lineFeeds;
    this.#behindLineFeed = false;
    for (let at = 0; at < octets.length;) at = this.#inValue(octets, at, parts);
  }

  #endValue(parts: ValuePart[]): void {
    parts.push("end");
    this.#value = undefined;
    this.#skeleton.put(this.#held);
    if (this.#held !== nothing) this.#lineFeeds++;
    this.#held = nothing;
  }

  #checkSkeleton(): void {
    const { icalSkeletonBytes } = this.#bounds;
    if (this.#skeleton.length <= icalSkeletonBytes) return;
    throw refuse.maxResourceSize(
      `there are more than ${icalSkeletonBytes} bytes besides large attachments`,
    );
  }

  #invalid() {
    const what = this.#value?.form === "uri" ? "URI" : "BASE64";
    return refuse.validCalendarData(`line ${this.#line.lineFeeds + 1} is no ${what}`);
  }
}

/** A shorter line is nothing to look at. */
const firstLook = ({ icalValueBytes, icalTextBytes }: IcalBounds): number =>
  Math.min(icalValueBytes, icalTextBytes) + 1;

const nothing = new Uint8Array();
const cr = Uint8Array.of(0x0d);
const lf = Uint8Array.of(0x0a);
const crlf = Uint8Array.of(0x0d, 0x0a);

/** The line end at `at`, or what of it there is at the end of the piece. */
function lineEndAt(piece: Uint8Array, at: number): Uint8Array {
  if (piece[at] === 0x0a) return lf;
  if (piece[at] !== 0x0d) return nothing;
  if (at + 1 === piece.length) return cr;
  return piece[at + 1] === 0x0a ? crlf : nothing;
}

/** A space or a tab; false behind the end. */
const isBlank = (octet: number | undefined): boolean => octet === 0x20 || octet === 0x09;
