import { stepLines } from "../steps.ts";
import { type ContentLine, contentLines, parameter } from "./content_lines.ts";
import { excludes } from "./tree.ts";

/** A part of an iCalendar stream (RFC 5545 §3.4), in which several VCALENDARs may follow another. */
export type Part = Header | Piece | Broken;

/** A property of a VCALENDAR. */
export interface Header {
  readonly kind: "header";
  /** Counts the VCALENDARs of the stream. */
  readonly calendar: number;
  readonly line: ContentLine;
}

/** A component directly inside a VCALENDAR, as a slice of the stream. */
export interface Piece {
  readonly kind: "piece";
  readonly calendar: number;
  /** In upper case. */
  readonly name: string;
  /** Of its BEGIN line, counted from 1. */
  readonly number: number;
  /** Offsets: of its BEGIN line, behind that line, and behind its END line. */
  readonly start: number;
  readonly inside: number;
  readonly end: number;
  readonly uid?: ContentLine;
  /** Of a time zone its own TZID, of others all those that they refer to; without blanks around. */
  readonly tzids: ReadonlySet<string>;
}

/** What can't be used; the stream goes on behind it. */
export interface Broken {
  readonly kind: "broken";
  readonly number: number;
  /** A noun phrase for people. */
  readonly what: string;
}

/** The parts of a stream in their order, found in time linear in its length. */
export function* partsOf(text: string): Generator<Part, void, void> {
  for (const part of walkParts(text)) if (part) yield part;
}

/** {@linkcode partsOf} in steps; undefined: one is done, and there is no part yet. */
export function* walkParts(text: string): Generator<Part | undefined, void, void> {
  let calendar = -1;
  let inside = false;
  let strayed = false;
  let open: OpenPiece | undefined;
  let lines = 0;
  for (const line of contentLines(text)) {
    if (++lines % stepLines === 0) yield undefined;
    if (open !== undefined) {
      const outcome = take(open, line);
      if (outcome === "more") continue;
      yield outcome === "done" ? pieceOf(open, line.end) : unfinished(open);
      open = undefined;
      if (outcome !== "again") continue;
    }
    const name = line.name === "BEGIN" ? line.value.toUpperCase() : "";
    if (name === "VCALENDAR") {
      calendar++;
      inside = true;
      strayed = false;
    } else if (!inside) {
      if (!strayed) yield broken(line.number, "text outside of a VCALENDAR");
      strayed = true;
    } else if (name !== "") {
      open = { calendar, begin: line, names: [name], tzids: new Set() };
    } else if (line.name === "END") {
      inside = false;
    } else if (line.name !== "") {
      yield { kind: "header", calendar, line };
    }
  }
  if (open !== undefined) yield unfinished(open);
}

interface OpenPiece {
  readonly calendar: number;
  readonly begin: ContentLine;
  /** Of the components that are open, its own first. */
  readonly names: string[];
  readonly tzids: Set<string>;
  uid?: ContentLine;
}

/** Again: the piece is broken off, and the line is the first behind it. */
function take(piece: OpenPiece, line: ContentLine): "more" | "done" | "broken" | "again" {
  const { names, tzids } = piece;
  const [own] = names;
  if (line.name === "BEGIN") {
    const name = line.value.toUpperCase();
    if (names.some((outer) => excludes(outer, name))) return "again";
    names.push(name);
  } else if (line.name === "END") {
    const name = line.value.toUpperCase();
    if (name === "VCALENDAR") return "again";
    if (name === names.at(-1)) names.pop();
    else if (name === own) return "broken";
    if (names.length === 0) return "done";
  } else if (own === "VTIMEZONE") {
    if (line.name === "TZID" && names.length === 1) tzids.add(line.value.trim());
  } else {
    if (line.name === "UID" && names.length === 1) piece.uid ??= line;
    const tzid = line.params === "" ? undefined : parameter(line, "TZID");
    if (tzid !== undefined) tzids.add(tzid.trim());
  }
  return "more";
}

const pieceOf = ({ calendar, begin, tzids, uid }: OpenPiece, end: number): Piece => ({
  kind: "piece",
  calendar,
  name: begin.value.toUpperCase(),
  number: begin.number,
  start: begin.start,
  inside: begin.end,
  end,
  uid,
  tzids,
});

const unfinished = ({ begin }: OpenPiece): Broken =>
  broken(begin.number, `a ${begin.value.toUpperCase().slice(0, 40)} without its end`);

const broken = (number: number, what: string): Broken => ({ kind: "broken", number, what });
