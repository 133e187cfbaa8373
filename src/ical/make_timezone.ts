import { dayMs } from "./duration.ts";
import { escapedText, folded } from "./text.ts";
import { localText, offsetText, utcText } from "./values.ts";
import type { Zone } from "./zone.ts";

/**
 * A VTIMEZONE (RFC 5545 §3.6.5) that says of a zone what the runtime's database does, from 1970 on:
 * rules where clocks are changed by one for some years, dates where they are not. What goes on at the
 * end of the 21st century goes on for ever.
 */
export const timezoneText = (tzid: string, zone: Zone): string =>
  `BEGIN:VTIMEZONE\r\n${folded(`TZID:${escapedText(tzid)}`)}${
    observancesText(zone)
  }END:VTIMEZONE\r\n`;

/** One change of the clocks of a zone. */
export interface Onset {
  /** UTC epoch milliseconds. */
  readonly at: number;
  readonly fromMs: number;
  readonly toMs: number;
  /** Whether it leads to a summer time, that ends within the year. */
  readonly isDaylight: boolean;
}

/** The changes in a time, ascending. Both ends are UTC epoch milliseconds. */
export function onsetsIn(zone: Zone, from: number, to: number): Onset[] {
  const [first, ...shifts] = zone.shiftsIn(from, to);
  let fromMs = first?.offsetMs ?? 0;
  return shifts.map(({ at, offsetMs: toMs }, index) => {
    const next = shifts[index + 1];
    const isDaylight = toMs > fromMs && next !== undefined && next.offsetMs < toMs &&
      next.at - at < 330 * dayMs;
    const onset = { at, fromMs, toMs, isDaylight };
    fromMs = toMs;
    return onset;
  });
}

const begins = Date.UTC(1970, 0);
const lastYear = 2099;

function observancesText(zone: Zone): string {
  const { name = "" } = zone;
  const known = made.get(name);
  if (known !== undefined) return known;
  const first = zone.offsetAt(begins);
  const groups = Map.groupBy(
    onsetsIn(zone, begins, Date.UTC(lastYear + 1, 0)),
    ({ fromMs, toMs, isDaylight }) => `${fromMs} ${toMs} ${isDaylight}`,
  );
  const text = observance({ fromMs: first, toMs: first, isDaylight: false }, [
    `DTSTART:${localText(begins)}`,
  ]) +
    [...groups.values()].map(groupText).join("");
  if (name !== "") made.set(name, text);
  return text;
}

/** Of zones of the runtime's own database, by their names: the same for all who ask. */
const made = new Map<string, string>();

/** Changes between the same two offsets. */
function groupText(onsets: readonly Onset[]): string {
  const [change] = onsets;
  if (change === undefined) return "";
  const alone: Local[] = [];
  let text = "";
  for (const run of runsOf(onsets.map(localOf))) {
    const [begin] = run;
    const end = run.at(-1);
    if (begin === undefined || end === undefined || run.length < 3) {
      alone.push(...run);
      continue;
    }
    const until = end.year === lastYear ? "" : `;UNTIL=${utcText(end.at)}`;
    text += observance(change, [
      `DTSTART:${localText(begin.localMs)}`,
      `RRULE:FREQ=YEARLY;BYMONTH=${begin.month};${dayRule(run)}${until}`,
    ]);
  }
  const [begin, ...others] = alone;
  if (begin === undefined) return text;
  const dates = others.map(({ localMs }) => localText(localMs)).join(",");
  return text + observance(change, [
    `DTSTART:${localText(begin.localMs)}`,
    ...(others.length > 0 ? [`RDATE:${dates}`] : []),
  ]);
}

function observance(
  { fromMs, toMs, isDaylight }: Omit<Onset, "at">,
  lines: readonly string[],
): string {
  const name = isDaylight ? "DAYLIGHT" : "STANDARD";
  return [
    `BEGIN:${name}`,
    `TZOFFSETFROM:${offsetText(fromMs)}`,
    `TZOFFSETTO:${offsetText(toMs)}`,
    ...lines,
    `END:${name}`,
  ].map(folded).join("");
}

/** When the clocks are changed, as they show it before. */
interface Local {
  readonly at: number;
  readonly localMs: number;
  readonly year: number;
  /** From 1. */
  readonly month: number;
  readonly day: number;
  /** 0 is Sunday. */
  readonly weekday: number;
  readonly isLastWeek: boolean;
  readonly timeMs: number;
}

function localOf({ at, fromMs }: Onset): Local {
  const localMs = at + fromMs;
  const date = new Date(localMs);
  return {
    at,
    localMs,
    year: date.getUTCFullYear(),
    month: date.getUTCMonth() + 1,
    day: date.getUTCDate(),
    weekday: date.getUTCDay(),
    isLastWeek: new Date(localMs + 7 * dayMs).getUTCMonth() !== date.getUTCMonth(),
    timeMs: localMs - Math.floor(localMs / dayMs) * dayMs,
  };
}

/** As long as the changes of one year after the other follow one rule. */
function runsOf(onsets: readonly Local[]): Local[][] {
  const runs: Local[][] = [];
  for (const onset of onsets) {
    const run = runs.at(-1);
    if (run && follows(run, onset)) run.push(onset);
    else runs.push([onset]);
  }
  return runs;
}

function follows(run: readonly Local[], next: Local): boolean {
  const [first] = run;
  const isOneOn = first !== undefined && next.year === first.year + run.length &&
    next.month === first.month && next.timeMs === first.timeMs;
  return isOneOn && dayRule([...run, next]) !== undefined;
}

/** On which day of the month all of them are: by its number, or by the weekday; undefined: neither. */
function dayRule(onsets: readonly Local[]): string | undefined {
  const days = onsets.map(({ day }) => day);
  const [first, last] = [Math.min(...days), Math.max(...days)];
  const weekdays = new Set(onsets.map(({ weekday }) => weekday));
  const [weekday = 0] = weekdays;
  if (weekdays.size > 1) return first === last ? `BYMONTHDAY=${first}` : undefined;
  const week = Math.ceil(last / 7);
  const name = ["SU", "MO", "TU", "WE", "TH", "FR", "SA"][weekday];
  if (onsets.every(({ isLastWeek }) => isLastWeek)) return `BYDAY=-1${name}`;
  if (week <= 4 && Math.ceil(first / 7) === week) return `BYDAY=${week}${name}`;
  if (last - first > 6) return undefined;
  const window = Array.from({ length: 7 }, (_, index) => first + index);
  return `BYDAY=${name};BYMONTHDAY=${window.join(",")}`;
}
