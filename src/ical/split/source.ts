import { type OctetLine, OctetLines } from "./octet_lines.ts";

/** Octets that lie somewhere and can be read again and again. */
export interface OctetSource {
  readonly sizeBytes: number;
  /**
   * Those from one offset to another, in pieces of any size, each of them valid until the next one is
   * asked for.
   */
  read(from: number, to: number): AsyncIterable<Uint8Array>;
}

/** Offsets in a source. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/** The content lines that lie there, the empty ones too, numbered as if the first one were line 1. */
export async function* linesIn(
  source: OctetSource,
  { start, end }: Range,
): AsyncGenerator<OctetLine, void, void> {
  const lines = new OctetLines(start);
  for await (const piece of source.read(start, end)) yield* lines.feed(piece);
  const last = lines.end();
  if (last) yield last;
}
