import { limits } from "../limits.ts";
import type { Busy, BusyPart, BusyPeriod } from "./busy.ts";
import type { TimeRange } from "./interval.ts";
import { Budget } from "./recurrence/budget.ts";
import { refuse } from "./refuse.ts";

/**
 * When an object is busy in a range, by a few milliseconds of work each; the periods may overlap, and
 * some are told more than once. Where instances overlap, only those are looked at that reach farthest.
 *
 * @param total Of all objects of an answer.
 * @throws {Refusal} 507 DAV:number-of-matches-within-limits: it takes too long to tell.
 */
export function* busyByParts(
  busy: Busy,
  range: TimeRange,
  total: Budget,
): Generator<readonly BusyPeriod[], void, void> {
  const look = createLook(busy, range, total);
  const whole = look({ start: -Infinity, end: Infinity }, limits.busySteps.part);
  yield whole.periods;
  if (whole.known === Infinity) return;
  const earliest = range.start - busy.reachMs;
  const walkedMs = Math.max(whole.known - earliest, 0);
  if (busy.type !== undefined) yield* byLeaps(busy, range, look, walkedMs);
  else yield* told({ start: earliest, end: Infinity }, look);
}

type Look = (begun: TimeRange, steps: number) => BusyPart;

/** Looks at what begins in a time, in so many steps or fewer. */
function createLook(busy: Busy, range: TimeRange, total: Budget): Look {
  const own = new Budget(limits.busySteps.object);
  return (begun, steps) => {
    const most = Math.min(steps, own.left, total.left);
    const budget = new Budget(most);
    const part = busy.within(range, begun, budget);
    const spent = most - budget.left;
    own.spend(spent);
    total.spend(spent);
    return part;
  };
}

type Parts<T> = Generator<readonly BusyPeriod[], T, void>;

/**
 * Instances of one type, each of which is busy from its beginning on: leaps over those that begin in
 * time that is known to be busy, where that goes farther than walking through them does.
 */
function* byLeaps(busy: Busy, range: TimeRange, look: Look, walkedMs: number): Parts<void> {
  // All is told that begins before `known`; before `at`, there is nothing more to tell.
  let known = -Infinity;
  let at = range.start;
  while (at < range.end) {
    const reached = yield* reachOver(at, known, busy, look);
    known = at;
    if (reached - at > walkedMs) at = reached;
    else {
      const part = yield* some({ start: at, end: Infinity }, look);
      known = part.known;
      const walked = Math.max(reached, reachOf(part.periods, known, busy));
      walkedMs = walked - at;
      at = walked;
    }
  }
}

/**
 * How far those reach over a time that begin before it. The latest ones reach farthest, so that the
 * ones before them need not be looked at.
 */
function* reachOver(at: number, known: number, busy: Busy, look: Look): Parts<number> {
  const earliest = Math.max(known, at - busy.reachMs);
  let reached = at;
  let end = at;
  for (let ms = hourMs; end > earliest && reached < end + busy.reachMs; ms *= 2) {
    const begun = { start: Math.max(end - ms, earliest), end };
    for (const periods of told(begun, look)) {
      reached = Math.max(reached, reachOf(periods, at, busy));
      yield periods;
    }
    end = begun.start;
  }
  return reached;
}

const hourMs = 60 * 60 * 1000;

/** The end of what is busy from `at` on. */
const reachOf = (periods: readonly BusyPeriod[], at: number, { type }: Busy): number =>
  periods.reduce(
    (end, one) => one.type === type && one.start <= at ? Math.max(end, one.end) : end,
    at,
  );

/** All that begins in a time. */
function* told(begun: TimeRange, look: Look): Parts<void> {
  for (let { start } = begun; start < Infinity;) {
    ({ known: start } = yield* some({ ...begun, start }, look));
  }
}

/** The first ones that begin in a time: those of a few steps, or of more where there is none. */
function* some(begun: TimeRange, look: Look): Parts<BusyPart> {
  for (const steps of [limits.busySteps.part, limits.recurrenceSteps]) {
    const part = look(begun, steps);
    yield part.periods;
    if (part.known > begun.start) return part;
  }
  throw refuse.busyTimeTakesTooLong();
}
