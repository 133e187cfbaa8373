import { assert, assertEquals, assertLess } from "@std/assert";
import { Budget } from "../../src/ical/recurrence/budget.ts";
import { recounted } from "../../src/ical/recurrence/count.ts";
import { frequencies, readRule, type Rule } from "../../src/ical/recurrence/rule.ts";
import { Starts } from "../../src/ical/recurrence/starts.ts";
import { type Random, seededCases } from "../seeded.ts";
import { randomRule } from "./random_objects.ts";

/** Where COUNT ends a rule, which is found without walking through its instances. */

const first = Date.UTC(2024, 0, 1, 9);
const ruleOf = (text: string, localMs = first): Rule | undefined =>
  readRule(text, { localMs, isDate: false });

/** Rules, when their last instance is, and for how many steps that is known. */
const ends: readonly { readonly rule: string; readonly last: string; readonly steps: number }[] = [
  { rule: "FREQ=MINUTELY;BYHOUR=9;BYMINUTE=0;COUNT=3000", last: "2032-03-18T09:00", steps: 200 },
  { rule: "FREQ=HOURLY;BYHOUR=9;COUNT=10000", last: "2051-05-18T09:00", steps: 500 },
  { rule: "FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO;COUNT=3000", last: "5022-05-13T09:00", steps: 40_000 },
  { rule: "FREQ=SECONDLY;BYHOUR=9;COUNT=999999999", last: "2784-07-12T09:46:38", steps: 10_000 },
  { rule: "FREQ=MINUTELY;BYDAY=MO;COUNT=500000000", last: "8678-08-19T14:19", steps: 100_000 },
  { rule: "FREQ=DAILY;INTERVAL=999999;BYDAY=MO;COUNT=2", last: "4761-11-27T09:00", steps: 100 },
];

for (const { rule: text, last, steps } of ends) {
  Deno.test(`recurrence: ${text} ends at ${last}, and that is known in ${steps} steps`, () => {
    const rule = ruleOf(text);
    assert(rule);
    const budget = new Budget(steps);
    const until = recounted(rule, budget)?.until;
    assertEquals(until, Date.parse(`${last}Z`) / 1000, `${budget.left} steps are left`);
  });
}

Deno.test("recurrence: where COUNT ends is where walking through all instances does", () => {
  let compared = 0;
  for (const { seed, random } of seededCases(1_500, 30_000)) {
    const startMs = first + random.int(700 * 86_400) * 1000;
    const text = randomText(random);
    const read = ruleOf(text, startMs);
    if (read === undefined) continue;
    const rule = {
      ...read,
      count: random.pick([1, 2, 10, 100, 1_000]),
      startCounts: random.chance(0.8),
    };
    const walked = walk(rule);
    if (walked === undefined) continue;
    const until = recounted(rule, new Budget(1e7))?.until;
    assertEquals(until, walked, `DAVIT_SEED=${seed}: ${text} from ${new Date(startMs)}`);
    compared++;
  }
  assertLess(1_000, compared);
});

function randomText(random: Random): string {
  const text = randomRule(random, { utc: true }).replace(/;(UNTIL|COUNT)=[^;]*/, "")
    .replace(/FREQ=\w+/, `FREQ=${random.pick(frequencies)}`);
  const interval = random.pick([2, 5, 7, 11, 25, 100, 1_441, 5_000]);
  return text.includes("INTERVAL") || random.chance() ? text : `${text};INTERVAL=${interval}`;
}

/** Undefined: there are not so many, or it takes too long. */
function walk(rule: Rule): number | undefined {
  const budget = new Budget(1_000_000);
  const starts = new Starts(rule, -Infinity, budget);
  let [last, count] = [NaN, 0];
  for (let next = starts.next(); next < Infinity; next = starts.next()) {
    last = next;
    count++;
  }
  return count === rule.count ? last : undefined;
}
