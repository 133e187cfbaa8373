import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { A, C, CS, D } from "../../src/xml/names.ts";
import { el } from "../../src/xml/tree.ts";
import { crlf, event } from "../fixtures/events.ts";
import { type House, openHouse } from "../harness.ts";
import { isCalendar, rawTextOf } from "./answers.ts";
import { agents, apple, homeList, principalList } from "./apple.ts";
import { components, mkcalendar, mkcol, propfind, proppatch } from "./bodies.ts";
import { clientAt } from "./client.ts";
import { hrefs } from "./discovery.ts";
import { componentsOf, typesOf } from "./found.ts";

const { principal, home, calendar, tasks } = hrefs;
const made = `${home}0B7D6F0E-5C1A-4D3B-9E2F-8A7B6C5D4E3F/`;

const macAt = (house: House) => clientAt(house, apple(agents.elCapitan));

Deno.test("MC-3 Prefer: return-minimal, the old spelling, is return=minimal", async () => {
  await using house = await openHouse();
  const { headers: { brief: _, ...headers }, xml } = apple("Mac_OS_X/10.9 CalendarAgent/157.1");
  const answers = await Promise.all(["return-minimal", "return=minimal"].map(async (prefer) => {
    const mac = clientAt(house, { headers: { ...headers, prefer }, xml });
    const response = await mac.ask("PROPFIND", home, { depth: "1", body: propfind(...homeList) });
    return {
      text: await response.text(),
      applied: response.headers.get("preference-applied"),
      vary: response.headers.get("vary"),
    };
  }));
  assertEquals(answers[0], answers[1]);
  assertEquals(answers[0]?.applied, "return=minimal");
  assert(!answers[0]?.text.includes("HTTP/1.1 404"));
});

const alarmLines = [
  "BEGIN:VALARM",
  "X-WR-ALARMUID:6F8E0C2A-1B3D-4F5A-8C7E-9D0B1A2C3E4F",
  "UID:6F8E0C2A-1B3D-4F5A-8C7E-9D0B1A2C3E4F",
  "TRIGGER;VALUE=DATE-TIME:19760401T005545Z",
  "ACTION:NONE",
  "DESCRIPTION:<none> & never",
  "END:VALARM",
];

const spellings = [
  {
    spelling: "escaped, with CR as a character reference",
    xml: crlf(alarmLines).replaceAll("&", "&amp;").replaceAll("<", "&lt;")
      .replaceAll("\r", "&#13;"),
    text: crlf(alarmLines),
  },
  {
    spelling: "as CDATA",
    xml: `<![CDATA[${alarmLines.join("\n")}]]>`,
    text: alarmLines.join("\n"),
  },
];

for (const name of [C.defaultAlarmVeventDate, C.defaultAlarmVeventDatetime]) {
  for (const { spelling, xml, text } of spellings) {
    Deno.test(`MC-5 PROPPATCH of the home ${name}, ${spelling}: the same text back`, async () => {
      await using house = await openHouse();
      const mac = macAt(house);
      const local = name.slice(name.indexOf("}") + 1);
      const body = `<?xml version="1.0" encoding="UTF-8"?>
<A:propertyupdate xmlns:A="DAV:"><A:set><A:prop><B:${local} xmlns:B="urn:ietf:params:xml:ns:caldav"
>${xml}</B:${local}></A:prop></A:set></A:propertyupdate>`;
      const headers = { "content-type": "text/xml" };
      assertEquals((await mac.ask("PROPPATCH", home, { body, headers })).status, 200);
      const found = await mac.propfind(home, "1", name);
      assertEquals(rawTextOf(found.at(home), name), text);
    });
  }
}

Deno.test("MC-6 sync-collection on the home shows new, changed and removed calendars", async () => {
  await using house = await openHouse();
  const mac = macAt(house);
  const sync = (token?: string) => mac.sync(home, token, ...homeList);
  const first = await sync();
  assertEquals(first.responses.filter(isCalendar).map(({ href }) => href), [
    calendar,
    tasks,
  ]);

  const steps = [
    () => mac.ask("MKCALENDAR", made, { body: mkcalendar(components("VEVENT")) }),
    () => mac.proppatch(made, el(D.displayname, ["Other"])),
    () => mac.proppatch(made, el(A.calendarColor, ["#FF2968FF"])),
    () => mac.put(`${made}e.ics`, event({ uid: "e" })),
    () => mac.ask("DELETE", `${made}e.ics`),
    () => mac.ask("DELETE", made),
  ];
  let { syncToken } = first;
  for (const [index, step] of steps.entries()) {
    await step();
    const found = await sync(syncToken);
    assertEquals(found.hrefs, [made]);
    const removed = index === steps.length - 1;
    assertEquals(found.at(made)?.status, removed ? 404 : undefined);
    assertEquals(isCalendar(found.at(made)), !removed);
    assertNotEquals(found.syncToken, syncToken);
    syncToken = found.syncToken;
  }
  assertEquals((await sync(syncToken)).hrefs, []);
});

Deno.test("MC-9 calendar-color #FF2968FF with symbolic-color reads back #FF2968FF", async () => {
  await using house = await openHouse();
  const mac = macAt(house);
  const color = el(A.calendarColor, ["#FF2968FF"], { "symbolic-color": "red" });
  assertEquals((await mac.proppatch(calendar, color)).status, 200);
  const found = await mac.propfind(home, "1", ...homeList);
  assertEquals(rawTextOf(found.at(calendar), A.calendarColor), "#FF2968FF");
});

const subscription = [
  el(D.resourcetype, [el(D.collection), el(CS.subscribed)]),
  el(CS.source, [el(D.href, ["webcal://example.test/holidays.ics"])]),
  el(A.refreshrate, ["P1W"]),
  el(CS.subscribedStripAlarms),
  el(CS.subscribedStripAttachments),
  el(A.calendarColor, ["#63DA38FF"]),
  el(A.calendarOrder, ["9"]),
  el(D.displayname, ["Holidays"]),
];

for (
  const [method, body] of [
    ["MKCALENDAR", mkcalendar(...subscription)],
    ["MKCOL", mkcol(...subscription)],
  ] as const
) {
  Deno.test(`MC-10 ${method} of a subscription is 201, and it is listed with its source`, async () => {
    await using house = await openHouse();
    const mac = macAt(house);
    assertEquals((await mac.ask(method, made, { body })).status, 201);
    const found = (await mac.propfind(home, "1", ...homeList)).at(made);
    assertEquals(typesOf(found), [D.collection, CS.subscribed]);
    for (const value of subscription.slice(1)) assertEquals(found?.prop(value.name), value);
    assertEquals((await mac.propfind(made, "1", D.getetag)).hrefs, [made]);
  });
}

Deno.test("MC-11 no default is for both events and tasks, but one that another client makes is listed", async () => {
  await using house = await openHouse();
  const other = clientAt(house, { headers: {} });
  const mac = macAt(house);
  const defaults = (await mac.propfind(home, "1", ...homeList)).responses.filter(isCalendar);
  assertEquals(defaults.map((one) => componentsOf(one).length), [1, 1]);
  await other.ask("MKCALENDAR", made, { body: mkcalendar(components("VEVENT", "VTODO")) });
  const found = (await mac.propfind(home, "1", ...homeList)).at(made);
  assertEquals(typesOf(found), [D.collection, C.calendar]);
  assertEquals(componentsOf(found), ["VEVENT", "VTODO"]);
});

for (const path of [principal, home]) {
  Deno.test(`MC-13 ${path} without its last slash answers like with it`, async () => {
    await using house = await openHouse();
    const mac = macAt(house);
    const body = propfind(...principalList, ...homeList);
    const answers = [path, path.slice(0, -1)].map(async (one) => {
      const found = await mac.ask("PROPFIND", one, { depth: "1", body });
      const { status, headers } = await mac.ask("OPTIONS", one);
      return [found.status, await found.text(), status, headers.get("allow"), headers.get("dav")];
    });
    const [withSlash, without] = await Promise.all(answers);
    assertEquals(without, withSlash);
    assertEquals([withSlash?.[0], withSlash?.[2]], [207, 200]);
  });
}

Deno.test("MC-13 the home without its last slash takes PROPPATCH and sync-collection", async () => {
  await using house = await openHouse();
  const mac = macAt(house);
  const order = el(A.calendarOrder, ["1"]);
  const path = home.slice(0, -1);
  assertEquals((await mac.ask("PROPPATCH", path, { body: proppatch(order) })).status, 200);
  assertEquals((await mac.sync(path)).hrefs, (await mac.sync(home)).hrefs);
});

Deno.test("MC-14 DELETE of a calendar, repeated: 204, then 404, and it is never listed again", async () => {
  await using house = await openHouse();
  const mac = macAt(house);
  const before = await mac.propfind(home, "1", ...homeList);
  await mac.ask("MKCALENDAR", made, { body: mkcalendar(components("VEVENT")) });
  await mac.put(`${made}e.ics`, event({ uid: "e" }));
  const { syncToken } = await mac.sync(home);
  assertEquals((await mac.ask("DELETE", made)).status, 204);
  for (let again = 0; again < 2; again++) {
    assertEquals((await mac.ask("DELETE", made)).status, 404);
    assertEquals((await mac.propfind(home, "1", ...homeList)).hrefs, before.hrefs);
    const { responses } = await mac.sync(home, syncToken);
    assertEquals(responses.map(({ href, status }) => [href, status]), [[made, 404]]);
  }
});

Deno.test("MC-16 MOVE of an event between one's own calendars: 201 or 204, and both syncs show it", async () => {
  await using house = await openHouse();
  const mac = macAt(house);
  await mac.ask("MKCALENDAR", made, { body: mkcalendar(components("VEVENT")) });
  const [from, to] = [`${calendar}e.ics`, `${made}e.ics`];
  for (const [overwrite, status] of [["F", 201], ["T", 204]] as const) {
    await mac.put(from, event({ uid: "e", summary: overwrite }));
    const tokens = [(await mac.sync(calendar)).syncToken, (await mac.sync(made)).syncToken];
    const headers = { destination: `http://localhost${to}`, overwrite };
    assertEquals((await mac.ask("MOVE", from, { headers })).status, status);
    const left = await mac.sync(calendar, tokens[0]);
    assertEquals(left.responses.map((one) => [one.href, one.status]), [[from, 404]]);
    const come = await mac.sync(made, tokens[1]);
    assertEquals(come.hrefs, [to]);
    assert(come.at(to)?.text(D.getetag));
  }
});
