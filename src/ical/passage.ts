import type { Body, NewBlob } from "../model.ts";
import { type ContentLine, contentLines } from "./content_lines.ts";
import { textOf } from "./text.ts";
import { calendarTree, type Component } from "./tree.ts";
import { partsOf } from "./stream.ts";
import { limits } from "../limits.ts";

/**
 * A part of a calendar object as it is kept: its own octets, and the large values that stand among
 * them. All offsets in it, those of content lines too, count octets.
 */
export interface Passage {
  readonly octets: Uint8Array;
  /** Ascending. */
  readonly blobs: readonly NewBlob[];
}

/** Other lines in place of those from one offset to another. */
export interface Edit {
  readonly from: number;
  readonly to: number;
  readonly by: Passage;
}

/** A component directly inside the VCALENDAR. */
export interface TopComponent extends Component {
  readonly components: readonly Component[];
  /** Offsets of its BEGIN line and behind its END line. */
  readonly start: number;
  readonly end: number;
}

export const passageOf = (
  { body, blobs }: { readonly body: Body; readonly blobs: readonly NewBlob[] },
): Passage => ({ octets: typeof body === "string" ? utf8.encode(body) : body, blobs });

export const plainPassage = (text: string): Passage => ({ octets: utf8.encode(text), blobs: [] });

/** Its own octets and its values, in bytes. */
export const sizeOf = ({ octets, blobs }: Passage): number =>
  blobs.reduce((sum, { sizeBytes }) => sum + sizeBytes, octets.length);

/** The lines from one offset to another. */
export const part = ({ octets, blobs }: Passage, from: number, to: number): Passage => ({
  octets: octets.subarray(from, to),
  blobs: blobs.filter(({ offsetBytes }) => offsetBytes >= from && offsetBytes < to)
    .map((blob) => ({ ...blob, offsetBytes: blob.offsetBytes - from })),
});

/** One behind the other. */
export function joined(parts: readonly Passage[]): Passage {
  const octets = new Uint8Array(parts.reduce((sum, one) => sum + one.octets.length, 0));
  const blobs: NewBlob[] = [];
  let at = 0;
  for (const one of parts) {
    octets.set(one.octets, at);
    for (const blob of one.blobs) blobs.push({ ...blob, offsetBytes: at + blob.offsetBytes });
    at += one.octets.length;
  }
  return { octets, blobs };
}

/** The passage with these edits, in any order, of which no two meet; all else keeps its octets. */
export function edited(passage: Passage, edits: readonly Edit[]): Passage {
  if (edits.length === 0) return passage;
  const parts: Passage[] = [];
  let done = 0;
  for (const { from, to, by } of edits.toSorted((a, b) => a.from - b.from)) {
    parts.push(part(passage, done, from), by);
    done = to;
  }
  return joined([...parts, part(passage, done, passage.octets.length)]);
}

/** Its content lines, in which a character is an octet: structure is ASCII. */
export const linesOf = (passage: Passage): Generator<ContentLine, void, void> =>
  contentLines(oneCharacterPerOctet.decode(passage.octets));

/** A line of {@linkcode linesOf} with its text as it is meant. */
export function meant({ octets }: Passage, { start, end }: ContentLine): ContentLine {
  const [line] = contentLines(textOf(octets.subarray(start, end)));
  if (line === undefined) throw new Error("there is no content line");
  return { ...line, start, end };
}

/** The components of a calendar object that has been read before, with lines of {@linkcode linesOf}. */
export function componentsIn(passage: Passage): readonly TopComponent[] {
  const text = oneCharacterPerOctet.decode(passage.octets);
  const pieces = [...partsOf(text)].filter((one) => one.kind === "piece");
  return calendarTree(text, asOctets).components.map((component, index) => {
    const { start = 0, end = 0 } = pieces[index] ?? {};
    return { ...component, start, end };
  });
}

const utf8 = new TextEncoder();

/** So that offsets count octets. In place of a byte order mark there are empty lines. */
export const oneCharacterPerOctet = {
  decode: (octets: Uint8Array): string =>
    windows1252.decode(octets).replace(/^\u00ef\u00bb\u00bf/, "\n\n\n"),
};
const windows1252 = new TextDecoder("windows-1252");

/** A character may have four octets. */
const asOctets = {
  ...limits,
  icalParameterCharacters: 4 * limits.icalParameterCharacters,
  icalNameCharacters: 4 * limits.icalNameCharacters,
};
