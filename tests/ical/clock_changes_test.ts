import { assert, assertEquals } from "@std/assert";
import { Budget } from "../../src/ical/instances.ts";
import { createZones, momentsIn } from "../../src/ical/moment.ts";
import { calendarTree } from "../../src/ical/tree.ts";
import { readDigits } from "../../src/ical/values.ts";
import { ianaZone, slowOffsets, utcZone } from "../../src/ical/zone.ts";
import { limits } from "../../src/limits.ts";
import { calendar, component } from "../fixtures/events.ts";
import { seededCases } from "../seeded.ts";
import { instancesIn } from "./at_once.ts";

/**
 * Changes of the clocks as Python's zoneinfo has them (Debian's tzdata 2025b): the instant, and the
 * offsets from UTC in seconds before and after it.
 */
const changes: Readonly<Record<string, readonly (readonly [string, number, number])[]>> = {
  "Europe/Berlin": [
    ["19490410T010000Z", 3600, 7200],
    ["19491002T010000Z", 7200, 3600],
    ["20260329T010000Z", 3600, 7200],
    ["20261025T010000Z", 7200, 3600],
    ["20510326T010000Z", 3600, 7200],
    ["21011030T010000Z", 7200, 3600],
  ],
  "America/New_York": [
    ["19180331T070000Z", -18000, -14400],
    ["19791028T060000Z", -14400, -18000],
    ["20110313T070000Z", -18000, -14400],
    ["20261101T060000Z", -14400, -18000],
    ["20510312T070000Z", -18000, -14400],
    ["21011106T060000Z", -14400, -18000],
  ],
  "America/St_Johns": [
    ["19790429T053000Z", -12600, -9000],
    ["20110313T033100Z", -12600, -9000],
    ["20261101T043000Z", -9000, -12600],
    ["20510312T053000Z", -12600, -9000],
  ],
  "Australia/Lord_Howe": [
    ["20111001T153000Z", 37800, 39600],
    ["20260404T150000Z", 39600, 37800],
    ["20510930T153000Z", 37800, 39600],
    ["21010402T150000Z", 39600, 37800],
  ],
  "Pacific/Apia": [
    ["20110924T140000Z", -39600, -36000],
    ["20111230T100000Z", -36000, 50400],
    ["20200926T140000Z", 46800, 50400],
    ["20210403T140000Z", 50400, 46800],
  ],
  "Africa/Casablanca": [
    ["19780803T230000Z", 3600, 0],
    ["20110403T000000Z", 0, 3600],
    ["20260215T020000Z", 3600, 0],
    ["20260322T020000Z", 0, 3600],
    ["20510507T020000Z", 3600, 0],
    ["20510618T020000Z", 0, 3600],
  ],
  "America/Sao_Paulo": [
    ["19671101T030000Z", -10800, -7200],
    ["20110220T020000Z", -7200, -10800],
    ["20111016T030000Z", -10800, -7200],
  ],
  "Europe/London": [
    ["19790318T020000Z", 0, 3600],
    ["20261025T010000Z", 3600, 0],
    ["20500327T010000Z", 0, 3600],
  ],
  "Asia/Tehran": [
    ["19790526T203000Z", 12600, 16200],
    ["20110921T193000Z", 16200, 12600],
    ["20220321T203000Z", 12600, 16200],
  ],
  "Pacific/Auckland": [
    ["19790303T140000Z", 46800, 43200],
    ["20260926T140000Z", 43200, 46800],
    ["20510401T140000Z", 46800, 43200],
    ["21010924T140000Z", 43200, 46800],
  ],
};

const msOf = (text: string): number => readDigits(text)?.localMs ?? NaN;
const dayMs = 24 * 60 * 60 * 1000;

for (const [name, rows] of Object.entries(changes)) {
  Deno.test(`clocks of ${name} change when they do`, () => {
    const zone = ianaZone(name);
    const found = rows.map(([at]) =>
      [-1000, 0].map((ms) => (zone?.offsetAt(msOf(at) + ms) ?? NaN) / 1000)
    );
    assertEquals(found, rows.map(([, before, after]) => [before, after]));
  });

  for (const [at, before, after] of rows) {
    const change = (after - before) * 1000;
    if (change === dayMs) continue;
    Deno.test(`a daily time in ${name} goes over the change of ${at}`, () => {
      // A time that the clocks skip, or show twice: the offset before the change counts in both.
      const odd = msOf(at) + before * 1000 + change / 2;
      const nominal = [-1, 0, 1].map((day) => odd + day * dayMs);
      const expected = nominal.map((ms, day) => ms - (day < 2 ? before : after) * 1000);
      assertEquals(dailyStarts(name, nominal[0] ?? NaN), expected);
    });
  }
}

/** Three instances of a daily event. */
function dailyStarts(tzid: string, localMs: number): number[] {
  const digits = new Date(localMs).toISOString().replaceAll(/[-:]|\.\d+Z/g, "");
  const lines = ["UID:a", `DTSTART;TZID=${tzid}:${digits}`, "RRULE:FREQ=DAILY;COUNT=3"];
  const tree = calendarTree(calendar(component("VEVENT", lines)), limits);
  const read = momentsIn(tree, createZones(utcZone));
  const all = instancesIn(tree, { start: -Infinity, end: Infinity }, read, new Budget());
  return [...all].map(({ start }) => start.at);
}

Deno.test("what is kept of a zone is what the runtime says, at all times", () => {
  const names = Intl.supportedValuesOf("timeZone");
  for (const { seed, random } of seededCases(150, 20_000)) {
    const name = random.pick(names);
    const [zone, slow] = [ianaZone(name), slowOffsets(name)];
    assert(zone && slow);
    for (let count = 0; count < 20; count++) {
      const at = Date.UTC(random.pick([1790, 1900, 1940, 1980, 2020, 2070, 2090, 2600, 9000]), 0) +
        random.int(366 * 24 * 12) * 60 * 60 * 1000;
      assertEquals(zone.offsetAt(at), slow(at), `DAVIT_SEED=${seed}: ${name} at ${at}`);
    }
  }
});
