import { atOnce, stepLines, type Steps } from "../../steps.ts";
import type { ContentLine } from "../content_lines.ts";
import { dayMs, readDuration } from "../duration.ts";
import { type Moment, plus, type ReadMoment } from "../time.ts";
import { ruleParts } from "../rule.ts";
import type { Component } from "../tree.ts";
import { readDigits } from "../values.ts";
import { clocksIn, toLocal } from "../zone.ts";
import { Budget } from "./budget.ts";
import { counted, recounted } from "./count.ts";
import { daySeconds, readRule, type Rule } from "./rule.ts";
import { Starts } from "./starts.ts";

/** An instance as the recurrence set has it, before any override. */
export interface Nominal {
  readonly start: Moment;
  /** Of a PERIOD in RDATE; otherwise it is as long as all others. */
  readonly end?: Moment;
}

/** A rule whose UNTIL may be an instant, and not a time on the clocks of the series. */
export interface EndedRule {
  readonly rule: Rule;
  /** UTC epoch milliseconds. */
  readonly untilUtc: number;
}

/** DTSTART with RRULE, RDATE, EXDATE and EXRULE of one component (RFC 5545 §3.8.5). */
export interface RecurrenceSet {
  readonly start: Moment;
  readonly rules: readonly EndedRule[];
  readonly exceptionRules: readonly EndedRule[];
  /** In their order, and the same apart: those that are periods, and the others. */
  readonly dates: readonly Nominal[];
  readonly periods: readonly Nominal[];
  readonly times: readonly Nominal[];
  /** Keys that EXDATE takes out. */
  readonly excluded: ReadonlySet<number>;
}

/**
 * The set that a component without RECURRENCE-ID has; `start` is its own.
 *
 * @param counting For what COUNT ends: beyond it a rule keeps its COUNT, and is walked through.
 */
export const recurrenceSet = (
  component: Component,
  start: Moment,
  read: ReadMoment,
  counting?: Budget,
): RecurrenceSet => atOnce(readRecurrenceSet(component, start, read, counting));

/** {@linkcode recurrenceSet} in steps. */
export function* readRecurrenceSet(
  component: Component,
  start: Moment,
  read: ReadMoment,
  counting: Budget = new Budget(),
): Steps<RecurrenceSet> {
  const rules: EndedRule[] = [];
  const exceptionRules: EndedRule[] = [];
  const dates: Nominal[] = [];
  const excluded = new Set<number>();
  let values = 0;
  for (const line of component.lines) {
    switch (line.name) {
      case "RRULE":
        rules.push(...endedRule(line.value, start, counting));
        break;
      case "EXRULE":
        exceptionRules.push(...endedRule(line.value, start, counting, false));
        break;
      case "RDATE":
        for (const value of line.value.split(",")) {
          dates.push(...nominalOf(line, value, start, read));
          if (++values % stepLines === 0) yield;
        }
        break;
      case "EXDATE":
        for (const value of line.value.split(",")) {
          const moment = read(line, value);
          // A date takes no time out.
          if (moment && (!moment.isDate || start.isDate)) excluded.add(keyIn(start, moment));
          if (++values % stepLines === 0) yield;
        }
    }
  }
  dates.sort((a, b) => keyIn(start, a.start) - keyIn(start, b.start));
  const periods = dates.filter(({ end }) => end !== undefined);
  const times = dates.filter(({ end }) => end === undefined);
  return { start, rules, exceptionRules, dates, periods, times, excluded };
}

function nominalOf(
  line: ContentLine,
  value: string,
  start: Moment,
  read: ReadMoment,
): readonly Nominal[] {
  const [begin = "", end] = value.split("/");
  const written = read(line, begin);
  const first = written && timedAs(start, written);
  if (first === undefined || end === undefined) return first ? [{ start: first }] : [];
  const duration = readDuration(end);
  const last = duration ? plus(first, duration) : read(line, end);
  return [last && last.at > first.at ? { start: first, end: last } : { start: first }];
}

/**
 * A day in a series of times, which RFC 5545 §3.8.5.2 does not forbid and says nothing of, is its
 * midnight on the clocks of the series, as sabre/vobject and libical have it: all instances of a
 * component have the one type of value that it is written with.
 */
function timedAs(start: Moment, moment: Moment): Moment {
  if (!moment.isDate || start.isDate) return moment;
  const { zone, floating } = start;
  const { localMs } = moment;
  return { at: zone.toUtc(localMs), isDate: false, localMs, zone, floating };
}

/**
 * By what instances of a series are one and the same, EXDATE and RECURRENCE-ID name them: the
 * instant; where the series has none of its own, the digits. Digits without a zone are those of the
 * series.
 */
export function keyIn(start: Moment, moment: Moment): number {
  if (start.floating) return moment.localMs;
  return moment.floating ? start.zone.toUtc(moment.localMs) : moment.at;
}

/** Whether there is any instance but the start. */
export const recurs = ({ rules, dates }: RecurrenceSet): boolean =>
  rules.length > 0 || dates.length > 0;

/**
 * The instances that start in a range, in their order, and some around it; of RDATE all that are
 * periods up to its end. Times that a zone skips are instances at the offset before the gap, and may stand behind a later one.
 *
 * @param from @param to UTC epoch milliseconds, or infinite.
 */
export function* nominals(
  set: RecurrenceSet,
  from: number,
  to: number,
  budget: Budget,
): Generator<Nominal> {
  const streams = [...streamsOf(set, from, to, budget)];
  const isException = exceptions(set, budget);
  const skipped = new Set<number>();
  let last = NaN;
  while (budget.spend(streams.length)) {
    const next = earliest(streams);
    const key = next?.key() ?? Infinity;
    if (next === undefined || key === Infinity) return;
    const nominal = next.take();
    if (key === last || skipped.has(key)) continue;
    if (!budget.spend(instanceSteps)) return;
    last = key;
    const { start } = nominal;
    if (!start.floating && toLocal(start.zone, start.at) !== start.localMs) skipped.add(key);
    if (!set.excluded.has(key) && !isException(start)) yield nominal;
  }
}

/** What an instance takes besides finding it. */
const instanceSteps = 4;

/** The one with the next instance; of several, the first one. */
function earliest(streams: readonly Stream[]): Stream | undefined {
  let found = streams[0];
  for (const stream of streams) {
    if (found && stream.key() < found.key()) found = stream;
  }
  return found;
}

/** Some of the instances, ascending. */
interface Stream {
  /** Of the next one; `Infinity`: there is none. */
  key(): number;
  take(): Nominal;
}

/**
 * Where two have the same key, the earlier stream counts: a PERIOD has an end of its own, and a date
 * says no more than the rule that gives it.
 */
function* streamsOf(
  set: RecurrenceSet,
  from: number,
  to: number,
  budget: Budget,
): Generator<Stream> {
  const { start, rules, periods, times } = set;
  if (periods.length > 0) yield listed(set, periods, -Infinity, to);
  if (rules.length === 0) yield listed(set, [{ start }], from, to);
  for (const rule of rules) yield ruled(start, rule, from, to, budget);
  if (times.length > 0) yield listed(set, times, from, to);
}

function listed(
  { start }: RecurrenceSet,
  dates: readonly Nominal[],
  from: number,
  to: number,
): Stream {
  const [earliest, latest] = start.floating ? clocksIn(start.zone, from, to) : [from, to];
  const keyAt = (index: number): number => {
    const date = dates[index];
    return date ? keyIn(start, date.start) : Infinity;
  };
  let at = 0;
  for (let end = dates.length; at < end;) {
    const middle = at + end >> 1;
    if (keyAt(middle) < earliest) at = middle + 1;
    else end = middle;
  }
  return {
    key: () => keyAt(at) > latest ? Infinity : keyAt(at),
    take: () => dates[at++] as Nominal,
  };
}

function ruled(
  start: Moment,
  { rule, untilUtc }: EndedRule,
  from: number,
  to: number,
  budget: Budget,
): Stream {
  const { zone, isDate, floating } = start;
  const [earliest, latest] = clocksIn(zone, from, to);
  const starts = new Starts(rule, Math.floor(earliest / 1000), budget);
  const advance = (): Moment | undefined => {
    for (;;) {
      const localMs = starts.next() * 1000;
      if (localMs > latest || localMs === Infinity) return undefined;
      const at = zone.toUtc(localMs);
      // The start counts whenever the rule ends.
      if (at <= untilUtc || localMs === start.localMs) {
        return { at, isDate, localMs, zone, floating };
      }
    }
  };
  let next = advance();
  return {
    key: () => next ? keyIn(start, next) : Infinity,
    take() {
      const taken = { start: next as Moment };
      next = advance();
      return taken;
    },
  };
}

/** What looking for an instance in an EXRULE takes besides its periods. */
const exceptionSteps = 16;

/** Whether an EXRULE takes an instance out. */
function exceptions(
  { start, exceptionRules }: RecurrenceSet,
  budget: Budget,
): (moment: Moment) => boolean {
  const rules = exceptionRules.flatMap(({ rule, untilUtc }) => {
    const known = recounted(rule, budget);
    return known ? [{ rule: known, untilUtc }] : [];
  });
  return (moment) => {
    budget.spend(rules.length * exceptionSteps);
    const localMs = start.floating ? moment.localMs : toLocal(start.zone, moment.at);
    return rules.some(({ rule, untilUtc }) =>
      moment.at <= untilUtc &&
      [moment.localMs, localMs].some((ms) =>
        new Starts(rule, ms / 1000, budget).next() * 1000 === ms
      )
    );
  };
}

/**
 * None where it can't be read. UNTIL of another type than DTSTART: of a date, the whole day counts; a time without zone is on the
 * clocks of DTSTART; where DTSTART has no zone, only the digits count, and of a date only those of
 * the day.
 */
function endedRule(
  text: string,
  start: Moment,
  counting: Budget,
  startCounts = true,
): readonly EndedRule[] {
  const read = readRule(text, start);
  if (read === undefined) return [];
  const rule = { ...read, startCounts };
  const until = readDigits(ruleParts(text).get("UNTIL") ?? "");
  if (until === undefined) {
    const known = counted(rule);
    return [{ rule: recounted(known, counting) ?? known, untilUtc: Infinity }];
  }
  const { form, localMs } = until;
  const second = Math.floor(localMs / 1000);
  if (form === "utc" && !start.floating) {
    const latest = toLocal(start.zone, localMs) + dayMs;
    return [{ rule: { ...rule, until: Math.floor(latest / 1000) }, untilUtc: localMs }];
  }
  const wholeDay = start.isDate || form === "date";
  const day = Math.floor(second / daySeconds) * daySeconds;
  const last = wholeDay ? day + daySeconds - 1 : second;
  return [{ rule: { ...rule, until: last }, untilUtc: Infinity }];
}
