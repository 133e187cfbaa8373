import { assert, assertEquals } from "@std/assert";
import { timeZoneVersion } from "../src/ical/time_index.ts";
import { limits } from "../src/limits.ts";
import { statement } from "../src/store/executor.ts";
import { fileExecutor } from "../src/store/file.ts";
import { startUpkeep, upkeep } from "../src/upkeep.ts";
import { event } from "./fixtures/events.ts";
import { type House, multistatusOf, openHouse } from "./harness.ts";
import { fill } from "./http/fill.ts";
import { counting, type CountingExecutor } from "./store/counting.ts";

const calendar = "/dav/calendars/alice/calendar/";

const query = `<C:calendar-query xmlns="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"><prop>` +
  `<getetag/></prop><C:filter><C:comp-filter name="VCALENDAR"><C:comp-filter name="VEVENT">` +
  `<C:time-range start="20260105T000000Z" end="20260106T000000Z"/></C:comp-filter>` +
  `</C:comp-filter></C:filter></C:calendar-query>`;

/** Names of the events of 5 January 2026. */
async function found(house: House): Promise<string[]> {
  const ask = { body: query, headers: { depth: "1" } };
  const { hrefs } = await multistatusOf(await house.ask("REPORT", calendar, ask));
  return hrefs.map((href) => href.slice(calendar.length)).sort();
}

/** Statements on the database itself, beside the app. */
async function change(house: House, ...sql: readonly string[]): Promise<void> {
  const executor = fileExecutor(house.file);
  await executor.write(sql.map((one) => statement(one)));
  executor.close();
}

const forget = `UPDATE objects SET span = NULL, first_start = NULL, last_end = NULL, busy = NULL,
  rule = NULL, zone_version = `;

async function put(house: House, name: string, body: string) {
  const headers = { "content-type": "text/calendar" };
  assertEquals((await house.ask("PUT", calendar + name, { body, headers })).status, 201);
}

/** An event on 5 January 2026, in a zone of the database. */
const zoned = (uid: string, lines: readonly string[] = []) =>
  event({
    uid,
    tzid: "Europe/Vienna",
    start: "20260105T090000",
    end: "20260105T100000",
    lines,
  });

Deno.test("upkeep: time indexes of other time zone data, and missing ones, are made anew", async () => {
  await using house = await openHouse();
  await put(house, "old.ics", zoned("old"));
  await put(house, "never.ics", event({ uid: "never" }));
  await put(house, "large.ics", zoned("large", [`DESCRIPTION:${"x".repeat(300_000)}`]));
  await put(house, "utc.ics", event({ uid: "utc" }));
  await put(house, "bad.ics", zoned("bad"));
  const all = await found(house);
  const token = async () => {
    const body = `<propfind xmlns="DAV:"><prop><sync-token/></prop></propfind>`;
    const response = await house.ask("PROPFIND", calendar, { body, headers: { depth: "0" } });
    return await response.text();
  };
  const before = await token();
  await change(
    house,
    `${forget} '0' WHERE name = 'old.ics'`,
    `${forget} 'zzz' WHERE name = 'large.ics'`,
    `${forget} NULL WHERE name = 'never.ics'`,
    `UPDATE objects SET zone_version = '0', body = 'BEGIN:NOTHING' WHERE name = 'bad.ics'`,
  );
  assertEquals(await found(house), ["bad.ics", "utc.ics"]);
  assert(!await upkeep(house.services), "there is more to renew");
  assertEquals(await found(house), all.filter((name) => name !== "bad.ics"));
  assertEquals(await token(), before);
  const renewed = house.lines.filter((line) => line.event === "time-indexes-renewed");
  assertEquals(renewed.map((line) => "objects" in line && line.objects), [4]);
  assertEquals(await house.store.staleObjects(timeZoneVersion(), 9), []);
  await upkeep(house.services);
  assertEquals(house.lines.filter((line) => line.event === "time-indexes-renewed").length, 1);
});

Deno.test("upkeep: time indexes are made anew some at a time, and all in the end", async () => {
  let counted: CountingExecutor | undefined;
  const executor = (real: Parameters<typeof counting>[0]) => counted = counting(real);
  await using house = await openHouse({ executor });
  const count = 2 * limits.renewedAtOnce + 1;
  const names = await fill(house, count);
  await change(house, `${forget} NULL`);
  assertEquals(await found(house), []);
  const trips = async () => {
    counted?.take();
    await upkeep(house.services);
    return counted?.take() ?? 0;
  };
  const [first, second] = [await trips(), await trips()];
  // Three commits, each after its objects were read.
  assertEquals(first - second, 3 * 2);
  assertEquals(await found(house), names);
});

Deno.test("upkeep: it begins with the server, and whoever ends the server waits for it", async () => {
  await using house = await openHouse();
  await put(house, "a.ics", zoned("a"));
  await change(house, `${forget} NULL`);
  await startUpkeep(house.services)[Symbol.asyncDispose]();
  assertEquals(await found(house), ["a.ics"]);
});

Deno.test("upkeep: what cannot be done is logged, and hurts nobody", async () => {
  await using house = await openHouse();
  const { services } = house;
  const store = { ...services.store, staleObjects: () => Promise.reject(new Error("away")) };
  assertEquals(await upkeep({ ...services, store }), false);
  assertEquals(house.lines.map((line) => line.event), ["upkeep-failed"]);
});
