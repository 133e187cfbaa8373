import { atOnce, stepLines, type Steps } from "../../steps.ts";
import { parameter } from "../content_lines.ts";
import { dayMs, type Duration } from "../duration.ts";
import {
  type Interval,
  intervalOf,
  lengthOf,
  lineOf,
  momentOf,
  type TimeRange,
} from "../interval.ts";
import { type Moment, plus, type ReadMoment } from "../time.ts";
import type { Component } from "../tree.ts";
import { toLocal } from "../zone.ts";
import { Budget } from "./budget.ts";
import {
  keyIn,
  type Nominal,
  nominals,
  readRecurrenceSet,
  type RecurrenceSet,
  recurs,
} from "./recurrence_set.ts";

/** One time at which a component takes place. */
export interface Instance {
  /** The override of this instance, else the component that recurs. */
  readonly component: Component;
  readonly start: Moment;
  /** The same as the start where it takes no time. */
  readonly end: Moment;
  /** Nominal start in the series; undefined where the object does not recur. */
  readonly recurrenceId?: Moment;
}

/** All instances of a calendar object. */
export interface Series {
  readonly masters: readonly Master[];
  /** Each instance once, in order of their keys. */
  readonly overrides: readonly Override[];
  /** Of all that follow, in order of their keys. */
  readonly forward: readonly Override[];
  /** Those that overlap a range or touch it, in order of their nominal start, lazily. */
  within(range: TimeRange, budget: Budget): Generator<Instance>;
  /** Of these, the ones of one component. */
  of(component: Component, range: TimeRange, budget: Budget): Generator<Instance>;
}

/** A component with a time. */
export interface Member {
  readonly component: Component;
  readonly interval: Interval;
  readonly length: Duration;
  /** How much earlier than its start a task is due. */
  readonly leadMs: number;
}

/** One that is no override. */
export interface Master {
  readonly member: Member;
  readonly set: RecurrenceSet;
}

/** One with RECURRENCE-ID. */
export interface Override {
  readonly member: Member;
  readonly key: number;
  readonly id: Moment;
  /** RANGE=THISANDFUTURE: how far those that follow are moved on the clocks; undefined: none is. */
  readonly shiftMs?: number;
}

/**
 * The series of all components of a VCALENDAR that have a time. An override counts also where no
 * rule gives the instance that it names, and where there is nothing that it overrides.
 */
export const seriesIn = (calendar: Component, read: ReadMoment): Series =>
  atOnce(readSeries(calendar, read));

/** {@linkcode seriesIn} in steps. */
export function* readSeries(calendar: Component, read: ReadMoment): Steps<Series> {
  const masters: Master[] = [];
  const counting = new Budget();
  const changed: [member: Member, id: Moment][] = [];
  let lines = 0;
  for (const component of calendar.components) {
    lines += component.lines.length;
    if (lines > stepLines) {
      lines = 0;
      yield;
    }
    const member = recurring.has(component.name) ? memberOf(component, read) : undefined;
    if (member === undefined) continue;
    const id = momentOf(component, "RECURRENCE-ID", read);
    if (id) changed.push([member, id]);
    else {
      const set = yield* readRecurrenceSet(component, member.interval.start, read, counting);
      masters.push({ member, set });
    }
  }
  const start = masters[0]?.set.start;
  const overrides: Override[] = [];
  for (const [member, id] of changed) {
    overrides.push(overrideOf(member, id, start));
    if (overrides.length % stepLines === 0) yield;
  }
  return new Expansion(masters, overrides);
}

const recurring: ReadonlySet<string> = new Set(["VEVENT", "VTODO", "VJOURNAL"]);

class Expansion implements Series {
  readonly masters: readonly Master[];
  readonly overrides: readonly Override[];
  readonly forward: readonly Override[];
  readonly #overridden: ReadonlyMap<number, Override>;
  readonly #ofComponent: ReadonlyMap<Component, Override>;

  constructor(masters: readonly Master[], overrides: readonly Override[]) {
    this.masters = masters;
    const isForward = ({ shiftMs }: Override) => shiftMs !== undefined;
    this.forward = overrides.filter(isForward).sort((a, b) => a.key - b.key);
    // What is said of one instance alone counts for it.
    const singles = overrides.filter((one) => !isForward(one));
    this.#overridden = new Map([...this.forward, ...singles].map((one) => [one.key, one]));
    this.overrides = [...this.#overridden.values()].sort((a, b) => a.key - b.key);
    this.#ofComponent = new Map(overrides.map((one) => [one.member.component, one]));
  }

  *within(range: TimeRange, budget: Budget): Generator<Instance> {
    let at = 0;
    for (const { member, set } of this.masters) {
      for (const instance of this.#given(member, set, range, budget)) {
        const key = keyIn(set.start, instance.recurrenceId ?? instance.start);
        for (; (this.overrides[at]?.key ?? Infinity) < key; at++) {
          const before = own(this.overrides[at], range);
          if (before) yield before;
        }
        yield instance;
      }
    }
    for (; at < this.overrides.length; at++) {
      const behind = own(this.overrides[at], range);
      if (behind) yield behind;
    }
  }

  *of(component: Component, range: TimeRange, budget: Budget): Generator<Instance> {
    const override = this.#ofComponent.get(component);
    if (override && this.#overridden.get(override.key) === override) {
      const instance = own(override, range);
      if (instance) yield instance;
    }
    if (override && override.shiftMs === undefined) return;
    for (const { member, set } of this.masters) {
      if (override === undefined && member.component !== component) continue;
      for (const instance of this.#given(member, set, range, budget)) {
        if (instance.component === component) yield instance;
      }
    }
  }

  /** Those that a rule or a date gives, but for those that an override names. */
  *#given(
    member: Member,
    set: RecurrenceSet,
    range: TimeRange,
    budget: Budget,
  ): Generator<Instance> {
    const isAlone = !recurs(set) && this.overrides.length === 0;
    const { from, to } = reach(range, member, this.forward);
    for (const nominal of nominals(set, from, to, budget)) {
      const key = keyIn(set.start, nominal.start);
      if (this.#overridden.has(key)) continue;
      const by = lastBefore(this.forward, key);
      const instance = by ? shifted(nominal, by) : instanceOf(nominal, member, isAlone);
      if (touches(instance, by?.member ?? member, range)) yield instance;
    }
  }
}

/** The instance that an override names, if that is in the range or touches it. */
function own(override: Override | undefined, range: TimeRange): Instance | undefined {
  if (override === undefined) return undefined;
  const { member, id } = override;
  const { start, end } = member.interval;
  const instance = { component: member.component, start, end, recurrenceId: id };
  return touches(instance, member, range) ? instance : undefined;
}

function lastBefore(overrides: readonly Override[], key: number): Override | undefined {
  let [low, high] = [0, overrides.length];
  while (low < high) {
    const middle = low + high >> 1;
    if ((overrides[middle]?.key ?? Infinity) < key) low = middle + 1;
    else high = middle;
  }
  return overrides[low - 1];
}

function memberOf(component: Component, read: ReadMoment): Member | undefined {
  const interval = intervalOf(component, read);
  if (interval === undefined) return undefined;
  const due = component.name === "VTODO" ? momentOf(component, "DUE", read) : undefined;
  const leadMs = due ? Math.max(interval.start.at - due.at, 0) : 0;
  return { component, interval, length: lengthOf(component, interval), leadMs };
}

/** @param start Of the series; undefined where there is none but its overrides. */
function overrideOf(member: Member, id: Moment, start: Moment = id): Override {
  const line = lineOf(member.component, "RECURRENCE-ID");
  const isForward = line && parameter(line, "RANGE")?.toUpperCase() === "THISANDFUTURE";
  const moved = member.interval.start;
  const shiftMs = isForward ? moved.localMs - onClocksOf(moved, id) : undefined;
  return { member, id, key: keyIn(start, id), shiftMs };
}

/** What the clocks of the one time show at the other. */
const onClocksOf = ({ zone, floating }: Moment, other: Moment): number =>
  floating || other.floating || zone === other.zone ? other.localMs : toLocal(zone, other.at);

function instanceOf({ start, end }: Nominal, member: Member, isAlone: boolean): Instance {
  const { component, interval, length } = member;
  const isFirst = end === undefined && start.at === interval.start.at;
  return {
    component,
    start,
    end: isFirst ? interval.end : end ?? plus(start, length),
    recurrenceId: isAlone ? undefined : start,
  };
}

function shifted({ start: id }: Nominal, { member, shiftMs = 0 }: Override): Instance {
  const { component, interval, length } = member;
  const moved = onClocksOf(interval.start, id) + shiftMs;
  const localMs = interval.start.isDate ? Math.floor(moved / dayMs) * dayMs : moved;
  const start = { ...interval.start, at: interval.start.zone.toUtc(localMs), localMs };
  return { component, start, end: plus(start, length), recurrenceId: id };
}

const touches = ({ start, end }: Instance, { leadMs }: Member, range: TimeRange): boolean =>
  start.at - leadMs <= range.end && end.at >= range.start;

/** Between which nominal starts instances can touch the range; some more do no harm. */
function reach(range: TimeRange, master: Member, forward: readonly Override[]) {
  let [lengthMs, leadMs] = [lengthMost(master), master.leadMs];
  let [later, earlier] = [0, 0];
  for (const { member, shiftMs = 0 } of forward) {
    lengthMs = Math.max(lengthMs, lengthMost(member));
    leadMs = Math.max(leadMs, member.leadMs);
    later = Math.max(later, shiftMs + dayMs);
    earlier = Math.max(earlier, dayMs - shiftMs);
  }
  return { from: range.start - lengthMs - later, to: range.end + leadMs + earlier };
}

/** Days, and times on the clocks, may be longer than they are in the first instance. */
const lengthMost = ({ interval: { start, end }, length }: Member): number =>
  end.at - start.at + (length.days === 0 && !start.floating ? 0 : dayMs);
