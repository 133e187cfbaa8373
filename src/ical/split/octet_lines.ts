import { limits } from "../../limits.ts";
import { GrowingBytes } from "../scanner/growing_bytes.ts";

/** A content line in octets, without its folds and its line end. */
export interface OctetLine {
  /** Of a line with more than `limits.icalTextBytes` the first ones, as many as that. */
  readonly octets: Uint8Array;
  readonly isWhole: boolean;
  /** Of its first physical line, counted from 1. */
  readonly number: number;
  /** Of the first physical line behind it. */
  readonly nextNumber: number;
  /** Offsets in the stream: of its first octet, and behind its line end. */
  readonly start: number;
  readonly end: number;
}

/**
 * Finds content lines as `contentLines` does, the empty ones too, in octets that come in pieces of any
 * size. However long a line is, no more of it is kept than a text may have.
 */
export class OctetLines {
  readonly #octets = new GrowingBytes();
  #isWhole = true;
  #start = 0;
  #number = 1;
  #lineFeeds = 0;
  /** Behind a line feed: the next octet tells whether the line goes on. */
  #behindLineFeed = false;
  /** Where the next piece begins, and the octet ahead of it. */
  #at: number;
  #last = 0;

  /** @param at The offset of the first octet. */
  constructor(at = 0) {
    this.#at = at;
    this.#start = at;
  }

  /** Takes a piece, and gives the lines that are known to have ended. */
  feed(piece: Uint8Array): readonly OctetLine[] {
    const lines: OctetLine[] = [];
    for (let at = 0; at < piece.length;) {
      if (this.#behindLineFeed) {
        this.#behindLineFeed = false;
        if (isBlank(piece[at])) at++;
        else lines.push(this.#endLine(this.#at + at));
      }
      const lineFeed = piece.indexOf(0x0a, at);
      if (lineFeed < 0) {
        this.#keep(piece.subarray(at));
        break;
      }
      const hasCr = (lineFeed === 0 ? this.#last : piece[lineFeed - 1]) === 0x0d;
      if (lineFeed > 0) this.#keep(piece.subarray(at, hasCr ? lineFeed - 1 : lineFeed));
      else if (hasCr) this.#dropLast();
      this.#lineFeeds++;
      this.#behindLineFeed = true;
      at = lineFeed + 1;
    }
    this.#at += piece.length;
    this.#last = piece.at(-1) ?? this.#last;
    return lines;
  }

  /** That was all: the line that is left. */
  end(): OctetLine | undefined {
    return this.#at > this.#start ? this.#endLine(this.#at) : undefined;
  }

  #keep(octets: Uint8Array): void {
    if (!this.#isWhole) return;
    const room = limits.icalTextBytes - this.#octets.length;
    this.#octets.put(octets.subarray(0, room));
    this.#isWhole = octets.length <= room;
  }

  #dropLast(): void {
    if (this.#isWhole) this.#octets.cut(this.#octets.length - 1);
  }

  #endLine(end: number): OctetLine {
    const line = {
      octets: this.#octets.cut(0),
      isWhole: this.#isWhole,
      number: this.#number,
      nextNumber: this.#lineFeeds + 1,
      start: this.#start,
      end,
    };
    this.#isWhole = true;
    this.#start = end;
    this.#number = this.#lineFeeds + 1;
    return line;
  }
}

/** A space or a tab. */
const isBlank = (octet: number | undefined): boolean => octet === 0x20 || octet === 0x09;
