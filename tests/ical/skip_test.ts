import { assertEquals } from "@std/assert";
import { Budget } from "../../src/ical/instances.ts";
import { createZones, momentsIn } from "../../src/ical/moment.ts";
import { calendarTree } from "../../src/ical/tree.ts";
import { utcZone } from "../../src/ical/zone.ts";
import { limits } from "../../src/limits.ts";
import { calendar, component } from "../fixtures/events.ts";
import { instancesIn } from "./at_once.ts";

/** RSCALE and SKIP (RFC 7529): the first all-day instances of a rule. */
const cases: readonly { name: string; start: string; rule: string; gives: string }[] = [
  {
    name: "the last of all months, backward",
    start: "20140131",
    rule: "RSCALE=GREGORIAN;FREQ=MONTHLY;SKIP=BACKWARD;COUNT=4",
    gives: "20140131 20140228 20140331 20140430",
  },
  {
    name: "the same, forward",
    start: "20140131",
    rule: "RSCALE=GREGORIAN;FREQ=MONTHLY;SKIP=FORWARD;COUNT=4",
    gives: "20140131 20140301 20140331 20140501",
  },
  {
    name: "the same, left out",
    start: "20140131",
    rule: "RSCALE=GREGORIAN;FREQ=MONTHLY;SKIP=OMIT;COUNT=4",
    gives: "20140131 20140331 20140531 20140731",
  },
  {
    name: "a leap day, backward",
    start: "20160229",
    rule: "RSCALE=GREGORIAN;FREQ=YEARLY;SKIP=BACKWARD;COUNT=5",
    gives: "20160229 20170228 20180228 20190228 20200229",
  },
  {
    name: "a leap day, forward",
    start: "20160229",
    rule: "RSCALE=gregorian;FREQ=YEARLY;SKIP=FORWARD;COUNT=5",
    gives: "20160229 20170301 20180301 20190301 20200229",
  },
  {
    name: "without SKIP as ever",
    start: "20160229",
    rule: "RSCALE=GREGORIAN;FREQ=YEARLY;COUNT=2",
    gives: "20160229 20200229",
  },
  {
    name: "two days that become one",
    start: "20260130",
    rule: "RSCALE=GREGORIAN;FREQ=MONTHLY;BYMONTHDAY=30,31;SKIP=BACKWARD;COUNT=6",
    gives: "20260130 20260131 20260228 20260330 20260331 20260430",
  },
  {
    name: "a day that is also one of the next month",
    start: "20260131",
    rule: "RSCALE=GREGORIAN;FREQ=MONTHLY;BYMONTHDAY=1,31;SKIP=FORWARD;COUNT=5",
    gives: "20260131 20260201 20260301 20260331 20260401",
  },
  {
    name: "from the end, backward",
    start: "20260301",
    rule: "RSCALE=GREGORIAN;FREQ=MONTHLY;BYMONTHDAY=-31;SKIP=BACKWARD;COUNT=4",
    gives: "20260301 20260331 20260501 20260531",
  },
  {
    name: "the day that BYDAY looks at is the one that it became",
    start: "20260331",
    rule: "RSCALE=GREGORIAN;FREQ=MONTHLY;BYMONTHDAY=31;BYDAY=FR;SKIP=FORWARD;COUNT=3",
    gives: "20260331 20260501 20260731",
  },
  {
    name: "day 366, forward",
    start: "20241231",
    rule: "RSCALE=GREGORIAN;FREQ=YEARLY;BYYEARDAY=366;SKIP=FORWARD;COUNT=3",
    gives: "20241231 20260101 20270101",
  },
  {
    name: "day 366, backward",
    start: "20241231",
    rule: "RSCALE=GREGORIAN;FREQ=YEARLY;BYYEARDAY=366;SKIP=BACKWARD;UNTIL=20270101",
    gives: "20241231 20251231 20261231",
  },
  {
    name: "a calendar that is not known takes place once",
    start: "20130210",
    rule: "RSCALE=CHINESE;FREQ=YEARLY",
    gives: "20130210",
  },
];

for (const { name, start, rule, gives } of cases) {
  Deno.test(`SKIP: ${name}`, () => {
    const lines = ["UID:a", `DTSTART;VALUE=DATE:${start}`, `RRULE:${rule}`];
    const tree = calendarTree(calendar(component("VEVENT", lines)), limits);
    const read = momentsIn(tree, createZones(utcZone));
    const all = instancesIn(tree, { start: -Infinity, end: Infinity }, read, new Budget());
    const found = [...all].map(({ start }) =>
      new Date(start.at).toISOString().slice(0, 10).replaceAll("-", "")
    );
    assertEquals(found.join(" "), gives);
  });
}
