import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { jcalOf } from "../../src/ical/jcal/write.ts";
import { limits } from "../../src/limits.ts";
import { C, D } from "../../src/xml/names.ts";
import { childrenNamed, el } from "../../src/xml/tree.ts";
import { event } from "../fixtures/events.ts";
import { type Ask, type House, multistatusOf, openHouse, preconditionOf } from "../harness.ts";

const calendar = "/dav/calendars/alice/calendar/";
const path = `${calendar}a.ics`;
const jcal = "application/calendar+json";
const namespaces = `xmlns="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"`;
const first = event({ uid: "a" });
const second = event({ uid: "a", summary: "Other" });

const ask = (house: House, method: string, headers?: Ask["headers"], body?: string) =>
  house.ask(method, path, { headers, body });

async function put(house: House, body: string, headers: Ask["headers"] = {}) {
  return await ask(house, "PUT", { "content-type": "text/calendar", ...headers }, body);
}

const accepting: readonly (readonly [accept: string | undefined, isJcal: boolean])[] = [
  [undefined, false],
  ["*/*", false],
  ["application/*, text/calendar;q=0.1", false],
  ["text/calendar", false],
  [jcal, true],
  ["Application/Calendar+JSON", true],
  [`${jcal}, */*`, true],
  [`text/calendar;q=0.5, ${jcal};q=0.9`, true],
  [`text/calendar, ${jcal};q=0.9`, false],
  [`${jcal};q=0`, false],
  [`${jcal};q=wrong`, false],
  ["application/json", false],
];

for (const [accept, isJcal] of accepting) {
  Deno.test(`jCal: GET with Accept: ${accept} gives ${isJcal ? "it" : "what was put"}`, async () => {
    await using house = await openHouse();
    await put(house, first);
    const asked: Record<string, string> = accept === undefined ? {} : { accept };
    for (const method of ["GET", "HEAD"]) {
      const response = await ask(house, method, asked);
      const { headers } = response;
      assertEquals([response.status, headers.get("vary")], [
        200,
        "Accept, CalDAV-Timezones, User-Agent",
      ]);
      const type = isJcal ? jcal : "text/calendar; charset=utf-8";
      assertEquals(headers.get("content-type"), type);
      assertEquals(await response.text(), method === "HEAD" ? "" : isJcal ? jcalOf(first) : first);
    }
  });
}

Deno.test("jCal: its ETag is its own, the same wherever it is told", async () => {
  await using house = await openHouse();
  const etag = (await put(house, first)).headers.get("etag") ?? "";
  const own = (await ask(house, "GET", { accept: jcal })).headers.get("etag") ?? "";
  assertNotEquals(own, etag);
  const prop = `<prop><getetag/><getcontenttype/></prop>`;
  const query = `<C:calendar-query ${namespaces}>${prop}<C:filter>` +
    `<C:comp-filter name="VCALENDAR"/></C:filter></C:calendar-query>`;
  const multiget = `<C:calendar-multiget ${namespaces}>${prop}<href>${path}</href>` +
    `</C:calendar-multiget>`;
  const sync = `<sync-collection ${namespaces}><sync-token/><sync-level>1</sync-level>${prop}` +
    `</sync-collection>`;
  const propfind = `<propfind ${namespaces}>${prop}</propfind>`;
  const asked = [["PROPFIND", propfind], ["REPORT", query], ["REPORT", multiget], ["REPORT", sync]];
  for (const [method = "", body] of asked) {
    for (
      const [accept, gives] of [[jcal, [own, jcal]], ["*/*", [etag, "text/calendar"]]] as const
    ) {
      const headers = { depth: "1", accept };
      const found = await multistatusOf(await house.ask(method, calendar, { headers, body }));
      const one = found.at(path);
      const type = one?.text(D.getcontenttype)?.split(";")[0];
      assertEquals([one?.text(D.getetag), type], [...gives], body);
    }
  }
});

Deno.test("jCal: conditions of GET are about the representation that is asked for", async () => {
  await using house = await openHouse();
  const etag = (await put(house, first)).headers.get("etag") ?? "";
  const own = (await ask(house, "GET", { accept: jcal })).headers.get("etag") ?? "";
  const rows: readonly (readonly [headers: Record<string, string>, status: number])[] = [
    [{ accept: jcal, "if-none-match": own }, 304],
    [{ accept: jcal, "if-none-match": etag }, 200],
    [{ "if-none-match": own }, 200],
    [{ "if-none-match": etag }, 304],
    [{ accept: jcal, "if-match": own }, 200],
    [{ accept: jcal, "if-match": etag }, 412],
    [{ accept: jcal, range: "bytes=0-3" }, 200],
  ];
  for (const [headers, status] of rows) {
    const response = await ask(house, "GET", headers);
    await response.body?.cancel();
    assertEquals(response.status, status, JSON.stringify(headers));
    if (status === 304) {
      assertEquals(response.headers.get("vary"), "Accept, CalDAV-Timezones, User-Agent");
    }
  }
});

Deno.test("jCal: whoever has seen any representation of a version may replace it", async () => {
  await using house = await openHouse();
  await put(house, first);
  const own = (await ask(house, "GET", { accept: jcal })).headers.get("etag") ?? "";
  assertEquals((await put(house, first, { "if-none-match": own })).status, 412);
  assertEquals((await put(house, second, { "if-match": own })).status, 204);
  assertEquals((await put(house, first, { "if-match": own })).status, 412);
  assertEquals((await ask(house, "DELETE", { "if-match": own })).status, 412);
});

Deno.test("jCal: PUT keeps what it stands for, and answers without an ETag", async () => {
  await using house = await openHouse();
  const type = { "content-type": `${jcal}; component=vevent` };
  const made = await ask(house, "PUT", type, jcalOf(first));
  assertEquals([made.status, made.headers.get("etag")], [201, null]);
  assertEquals(await (await ask(house, "GET")).text(), first);
  assertEquals(await (await ask(house, "GET", { accept: jcal })).text(), jcalOf(first));
  const replaced = await ask(house, "PUT", type, jcalOf(second));
  assertEquals([replaced.status, replaced.headers.get("etag")], [204, null]);
  const preferring = { ...type, prefer: "return=representation" };
  const shown = await ask(house, "PUT", preferring, jcalOf(first));
  assertEquals(shown.headers.get("etag"), (await ask(house, "HEAD")).headers.get("etag"));
  assertEquals(await shown.text(), first);
});

const wrong: readonly { name: string; body: string; gives: string }[] = [
  { name: "what is no JSON", body: first, gives: C.validCalendarData },
  { name: "JSON that is no jCal", body: "{}", gives: C.validCalendarData },
  {
    name: "a calendar that holds nothing",
    body: `["vcalendar",[["version",{},"text","2.0"]],[]]`,
    gives: C.validCalendarObjectResource,
  },
  {
    name: "what is too large to be read in one go",
    body: jcalOf(event({ uid: "a", summary: "x".repeat(limits.jcalBytes) })),
    gives: C.maxResourceSize,
  },
];

for (const { name, body, gives } of wrong) {
  Deno.test(`jCal: PUT of ${name} is refused`, async () => {
    await using house = await openHouse();
    const response = await ask(house, "PUT", { "content-type": jcal }, body);
    assertEquals([response.status, await preconditionOf(response)], [403, gives]);
    const other = await house.ask("PUT", path, {
      as: "bob",
      body,
      headers: { "content-type": jcal },
    });
    assertEquals(await preconditionOf(other), D.needPrivileges);
  });
}

Deno.test("jCal: among files it is a file, whatever is asked for", async () => {
  await using house = await openHouse();
  const file = "/dav/files/alice/a.json";
  await house.ask("PUT", file, { body: "{}", headers: { "content-type": jcal } });
  const response = await house.ask("GET", file, { headers: { accept: jcal } });
  assertEquals([await response.text(), response.headers.get("vary")], ["{}", null]);
  const plain = "/dav/calendars/alice/plain/";
  await house.ask("MKCOL", plain);
  const put = await house.ask("PUT", `${plain}a`, {
    body: "{}",
    headers: { "content-type": jcal },
  });
  assertEquals(put.status, 201);
  assert(put.headers.get("etag"));
  assertEquals(
    await (await house.ask("GET", `${plain}a`, { headers: { accept: jcal } })).text(),
    "{}",
  );
});

Deno.test("jCal: calendar-data in it where a report asks so, cut as iCalendar is", async () => {
  await using house = await openHouse();
  await put(house, first);
  const asked = async (inside: string) => {
    const body = `<C:calendar-multiget ${namespaces}><prop><C:calendar-data ` +
      `content-type="${jcal}" version="2.0">${inside}</C:calendar-data></prop>` +
      `<href>${path}</href></C:calendar-multiget>`;
    const found = await multistatusOf(await house.ask("REPORT", calendar, { body }));
    return JSON.parse(found.at(path)?.text(C.calendarData) ?? "");
  };
  assertEquals(await asked(""), JSON.parse(jcalOf(first)));
  assertEquals(
    await asked(
      `<C:comp name="VCALENDAR"><C:comp name="VEVENT"><C:prop name="UID"/></C:comp></C:comp>`,
    ),
    ["vcalendar", [], [["vevent", [["uid", {}, "text", "a"]], []]]],
  );
});

Deno.test("jCal: supported-calendar-data lists what PUT takes", async () => {
  await using house = await openHouse();
  const body = `<propfind ${namespaces}><prop><C:supported-calendar-data/></prop></propfind>`;
  const found = await multistatusOf(
    await house.ask("PROPFIND", calendar, { headers: { depth: "0" }, body }),
  );
  const listed = found.responses[0]?.prop(C.supportedCalendarData) ?? el(D.prop);
  assertEquals(
    childrenNamed(listed, C.calendarData).map(({ attributes }) => attributes),
    [
      { "content-type": "text/calendar", version: "2.0" },
      { "content-type": jcal, version: "2.0" },
    ],
  );
});
