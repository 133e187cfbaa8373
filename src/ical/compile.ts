import { busyTypeOf, busyTypes } from "./busy.ts";
import { dayMs } from "./duration.ts";
import { type Moment, plus } from "./time.ts";
import { compactRule, type Compiled, type CompiledRule } from "./recurrence/compiled.ts";
import { type EndedRule, keyIn } from "./recurrence/recurrence_set.ts";
import type { Master, Override, Series } from "./recurrence/series.ts";
import { utcZone, type Zone } from "./zone.ts";

/**
 * What an object is compiled to; undefined: only its text says all. That is so with several rules or
 * components that recur, EXRULE, THISANDFUTURE, a zone that the database does not have, and COUNT
 * beyond the budget.
 *
 * @param zoneFor The zone of the database that is the same for these times; undefined: there is none.
 */
export function compile(
  series: Series,
  isLocal: boolean,
  zoneFor: (zone: Zone) => Zone | undefined,
): Compiled | undefined {
  const { masters, overrides, forward } = series;
  const [master, ...others] = masters;
  if (others.length + forward.length > 0) return undefined;
  const f = isLocal ? 1 : undefined;
  const changed = overrides.flatMap((one) => periodOf(one, isLocal));
  if (master === undefined) return { f, p: changed };
  const { set, member } = master;
  const [rule, ...more] = set.rules;
  if (more.length + set.exceptionRules.length > 0) return undefined;
  const taken = new Set([...set.excluded, ...overrides.map(({ key }) => key)]);
  const given = datesOf(master, taken, isLocal);
  const p = nonEmpty([...given, ...changed]);
  if (rule === undefined) return { f, p };
  const zone = isLocal ? utcZone : zoneFor(set.start.zone);
  const r = zone && ruleOf(rule, set.start, zone);
  if (zone === undefined || r === undefined) return undefined;
  const periods = set.dates.flatMap(({ start, end }) => end ? [keyIn(set.start, start)] : []);
  return {
    f,
    p,
    r,
    b: busyTypes.indexOf(busyTypeOf(member.component)),
    x: nonEmpty([...new Set([...taken, ...periods])].map(seconds)),
    d: member.length.days || undefined,
    l: seconds(member.length.ms) || undefined,
    z: zone === utcZone ? undefined : zone.name,
  };
}

const seconds = (ms: number): number => Math.floor(ms / 1000);

const nonEmpty = (values: readonly number[]) => values.length > 0 ? values : undefined;

/** As a Moment stands in what is compiled. */
const secondsOf = ({ at, localMs }: Moment, isLocal: boolean): number =>
  seconds(isLocal ? localMs : at);

function periodOf({ member: { component, interval } }: Override, isLocal: boolean): number[] {
  const busy = busyTypes.indexOf(busyTypeOf(component));
  return [secondsOf(interval.start, isLocal), secondsOf(interval.end, isLocal), busy];
}

/** Periods of RDATE, and of DTSTART where there is no rule. */
function datesOf(
  { member, set }: Master,
  taken: ReadonlySet<number>,
  isLocal: boolean,
): number[] {
  const { interval, length, component } = member;
  const busy = busyTypes.indexOf(busyTypeOf(component));
  const own = set.rules.length === 0 ? [interval] : [];
  const seen = new Set<number>(taken);
  const periods = set.dates.filter(({ end }) => end !== undefined);
  return [...periods, ...own, ...set.dates].flatMap(({ start, end }) => {
    const key = keyIn(set.start, start);
    if (seen.has(key)) return [];
    seen.add(key);
    return [secondsOf(start, isLocal), secondsOf(end ?? plus(start, length), isLocal), busy];
  });
}

/** The rule with its last start; undefined: it can't be told now. */
function ruleOf(
  { rule, untilUtc }: EndedRule,
  start: Moment,
  zone: Zone,
): CompiledRule | undefined {
  if (rule.count < Infinity) return undefined;
  if (untilUtc === Infinity) return compactRule(rule);
  const offset = zone.offsetAt(untilUtc - dayMs);
  // Where the clocks change there, the order of instances may do so, too.
  if (zone.offsetAt(untilUtc + dayMs) !== offset) return undefined;
  const until = Math.floor((untilUtc + offset) / 1000);
  return compactRule({ ...rule, until: Math.max(until, seconds(start.localMs)) });
}
