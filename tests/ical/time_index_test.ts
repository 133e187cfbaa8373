import { assert, assertEquals } from "@std/assert";
import { type BusyPeriod, busyTypes } from "../../src/ical/busy.ts";
import { candidateBusy, candidateMeets, isReadForBusy } from "../../src/ical/candidates.ts";
import { Budget, type Instance } from "../../src/ical/instances.ts";
import type { TimeRange } from "../../src/ical/interval.ts";
import { createZones, momentsIn } from "../../src/ical/moment.ts";
import { calendarTree, type Component } from "../../src/ical/tree.ts";
import { ianaZone, toLocal, utcZone, type Zone } from "../../src/ical/zone.ts";
import { limits } from "../../src/limits.ts";
import type { TimeIndex } from "../../src/model.ts";
import { type Random, seededCases } from "../seeded.ts";
import { randomObject } from "./random_objects.ts";
import { busyOf, instancesIn, periodsOf, timeIndexOf } from "./at_once.ts";

const hourMs = 60 * 60 * 1000;

Deno.test("time index: what it tells, what the text says and a slow expansion are the same", () => {
  let compiled = 0;
  for (const { seed, random } of seededCases(400, 20_000)) {
    const text = randomObject(random);
    const calendar = calendarTree(text, limits);
    const index = timeIndexOf(calendar);
    if (index?.rule && index.rule !== "*") compiled++;
    const floating = random.pick(readers);
    const all = everyInstance(calendar, floating);
    for (let count = 0; count < 8; count++) {
      const range = randomRange(random);
      const expected = slowAnswer(all, range);
      const said = answerOfText(calendar, range, floating);
      const told = answer(index, range, floating);
      const about = `DAVIT_SEED=${seed}, ${JSON.stringify(range)}, ${floating.name}\n${text}` +
        JSON.stringify(index);
      assertEquals(said, expected, about);
      assertEquals({ ...expected, ...told }, expected, about);
    }
  }
  assert(compiled > 150, `only ${compiled} were compiled`);
});

const readers = [
  utcZone,
  ...["Europe/Berlin", "America/New_York", "Pacific/Apia"]
    .flatMap((name) => ianaZone(name) ?? []),
];

function randomRange(random: Random): TimeRange {
  const start = Date.UTC(2023, 6) + random.int(24 * 1100) * hourMs;
  const hours = random.pick([0.5, 1, 5, 24, 24, 24 * 7, 24 * 31]);
  return { start, end: start + hours * hourMs };
}

interface Answer {
  meets?: boolean;
  /** Periods of each type, merged. */
  busy?: readonly unknown[];
}

/** Behind all ranges. */
const lastMs = Date.UTC(2027, 0);

/** From the first one on. */
function everyInstance(calendar: Component, floating: Zone): Instance[] {
  const read = momentsIn(calendar, createZones(floating));
  const budget = new Budget(1e8);
  const all = [...instancesIn(calendar, { start: -Infinity, end: lastMs }, read, budget)];
  assert(!budget.exhausted);
  return all;
}

/** RFC 4791 §9.9 and §7.10, to the letter. */
function slowAnswer(all: readonly Instance[], { start, end }: TimeRange): Answer {
  const meeting = all.filter((one) => {
    const [from, to] = [one.start.at, one.end.at];
    return from === to ? start <= from && end > from : start < to && end > from;
  });
  const periods = meeting.flatMap(({ component, start, end }) => {
    const value = (name: string) => component.lines.find((line) => line.name === name)?.value;
    const status = value("STATUS");
    const isFree = value("TRANSP") === "TRANSPARENT" || status === "CANCELLED" ||
      component.name !== "VEVENT" || start.at === end.at;
    const type = status === "TENTATIVE" ? "BUSY-TENTATIVE" as const : "BUSY" as const;
    return isFree ? [] : [{ start: start.at, end: end.at, type }];
  });
  return { meets: meeting.length > 0, busy: merged(periods, { start, end }) };
}

/** As the database finds candidates, and what is told of them. */
function answer(index: TimeIndex | undefined, range: TimeRange, floating: Zone): Answer {
  if (index === undefined) return { meets: false, busy: [] };
  const isLocal = index.span >= 8;
  const clocks = isLocal
    ? {
      start: toLocal(floating, range.start) - 2 * hourMs,
      end: toLocal(floating, range.end) + 2 * hourMs,
    }
    : range;
  if (index.firstStart >= clocks.end || index.lastEnd <= clocks.start) {
    return { meets: false, busy: [] };
  }
  const { rule, firstStart, lastEnd, busy } = index;
  const plain = { firstStart, lastEnd, busy, floating: isLocal };
  const candidate = rule === undefined ? { bounds: plain } : { rule };
  const periods = isReadForBusy(candidate)
    ? undefined
    : periodsOf(candidateBusy(candidate, floating), range);
  const meets = candidateMeets(candidate, range, floating);
  return {
    ...meets === undefined ? {} : { meets },
    ...periods === undefined ? {} : { busy: merged([...periods], range) },
  };
}

function answerOfText(calendar: Component, range: TimeRange, floating: Zone): Answer {
  const read = momentsIn(calendar, createZones(floating));
  const budget = new Budget();
  const meets = !instancesIn(calendar, range, read, budget).next().done;
  const busy = merged([...periodsOf(busyOf(calendar, read), range, budget)], range);
  assert(
    !budget.exhausted,
    JSON.stringify([
      range,
      calendar.components.map((c) => c.lines.map((l) => l.name + l.params + ":" + l.value)),
    ]),
  );
  return { meets, busy };
}

/** Cut to the range, and each type without overlaps. */
function merged(periods: readonly BusyPeriod[], range: TimeRange): unknown[] {
  return busyTypes.flatMap((type) => {
    const cut = periods.filter((one) => one.type === type)
      .map(({ start, end }) => [Math.max(start, range.start), Math.min(end, range.end)] as const)
      .sort(([a], [b]) => a - b);
    const all: [number, number][] = [];
    for (const [start, end] of cut) {
      const last = all.at(-1);
      if (last && start <= last[1]) last[1] = Math.max(last[1], end);
      else all.push([start, end]);
    }
    return all.map((period) => [type, ...period.map((ms) => new Date(ms).toISOString())]);
  });
}
