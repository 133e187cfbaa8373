import { mod } from "./civil.ts";
import { daySeconds, frequency, type Ordinal, type Rule, type Skip } from "./rule.ts";

/**
 * A recurrence as the database keeps it, in JSON: all that it takes to find the instances of an
 * object. Times are seconds, of UTC, or where the object has no zone, on the clocks of each reader.
 */
export interface Compiled {
  /** 1: the object has no zone. */
  readonly f?: 1;
  /** Start, end and busy type of each period that no rule gives, one after the other. */
  readonly p?: readonly number[];
  readonly r?: CompiledRule;
  /** Busy type of what the rule gives. */
  readonly b?: number;
  /** Starts that are not instances. */
  readonly x?: readonly number[];
  /** How many days each instance takes, and how many seconds. */
  readonly d?: number;
  readonly l?: number;
  /** IANA name of the zone of the rule; undefined: UTC. */
  readonly z?: string;
}

/** A rule on the clocks of its zone; what is not there is as `expandedRule` has it. */
export interface CompiledRule {
  /** Start, and the last start. */
  readonly s: number;
  readonly u?: number;
  /** Frequency and interval. */
  readonly q: number;
  readonly i?: number;
  /** The sets of bits: months, days of them, from their end, weekdays. */
  readonly m?: number;
  readonly d?: number;
  readonly e?: number;
  readonly w?: number;
  /** Ordinals, weekday and number of each one after the other; 1: they count in the year. */
  readonly o?: readonly number[];
  readonly a?: 1;
  /** Days of the year, weeks, the day on which weeks start. */
  readonly y?: readonly number[];
  readonly k?: readonly number[];
  readonly t?: number;
  /** Hours, minutes, seconds, positions. */
  readonly h?: readonly number[];
  readonly n?: readonly number[];
  readonly c?: readonly number[];
  readonly p?: readonly number[];
  readonly g?: Skip;
}

/** @param rule One without COUNT, whose start is the first instance. */
export function compactRule(rule: Rule): CompiledRule {
  const [hours, minutes, seconds] = timesOf(rule.start, rule.frequency);
  return {
    s: rule.start,
    u: rule.until === Infinity ? undefined : rule.until,
    q: rule.frequency,
    i: unless(1, rule.interval),
    m: unless(0, rule.months),
    d: unless(0, rule.monthDays),
    e: unless(0, rule.monthDaysFromEnd),
    w: unless(0, rule.weekdays),
    o: unlessSame(none, rule.ordinals.flatMap(({ weekday, nth }) => [weekday, nth])),
    a: rule.ordinalsInYear && rule.ordinals.length > 0 ? 1 : undefined,
    y: unlessSame(none, rule.yearDays),
    k: unlessSame(none, rule.weeks),
    t: unless(monday, rule.weekStart),
    h: unlessSame(hours, rule.hours),
    n: unlessSame(minutes, rule.minutes),
    c: unlessSame(seconds, rule.seconds),
    p: unlessSame(none, rule.positions),
    g: rule.skip === "OMIT" ? undefined : rule.skip,
  };
}

export function expandedRule(rule: CompiledRule): Rule {
  const [hours, minutes, seconds] = timesOf(rule.s, rule.q);
  return {
    start: rule.s,
    startCounts: true,
    frequency: rule.q,
    interval: rule.i ?? 1,
    months: rule.m ?? 0,
    monthDays: rule.d ?? 0,
    monthDaysFromEnd: rule.e ?? 0,
    weekdays: rule.w ?? 0,
    ordinals: rule.o === undefined ? [] : pairs(rule.o),
    ordinalsInYear: rule.a === 1,
    yearDays: rule.y ?? none,
    weeks: rule.k ?? none,
    weekStart: rule.t ?? monday,
    hours: rule.h ?? hours,
    minutes: rule.n ?? minutes,
    seconds: rule.c ?? seconds,
    positions: rule.p ?? none,
    skip: rule.g ?? "OMIT",
    count: Infinity,
    until: rule.u ?? Infinity,
  };
}

const none: readonly number[] = [];
const monday = 1;

/** What a rule takes from its start: of a shorter one than a day, only what is shorter than it. */
function timesOf(
  start: number,
  freq: number,
): [hours: readonly number[], minutes: readonly number[], seconds: readonly number[]] {
  const time = mod(start, daySeconds);
  return [
    freq > frequency.hourly ? [Math.floor(time / 3600)] : none,
    freq > frequency.hourly - 1 ? [Math.floor(time / 60) % 60] : none,
    freq > 0 ? [time % 60] : none,
  ];
}

const pairs = (numbers: readonly number[]): Ordinal[] =>
  Array.from({ length: numbers.length / 2 }, (_, index) => ({
    weekday: numbers[index * 2] ?? 0,
    nth: numbers[index * 2 + 1] ?? 0,
  }));

const unless = (usual: number, value: number): number | undefined =>
  value === usual ? undefined : value;

const unlessSame = (usual: readonly number[], values: readonly number[]) =>
  values.length === usual.length && values.every((value, index) => value === usual[index])
    ? undefined
    : values;
