import type { Steps } from "../steps.ts";
import { lineOf, readPeriod, type TimeRange } from "./interval.ts";
import { momentsIn, plus, type ReadMoment, type Zones } from "./moment.ts";
import { Budget } from "./recurrence/budget.ts";
import { readSeries, type Series } from "./recurrence/series.ts";
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
  const series = yield* readSeries(calendar, read);
  const common = { series, range, read, budget: new Budget() };
  return yield* withPieces(
    text,
    calendar,
    ({ component, written }) => matters(component, common) ? written : "",
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

interface Asked {
  readonly series: Series;
  readonly range: TimeRange;
  readonly read: ReadMoment;
  readonly budget: Budget;
}

function matters(component: Component, { series, range, read, budget }: Asked): boolean {
  const override = series.overrideOf(component);
  if (override === undefined) {
    if (!lineOf(component, "RECURRENCE-ID") || !series.isPlaced(component, budget)) return true;
    for (const instance of series.of(component, range, budget)) {
      if (instanceMeets(instance, range, read)) return true;
    }
    return budget.exhausted;
  }
  const { id, shiftMs, member: { interval } } = override;
  if (shiftMs !== undefined) return Math.min(id.at, interval.start.at) < range.end;
  if (instanceMeets({ component, ...interval }, range, read)) return true;
  const [master] = series.masters;
  if (master === undefined) return false;
  const { component: usual, length } = master.member;
  return instanceMeets({ component: usual, start: id, end: plus(id, length) }, range, read);
}
