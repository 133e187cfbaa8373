import { assert, assertEquals } from "@std/assert";
import { createZones, momentsIn } from "../../src/ical/moment.ts";
import { calendarTree } from "../../src/ical/tree.ts";
import { windowsZone } from "../../src/ical/windows_zones.ts";
import { ianaZone, utcZone } from "../../src/ical/zone.ts";
import { limits } from "../../src/limits.ts";
import { event, zone } from "../fixtures/events.ts";

const cases: readonly (readonly [name: string, gives: string | undefined])[] = [
  ["W. Europe Standard Time", "Europe/Berlin"],
  ["eastern standard time", "America/New_York"],
  ["UTC", "Etc/UTC"],
  ["India Standard Time", "Asia/Calcutta"],
  ["Customized Time Zone", undefined],
  ["", undefined],
];

for (const [name, gives] of cases) {
  Deno.test(`Windows calls ${gives} ${JSON.stringify(name)}`, () => {
    assertEquals(windowsZone(name), gives);
    if (gives) assert(ianaZone(gives));
  });
}

/** Of DTSTART in the one event. */
function startOf(tzid: string, zones: readonly string[] = []) {
  const text = event({ uid: "a", tzid, zones, start: "20260705T090000", end: null });
  const calendar = calendarTree(text, limits);
  const start = calendar.components.at(-1)?.lines.find(({ name }) => name === "DTSTART");
  return start && momentsIn(calendar, createZones(utcZone))(start);
}

Deno.test("a Windows name without its VTIMEZONE means the zone that it is", () => {
  const moment = startOf("Pacific Standard Time");
  assertEquals(moment?.at, Date.UTC(2026, 6, 5, 16));
  assertEquals(moment?.floating, false);
  assertEquals(
    startOf("Pacific Standard Time", [zone("Pacific Standard Time")])?.at,
    Date.UTC(2026, 6, 5, 7),
  );
});

Deno.test("a name that nobody knows leaves a time floating", () => {
  const moment = startOf("Customized Time Zone 1");
  assertEquals([moment?.at, moment?.floating], [Date.UTC(2026, 6, 5, 9), true]);
});
