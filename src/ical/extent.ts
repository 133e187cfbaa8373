import { dayMs } from "./duration.ts";
import type { Moment } from "./time.ts";
import type { EndedRule } from "./recurrence/recurrence_set.ts";
import type { Master, Member, Series } from "./recurrence/series.ts";

/** Within which times all instances of an object are. */
export interface Extent {
  /** UTC epoch milliseconds. */
  readonly from: number;
  /** `Infinity`: without end. */
  readonly to: number;
}

/** Undefined: there is no instance. The extent may be wider than it has to be, where it recurs. */
export function extentOf(series: Series): Extent | undefined {
  const given = series.masters.flatMap((master) => extentsOf(master, series));
  const changed = series.overrides.map(({ member: { interval, leadMs } }) => ({
    from: interval.start.at - leadMs,
    to: interval.end.at,
  }));
  return unionOf([...given, ...changed]);
}

/** All zones that its times have. */
export function momentsOf({ masters, overrides, forward }: Series): Moment[] {
  const ofMember = ({ interval: { start, end } }: Member) => [start, end];
  return [
    ...masters.flatMap(({ member, set }) => [
      ...ofMember(member),
      ...set.dates.flatMap(({ start, end }) => end ? [start, end] : [start]),
    ]),
    ...[...overrides, ...forward].flatMap(({ member, id }) => [id, ...ofMember(member)]),
  ];
}

/** Undefined: of none. */
export const unionOf = (extents: readonly Extent[]): Extent | undefined =>
  extents.reduce<Extent | undefined>(
    (a, b) => a ? { from: Math.min(a.from, b.from), to: Math.max(a.to, b.to) } : b,
    undefined,
  );

function extentsOf({ member, set }: Master, { forward }: Series): Extent[] {
  const { start, end } = member.interval;
  const lengthMs = end.at - start.at;
  // By how much THISANDFUTURE may move an instance, or a change of the clocks its end.
  const reach = forward.reduce(
    (most, { shiftMs = 0, member: { interval } }) =>
      Math.max(most, Math.abs(shiftMs) + interval.end.at - interval.start.at + dayMs),
    forward.length + set.rules.length === 0 ? 0 : dayMs,
  );
  const before = member.leadMs + (forward.length === 0 ? 0 : reach);
  const extents = [
    ...set.dates.map((date) => ({
      from: date.start.at - before,
      to: (date.end ?? date.start).at + lengthMs + reach,
    })),
    ...set.rules.map((rule) => ({
      from: start.at - before,
      to: lastStart(rule, start) + lengthMs + reach,
    })),
  ];
  return set.rules.length > 0 ? extents : [{ from: start.at - before, to: end.at }, ...extents];
}

/** At the latest. */
function lastStart({ rule, untilUtc }: EndedRule, start: Moment): number {
  if (rule.count < Infinity || rule.until === Infinity) return Infinity;
  const last = Math.max(rule.until * 1000, start.localMs);
  return Math.min(start.zone.toUtc(last), Math.max(untilUtc, start.at));
}
