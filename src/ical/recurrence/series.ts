import { atOnce, stepLines, type Steps } from "../../steps.ts";
import { dayMs } from "../duration.ts";
import { momentOf, type TimeRange } from "../interval.ts";
import type { Moment, ReadMoment } from "../time.ts";
import type { Component } from "../tree.ts";
import { Budget } from "./budget.ts";
import {
  type Given,
  inPlaceOf,
  type Instance,
  instanceOf,
  ownOf,
  shifted,
  touches,
} from "./instance.ts";
import { lengthMost, type Member, memberOf } from "./member.ts";
import { nominalStart, type Override, overrideOf, type Undated, undatedOf } from "./override.ts";
import {
  keyIn,
  type Nominal,
  nominals,
  readRecurrenceSet,
  type RecurrenceSet,
  recurs,
} from "./recurrence_set.ts";

export type { Instance } from "./instance.ts";
export type { Member } from "./member.ts";
export type { Override } from "./override.ts";

/** All instances of a calendar object. */
export interface Series {
  readonly masters: readonly Master[];
  /** Each instance once, in order of their keys. */
  readonly overrides: readonly Override[];
  /** Of all that follow, in order of their keys. */
  readonly forward: readonly Override[];
  /** No instance ends later than so much after its nominal start, but for overrides and RDATE. */
  readonly reachMs: number;
  /**
   * Those that overlap a range or touch it, in order of their nominal start, lazily.
   *
   * @param begun Of what a rule gives, those whose nominal start is in this time, and some around it.
   */
  within(range: TimeRange, budget: Budget, begun?: TimeRange): Generator<Instance>;
  /** Of these, the ones of one component. */
  of(component: Component, range: TimeRange, budget: Budget): Generator<Instance>;
  /** What a component overrides; undefined: it is none, or has no time of its own. */
  overrideOf(component: Component): Override | undefined;
  /** Whether a component is at a time, its own or that of its instance; unless the budget ends. */
  isPlaced(component: Component, budget: Budget): boolean;
}

/** One that is no override. */
export interface Master {
  readonly member: Member;
  readonly set: RecurrenceSet;
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
  const changed: Changed[] = [];
  let lines = 0;
  for (const component of calendar.components) {
    lines += component.lines.length;
    if (lines > stepLines) {
      lines = 0;
      yield;
    }
    if (!recurring.has(component.name)) continue;
    const member = memberOf(component, read);
    const id = momentOf(component, "RECURRENCE-ID", read);
    if (id) changed.push({ component, member, id });
    else if (member) {
      const set = yield* readRecurrenceSet(component, member.interval.start, read, counting);
      masters.push({ member, set });
    }
  }
  const set = masters[0]?.set;
  const dates = new Map(set?.dates.map(({ start }) => [keyIn(set.start, start), start]));
  const overrides: Override[] = [];
  const undated: Undated[] = [];
  for (const [index, { component, member, id }] of changed.entries()) {
    const nominal = set ? nominalStart(id, set, dates) : id;
    if (member) overrides.push(overrideOf(member, nominal, set));
    else if (set) undated.push(undatedOf(component, nominal, set));
    if (index % stepLines === stepLines - 1) yield;
  }
  return new Expansion(masters, overrides, undated);
}

/** A component with RECURRENCE-ID. */
interface Changed {
  readonly component: Component;
  readonly member: Member | undefined;
  readonly id: Moment;
}

const recurring: ReadonlySet<string> = new Set(["VEVENT", "VTODO", "VJOURNAL"]);

class Expansion implements Series {
  readonly masters: readonly Master[];
  readonly overrides: readonly Override[];
  readonly forward: readonly Override[];
  readonly #overridden: ReadonlyMap<number, Override>;
  readonly #ofComponent: ReadonlyMap<Component, Override>;
  readonly #undated: ReadonlyMap<number, Undated>;
  /** Of all that follow, in order of their keys. */
  readonly #undatedForward: readonly Undated[];
  readonly #undatedOf: ReadonlyMap<Component, Undated>;

  constructor(
    masters: readonly Master[],
    overrides: readonly Override[],
    undated: readonly Undated[],
  ) {
    this.masters = masters;
    const isForward = ({ shiftMs }: Override) => shiftMs !== undefined;
    this.forward = overrides.filter(isForward).sort((a, b) => a.key - b.key);
    // What is said of one instance alone counts for it.
    const singles = overrides.filter((one) => !isForward(one));
    this.#overridden = new Map([...this.forward, ...singles].map((one) => [one.key, one]));
    this.overrides = [...this.#overridden.values()].sort((a, b) => a.key - b.key);
    this.#ofComponent = new Map(overrides.map((one) => [one.member.component, one]));
    const undatedSingles = undated.filter((one) => !one.isForward);
    this.#undated = new Map(undatedSingles.map((one) => [one.key, one]));
    this.#undatedForward = undated.filter((one) => one.isForward).sort((a, b) => a.key - b.key);
    this.#undatedOf = new Map(undated.map((one) => [one.component, one]));
  }

  get reachMs(): number {
    const now = { start: 0, end: 0 };
    return Math.max(0, ...this.masters.map(({ member }) => -reach(now, member, this.forward).from));
  }

  *within(range: TimeRange, budget: Budget, begun: TimeRange = always): Generator<Instance> {
    let at = 0;
    for (const { member, set } of this.masters) {
      for (const instance of this.#given(member, set, range, budget, begun)) {
        const key = keyIn(set.start, instance.recurrenceId ?? instance.start);
        for (; (this.overrides[at]?.key ?? Infinity) < key; at++) {
          const before = this.#own(this.overrides[at], range);
          if (before) yield before;
        }
        yield instance;
      }
    }
    for (; at < this.overrides.length; at++) {
      const behind = this.#own(this.overrides[at], range);
      if (behind) yield behind;
    }
  }

  *of(component: Component, range: TimeRange, budget: Budget): Generator<Instance> {
    const undated = this.#undatedOf.get(component);
    if (undated && !undated.isForward) {
      const given = this.#placeOf(undated, budget);
      if (given && touches(given, range)) yield given.instance;
      return;
    }
    const override = this.#ofComponent.get(component);
    if (override && this.#overridden.get(override.key) === override) {
      const instance = this.#own(override, range);
      if (instance?.component === component) yield instance;
    }
    if (override && override.shiftMs === undefined) return;
    for (const { member, set } of this.masters) {
      if (!override && !undated && member.component !== component) continue;
      for (const instance of this.#given(member, set, range, budget)) {
        if (instance.component === component) yield instance;
      }
    }
  }

  overrideOf(component: Component): Override | undefined {
    return this.#ofComponent.get(component);
  }

  isPlaced(component: Component, budget: Budget): boolean {
    const undated = this.#undatedOf.get(component);
    if (undated && !undated.isForward) {
      return this.#placeOf(undated, budget) !== undefined || budget.exhausted;
    }
    return undated !== undefined || this.#ofComponent.has(component) ||
      this.masters.some(({ member }) => member.component === component);
  }

  /** Those that a rule or a date gives, but for those that an override with a time names. */
  *#given(
    member: Member,
    set: RecurrenceSet,
    range: TimeRange,
    budget: Budget,
    begun: TimeRange = always,
  ): Generator<Instance> {
    const { from, to } = reach(range, member, this.forward);
    const [earliest, latest] = [Math.max(from, begun.start), Math.min(to, begun.end)];
    for (const nominal of nominals(set, earliest, latest, budget)) {
      const key = keyIn(set.start, nominal.start);
      if (this.#overridden.has(key)) continue;
      const given = this.#givenAt(nominal, key, member, set);
      if (touches(given, range)) yield given.instance;
    }
  }

  #givenAt(nominal: Nominal, key: number, member: Member, set: RecurrenceSet): Given {
    const isAlone = !recurs(set) && this.overrides.length + this.#undatedOf.size === 0;
    const by = lastBefore(this.forward, key);
    const instance = by ? shifted(nominal, by) : instanceOf(nominal, member, isAlone);
    const last = lastBefore(this.#undatedForward, key + 1);
    const follows = last && last.key > (by?.key ?? -Infinity) ? last : undefined;
    return {
      instance: inPlaceOf(instance, this.#undated.get(key) ?? follows),
      by: by?.member ?? member,
    };
  }

  /** The instance whose place it takes; undefined: the series has none. */
  #placeOf(undated: Undated, budget: Budget): Given | undefined {
    const { key, id } = undated;
    if (this.#undated.get(key) !== undated) return undefined;
    const override = this.#overridden.get(key);
    if (override) {
      const { member, shiftMs } = override;
      return shiftMs === undefined
        ? undefined
        : { instance: inPlaceOf(ownOf(override), undated), by: member };
    }
    for (const { member, set } of this.masters) {
      for (const nominal of nominals(set, id.at, id.at, budget)) {
        if (keyIn(set.start, nominal.start) !== key) continue;
        return this.#givenAt(nominal, key, member, set);
      }
    }
    return undefined;
  }

  /** The instance that an override names, if that is in the range or touches it. */
  #own(override: Override | undefined, range: TimeRange): Instance | undefined {
    if (override === undefined) return undefined;
    const undated = override.shiftMs === undefined ? undefined : this.#undated.get(override.key);
    const instance = inPlaceOf(ownOf(override), undated);
    return touches({ instance, by: override.member }, range) ? instance : undefined;
  }
}

const always: TimeRange = { start: -Infinity, end: Infinity };

/** @param overrides In order of their keys. */
function lastBefore<T extends { readonly key: number }>(
  overrides: readonly T[],
  key: number,
): T | undefined {
  let [low, high] = [0, overrides.length];
  while (low < high) {
    const middle = low + high >> 1;
    if ((overrides[middle]?.key ?? Infinity) < key) low = middle + 1;
    else high = middle;
  }
  return overrides[low - 1];
}

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
