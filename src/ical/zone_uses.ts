import { stepLines, type Steps } from "../steps.ts";
import { type ContentLine, contentLines, parameter } from "./content_lines.ts";
import { dayMs, readDuration } from "./duration.ts";
import type { Piece } from "./stream.ts";
import { tzidIn } from "./text.ts";
import { readDigits } from "./values.ts";
import { yearOf, yearStart } from "./years.ts";

/** A time in which a zone is used; UTC epoch milliseconds, and an end that may be infinite. */
export interface Use {
  readonly from: number;
  readonly to: number;
}

export const bothUses = (one: Use, other: Use): Use => ({
  from: Math.min(one.from, other.from),
  to: Math.max(one.to, other.to),
});

/**
 * When the times of an object are that are those of a zone, by its TZID. They are told in whole
 * years, so that many objects have the same; what recurs goes on for ever. A zone that has no time
 * is not there.
 */
export function* usesIn(text: string, pieces: readonly Piece[]): Steps<ReadonlyMap<string, Use>> {
  const uses = new Map<string, Use>();
  let count = 0;
  for (const { name, tzids, start, end } of pieces) {
    if (name === "VTIMEZONE" || tzids.size === 0) continue;
    const own = new Map<string, Use>();
    let yearsBehind = 0;
    for (const line of contentLines(text.slice(start, end))) {
      if (++count % stepLines === 0) yield;
      yearsBehind = Math.max(yearsBehind, yearsBehindBy(line));
      const written = line.params === "" ? undefined : parameter(line, "TZID");
      if (written === undefined) continue;
      const tzid = tzidIn(written);
      for (const use of timesIn(line)) own.set(tzid, bothUses(own.get(tzid) ?? use, use));
    }
    for (const [tzid, { from, to }] of own) {
      const use = {
        from: yearStart(yearOf(from)) - dayMs,
        to: yearStart(yearOf(to) + 1 + yearsBehind) + dayMs,
      };
      uses.set(tzid, bothUses(uses.get(tzid) ?? use, use));
    }
  }
  return uses;
}

/** How long a component goes on behind the times that are written in it. */
function yearsBehindBy(line: ContentLine): number {
  if (line.name === "RRULE") return Infinity;
  if (line.name === "RECURRENCE-ID") return parameter(line, "RANGE") === undefined ? 0 : Infinity;
  return line.name === "DURATION" || line.name === "RDATE"
    ? Math.max(...line.value.split(",").map(yearsOfDuration))
    : 0;
}

/** Of a DURATION, or a PERIOD that has one. */
function yearsOfDuration(value: string): number {
  const duration = readDuration(value.slice(value.indexOf("/") + 1));
  return duration ? Math.ceil((duration.days + duration.ms / dayMs) / 365) : 0;
}

/** The times of a value as they are on the clocks, of a PERIOD both ends. */
function timesIn({ value }: ContentLine): Use[] {
  return value.split(/[,/]/).flatMap((one) => {
    const at = readDigits(one.trim())?.localMs;
    return at === undefined ? [] : { from: at, to: at };
  });
}
