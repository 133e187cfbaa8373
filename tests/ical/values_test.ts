import { assertEquals } from "@std/assert";
import { isDuration, isPeriod, isUtcOffset, readDigits, timeForm } from "../../src/ical/values.ts";

const times: Readonly<Record<string, ReturnType<typeof timeForm>>> = {
  "20260105": "date",
  "x0260105": undefined,
  "20240229": "date",
  "20000229": "date",
  "00000229": "date",
  "99991231T235959Z": "utc",
  "20260105T090000": "local",
  "20161231T235960Z": "utc",
  "19000229": undefined,
  "20230229": undefined,
  "20260431": undefined,
  "20260100": undefined,
  "20260001": undefined,
  "20261301": undefined,
  "20260105T240000": undefined,
  "20260105T096000": undefined,
  "20260105T090061": undefined,
  "20260105T0900": undefined,
  "20260105T090000z": undefined,
  "20260105T090000ZZ": undefined,
  "20260105Z": undefined,
  " 20260105": undefined,
  "2026-01-05": undefined,
  "2026010": undefined,
  "": undefined,
};

for (const [value, form] of Object.entries(times)) {
  Deno.test(`The time ${JSON.stringify(value)} is ${form ?? "none"}`, () => {
    assertEquals(timeForm(value), form);
  });
}

Deno.test("A leap second is read as the second before it", () => {
  const [leap, before] = ["20161231T235960Z", "20161231T235959Z"].map(readDigits);
  assertEquals(leap, before);
});

const others:
  readonly (readonly [test: (value: string) => boolean, yes: string[], no: string[]])[] = [
    [isDuration, ["PT1H", "P1D", "-PT15M", "+P2W", "P1DT", "PT0S", "P15DT5H0M20S", "P1W2D"], [
      "",
      "1H",
      "PT1X",
      "P1H",
      "PT-1H",
      "PT1.5H",
      "P1Y",
      "pt1h",
      "PT1111111111S",
    ]],
    [isPeriod, ["20260105T090000Z/PT1H", "20260105T090000/20260105T100000"], [
      "20260105T090000Z",
      "20260105T090000Z/",
      "/PT1H",
      "20260105T090000Z/PT1H/PT1H",
      "PT1H/PT1H",
    ]],
    [isUtcOffset, ["+0100", "-0000", "-012030", "+1400"], [
      "0100",
      "+01:00",
      "+2400",
      "+0160",
      "+1",
      "Z",
    ]],
  ];

for (const [test, yes, no] of others) {
  Deno.test(`${test.name} tells right from wrong`, () => {
    assertEquals(yes.filter((value) => !test(value)), []);
    assertEquals(no.filter((value) => test(value)), []);
  });
}
