import { assert, assertEquals } from "@std/assert";
import { A, C, CS, D, nameOf, type XmlName } from "../../src/xml/names.ts";
import { el, type XmlElement } from "../../src/xml/tree.ts";
import { limits } from "../../src/limits.ts";
import { calendar, component, event, journal, task, zone } from "../fixtures/events.ts";
import { multistatusOf, openHouse, preconditionOf } from "../harness.ts";
import { fill } from "../http/fill.ts";
import { components, during, mkcalendar, syncCollection } from "./bodies.ts";
import { type Client, clientAt, type Manner } from "./client.ts";
import { discover, hrefs } from "./discovery.ts";
import { componentsOf, dataOf, privilegesOf } from "./found.ts";
import { styled } from "./style.ts";

const push = "https://bitfire.at/webdav-push";

const davx5: Manner = {
  headers: {
    "user-agent": "DAVx5/4.4.8-ose (at.bitfire.davdroid)",
    "accept-encoding": "gzip, br",
    accept: "*/*",
  },
  xmlType: "application/xml; charset=utf-8",
  itemType: "text/calendar; charset=utf-8",
  xml: styled({
    declaration: "<?xml version='1.0' encoding='UTF-8' ?>",
    prefixes: {
      "DAV:": "",
      "urn:ietf:params:xml:ns:caldav": "CAL",
      "http://apple.com/ns/ical/": "APPLE",
      "http://calendarserver.org/ns/": "CS",
      [push]: "PUSH",
    },
  }),
};

const detection: readonly XmlName[] = [
  D.resourcetype,
  D.displayname,
  D.currentUserPrincipal,
  D.currentUserPrivilegeSet,
  C.calendarHomeSet,
  C.supportedCalendarComponentSet,
  A.calendarColor,
  C.calendarDescription,
  C.calendarTimezone,
];

const listing: readonly XmlName[] = [
  D.currentUserPrivilegeSet,
  D.displayname,
  D.owner,
  D.resourcetype,
  nameOf(push, "transports"),
  nameOf(push, "topic"),
  A.calendarColor,
  C.calendarDescription,
  C.calendarTimezone,
  C.calendarTimezoneId,
  C.supportedCalendarComponentSet,
  CS.source,
];

const changed = [D.getetag, D.resourcetype];
const wanted = [D.getcontenttype, D.getetag, C.scheduleTag, C.calendarData];

/** `kinds`: DAVx5 says nothing where all three are wanted. */
const making = (displayName: string, ...kinds: readonly string[]): XmlElement =>
  mkcalendar(
    el(D.resourcetype, [el(D.collection), el(C.calendar)]),
    el(D.displayname, [displayName]),
    el(C.calendarDescription, ["Made on a telephone"]),
    el(A.calendarColor, ["#2F6DA4FF"]),
    el(C.calendarTimezoneId, ["Europe/Vienna"]),
    el(C.calendarTimezone, [calendar(zone("Europe/Vienna"))]),
    ...(kinds.length === 0 ? [] : [components(...kinds)]),
  );

const newCalendar = `${hrefs.home}0b6e1f7a-95d8-4c3e-a4d0-37f4a6f0c9d1/`;

/** The listing of changes, as DAVx5 asks for it. */
const changes = async (client: Client, path: string, token = "", depth: "0" | "1" = "0") =>
  await multistatusOf(
    await client.ask("REPORT", path, { depth, body: syncCollection(token, { names: changed }) }),
  );

for (const base of ["/dav/", "/.well-known/caldav", "/"]) {
  Deno.test(`DX-1 the nine properties on ${base} lead to the principal`, async () => {
    await using house = await openHouse();
    const found = await discover(house, davx5, base, ...detection);
    assertEquals(found.hrefs(D.currentUserPrincipal), [hrefs.principal]);
    const client = clientAt(house, davx5);
    const principal = await client.propfind(hrefs.principal, "0", ...detection);
    assertEquals(principal.at(hrefs.principal)?.hrefs(C.calendarHomeSet), [hrefs.home]);
  });
}

Deno.test("DX-2 OPTIONS on the principal announces calendar-access, and no address books", async () => {
  await using house = await openHouse();
  const response = await clientAt(house, davx5).ask("OPTIONS", hrefs.principal, {
    headers: { "accept-encoding": "identity" },
  });
  const tokens = response.headers.get("dav")?.split(",").map((token) => token.trim());
  assertEquals(response.status, 200);
  assert(tokens?.includes("calendar-access"));
  assert(!tokens?.includes("addressbook"));
});

Deno.test("DX-3 the address set of a principal has its mail address", async () => {
  await using house = await openHouse();
  const client = clientAt(house, davx5);
  const found = await client.propfind(hrefs.principal, "0", C.calendarUserAddressSet);
  const addresses = found.at(hrefs.principal)?.hrefs(C.calendarUserAddressSet);
  assertEquals(addresses?.find((one) => one.startsWith("mailto:")), "mailto:alice@example.test");
});

Deno.test("DX-4 the home lists calendars with components, owner and privileges", async () => {
  await using house = await openHouse();
  const found = await clientAt(house, davx5).propfind(hrefs.home, "1", ...listing);
  assert(privilegesOf(found.at(hrefs.home)).includes(D.bind), "to create is offered");
  for (const [href, kind] of [[hrefs.calendar, "VEVENT"], [hrefs.tasks, "VTODO"]] as const) {
    assertEquals(componentsOf(found.at(href)), [kind]);
    assertEquals(found.at(href)?.hrefs(D.owner), [hrefs.principal]);
    for (const privilege of [D.write, D.writeContent, D.bind, D.unbind]) {
      assert(privilegesOf(found.at(href)).includes(privilege), `${privilege} on ${href}`);
    }
  }
});

Deno.test("DX-5 MKCALENDAR with resource type, time zone id and #RRGGBBAA is 201", async () => {
  await using house = await openHouse();
  const client = clientAt(house, davx5);
  const body = making("Büro & Co", "VEVENT");
  const made = await client.ask("MKCALENDAR", newCalendar, { body });
  assertEquals([made.status, await made.text()], [201, ""]);
  const found = (await client.propfind(newCalendar, "0", ...listing)).at(newCalendar);
  assertEquals(found?.text(D.displayname), "Büro & Co");
  assertEquals(found?.text(A.calendarColor), "#2F6DA4FF");
  assertEquals(found?.text(C.calendarDescription), "Made on a telephone");
  assertEquals(found?.text(C.calendarTimezoneId), "Europe/Vienna");
  assert(found?.text(C.calendarTimezone)?.includes("TZID:Europe/Vienna"));
  assertEquals(componentsOf(found), ["VEVENT"]);
});

Deno.test("DX-6 MKCALENDAR without a component set takes all three kinds", async () => {
  await using house = await openHouse();
  const client = clientAt(house, davx5);
  await client.ask("MKCALENDAR", newCalendar, { body: making("All") });
  const found = await client.propfind(newCalendar, "0", C.supportedCalendarComponentSet);
  assertEquals(componentsOf(found.at(newCalendar)), ["VEVENT", "VTODO", "VJOURNAL"]);
});

Deno.test("DX-8 sync-collection says at Depth 0 what it says at Depth 1, and tells removals", async () => {
  await using house = await openHouse();
  const client = clientAt(house, davx5);
  const [first = "", second = ""] = await fill(house, 3);
  const zero = await changes(client, hrefs.calendar);
  const one = await changes(client, hrefs.calendar, "", "1");
  assertEquals(zero.hrefs.length, 3);
  assertEquals([one.hrefs, one.syncToken], [zero.hrefs, zero.syncToken]);

  await client.ask("DELETE", hrefs.calendar + first);
  await client.put(hrefs.calendar + second, event({ uid: "000001", summary: "Moved" }));
  const later = await changes(client, hrefs.calendar, zero.syncToken);
  assertEquals(later.at(hrefs.calendar + first)?.status, 404);
  assertEquals(later.at(hrefs.calendar + first)?.propstats, []);
  assertEquals(later.at(hrefs.calendar + second)?.statusOf(D.getetag), 200);
  assertEquals(later.responses.length, 2);
  assert(later.syncToken !== undefined && later.syncToken !== zero.syncToken);

  const nothing = await changes(client, hrefs.calendar, later.syncToken);
  assertEquals([nothing.responses.length, nothing.syncToken], [0, later.syncToken]);
});

Deno.test("DX-9 paging by 507 ends with the complete set", async () => {
  await using house = await openHouse();
  const client = clientAt(house, davx5);
  const names = await fill(house, limits.syncMembers + 300);
  const first = await changes(client, hrefs.calendar);
  assertEquals(first.at(hrefs.calendar)?.status, 507);
  const rest = await changes(client, hrefs.calendar, first.syncToken);
  assertEquals(rest.at(hrefs.calendar), undefined);
  const seen = [...first.hrefs, ...rest.hrefs].filter((href) => href !== hrefs.calendar);
  assertEquals(seen, names.map((name) => hrefs.calendar + name));
  assertEquals((await changes(client, hrefs.calendar, rest.syncToken)).hrefs, []);
});

Deno.test("DX-9 a token of a calendar that was deleted and made again is refused by name", async () => {
  await using house = await openHouse();
  const client = clientAt(house, davx5);
  await client.ask("MKCALENDAR", newCalendar, { body: making("First") });
  const { syncToken = "" } = await changes(client, newCalendar);
  await client.ask("DELETE", newCalendar);
  await client.ask("MKCALENDAR", newCalendar, { body: making("Second") });
  const stale = await client.ask("REPORT", newCalendar, {
    depth: "0",
    body: syncCollection(syncToken, { names: changed }),
  });
  assertEquals([stale.status, await preconditionOf(stale)], [403, D.validSyncToken]);
});

Deno.test("DX-10 twenty multigets of ten hrefs at once, without Depth", async () => {
  await using house = await openHouse();
  const client = clientAt(house, davx5);
  const paths = (await fill(house, 200)).map((name) => hrefs.calendar + name);
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, index) => {
      const ten = paths.slice(index * 10, index * 10 + 10);
      return client.multiget(hrefs.calendar, ten, ...wanted);
    }),
  );
  const found = answers.flatMap(({ responses }) => responses);
  assertEquals(found.map(({ href }) => href).sort(), paths);
  for (const one of found) {
    assertEquals(one.text(D.getcontenttype), "text/calendar; charset=utf-8");
    assert(/^"[^"]+"$/.test(one.text(D.getetag) ?? ""));
    assert(one.text(C.calendarData)?.startsWith("BEGIN:VCALENDAR"));
  }
});

Deno.test("DX-11 PUT of something new is 201 with the strong ETag of what GET gives", async () => {
  await using house = await openHouse();
  const client = clientAt(house, davx5);
  const path = `${hrefs.calendar}f4c1.ics`;
  const text = event({ uid: "f4c1" });
  const put = await client.put(path, text, { "if-none-match": "*" });
  const etag = put.headers.get("etag");
  assertEquals(put.status, 201);
  assert(/^"[^"]+"$/.test(etag ?? ""));
  const got = await client.ask("GET", path, {
    headers: { accept: "text/calendar;version=2.0, text/calendar;q=0.9" },
  });
  assertEquals([got.headers.get("etag"), await got.text()], [etag, text]);
});

Deno.test("DX-14 DELETE with a stale If-Match is 412, and of a collection 204", async () => {
  await using house = await openHouse();
  const client = clientAt(house, davx5);
  const path = `${hrefs.calendar}a.ics`;
  const first = await client.put(path, event({ uid: "a" }));
  const headers = { "if-match": first.headers.get("etag") ?? "" };
  await client.put(path, event({ uid: "a", summary: "Changed" }), headers);
  assertEquals((await client.ask("DELETE", path, { headers })).status, 412);
  assertEquals((await client.ask("GET", path)).status, 200);
  assertEquals((await client.ask("DELETE", hrefs.calendar)).status, 204);
  assertEquals((await client.ask("DELETE", hrefs.calendar)).status, 404);
});

const taskLines = [
  "PRIORITY:5",
  "PERCENT-COMPLETE:40",
  "STATUS:IN-PROCESS",
  "CATEGORIES:Home,Garden",
  "CLASS:CONFIDENTIAL",
  "URL:https://example.test/x?a=1&b=2",
  "COLOR:darkolivegreen",
  "GEO:48.85299;2.36885",
  "X-APPLE-SORT-ORDER:612345678",
  "X-STATUS;X-LABEL=Waiting:waiting",
  'X-UNKNOWN;X-PARAM="a;b":kept\\, as it is',
  "ATTACH;ENCODING=BASE64;VALUE=BINARY:aGVsbG8=",
  "RESOURCES:Ladder",
];

Deno.test("DX-16 tasks of jtx and Tasks.org on three levels come back unchanged", async () => {
  await using house = await openHouse();
  const client = clientAt(house, davx5);
  const parents = { top: [], mid: ["RELATED-TO:top"], low: ["RELATED-TO;RELTYPE=PARENT:mid"] };
  const texts = new Map(
    Object.entries(parents).map(([uid, lines]) =>
      [`${hrefs.tasks}${uid}.ics`, task({ uid, lines: [...lines, ...taskLines] })] as const
    ),
  );
  for (const [path, text] of texts) assertEquals((await client.put(path, text)).status, 201);
  const found = await client.multiget(hrefs.tasks, [...texts.keys()], ...wanted);
  for (const [path, text] of texts) {
    assertEquals(dataOf(found.at(path)), text);
    assertEquals(await (await client.ask("GET", path)).text(), text);
  }
});

Deno.test("DX-18 overrides without a master are stored", async () => {
  await using house = await openHouse();
  const client = clientAt(house, davx5);
  const text = calendar(component("VEVENT", [
    "UID:one-instance",
    "DTSTAMP:20260101T000000Z",
    "RECURRENCE-ID:20260112T090000Z",
    "DTSTART:20260112T100000Z",
    "DTEND:20260112T110000Z",
    "SUMMARY:Invited to this one only",
  ]));
  const path = `${hrefs.calendar}one-instance.ics`;
  assertEquals((await client.put(path, text, { "if-none-match": "*" })).status, 201);
  assertEquals((await changes(client, hrefs.calendar)).hrefs, [path]);
  assertEquals(await (await client.ask("GET", path)).text(), text);
});

Deno.test("DX-20 Push-Dont-Notify does no harm, and no push is offered", async () => {
  await using house = await openHouse();
  const client = clientAt(house, davx5);
  const headers = { "push-dont-notify": "https://push.example.test/subscriptions/1" };
  const path = `${hrefs.calendar}a.ics`;
  assertEquals((await client.put(path, event({ uid: "a" }), headers)).status, 201);
  assertEquals((await client.ask("DELETE", path, { headers })).status, 204);
  const found = await client.propfind(hrefs.calendar, "0", ...listing);
  assertEquals(found.at(hrefs.calendar)?.statusOf(nameOf(push, "transports")), 404);
});

Deno.test("DX-7 a query from 90 days ago on lists series that go on, and no collection", async () => {
  await using house = await openHouse();
  const client = clientAt(house, davx5);
  const before = { start: "20240101T090000Z", end: "20240101T100000Z" };
  const rules = { "endless": "FREQ=MONTHLY", "ended": "FREQ=MONTHLY;COUNT=3" };
  for (const [uid, rule] of Object.entries(rules)) {
    const item = event({ uid, ...before, lines: [`RRULE:${rule}`] });
    await client.put(`${hrefs.calendar}${uid}.ics`, item);
  }
  await client.put(`${hrefs.calendar}once.ics`, event({ uid: "once" }));
  const filter = during("VEVENT", { start: "20251007T000000Z" });
  const found = await client.query(hrefs.calendar, "1", [D.getetag], filter);
  const names = ["endless", "once"].map((uid) => `${hrefs.calendar}${uid}.ics`);
  assertEquals([...found.hrefs].sort(), names);
  assert(found.responses.every((one) => one.text(D.getetag)));
});

Deno.test("DX-15 queries for events, tasks and journal entries find these alone", async () => {
  await using house = await openHouse();
  const client = clientAt(house, davx5);
  const path = `${hrefs.home}all/`;
  const body = mkcalendar(components("VEVENT", "VTODO", "VJOURNAL"));
  assertEquals((await client.ask("MKCALENDAR", path, { body })).status, 201);
  const items = { VEVENT: event, VTODO: task, VJOURNAL: journal };
  for (const [name, item] of Object.entries(items)) {
    assertEquals((await client.put(`${path}${name}.ics`, item({ uid: name }))).status, 201);
  }
  for (const name of Object.keys(items)) {
    const found = await client.query(path, "1", [D.getetag], during(name));
    assertEquals(found.hrefs, [`${path}${name}.ics`]);
  }
});
