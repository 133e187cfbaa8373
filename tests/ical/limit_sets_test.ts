import { assertEquals } from "@std/assert";
import { createZones } from "../../src/ical/moment.ts";
import { readDigits } from "../../src/ical/values.ts";
import { utcZone } from "../../src/ical/zone.ts";
import { calendar, component, event, task, zone } from "../fixtures/events.ts";
import { appendixB } from "../fixtures/rfc4791_appendix_b.ts";
import { withoutOtherOverrides, withoutOtherPeriods } from "./at_once.ts";

const zones = createZones(utcZone);

const range = (start: string, end: string) => {
  const [from, to] = [start, end].map((digits) => readDigits(`${digits}Z`)?.localMs ?? NaN);
  return { start: from ?? NaN, end: to ?? NaN };
};

Deno.test("limit-recurrence-set: the example of RFC 4791 §7.8.2", () => {
  const { "abcd2.ics": object = "" } = appendixB;
  const limited = withoutOtherOverrides(object, range("20060103T000000", "20060105T000000"), zones);
  const other = object.lastIndexOf("BEGIN:VEVENT");
  assertEquals(limited, `${object.slice(0, other)}END:VCALENDAR\r\n`);
});

const series = ["RRULE:FREQ=DAILY;COUNT=30"];
const override = (id: string, start: string, range = "") => [
  `RECURRENCE-ID${range}:202601${id}T090000Z`,
  `DTSTART:202601${start}T090000Z`,
  `SUMMARY:${id} to ${start}`,
];

const rows: readonly { name: string; override: readonly string[]; isTold: boolean }[] = [
  { name: "in the range", override: override("11", "11"), isTold: true },
  { name: "moved into the range", override: override("20", "11"), isTold: true },
  { name: "moved out of the range", override: override("11", "20"), isTold: true },
  { name: "elsewhere", override: override("20", "21"), isTold: false },
  {
    name: "of all that follow, from before the range",
    override: override("07", "07", ";RANGE=THISANDFUTURE"),
    isTold: true,
  },
  {
    name: "of all that follow, from behind the range",
    override: override("20", "20", ";RANGE=THISANDFUTURE"),
    isTold: false,
  },
  {
    name: "of all that follow, moved into the range",
    override: override("20", "11", ";RANGE=THISANDFUTURE"),
    isTold: true,
  },
];

for (const { name, override, isTold } of rows) {
  Deno.test(`limit-recurrence-set: an override ${name}`, () => {
    const whole = event({ uid: "a", zones: [zone("A")], lines: series, overrides: [override] });
    const master = event({ uid: "a", zones: [zone("A")], lines: series });
    const limited = withoutOtherOverrides(
      whole,
      range("20260111T000000", "20260112T000000"),
      zones,
    );
    assertEquals(limited, isTold ? whole : master);
  });
}

const undated: readonly { id: string; isTold: boolean }[] = [
  { id: "RECURRENCE-ID:20260111T090000Z", isTold: true },
  { id: "RECURRENCE-ID:20260110T090000Z", isTold: false },
  { id: "RECURRENCE-ID:20260115T090000Z", isTold: false },
  { id: "RECURRENCE-ID;RANGE=THISANDFUTURE:20260109T090000Z", isTold: true },
  { id: "RECURRENCE-ID;RANGE=THISANDFUTURE:20260115T090000Z", isTold: false },
  // No instance of the series: a task at no time.
  { id: "RECURRENCE-ID:20260115T100000Z", isTold: true },
];

for (const { id, isTold } of undated) {
  Deno.test(`limit-recurrence-set: a task's override without a time, ${id}`, () => {
    const item = { uid: "a", start: "20260105T090000Z", end: "20260105T100000Z", lines: series };
    const whole = task({ ...item, overrides: [[id, "COMPLETED:20260111T093000Z"]] });
    const limited = withoutOtherOverrides(
      whole,
      range("20260111T000000", "20260112T000000"),
      zones,
    );
    assertEquals(limited, isTold ? whole : task(item));
  });
}

Deno.test("limit-recurrence-set: an override that names its instance in another form", () => {
  const item = { uid: "a", tzid: "A", start: "20260105T003000", end: "20260105T004000" };
  const override = ["RECURRENCE-ID:20260112T003000", "DTSTART:20260212T090000Z"];
  const whole = event({ ...item, zones: [zone("A")], lines: series, overrides: [override] });
  const within = range("20260111T233000", "20260111T233100");
  assertEquals(withoutOtherOverrides(whole, within, zones), whole);
});

Deno.test("limit-recurrence-set: overrides without their series, and what does not recur", () => {
  const alone = (day: string) =>
    calendar(component("VEVENT", ["UID:a", ...override(day, day)]), component("X-MINE", ["X-A:1"]));
  const [within, without] = [alone("11"), alone("20")];
  const limits = range("20260111T000000", "20260112T000000");
  assertEquals(withoutOtherOverrides(within, limits, zones), within);
  assertEquals(
    withoutOtherOverrides(without, limits, zones),
    calendar(component("X-MINE", ["X-A:1"])),
  );
  const other = event({ uid: "b" });
  assertEquals(withoutOtherOverrides(other, limits, zones), other);
});

Deno.test("limit-freebusy-set: periods that meet the range, each as it is written", () => {
  const { "abcd8.ics": object = "" } = appendixB;
  const limited = withoutOtherPeriods(object, range("20060102T000000", "20060103T110000"), zones);
  assertEquals(
    limited.match(/^FREEBUSY.*$/gm),
    [
      "FREEBUSY;FBTYPE=BUSY-TENTATIVE:20060102T100000Z/20060102T120000Z",
      "FREEBUSY:20060103T100000Z/20060103T120000Z",
    ],
  );
  assertEquals(limited.replace(/^FREEBUSY.*\r\n/gm, ""), object.replace(/^FREEBUSY.*\r\n/gm, ""));
  const listed = calendar(component("VFREEBUSY", [
    "UID:a",
    "FREEBUSY;FBTYPE=FREE:20260111T000000Z/PT1H,20260110T000000Z/PT24H,20260111T230000Z/PT2H",
  ]));
  assertEquals(
    withoutOtherPeriods(listed, range("20260111T000000", "20260112T000000"), zones),
    listed.replace(",20260110T000000Z/PT24H", ""),
  );
  const other = event({ uid: "b" });
  assertEquals(
    withoutOtherPeriods(other, range("20260111T000000", "20260112T000000"), zones),
    other,
  );
});
