import { assert, assertEquals } from "@std/assert";
import { Budget, type Instance } from "../../src/ical/instances.ts";
import { createZones, momentsIn } from "../../src/ical/moment.ts";
import { compiledMeets } from "../../src/ical/time_index.ts";
import { calendarTree, type IcalBounds } from "../../src/ical/tree.ts";
import { utcZone } from "../../src/ical/zone.ts";
import { limits } from "../../src/limits.ts";
import { calendar, component, event } from "../fixtures/events.ts";
import { assertCpuBelow } from "../processor.ts";
import { comp, range, within } from "./filters.ts";
import { instancesIn, matchesFilter, timeIndexOf } from "./at_once.ts";

/** What an event from 9 to 10 on 5 January 2026 has besides. */
const eventWith = (...lines: string[]) => event({ uid: "a", lines });

const always = "/";

function expand(text: string, when: string, budget: Budget, bounds: IcalBounds = limits) {
  const tree = calendarTree(text, bounds);
  const read = momentsIn(tree, createZones(utcZone));
  const found: Instance[] = [];
  for (const instance of instancesIn(tree, range(when), read, budget)) found.push(instance);
  return found;
}

/** Rules with COUNT, a range around their end with its instances, and one behind it. */
const endingRules = [
  {
    rule: "FREQ=MINUTELY;BYHOUR=9;BYMINUTE=0;COUNT=3000",
    last: "20340320T000000Z/20340401T000000Z",
    gives: 4,
    later: "20600101T000000Z/20610101T000000Z",
  },
  {
    rule: "FREQ=HOURLY;BYHOUR=9;COUNT=10000",
    last: "20530521T000000Z/20530601T000000Z",
    gives: 2,
    later: "20600101T000000Z/20610101T000000Z",
  },
  {
    rule: "FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO;COUNT=3000",
    last: "50230101T000000Z/50300101T000000Z",
    gives: 2,
    later: "51000101T000000Z/52000101T000000Z",
  },
  {
    rule: "FREQ=WEEKLY;BYDAY=MO,WE,FR;BYSETPOS=-1,1;COUNT=20000",
    last: "22170825T000000Z/22180101T000000Z",
    gives: 2,
    later: "23000101T000000Z/23010101T000000Z",
  },
] as const;

/** Rules, a range, how many instances are in it, and for how few steps that is known. */
const cheap: readonly {
  readonly rule: string;
  readonly in?: string;
  readonly gives: number;
  readonly steps?: number;
}[] = [
  { rule: "FREQ=DAILY;BYMONTHDAY=31;BYMONTH=2", gives: 1 },
  { rule: "FREQ=YEARLY;BYMONTHDAY=30,31;BYMONTH=2", gives: 1 },
  { rule: "FREQ=MONTHLY;BYMONTHDAY=-31;BYMONTH=4,6", gives: 1 },
  { rule: "FREQ=YEARLY;BYWEEKNO=1;BYMONTH=6", gives: 1, steps: 50_000 },
  { rule: "FREQ=DAILY;BYYEARDAY=1;BYMONTHDAY=2", gives: 1, steps: 200_000 },
  { rule: "FREQ=HOURLY;INTERVAL=2;BYHOUR=10,12", gives: 1 },
  { rule: "FREQ=MINUTELY;INTERVAL=15;BYMINUTE=1", gives: 1 },
  { rule: "FREQ=SECONDLY;INTERVAL=60;BYSECOND=1", gives: 1 },
  { rule: "FREQ=HOURLY;BYSETPOS=2", gives: 1 },
  { rule: "FREQ=DAILY", in: "23000101T000000Z/23000102T000000Z", gives: 1 },
  { rule: "FREQ=DAILY;COUNT=1000000000", in: "23000101T000000Z/23000102T000000Z", gives: 1 },
  { rule: "FREQ=DAILY;COUNT=999999", in: "23000101T000000Z/23000102T000000Z", gives: 1 },
  { rule: "FREQ=DAILY;COUNT=1000", in: "23000101T000000Z/23000102T000000Z", gives: 0 },
  {
    rule: "FREQ=DAILY;BYDAY=MO,TU;COUNT=1000000000",
    in: "23000101T000000Z/23000108T000000Z",
    gives: 2,
  },
  ...endingRules.flatMap(({ rule, last, gives, later }) => [
    { rule, in: last, gives },
    { rule, in: later, gives: 0 },
  ]),
  {
    rule: "FREQ=MINUTELY;BYHOUR=9;BYMINUTE=0",
    in: "20300101T000000Z/20310101T000000Z",
    gives: 365,
    steps: 5_000,
  },
  {
    rule: "FREQ=SECONDLY;BYHOUR=9;BYMINUTE=0;BYSECOND=0",
    in: "20300101T000000Z/20310101T000000Z",
    gives: 365,
    steps: 5_000,
  },
  { rule: "FREQ=SECONDLY", in: "22000101T000000Z/22000101T000001Z", gives: 3_600, steps: 50_000 },
  { rule: "FREQ=YEARLY;INTERVAL=999999999", gives: 1 },
  { rule: "FREQ=WEEKLY;INTERVAL=999999999;COUNT=999999999", gives: 1 },
];

for (const { rule, in: when = always, gives, steps = 10_000 } of cheap) {
  const rest = when === always ? "ever" : `in ${when}`;
  Deno.test(`recurrence: ${rule} has ${gives} instances ${rest}, and that is known at once`, () => {
    const budget = new Budget(steps);
    assertEquals(expand(eventWith(`RRULE:${rule}`), when, budget).length, gives);
    assert(!budget.exhausted);
  });
}

const endless = [
  "FREQ=SECONDLY",
  "FREQ=SECONDLY;COUNT=1000000000",
  "FREQ=SECONDLY;BYHOUR=9;COUNT=999999999",
  "FREQ=HOURLY;BYDAY=MO;BYMINUTE=0,1,2,3,4,5,6,7,8,9",
  `FREQ=YEARLY;BYMONTH=1,2;BYMONTHDAY=1,2;BYHOUR=${numbers(24)};BYMINUTE=${numbers(60)};BYSECOND=${
    numbers(60)
  }`,
];

for (const rule of endless) {
  Deno.test(`recurrence: over 10,000 years ${rule.slice(0, 60)} ends with the budget`, async () => {
    await assertCpuBelow(5_000, () => {
      const budget = new Budget();
      const found = expand(eventWith(`RRULE:${rule}`), "00000101T000000Z/99991231T000000Z", budget);
      assert(budget.exhausted);
      assert(found.length <= limits.recurrenceSteps);
      const index = timeIndexOf(calendarTree(eventWith(`RRULE:${rule}`), limits));
      assertEquals(index?.span, rule.includes("COUNT") ? 6 : 7);
    });
  });
}

Deno.test("recurrence: a filter that nothing satisfies ends with the budget, too", async () => {
  const alarm = [
    "BEGIN:VALARM",
    "TRIGGER:-PT1M",
    "REPEAT:999999999",
    "DURATION:P100D",
    "END:VALARM",
  ];
  const text = eventWith("RRULE:FREQ=SECONDLY", ...alarm);
  const asked = range("00010101T000000Z/00010102T000000Z");
  const filter = within("VEVENT", { comps: [comp("VALARM", { timeRange: asked })] });
  await assertCpuBelow(5_000, () => {
    assert(!matchesFilter(text, filter, createZones(utcZone)));
  });
});

const unbounded: IcalBounds = {
  ...limits,
  icalLines: Infinity,
  icalComponents: Infinity,
  icalFoldedLines: Infinity,
  icalListValues: Infinity,
};

const digits = (ms: number) => new Date(ms).toISOString().replaceAll(/[-:]|\.\d+/g, "");
const first = Date.UTC(2026, 0, 5, 9);
const dayMs = 24 * 60 * 60 * 1000;

Deno.test("recurrence: 100,000 overrides take time that grows as they do", async () => {
  const overrides = Array.from({ length: 100_000 }, (_, day) => {
    const id = digits(first + day * dayMs);
    return component("VEVENT", ["UID:a", `RECURRENCE-ID:${id}`, `DTSTART:${id}`]);
  });
  const master = ["UID:a", `DTSTART:${digits(first)}`, "RRULE:FREQ=DAILY;COUNT=100001"];
  const text = calendar(component("VEVENT", master), ...overrides);
  await assertCpuBelow(15_000, () => {
    assertEquals(expand(text, always, new Budget(1e7), unbounded).length, 100_001);
    const last = `${digits(first + 100_000 * dayMs - 1000)}/`;
    assertEquals(expand(text, last, new Budget(), unbounded).length, 1);
  });
});

Deno.test("recurrence: 10,000 EXDATEs take time that grows as they do", async () => {
  const dates = Array.from({ length: 10_000 }, (_, day) => digits(first + day * dayMs));
  const text = eventWith("RRULE:FREQ=DAILY;COUNT=10001", `EXDATE:${dates.join(",")}`);
  await assertCpuBelow(3_000, () => {
    assertEquals(expand(text, always, new Budget(), unbounded).length, 1);
    assertEquals(timeIndexOf(calendarTree(text, unbounded))?.rule, "*");
  });
});

Deno.test("recurrence: what is compiled ends with the budget", async () => {
  const rule = timeIndexOf(calendarTree(eventWith("RRULE:FREQ=SECONDLY;BYHOUR=9"), limits))?.rule;
  assert(rule && rule !== "*");
  await assertCpuBelow(5_000, () => {
    assert(compiledMeets(rule, range(always), utcZone));
    assert(!compiledMeets(rule, range("00010101T000000Z/00010102T000000Z"), utcZone));
  });
});

function numbers(below: number): string {
  return Array.from({ length: below }, (_, index) => index).join(",");
}
