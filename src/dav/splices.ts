import { textOf } from "../ical/text.ts";
import { limits } from "../limits.ts";
import type { Steps } from "../steps.ts";
import { escapeText } from "../xml/write.ts";
import type { BlobPart, StoredObject } from "../model.ts";
import type { Store } from "../store/store.ts";
import { octetsOf, piecesOf } from "./body_stream.ts";

type Content = Pick<StoredObject, "body" | "blobs">;

/**
 * How a piece of a large value is written; `behind` is the last character before it, as it was sent.
 */
export type ValueText = (piece: string, behind: string) => string;

/** How the large values of calendar objects are written in another text than that which was PUT. */
export const valueTexts = {
  asSent: (piece) => piece,
  /** As jCal has them (RFC 7265 §3.6): neither folds nor blanks. */
  unfolded: (piece) => piece.replace(/[\r\n \t]+/g, ""),
  withCrlf: (piece, behind) =>
    behind === "\r" && piece.startsWith("\n")
      ? `\n${piece.slice(1).replace(bareLineFeed, "\r\n")}`
      : piece.replace(bareLineFeed, "\r\n"),
} as const satisfies Record<string, ValueText>;

/**
 * The large values of the objects of one answer. In the text of an object a mark stands for each, and
 * whoever makes another text of it keeps the marks as any value; they are read, a batch in a round
 * trip, when the answer comes to their place. A mark is a number within the answer, so that no text
 * can lead to anything that is not in it anyway.
 */
export class Splices {
  readonly #store: Store;
  readonly #valueText: ValueText;
  /** By the number that their marks have. */
  readonly #blobs: BlobPart[] = [];
  readonly #told = new Set<number>();
  #repeatableBytes = limits.repeatedBytes;

  constructor(store: Store, valueText: ValueText = valueTexts.asSent) {
    this.#store = store;
    this.#valueText = valueText;
  }

  /** The text of an object, with marks. */
  textOf({ body, blobs }: Content): string {
    if (blobs.length === 0) return plain(textOf(body));
    const octets = octetsOf(body);
    let text = "";
    let done = 0;
    for (const blob of blobs) {
      text += plain(textOf(octets.subarray(done, blob.offsetBytes)));
      text += mark + this.#blobs.length + mark;
      this.#blobs.push(blob);
      done = blob.offsetBytes;
    }
    return text + plain(textOf(octets.subarray(done)));
  }

  /** The same texts with the values in the place of their marks, each as `escape` writes it. */
  async *into(
    texts: Iterable<string> | AsyncIterable<string>,
    escape: (text: string) => string = (text) => text,
  ): AsyncGenerator<string, void, void> {
    for await (const text of texts) {
      if (this.#blobs.length > 0 && text.includes(mark)) yield* this.#spliced(text, escape);
      else yield text;
    }
  }

  async *#spliced(
    text: string,
    escape: (text: string) => string,
  ): AsyncGenerator<string, void, void> {
    const utf8 = new TextDecoder("utf-8", { ignoreBOM: true });
    let behind = "";
    for await (const { bytes, own } of piecesOf(this.#contentOf(text), this.#store)) {
      const piece = utf8.decode(bytes);
      yield own ? piece : escape(this.#valueText(piece, behind));
      behind = piece.slice(-1);
    }
  }

  #contentOf(text: string): Content {
    const utf8 = new TextEncoder();
    const blobs: BlobPart[] = [];
    let own = "";
    let offsetBytes = 0;
    for (const [index, part] of text.split(oneMark).entries()) {
      const isText = index % 2 === 0;
      const blob = isText ? undefined : this.#blobs[Number(part)];
      if (!blob) {
        const written = isText ? part : mark + part + mark;
        own += written;
        offsetBytes += utf8.encode(written).length;
      } else if (this.#mayTell(Number(part), blob)) {
        blobs.push({ ...blob, offsetBytes });
      }
    }
    return { body: own, blobs };
  }

  /** Each once; what an answer repeats, as in each instance of a series, is bounded. */
  #mayTell(number: number, { sizeBytes }: BlobPart): boolean {
    const isRepeated = this.#told.has(number);
    this.#told.add(number);
    if (!isRepeated) return true;
    this.#repeatableBytes -= sizeBytes;
    return this.#repeatableBytes >= 0;
  }
}

/** The text with all but its marks escaped for XML. */
export function* escapeAround(text: string): Steps<string> {
  if (!text.includes(mark)) return yield* escapePieces(text);
  let escaped = "";
  for (const [index, part] of text.split(aroundMarks).entries()) {
    escaped += index % 2 === 0 ? yield* escapePieces(part) : part;
  }
  return escaped;
}

function* escapePieces(text: string): Steps<string> {
  if (text.length <= pieceChars) return escapeText(text);
  let escaped = "";
  for (let at = 0; at < text.length; at += pieceChars) {
    escaped += escapeText(text.slice(at, at + pieceChars));
    yield;
  }
  return escaped;
}

/** What is escaped in one step. */
const pieceChars = 32 * 1024;

/** A character that no XML can hold; texts that have it all the same are told without it. */
const mark = "\uffff";
const plain = (text: string): string => text.includes(mark) ? text.replaceAll(mark, "") : text;
const oneMark = /\uffff(\d{1,9})\uffff/;
const aroundMarks = /(\uffff\d{1,9}\uffff)/;

const bareLineFeed = /(?<!\r)\n/g;
