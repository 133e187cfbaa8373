import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { limits } from "../../src/limits.ts";
import { component, crlf, event, task, zone } from "../fixtures/events.ts";
import { type House, openHouse } from "../harness.ts";
import { fill } from "./fill.ts";
import { large } from "./large.ts";

const home = "/dav/calendars/alice/";
const calendar = `${home}calendar/`;
const jcal = "application/calendar+json";

async function put(house: House, objects: Readonly<Record<string, string>>, base = calendar) {
  for (const [name, body] of Object.entries(objects)) {
    const headers = { "content-type": "text/calendar" };
    assert((await house.ask("PUT", base + name, { body, headers })).ok, name);
  }
}

/** What stands in a VCALENDAR between its own properties and its end. */
const inside = (text: string): string => /(BEGIN:V(?!CAL)[^]*)END:VCALENDAR/.exec(text)?.[1] ?? "";

const timed = (uid: string, tzid: string, zones: readonly string[]) =>
  event({ uid, tzid, zones, start: "20260105T090000", end: "20260105T100000" });

Deno.test("GET of a calendar: all objects in one VCALENDAR, each zone once", async () => {
  await using house = await openHouse();
  const a = timed("a", "Europe/Vienna", [zone("Europe/Vienna")]);
  const b = timed("b", "Europe/Vienna", [zone("Europe/Vienna")]);
  await put(house, { "a.ics": a, "b.ics": b });
  const response = await house.ask("GET", calendar);
  const { headers } = response;
  assertEquals(response.status, 200);
  assertEquals(headers.get("content-type"), "text/calendar; charset=utf-8");
  assertEquals(
    headers.get("content-disposition"),
    `attachment; filename="Calendar.ics"; filename*=UTF-8''Calendar.ics`,
  );
  const text = await response.text();
  const header = crlf([
    "BEGIN:VCALENDAR",
    "VERSION:2.0",
    "PRODID:-//davit//davit//EN",
    "NAME:Calendar",
    "X-WR-CALNAME:Calendar",
  ]);
  const secondAlone = inside(b).replace(zone("Europe/Vienna"), "");
  assertEquals(text, `${header}${inside(a)}${secondAlone}END:VCALENDAR\r\n`);
});

Deno.test("GET of a calendar: its ETag moves with what is in it, and with its name", async () => {
  await using house = await openHouse();
  const etag = async () => (await house.ask("HEAD", calendar)).headers.get("etag") ?? "";
  const before = await etag();
  assert(/^"[\x21\x23-\x7e]+"$/.test(before));
  const unchanged = await house.ask("GET", calendar, { headers: { "if-none-match": before } });
  assertEquals([unchanged.status, unchanged.headers.get("etag")], [304, before]);
  await put(house, { "a.ics": event({ uid: "a" }) });
  const after = await etag();
  assertNotEquals(after, before);
  const body =
    `<propertyupdate xmlns="DAV:"><set><prop><displayname>Büro "1"</displayname></prop>` +
    `</set></propertyupdate>`;
  await house.ask("PROPPATCH", calendar, { body });
  assertNotEquals(await etag(), after);
  const changed = await house.ask("GET", calendar, { headers: { "if-none-match": before } });
  assertEquals(
    changed.headers.get("content-disposition"),
    `attachment; filename="B_ro _1_.ics"; filename*=UTF-8''B%C3%BCro%20%221%22.ics`,
  );
  assert((await changed.text()).includes('\r\nNAME:Büro "1"\r\n'));
});

/** A zone whose clocks are never changed. */
const fixed = (tzid: string, offset: string) =>
  component("VTIMEZONE", [
    `TZID:${tzid}`,
    "BEGIN:STANDARD",
    "DTSTART:16010101T000000",
    `TZOFFSETFROM:${offset}`,
    `TZOFFSETTO:${offset}`,
    "END:STANDARD",
  ]);

Deno.test("GET of a calendar: two zones of one name are told under two, beside large values", async () => {
  await using house = await openHouse();
  const name = "Customized Time Zone";
  const attachment = /^ATTACH[^]*?(?=\r\nX-FILL)/m.exec(large(limits.inlineBytes))?.[0] ?? "";
  const object = (uid: string, offset: string, lines: readonly string[]) =>
    event({
      uid,
      tzid: name,
      zones: [fixed(name, offset)],
      start: "20240710T100000",
      end: "20240710T110000",
      lines,
    });
  const a = object("a", "+0100", []);
  const b = object("b", "-0500", [attachment]);
  await put(house, { "a.ics": a, "b.ics": b });
  const text = await (await house.ask("GET", calendar)).text();
  assertEquals(inside(text), inside(a) + inside(b).replaceAll(name, `${name} (2)`));
  const response = await house.ask("GET", calendar, { headers: { accept: jcal } });
  const components: [string, [string, Record<string, string>, string, string][]][] =
    JSON.parse(await response.text())[2];
  const value = attachment.slice(attachment.indexOf(":") + 1).replace(/\s/g, "");
  assertEquals(
    components.map(([kind, properties]) => [
      kind,
      ...properties.flatMap(([name, { tzid }, , text]) =>
        name === "tzid" ? text : name === "dtstart" ? tzid : name === "attach" ? text : []
      ),
    ]),
    [
      ["vtimezone", name],
      ["vevent", name],
      ["vtimezone", `${name} (2)`],
      ["vevent", `${name} (2)`, value],
    ],
  );
});

Deno.test("GET of a calendar: as jCal where Accept names it", async () => {
  await using house = await openHouse();
  await put(house, { "a.ics": event({ uid: "a" }), "b.ics": timed("b", "Z", [zone("Z")]) });
  const plain = (await house.ask("HEAD", calendar)).headers.get("etag");
  const response = await house.ask("GET", calendar, { headers: { accept: jcal } });
  const { headers } = response;
  assertEquals([headers.get("content-type"), headers.get("vary")], [
    jcal,
    "Accept, CalDAV-Timezones, User-Agent",
  ]);
  assertNotEquals(headers.get("etag"), plain);
  assert(headers.get("content-disposition")?.includes(`"Calendar.json"`));
  const [name, properties, components] = JSON.parse(await response.text());
  assertEquals([name, properties[0]], ["vcalendar", ["version", {}, "text", "2.0"]]);
  assertEquals(components.map(([one]: [string]) => one), ["vevent", "vtimezone", "vevent"]);
});

Deno.test("GET of a calendar: one without objects, and HEAD", async () => {
  await using house = await openHouse();
  const text = await (await house.ask("GET", `${home}tasks/`)).text();
  assert(
    text.startsWith("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n") && text.endsWith("END:VCALENDAR\r\n"),
  );
  const json = await (await house.ask("GET", `${home}tasks/`, { headers: { accept: jcal } }))
    .text();
  assertEquals(JSON.parse(json)[2], []);
  const head = await house.ask("HEAD", `${home}tasks/`);
  assertEquals([head.status, await head.text()], [200, ""]);
  assertEquals(head.headers.get("content-type"), "text/calendar; charset=utf-8");
});

Deno.test("GET of a calendar: several pages, and objects that are kept in blobs", async () => {
  await using house = await openHouse();
  const names = await fill(house, limits.pageRows + 3);
  await put(house, { "zz.ics": large(limits.inlineBytes + 10) });
  const text = await (await house.ask("GET", calendar)).text();
  assertEquals(text.match(/^BEGIN:VEVENT\r$/gm)?.length, names.length + 1);
  assert(text.length > limits.inlineBytes);
});

Deno.test("GET of a calendar: tasks and lines with LF alone", async () => {
  await using house = await openHouse();
  await put(house, { "t.ics": task({ uid: "t" }).replaceAll("\r\n", "\n") }, `${home}tasks/`);
  const text = await (await house.ask("GET", `${home}tasks/`)).text();
  assertEquals(inside(text), inside(task({ uid: "t" })));
});

Deno.test("GET of a calendar: by whom it may be read, and of homes it is 405 as before", async () => {
  await using house = await openHouse();
  assertEquals((await house.ask("GET", calendar, { as: "bob" })).status, 403);
  assertEquals((await house.ask("GET", calendar, { as: null })).status, 401);
  assertEquals((await house.ask("GET", `${home}none/`)).status, 404);
  for (const path of [home, `${home}inbox/`, `${home}outbox/`]) {
    assertEquals((await house.ask("GET", path)).status, 405, path);
  }
});
