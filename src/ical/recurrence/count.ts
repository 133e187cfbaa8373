import { bitsIn } from "./bits.ts";
import { Budget } from "./budget.ts";
import { lastByDays, lastByPeriods } from "./last.ts";
import { Periods } from "./periods.ts";
import { daySeconds, frequency, instancesOfPeriod, type Rule, unitSeconds } from "./rule.ts";

/**
 * The same rule with its last instance in place of COUNT where that takes no counting: every period
 * but the first has as many instances, or there are not so many in all years to come.
 */
export function counted(rule: Rule): Rule {
  const { count, until } = rule;
  if (count === Infinity) return rule;
  if (count > instancesMost(rule)) return { ...rule, count: Infinity };
  const each = instancesOfEach(rule);
  if (each === undefined) return rule;
  return { ...rule, count: Infinity, until: Math.min(until, nth(rule, count, each)) };
}

/**
 * The same, counted where it has to be: by periods or days rather than by instances, so that it takes
 * some thousand steps for centuries. Undefined: the budget does not reach so far.
 */
export function recounted(rule: Rule, budget: Budget): Rule | undefined {
  if (rule.count === Infinity) return rule;
  const periodDays = rule.interval * (daysOfPeriod[rule.frequency] ?? Infinity);
  const isByDays = periodDays < 28 &&
    (rule.frequency < frequency.weekly || rule.positions.length === 0);
  const rest = rule.count - (rule.startCounts ? 1 : 0);
  const until = rest === 0
    ? rule.start
    : (isByDays ? lastByDays : lastByPeriods)(rule, rest, budget);
  return budget.exhausted ? undefined : { ...rule, count: Infinity, until };
}

/** The one that COUNT ends with, where each period but the first has so many. */
function nth(rule: Rule, count: number, each: number): number {
  const periods = new Periods(rule, new Budget());
  const begin = periods.indexOf(rule.start);
  periods.load(begin);
  let first = 0;
  while (first < periods.size && periods.at(first) <= rule.start) first++;
  const rest = count - (rule.startCounts ? 1 : 0);
  if (rest === 0) return rule.start;
  if (rest <= periods.size - first) return periods.at(first + rest - 1);
  const beyond = rest - (periods.size - first) - 1;
  periods.load(begin + (Math.floor(beyond / each) + 1) * rule.interval);
  return periods.at(beyond % each);
}

/** How many instances each whole period has; undefined: not always the same. */
function instancesOfEach(rule: Rule): number | undefined {
  const { months, monthDays, monthDaysFromEnd, weekdays, ordinals, yearDays, weeks } = rule;
  if (rule.positions.length > 0 || yearDays.length > 0 || weeks.length > 0) return undefined;
  const ofDays = bitsIn(weekdays) + ordinals.length;
  const ofMonths = bitsIn(monthDays) + bitsIn(monthDaysFromEnd);
  // Every month has 28 days, and four of each weekday.
  const always = ((monthDays | monthDaysFromEnd) >> 28) === 0 &&
    (monthDays & monthDaysFromEnd) === 0 &&
    (monthDays === 0 || monthDaysFromEnd === 0) && ordinals.every(({ nth }) => Math.abs(nth) < 5);
  const times = Math.max(rule.hours.length, 1) * Math.max(rule.minutes.length, 1) *
    Math.max(rule.seconds.length, 1);
  switch (rule.frequency) {
    case frequency.weekly:
      return months === 0 && ofMonths === 0 && weekdays !== 0 ? ofDays * times : undefined;
    case frequency.monthly:
      if (months !== 0 || !always || weekdays !== 0) return undefined;
      if (ofDays === 0) return ofMonths > 0 ? ofMonths * times : undefined;
      return ofDays === 1 && ofMonths === 0 ? times : undefined;
    case frequency.yearly:
      if (months === 0 || !always || ofDays > 0 || ofMonths === 0) return undefined;
      return bitsIn(months) * ofMonths * times;
    default:
      if (months !== 0 || ofMonths + ofDays > 0) return undefined;
      return rule.frequency === frequency.daily || isUnlimited(rule) ? times : undefined;
  }
}

/** Whether BYHOUR, BYMINUTE and BYSECOND only add to a rule shorter than a day. */
const isUnlimited = ({ frequency: freq, hours, minutes, seconds }: Rule): boolean =>
  hours.length === 0 && (freq === frequency.hourly || minutes.length === 0) &&
  (freq > 0 || seconds.length === 0);

/** How many there can be at most in 10,000 years. */
const instancesMost = (rule: Rule): number =>
  (10_000 * (periodsOfYear[rule.frequency] ?? 0) / rule.interval + 2) * instancesOfPeriod(rule);

/** Of each frequency up to WEEKLY. */
const daysOfPeriod = [...unitSeconds.map((unit) => unit / daySeconds), 7];

const periodsOfYear = [366 * 86_400, 366 * 1_440, 366 * 24, 366, 53, 12, 1];
