import type { OctetSource } from "../../src/ical/split/source.ts";
import { type Split, splitCalendar } from "../../src/ical/split/split.ts";

/** One calendar object of a stream, or what of it is left out. */
export type WholeItem =
  | { readonly uid: string; readonly bytes: Uint8Array }
  | { readonly skipped: string; readonly line: number };

/** Splits a stream that is read in pieces of at most so many bytes, and reads what is in it. */
export async function splitBytes(
  stream: Uint8Array,
  pieceBytes = Infinity,
): Promise<readonly WholeItem[]> {
  const items: WholeItem[] = [];
  const { items: found } = await splitCalendar(inPieces(stream, pieceBytes));
  for (const item of found) {
    if ("skipped" in item) items.push(item);
    else items.push({ uid: item.uid, bytes: await wholeOf(item.octets()) });
  }
  return items;
}

/** What is in a stream, of which nothing is read yet. */
export const splitText = (stream: string): Promise<Split> =>
  splitCalendar(inPieces(new TextEncoder().encode(stream), 1000));

/** All of them are in the same memory, as those of a file are. */
const inPieces = (stream: Uint8Array, pieceBytes: number): OctetSource => ({
  sizeBytes: stream.length,
  async *read(from, to) {
    const memory = new Uint8Array(Math.min(pieceBytes, to - from));
    for (let at = from; at < to; at += memory.length) {
      const piece = stream.subarray(at, Math.min(to, at + memory.length));
      memory.set(piece);
      yield await Promise.resolve(memory.subarray(0, piece.length));
    }
  },
});

async function wholeOf(pieces: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const copies = await Array.fromAsync(pieces, (piece) => piece.slice());
  return new Uint8Array(await new Blob(copies).arrayBuffer());
}
