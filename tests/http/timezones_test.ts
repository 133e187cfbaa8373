import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { C, D } from "../../src/xml/names.ts";
import { createZones, momentsIn } from "../../src/ical/moment.ts";
import { calendarTree } from "../../src/ical/tree.ts";
import { utcZone } from "../../src/ical/zone.ts";
import { limits } from "../../src/limits.ts";
import { calendar as vcalendar, component, event, type Item, zone } from "../fixtures/events.ts";
import { type House, multistatusOf, openHouse } from "../harness.ts";

const home = "/dav/calendars/alice/";
const calendar = `${home}calendar/`;
const path = `${calendar}a.ics`;
const namespaces = `xmlns="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"`;
const leave = { "caldav-timezones": "F" };
const add = { "caldav-timezones": "T" };
const vienna = zone("Europe/Vienna");

const timed = (tzid: string, zones: readonly string[] = []) =>
  event({ uid: "a", tzid, zones, start: "20260105T090000", end: "20260105T100000" });

const put = (house: House, body: string, headers: Readonly<Record<string, string>> = {}) =>
  house.ask("PUT", path, { body, headers: { "content-type": "text/calendar", ...headers } });

const got = async (house: House, headers: Readonly<Record<string, string>> = {}) => {
  const response = await house.ask("GET", path, { headers });
  return { etag: response.headers.get("etag") ?? undefined, text: await response.text() };
};

const definitionsIn = (text: string): string[] =>
  [...text.matchAll(/^BEGIN:VTIMEZONE\r?\n[^]*?^TZID:(.*?)\r?$/gm)].map(([, tzid = ""]) => tzid);

const inReport = async (
  house: House,
  report: string,
  headers: Readonly<Record<string, string>>,
) => {
  const prop = `<prop><getetag/><C:calendar-data/></prop>`;
  const bodies: Readonly<Record<string, string>> = {
    multiget:
      `<C:calendar-multiget ${namespaces}>${prop}<href>${path}</href></C:calendar-multiget>`,
    query: `<C:calendar-query ${namespaces}>${prop}<C:filter><C:comp-filter name="VCALENDAR"/>` +
      `</C:filter></C:calendar-query>`,
    sync: `<sync-collection ${namespaces}><sync-token/><sync-level>1</sync-level>${prop}` +
      `</sync-collection>`,
  };
  const asked = { headers: { depth: "1", ...headers }, body: bodies[report] };
  const found = await multistatusOf(await house.ask("REPORT", calendar, asked));
  const one = found.at(path);
  const text = one?.prop(C.calendarData)?.children.join("");
  return { etag: one?.text(D.getetag), text };
};

Deno.test("time zones by reference: who says nothing gets what was put, be it whole or not", async () => {
  await using house = await openHouse();
  for (const body of [timed("Europe/Vienna"), timed("Europe/Vienna", [vienna])]) {
    const etag = (await put(house, body)).headers.get("etag") ?? undefined;
    assertEquals(await got(house), { etag, text: body });
    assertEquals(await got(house, { "caldav-timezones": "maybe" }), { etag, text: body });
  }
});

Deno.test("time zones by reference: F leaves out what everybody knows, and nothing else", async () => {
  await using house = await openHouse();
  const body = timed("Europe/Vienna", [vienna, zone("Mine")]);
  const etag = (await put(house, body)).headers.get("etag") ?? undefined;
  const told = await got(house, leave);
  assertEquals(told.text, body.replace(vienna, ""));
  assertNotEquals(told.etag, etag);
});

/** A definition that says of a zone what was true once, or never. */
const fixed = (tzid: string, offset: string) =>
  component("VTIMEZONE", [
    `TZID:${tzid}`,
    "BEGIN:STANDARD",
    "DTSTART:19700101T000000",
    `TZOFFSETFROM:${offset}`,
    `TZOFFSETTO:${offset}`,
    "END:STANDARD",
  ]);

/** With the summer time that Brazil had until 2019. */
const oldSaoPaulo = component("VTIMEZONE", [
  "TZID:America/Sao_Paulo",
  "BEGIN:DAYLIGHT",
  "DTSTART:20081019T000000",
  "RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=3SU",
  "TZOFFSETFROM:-0300",
  "TZOFFSETTO:-0200",
  "END:DAYLIGHT",
  "BEGIN:STANDARD",
  "DTSTART:20090215T000000",
  "RRULE:FREQ=YEARLY;BYMONTH=2;BYDAY=3SU",
  "TZOFFSETFROM:-0200",
  "TZOFFSETTO:-0300",
  "END:STANDARD",
]);

const differing: readonly {
  readonly name: string;
  readonly item: Partial<Item>;
  readonly definition: string;
  readonly isTold: boolean;
}[] = [
  {
    name: "the summer time that a country had once",
    item: { tzid: "America/Sao_Paulo", start: "20241210T100000", end: "20241210T110000" },
    definition: oldSaoPaulo,
    isTold: true,
  },
  {
    name: "the same when it had it",
    item: { tzid: "America/Sao_Paulo", start: "20161210T100000", end: "20161210T110000" },
    definition: oldSaoPaulo,
    isTold: false,
  },
  {
    name: "a series that goes on behind that",
    item: {
      tzid: "America/Sao_Paulo",
      start: "20161210T100000",
      end: "20161210T110000",
      lines: ["RRULE:FREQ=WEEKLY"],
    },
    definition: oldSaoPaulo,
    isTold: true,
  },
  {
    name: "an event of some years",
    item: {
      tzid: "America/Sao_Paulo",
      start: "20161210T100000",
      end: null,
      lines: ["DURATION:P2000D"],
    },
    definition: oldSaoPaulo,
    isTold: true,
  },
  {
    name: "a date of a series that is behind that",
    item: {
      tzid: "America/Sao_Paulo",
      start: "20161210T100000",
      end: "20161210T110000",
      lines: ["RDATE;TZID=America/Sao_Paulo:20171210T100000,20211210T100000"],
    },
    definition: oldSaoPaulo,
    isTold: true,
  },
  {
    name: "what the zone never was",
    item: { tzid: "Europe/Berlin", start: "20241210T100000", end: "20241210T110000" },
    definition: fixed("Europe/Berlin", "+0500"),
    isTold: true,
  },
];

for (const { name, item, definition, isTold } of differing) {
  Deno.test(`time zones by reference: F with ${name}`, async () => {
    await using house = await openHouse();
    const body = event({ uid: "a", zones: [definition], ...item });
    await put(house, body);
    const told = await got(house, leave);
    assertEquals(told.text, isTold ? body : body.replace(definition, ""));
    for (const report of ["multiget", "query", "sync"]) {
      assertEquals(await inReport(house, report, leave), told, report);
    }
    const changed = told.text.replace("SUMMARY:", "SUMMARY:Now ");
    const answer = await put(house, changed, { ...leave, "if-match": told.etag ?? "" });
    assertEquals(answer.status, 204);
    const tree = (text: string) => momentsIn(calendarTree(text, limits), createZones(utcZone));
    const start = { name: "DTSTART", params: `;TZID=${item.tzid}`, value: item.start ?? "" };
    const line = { ...start, number: 1, start: 0, end: 0 };
    assertEquals(tree((await got(house)).text)(line)?.at, tree(body)(line)?.at);
  });
}

for (const headers of [leave, add]) {
  const asked = headers["caldav-timezones"];
  Deno.test(`time zones by reference: ${asked} is the same in GET and in reports`, async () => {
    await using house = await openHouse();
    await put(house, timed("Europe/Vienna", [vienna]));
    const told = await got(house, headers);
    for (const report of ["multiget", "query", "sync"]) {
      assertEquals(await inReport(house, report, headers), told, report);
    }
    const body = `<propfind ${namespaces}><prop><getetag/></prop></propfind>`;
    const found = await multistatusOf(
      await house.ask("PROPFIND", path, { headers: { depth: "0", ...headers }, body }),
    );
    assertEquals(found.responses[0]?.text(D.getetag), told.etag);
    const known = { ...headers, "if-none-match": told.etag ?? "" };
    assertEquals((await house.ask("GET", path, { headers: known })).status, 304);
    assertEquals((await put(house, timed("UTC"), { "if-match": told.etag ?? "" })).status, 204);
    assertEquals((await put(house, timed("UTC"), { "if-match": told.etag ?? "" })).status, 412);
  });
}

Deno.test("time zones by reference: T adds what is named and not defined", async () => {
  await using house = await openHouse();
  const rows: readonly (readonly [tzid: string, zones: readonly string[], defined: string[]])[] = [
    ["Europe/Vienna", [], ["Europe/Vienna"]],
    ["Europe/Vienna", [vienna], ["Europe/Vienna"]],
    ["W. Europe Standard Time", [], ["W. Europe Standard Time"]],
    ["Nowhere", [], []],
  ];
  for (const [tzid, zones, defined] of rows) {
    const body = timed(tzid, zones);
    await put(house, body);
    const { text } = await got(house, add);
    assertEquals(definitionsIn(text), defined);
    assertEquals(text.replace(/BEGIN:VTIMEZONE[^]*END:VTIMEZONE\r\n/, ""), timed(tzid));
    if (zones.length > 0) assertEquals(text, body);
  }
});

Deno.test("time zones by reference: what is put with F is whole for all others", async () => {
  await using house = await openHouse();
  const sent = timed("Europe/Vienna");
  const answer = await put(house, sent, leave);
  assertEquals(answer.status, 201);
  assertEquals(await got(house, leave), {
    etag: answer.headers.get("etag") ?? undefined,
    text: sent,
  });
  const whole = await got(house);
  assertEquals(definitionsIn(whole.text), ["Europe/Vienna"]);
  assertNotEquals(whole.etag, answer.headers.get("etag"));
  const again = await put(house, timed("Europe/Vienna").replace("Item", "Other"), {
    ...leave,
    "if-match": answer.headers.get("etag") ?? "",
  });
  assertEquals(again.status, 204);
});

Deno.test("time zones by reference: PUT has no ETag for what it would tell in another way", async () => {
  await using house = await openHouse();
  const whole = timed("Europe/Vienna", [vienna]);
  const rows: readonly (readonly [body: string, headers: Record<string, string>, has: boolean])[] =
    [
      [whole, leave, false],
      [timed("Nowhere"), leave, true],
      [whole, add, true],
      [timed("Europe/Vienna"), add, false],
    ];
  for (const [body, headers, has] of rows) {
    const etag = (await put(house, body, headers)).headers.get("etag") ?? undefined;
    assertEquals(etag !== undefined, has);
    if (has) assertEquals(await got(house, headers), { etag, text: body });
  }
  assertEquals((await got(house)).text, timed("Europe/Vienna"));
});

Deno.test("time zones by reference: with jCal and with partial data", async () => {
  await using house = await openHouse();
  await put(house, timed("Europe/Vienna", [vienna]));
  const accept = { accept: "application/calendar+json" };
  const names = async (headers: Record<string, string>) =>
    JSON.parse((await got(house, { ...accept, ...headers })).text)[2].map(([name]: [string]) =>
      name
    );
  assertEquals(await names({}), ["vtimezone", "vevent"]);
  assertEquals(await names(leave), ["vevent"]);
  const etags = await Promise.all([{}, accept, leave, { ...accept, ...leave }, add].map(
    async (headers) => (await got(house, headers)).etag,
  ));
  assertEquals(new Set(etags).size, etags.length);
});

Deno.test("time zones by reference: a whole calendar is whole, but for who asks for F", async () => {
  await using house = await openHouse();
  await put(house, timed("Europe/Vienna"));
  const text = async (headers: Record<string, string>) =>
    await (await house.ask("GET", calendar, { headers })).text();
  assertEquals(definitionsIn(await text({})), ["Europe/Vienna"]);
  assertEquals(definitionsIn(await text(add)), ["Europe/Vienna"]);
  assertEquals(definitionsIn(await text(leave)), []);
  await put(house, timed("Europe/Vienna", [vienna]));
  assert((await text({})).includes(vienna));
  assertEquals(definitionsIn(await text(leave)), []);
});

const propfind = async (house: House, at: string) => {
  const body = `<propfind ${namespaces}><prop><C:calendar-timezone/><C:calendar-timezone-id/>` +
    `<C:timezone-service-set/></prop></propfind>`;
  const asked = { headers: { depth: "0" }, body };
  return (await multistatusOf(await house.ask("PROPFIND", at, asked))).responses[0];
};

const proppatch = async (house: House, instructions: string) => {
  const body = `<propertyupdate ${namespaces}>${instructions}</propertyupdate>`;
  return (await multistatusOf(await house.ask("PROPPATCH", calendar, { body }))).responses[0];
};

const setId = (id: string) =>
  `<set><prop><C:calendar-timezone-id>${id}</C:calendar-timezone-id></prop></set>`;
const setZone = (text: string) =>
  `<set><prop><C:calendar-timezone>${text}</C:calendar-timezone></prop></set>`;

Deno.test("calendar-timezone-id and calendar-timezone are one", async () => {
  await using house = await openHouse();
  const both = async () => {
    const found = await propfind(house, calendar);
    const text = found?.text(C.calendarTimezone);
    return [found?.text(C.calendarTimezoneId), text && definitionsIn(text)[0]];
  };
  const given = (text: string) => vcalendar(zone(text));
  const rows: readonly (readonly [string, readonly (string | undefined)[]])[] = [
    ["", [undefined, undefined]],
    [setId("Etc/GMT+2"), ["Etc/GMT+2", "Etc/GMT+2"]],
    [setZone(given("Europe/Vienna")), ["Europe/Vienna", "Europe/Vienna"]],
    [setZone(given("My own")), [undefined, "My own"]],
    [setZone(vcalendar(fixed("Europe/Berlin", "+0500"))), [undefined, "Europe/Berlin"]],
    [setZone(vcalendar(oldSaoPaulo)), [undefined, "America/Sao_Paulo"]],
    [setZone(vcalendar(fixed("America/Sao_Paulo", "-0300"))), [
      "America/Sao_Paulo",
      "America/Sao_Paulo",
    ]],
    [setId(" Europe/Vienna "), ["Europe/Vienna", "Europe/Vienna"]],
    [`<remove><prop><C:calendar-timezone/></prop></remove>`, [undefined, undefined]],
    [setId("US/Eastern"), ["US/Eastern", "US/Eastern"]],
    [`<remove><prop><C:calendar-timezone-id/></prop></remove>`, [undefined, undefined]],
  ];
  for (const [instructions, gives] of rows) {
    if (instructions !== "") await proppatch(house, instructions);
    assertEquals(await both(), [...gives], instructions);
  }
});

Deno.test("calendar-timezone-id: a name that nobody knows is refused", async () => {
  await using house = await openHouse();
  const found = await proppatch(house, setId("Middle/Earth"));
  assertEquals(found?.statusOf(C.calendarTimezoneId), 403);
  const body = `<propertyupdate ${namespaces}>${setId("Middle/Earth")}</propertyupdate>`;
  const text = await (await house.ask("PROPPATCH", calendar, { body })).text();
  assert(text.includes("<D:error><C:valid-timezone/></D:error>"));
});

Deno.test("calendar-timezone-id: MKCALENDAR sets it, and floating times go by it", async () => {
  await using house = await openHouse();
  const made = `${home}made/`;
  const body = `<C:mkcalendar ${namespaces}>${setId("America/New_York")}</C:mkcalendar>`;
  assertEquals((await house.ask("MKCALENDAR", made, { body })).status, 201);
  assertEquals((await propfind(house, made))?.text(C.calendarTimezoneId), "America/New_York");
  await house.ask("PUT", `${made}a.ics`, {
    headers: { "content-type": "text/calendar" },
    body: event({ uid: "a", start: "20260105T090000", end: "20260105T100000" }),
  });
  const query = (start: string, end: string) =>
    `<C:calendar-query ${namespaces}><prop><getetag/></prop><C:filter>` +
    `<C:comp-filter name="VCALENDAR"><C:comp-filter name="VEVENT">` +
    `<C:time-range start="${start}" end="${end}"/></C:comp-filter></C:comp-filter></C:filter>` +
    `</C:calendar-query>`;
  const found = async (start: string, end: string) => {
    const asked = { headers: { depth: "1" }, body: query(start, end) };
    return (await multistatusOf(await house.ask("REPORT", made, asked))).responses.length;
  };
  assertEquals(await found("20260105T141500Z", "20260105T143000Z"), 1);
  assertEquals(await found("20260105T091500Z", "20260105T093000Z"), 0);
});

Deno.test("timezone-service-set names a service that answers", async () => {
  await using house = await openHouse();
  for (const at of [home, "/dav/principals/users/alice/"]) {
    const [service = ""] = (await propfind(house, at))?.hrefs(C.timezoneServiceSet) ?? [];
    assertEquals((await house.ask("GET", `${service}/capabilities`, { as: null })).status, 200);
  }
  const options = await house.ask("OPTIONS", calendar);
  assert(options.headers.get("dav")?.split(", ").includes("calendar-no-timezone"));
});
