import { stepLines, type Steps } from "../steps.ts";
import { type ContentLine, contentLines, parameter } from "./content_lines.ts";
import { tzidIn } from "./text.ts";
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
  readonly recurrenceId?: ContentLine;
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
  const reader = new PartReader();
  let lines = 0;
  for (const line of contentLines(text)) {
    if (++lines % stepLines === 0) yield undefined;
    const part = reader.take(line);
    if (part) yield part;
  }
  const last = reader.end();
  if (last) yield last;
}

/** The components of a stream. */
export function* piecesOf(text: string): Steps<readonly Piece[]> {
  const pieces: Piece[] = [];
  for (const part of walkParts(text)) {
    if (part === undefined) yield;
    else if (part.kind === "piece") pieces.push(part);
  }
  return pieces;
}

/** {@linkcode partsOf} of lines that come one after the other. */
export class PartReader {
  #calendar = -1;
  /** Number of the BEGIN line of the VCALENDAR that is open. */
  #begun: number | undefined;
  /** What stands where nothing may is one part, however many lines it has. */
  #strayed = false;
  #open: OpenPiece | undefined;

  /** The part that ends with this line, or ahead of it. */
  take(line: ContentLine): Part | undefined {
    if (this.#open === undefined) return this.#begin(line);
    const open = this.#open;
    const outcome = take(open, line);
    if (outcome === "more") return undefined;
    this.#open = undefined;
    if (outcome === "done") return pieceOf(open, line.end);
    if (outcome === "again") this.#begin(line); // a BEGIN or an END, which are no parts
    return unfinished(open);
  }

  /** The part that the end of the stream breaks off. */
  end(): Part | undefined {
    if (this.#open) return unfinished(this.#open);
    return this.#begun === undefined ? undefined : cutOff(this.#begun);
  }

  #begin(line: ContentLine): Part | undefined {
    const name = line.name === "BEGIN" ? line.value.toUpperCase() : "";
    const ended = line.name === "END" ? line.value.trim().toUpperCase() : "";
    if (name === "VCALENDAR") {
      const before = this.#begun;
      this.#calendar++;
      this.#begun = line.number;
      this.#strayed = false;
      return before === undefined ? undefined : cutOff(before);
    }
    if (this.#begun === undefined) return this.#stray(line, "text outside of a VCALENDAR");
    if (line.name === "") return this.#stray(line, "text that belongs to no component");
    if (line.name === "END" && ended !== "VCALENDAR") {
      return this.#stray(line, `an END:${ended.slice(0, 40)} without its beginning`);
    }
    this.#strayed = false;
    if (ended !== "") this.#begun = undefined;
    else if (name === "") return { kind: "header", calendar: this.#calendar, line };
    else this.#open = { calendar: this.#calendar, begin: line, names: [name], tzids: new Set() };
    return undefined;
  }

  #stray({ number }: ContentLine, what: string): Part | undefined {
    if (this.#strayed) return undefined;
    this.#strayed = true;
    return broken(number, what);
  }
}

interface OpenPiece {
  readonly calendar: number;
  readonly begin: ContentLine;
  /** Of the components that are open, its own first. */
  readonly names: string[];
  readonly tzids: Set<string>;
  uid?: ContentLine;
  recurrenceId?: ContentLine;
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
    if (line.name === "TZID" && names.length === 1) tzids.add(tzidIn(line.value));
  } else {
    if (line.name === "UID" && names.length === 1) piece.uid ??= line;
    if (line.name === "RECURRENCE-ID" && names.length === 1) piece.recurrenceId ??= line;
    const tzid = line.params === "" ? undefined : parameter(line, "TZID");
    if (tzid !== undefined) tzids.add(tzidIn(tzid));
  }
  return "more";
}

const pieceOf = (
  { calendar, begin, tzids, uid, recurrenceId }: OpenPiece,
  end: number,
): Piece => ({
  kind: "piece",
  calendar,
  name: begin.value.toUpperCase(),
  number: begin.number,
  start: begin.start,
  inside: begin.end,
  end,
  uid,
  recurrenceId,
  tzids,
});

const unfinished = ({ begin }: OpenPiece): Broken =>
  broken(begin.number, `a ${begin.value.toUpperCase().slice(0, 40)} without its end`);

const cutOff = (number: number): Broken =>
  broken(number, "a VCALENDAR without its end, of which more may be missing");

const broken = (number: number, what: string): Broken => ({ kind: "broken", number, what });
