import { assert, assertEquals } from "@std/assert";
import { busyTypeOf, statedPeriods } from "../../src/ical/busy.ts";
import type { CompFilter } from "../../src/ical/filter.ts";
import { Budget } from "../../src/ical/instances.ts";
import type { TimeRange } from "../../src/ical/interval.ts";
import { createZones, momentsIn, type Zones } from "../../src/ical/moment.ts";
import { zoneOfCalendar } from "../../src/ical/timezone.ts";
import { calendarTree } from "../../src/ical/tree.ts";
import { ianaZone } from "../../src/ical/zone.ts";
import { limits } from "../../src/limits.ts";
import { calendar as vcalendar, component, zone } from "../fixtures/events.ts";
import { type House, multistatusOf, openHouse } from "../harness.ts";
import { within } from "../ical/filters.ts";
import { randomObject, randomRule } from "../ical/random_objects.ts";
import { type Random, seededCases } from "../seeded.ts";
import { instancesIn, matchesFilter } from "../ical/at_once.ts";

// The answers of calendar-query and free-busy-query, which come from the time index, are what a slow
// evaluation of every object's text gives.

const home = "/dav/calendars/alice/";
const path = `${home}random/`;
const caldav = `xmlns:C="urn:ietf:params:xml:ns:caldav" xmlns:D="DAV:"`;
const hourMs = 60 * 60 * 1000;
const dayMs = 24 * hourMs;

Deno.test("time index: calendar-query and free-busy-query answer as each object's text does", async () => {
  await using house = await openHouse();
  let [found, missed, busy] = [0, 0, 0];
  for (const { seed, random } of seededCases(40, 2_000)) {
    const world = await fill(house, random);
    for (let count = 0; count < 6; count++) {
      const range = randomRange(random);
      const about = (what: string) =>
        `DAVIT_SEED=${seed}: ${what} in ${instant(range.start)}/${instant(range.end)}, ` +
        `${world.timezone}\n${[...world.objects].map((one) => one.join("\n")).join("\n")}`;
      const at = random.chance(0.2) ? random.pick(["America/New_York", "Asia/Tokyo"]) : undefined;
      for (const name of ["VEVENT", "VTODO", "VJOURNAL"]) {
        const expected = matching(world, name, range, at);
        const told = await query(house, random.pick([path, home]), name, range, at);
        assertEquals(told, expected, about(`${name} at ${at}`));
        found += told.length;
        missed += world.objects.size - told.length;
      }
      const periods = busyTimes(world, range);
      for (const where of [path, home, "/dav/principals/users/alice/"]) {
        assertEquals(await freeBusy(house, where, range), periods, about("busy"));
      }
      busy += periods.length;
    }
    assertEquals((await house.ask("DELETE", path)).status, 204);
  }
  assert(found > 100 && missed > 100 && busy > 100, `${found} ${missed} ${busy}`);
});

/** A calendar and what is in it, by name. */
interface World {
  readonly objects: ReadonlyMap<string, string>;
  readonly timezone?: string;
}

async function fill(house: House, random: Random): Promise<World> {
  const timezone = random.chance() ? vcalendar(zone("There")) : undefined;
  const body = `<C:mkcalendar ${caldav}><D:set><D:prop>${
    timezone ? `<C:calendar-timezone>${timezone}</C:calendar-timezone>` : ""
  }</D:prop></D:set></C:mkcalendar>`;
  assertEquals((await house.ask("MKCALENDAR", path, { body })).status, 201);
  const objects = new Map<string, string>();
  for (let count = 1 + random.int(8); count > 0; count--) {
    const name = `${count}.ics`;
    const made = random.chance(0.8) ? randomObject(random) : randomTask(random);
    const text = made.replaceAll("\r\nUID:a\r\n", `\r\nUID:${name}\r\n`);
    const headers = { "content-type": "text/calendar" };
    const { status } = await house.ask("PUT", path + name, { body: text, headers });
    assert([201, 403].includes(status), `${status} for ${text}`);
    if (status === 201) objects.set(name, text);
  }
  return { objects, timezone };
}

/** Any of the times that RFC 4791 §9.9 has in its table, once or again and again. */
function randomTask(random: Random): string {
  const at = Date.UTC(2024, 0) + random.int(700) * dayMs + random.int(24) * hourMs;
  const time = (name: string, hours: number, chance: number, suffix = "Z") =>
    random.chance(chance) ? [`${name}:${instant(at + hours * hourMs).replace("Z", suffix)}`] : [];
  const suffix = random.pick(["Z", ""]);
  const start = time("DTSTART", 0, 0.5, suffix);
  const end = time("DUE", random.int(60) - 5, 0.5, suffix);
  const series = component("VTODO", [
    "UID:a",
    "DTSTAMP:20240101T000000Z",
    ...start,
    ...end.length === 0 && start.length > 0 && random.chance() ? ["DURATION:PT5H"] : end,
    ...time("COMPLETED", 30, 0.3),
    ...time("CREATED", -30, 0.5),
    ...start.length + end.length > 0 && random.chance(0.3)
      ? [`RRULE:${randomRule(random, { utc: suffix === "Z" })}`]
      : [],
  ]);
  const overrides = Array.from(
    { length: random.chance(0.3) ? 1 + random.int(2) : 0 },
    (_, day) =>
      component("VTODO", [
        "UID:a",
        ...time("RECURRENCE-ID", day * 24, 1, suffix),
        ...time("DUE", day * 24 + 5, 0.2),
        ...time("COMPLETED", 50, 0.5),
        ...time("CREATED", -30, 0.5),
      ]),
  );
  return vcalendar(series, ...overrides);
}

function randomRange(random: Random): TimeRange {
  const year = random.chance(0.1) ? 2300 : 2023;
  const start = Date.UTC(year, 6) + random.int(24 * 1100) * hourMs;
  const hours = random.pick([0.5, 1, 5, 24, 24, 24 * 7, 24 * 31, 24 * 366]);
  return { start, end: start + hours * hourMs };
}

const instant = (ms: number): string => new Date(ms).toISOString().replaceAll(/[-:]|\.\d+/g, "");

const rangeXml = ({ start, end }: TimeRange): string =>
  `<C:time-range start="${instant(start)}" end="${instant(end)}"/>`;

/** Names of what a query finds in the calendar, in their order. */
async function query(
  house: House,
  where: string,
  name: string,
  range: TimeRange,
  timezoneId: string | undefined,
): Promise<string[]> {
  const body = `<C:calendar-query ${caldav}><D:prop><D:getetag/></D:prop><C:filter>` +
    `<C:comp-filter name="VCALENDAR"><C:comp-filter name="${name}">${rangeXml(range)}` +
    `</C:comp-filter></C:comp-filter></C:filter>${
      timezoneId ? `<C:timezone-id>${timezoneId}</C:timezone-id>` : ""
    }</C:calendar-query>`;
  const { hrefs } = await multistatusOf(
    await house.ask("REPORT", where, { body, headers: { depth: "1" } }),
  );
  return hrefs.map((href) => href.slice(path.length)).sort();
}

function zonesOf({ timezone }: World, timezoneId?: string): Zones {
  const asked = timezoneId === undefined ? undefined : ianaZone(timezoneId);
  return createZones(asked ?? zoneOfCalendar(timezone));
}

/** The same, object by object. */
function matching(
  world: World,
  name: string,
  range: TimeRange,
  timezoneId: string | undefined,
): string[] {
  const zones = zonesOf(world, timezoneId);
  const filter: CompFilter = within(name, { timeRange: range });
  return [...world.objects].filter(([, text]) => {
    const calendar = calendarTree(text, limits);
    if (name === "VTODO") return matchesFilter(text, filter, zones);
    const instances = instancesIn(calendar, range, momentsIn(calendar, zones), new Budget());
    return [...instances].some(({ component }) => component.name === name);
  }).map(([member]) => member).sort();
}

/** The lines of FREEBUSY in the answer. */
async function freeBusy(house: House, where: string, range: TimeRange): Promise<string[]> {
  const body = `<C:free-busy-query ${caldav}>${rangeXml(range)}</C:free-busy-query>`;
  const response = await house.ask("REPORT", where, { body, headers: { depth: "1" } });
  const text = await response.text();
  assertEquals(response.status, 200, text);
  return text.match(/^FREEBUSY;.*(?=\r$)/gm) ?? [];
}

/** The same lines, second by second. */
function busyTimes(world: World, range: TimeRange): string[] {
  const zones = zonesOf(world);
  const edges = new Map<string, [ms: number, step: number][]>();
  for (const text of world.objects.values()) {
    const calendar = calendarTree(text, limits);
    const read = momentsIn(calendar, zones);
    const instances = [...instancesIn(calendar, range, read, new Budget())].map((one) => ({
      type: busyTypeOf(one.component),
      start: one.start.at,
      end: one.end.at,
    }));
    const stated = calendar.components.flatMap((one) => statedPeriods(one, read));
    for (const { type, start, end } of [...instances, ...stated]) {
      const [from, to] = [Math.max(start, range.start), Math.min(end, range.end)];
      if (type === undefined || from >= to) continue;
      const list = edges.get(type) ?? [];
      edges.set(type, list);
      list.push([from, 1], [to, -1]);
    }
  }
  return ["BUSY", "BUSY-TENTATIVE", "BUSY-UNAVAILABLE"].flatMap((type) => {
    const lines: string[] = [];
    let [depth, since] = [0, 0];
    // What begins counts first, so that periods that touch are one.
    for (const [ms, step] of (edges.get(type) ?? []).sort((a, b) => a[0] - b[0] || b[1] - a[1])) {
      if (depth === 0) since = ms;
      depth += step;
      if (depth === 0) lines.push(`FREEBUSY;FBTYPE=${type}:${instant(since)}/${instant(ms)}`);
    }
    return lines;
  });
}
