import type { Steps } from "../steps.ts";
import { parameter } from "./content_lines.ts";
import { intervalOf, lengthOf, lineOf, readPeriod, type TimeRange } from "./interval.ts";
import { momentsIn, plus, type ReadMoment, type Zones } from "./moment.ts";
import { type Piece, walkParts } from "./stream.ts";
import { folded } from "./text.ts";
import { instanceMeets } from "./time_range.ts";
import { type Component, walkStored } from "./tree.ts";

/**
 * The calendar without the overrides that mean nothing for a time range (RFC 4791 §9.6.6): those
 * whose instance neither is in it nor would be if it were not overridden. One of all that follow
 * means something from its instance on.
 */
export function* dropOtherOverrides(text: string, range: TimeRange, zones: Zones): Steps<string> {
  const calendar = yield* walkStored(text);
  const read = momentsIn(calendar, zones);
  const master = calendar.components.find((one) =>
    !lineOf(one, "RECURRENCE-ID") && intervalOf(one, read)
  );
  return yield* withPieces(
    text,
    calendar,
    ({ component, written }) => matters(component, master, range, read) ? written : "",
  );
}

/** The calendar with those FREEBUSY periods alone that meet a time range (RFC 4791 §9.6.7). */
export function* dropOtherPeriods(text: string, range: TimeRange, zones: Zones): Steps<string> {
  const calendar = yield* walkStored(text);
  const read = momentsIn(calendar, zones);
  return yield* withPieces(text, calendar, ({ component, piece, written }) => {
    if (component.name !== "VFREEBUSY") return written;
    let kept = "";
    let copied = piece.start;
    for (const line of component.lines) {
      if (line.name !== "FREEBUSY") continue;
      const periods = line.value.split(",").filter((value) => {
        const period = readPeriod(line, value, read);
        return !period || period.start < range.end && period.end > range.start;
      });
      kept += text.slice(copied, line.start);
      if (periods.length > 0) kept += folded(`FREEBUSY${line.params}:${periods.join(",")}`);
      copied = line.end;
    }
    return kept + text.slice(copied, piece.end);
  });
}

/** A component of a calendar, and how it stands there. */
interface Written {
  readonly component: Component;
  readonly piece: Piece;
  readonly written: string;
}

/** The calendar with its components as `tell` has them; all else is as it was. */
function* withPieces(
  text: string,
  calendar: Component,
  tell: (one: Written) => string,
): Steps<string> {
  const components = new Map(calendar.components.map((one) => [one.number, one]));
  let result = "";
  let copied = 0;
  for (const piece of walkParts(text)) {
    if (piece === undefined) yield;
    const component = piece?.kind === "piece" ? components.get(piece.number) : undefined;
    if (piece?.kind !== "piece" || component === undefined) continue;
    const written = text.slice(piece.start, piece.end);
    result += text.slice(copied, piece.start) + tell({ component, piece, written });
    copied = piece.end;
  }
  return result + text.slice(copied);
}

function matters(
  component: Component,
  master: Component | undefined,
  range: TimeRange,
  read: ReadMoment,
): boolean {
  const line = lineOf(component, "RECURRENCE-ID");
  const id = line && read(line);
  const own = intervalOf(component, read);
  if (!id || !own) return true;
  if (parameter(line, "RANGE")?.toUpperCase() === "THISANDFUTURE") {
    return Math.min(id.at, own.start.at) < range.end;
  }
  if (instanceMeets({ component, ...own }, range, read)) return true;
  const usual = master && intervalOf(master, read);
  if (!master || !usual) return false;
  const original = { component: master, start: id, end: plus(id, lengthOf(master, usual)) };
  return instanceMeets(original, range, read);
}
