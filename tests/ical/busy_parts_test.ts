import { assert, assertEquals, assertLess, assertThrows } from "@std/assert";
import type { Busy } from "../../src/ical/busy.ts";
import { busyByParts } from "../../src/ical/busy_parts.ts";
import { createBusyTimes } from "../../src/ical/busy_times.ts";
import { candidateBusy } from "../../src/ical/candidates.ts";
import type { TimeRange } from "../../src/ical/interval.ts";
import { createZones, momentsIn } from "../../src/ical/moment.ts";
import { Budget } from "../../src/ical/recurrence/budget.ts";
import { calendarTree } from "../../src/ical/tree.ts";
import { ianaZone, utcZone, type Zone } from "../../src/ical/zone.ts";
import { limits } from "../../src/limits.ts";
import { Refusal } from "../../src/refusal.ts";
import { D } from "../../src/xml/names.ts";
import { calendar, component } from "../fixtures/events.ts";
import { type Random, seededCases } from "../seeded.ts";
import { busyOf, periodsOf, timeIndexOf } from "./at_once.ts";

/** Busy times of dense and long instances, for as few steps as they need. */

const years = (from: number, to: number): TimeRange => ({
  start: Date.UTC(from, 0),
  end: Date.UTC(to, 0),
});

const eventOf = (lines: readonly string[]): string =>
  calendar(component("VEVENT", ["UID:a", "DTSTAMP:20240101T000000Z", ...lines]));

/** As the time index knows an object, and as its text says it. */
function busyOfBoth(lines: readonly string[], zone: Zone = utcZone): readonly Busy[] {
  const tree = calendarTree(eventOf(lines), limits);
  const rule = timeIndexOf(tree)?.rule;
  assert(rule !== undefined && rule !== "*");
  return [candidateBusy({ rule }, zone), busyOf(tree, momentsIn(tree, createZones(zone)))];
}

function tell(busy: Busy, range: TimeRange, total = new Budget(limits.busySteps.answer)) {
  const times = createBusyTimes(range, limits.busyPeriods);
  for (const periods of busyByParts(busy, range, total)) {
    for (const period of periods) assert(times.add(period));
  }
  return times.times();
}

const cheap: readonly {
  readonly lines: readonly string[];
  readonly range: TimeRange;
  readonly periods: number;
  readonly steps: number;
}[] = [
  {
    lines: ["DURATION:P10000D", "RRULE:FREQ=MINUTELY;BYSECOND=1,2;BYHOUR=1,2,3"],
    range: years(2300, 2310),
    periods: 1,
    steps: 20_000,
  },
  {
    lines: ["DURATION:P10000D", "RRULE:FREQ=MINUTELY"],
    range: years(2300, 2900),
    periods: 1,
    steps: 1_000_000,
  },
  {
    lines: ["DURATION:P30000D", "RRULE:FREQ=SECONDLY"],
    range: years(2300, 2310),
    periods: 1,
    steps: 1_000_000,
  },
  {
    lines: ["DURATION:P2D", "RRULE:FREQ=MINUTELY;BYDAY=MO"],
    range: years(2300, 2301),
    periods: 53,
    steps: 3_000_000,
  },
  {
    lines: ["DURATION:PT1S", "RRULE:FREQ=SECONDLY"],
    range: { start: Date.UTC(2300, 0), end: Date.UTC(2300, 0, 11) },
    periods: 1,
    steps: 8_000_000,
  },
];

for (const { lines, range, periods, steps } of cheap) {
  Deno.test(`busy parts: ${lines.join(" ")} takes ${steps} steps`, () => {
    for (const busy of busyOfBoth(["DTSTART:20240101T000000Z", ...lines])) {
      const total = new Budget(limits.busySteps.answer);
      assertEquals(tell(busy, range, total)?.BUSY.length, periods);
      assertLess(limits.busySteps.answer - total.left, steps);
    }
  });
}

Deno.test("busy parts: what takes too long is refused, and not told to be busy", () => {
  const lines = ["DTSTART:20240101T000000Z", "DURATION:PT1S", "RRULE:FREQ=SECONDLY;BYHOUR=3"];
  for (const busy of busyOfBoth(lines)) {
    const { status, precondition } = assertThrows(() => tell(busy, years(2024, 9999)), Refusal);
    assertEquals([status, precondition], [507, D.numberOfMatchesWithinLimits]);
  }
});

Deno.test("busy parts: they tell what a single look at all instances does", () => {
  let inParts = 0;
  for (const { seed, random } of seededCases(60, 3_000)) {
    const { lines, range, zone } = randomWorld(random);
    for (const busy of busyOfBoth(lines, zone)) {
      const budget = new Budget(5e6);
      const times = createBusyTimes(range, limits.busyPeriods);
      for (const period of periodsOf(busy, range, budget)) assert(times.add(period));
      if (5e6 - budget.left > limits.busySteps.part) inParts++;
      if (budget.exhausted) continue;
      const told = tell(busy, range);
      assertEquals(told, times.times(), `DAVIT_SEED=${seed}: ${lines.join(" ")} in ${zone.name}`);
    }
  }
  assertLess(20, inParts);
});

function randomWorld(random: Random) {
  const berlin = ianaZone("Europe/Berlin");
  assert(berlin);
  const start = `2024010${1 + random.int(9)}T0${random.int(10)}0000`;
  const [freq, limit, length] = random.pick(
    [
      ["SECONDLY", "BYMINUTE=7", `PT${1 + random.int(4_000)}S`],
      ["SECONDLY;INTERVAL=3", "BYHOUR=2,3", `PT${1 + random.int(40)}H`],
      ["MINUTELY", "BYHOUR=1,2,3", `P${1 + random.int(10)}D`],
      ["MINUTELY", "BYDAY=SU", `PT${1 + random.int(200)}H`],
      ["MINUTELY;INTERVAL=7", "BYMONTH=1,4,10", `P${1 + random.int(100)}D`],
      ["HOURLY", "BYMINUTE=0,1,2,3,4,5,30", `P${1 + random.int(40)}DT${1 + random.int(23)}H`],
    ] as const,
  );
  const begin = Date.UTC(2024, random.int(36), 1 + random.int(28), random.int(24));
  return {
    lines: [
      random.pick([
        `DTSTART:${start}`,
        `DTSTART:${start}Z`,
        `DTSTART;TZID=Europe/Berlin:${start}`,
      ]),
      `DURATION:${length}`,
      `RRULE:FREQ=${freq};${limit}`,
    ],
    range: { start: begin, end: begin + random.pick([1, 10, 60]) * 86_400_000 },
    zone: random.pick([utcZone, berlin]),
  };
}
