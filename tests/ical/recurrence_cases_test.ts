import { assert, assertEquals } from "@std/assert";
import { Budget } from "../../src/ical/instances.ts";
import { createZones, momentsIn } from "../../src/ical/moment.ts";
import { calendarTree } from "../../src/ical/tree.ts";
import { utcZone } from "../../src/ical/zone.ts";
import { limits } from "../../src/limits.ts";
import { shared } from "../shared.ts";
import { type RecurrenceCase, textOfCase, written } from "./recurrence_cases.ts";
import { instancesIn } from "./at_once.ts";

const file = shared("clients/recurrence-cases.json");
const cases: readonly RecurrenceCase[] = file ? JSON.parse(Deno.readTextFileSync(file)) : [];

for (const one of cases) {
  Deno.test(`recurrence: ${one.name}`, () => {
    const calendar = calendarTree(textOfCase(one), limits);
    const read = momentsIn(calendar, createZones(utcZone));
    const budget = new Budget();
    const found = [];
    for (const instance of instancesIn(calendar, always, read, budget)) {
      found.push(instance);
      if (found.length === 30) break;
    }
    found.sort((a, b) => a.start.at - b.start.at);
    const instants = found.map(({ start }) => start.at);
    assertEquals(new Set(instants).size, instants.length, "no instant twice");
    assert(!budget.exhausted);
    if (one.informative) return;
    const digits = found.map(({ start }) => written(start)).slice(0, 10);
    assertEquals(digits, one.expected.slice(0, 10));
    if (one.expected_utc) {
      const utc = found.map(({ start }) => written({ ...start, localMs: start.at, zone: utcZone }));
      assertEquals(utc.slice(0, 10).map((text) => text.replace(/Z?$/, "Z")), one.expected_utc);
    }
    if (one.total_count !== undefined && one.total_count < 30) {
      assertEquals(found.length, one.total_count);
    }
  });
}

const always = { start: -Infinity, end: Infinity };
