import { assert, assertEquals, assertMatch } from "@std/assert";
import { A, C, D } from "../../src/xml/names.ts";
import { el } from "../../src/xml/tree.ts";
import { event, task } from "../fixtures/events.ts";
import { type House, multistatusOf, openHouse, preconditionOf } from "../harness.ts";
import { isCalendar, listIn } from "./answers.ts";
import {
  during,
  mkcalendar,
  mkcol,
  multiget,
  principalSearch,
  proppatch,
  syncCollection,
} from "./bodies.ts";
import { clientAt, type Manner } from "./client.ts";
import { discover, hrefs } from "./discovery.ts";
import { componentsOf, dataOf, privilegesOf, reportsOf } from "./found.ts";
import { styled } from "./style.ts";
import { onTheWire } from "./wire.ts";

const { principal, home, calendar, tasks } = hrefs;
const made = `${home}7d0a1b2c-3e4f-4051-9263-748596a7b8c9/`;

const outlook: Manner = {
  headers: { "user-agent": "CalDavSynchronizer/4.4" },
  xmlType: "application/xml; charset=UTF-8",
  itemType: "text/calendar; charset=utf-8",
  xml: styled({
    declaration: `<?xml version="1.0"?>\n`,
    prefixes: {
      "DAV:": "D",
      "urn:ietf:params:xml:ns:caldav": "C",
      "http://calendarserver.org/ns/": "CS",
      "http://apple.com/ns/ical/": "E",
    },
  }),
};

const outlookAt = (house: House) => clientAt(house, outlook);

Deno.test("OC-1 PROPFIND of well-known without a slash: redirect, principal, home", async () => {
  await using house = await openHouse();
  const redirect = await house.ask("PROPFIND", "/.well-known/caldav", { as: null });
  assert([301, 302, 307].includes(redirect.status));
  const names = [D.currentUserPrincipal, D.principalURL, D.resourcetype];
  const found = await discover(house, outlook, "/.well-known/caldav", ...names);
  assertEquals(found.hrefs(D.currentUserPrincipal), [principal]);
  const { responses: [own] } = await outlookAt(house).propfind(principal, "0", C.calendarHomeSet);
  assertEquals(own?.hrefs(C.calendarHomeSet), [home]);
});

Deno.test("OC-2 every calendar in the home has a name, components and a path-absolute href", async () => {
  await using house = await openHouse();
  const client = outlookAt(house);
  await client.ask("MKCALENDAR", made, { body: mkcalendar(el(D.displayname, ["Team"])) });
  const names = [D.resourcetype, D.displayname, A.calendarColor, C.supportedCalendarComponentSet];
  const { responses } = await client.propfind(home, "1", ...names);
  const calendars = responses.filter(isCalendar);
  assertEquals(calendars.map(({ href }) => href), [made, calendar, tasks]);
  assert(calendars.every((one) => one.text(D.displayname) && componentsOf(one).length > 0));
  assert(responses.every(({ href }) => href.startsWith("/dav/")));
  for (const { href } of calendars) {
    const found = await client.propfind(href, "0", D.currentUserPrivilegeSet, D.owner);
    assert(privilegesOf(found.at(href)).includes(D.write));
    assertEquals(found.at(href)?.hrefs(D.owner), [principal]);
  }
});

Deno.test("OC-2 every calendar has a name, also one that was made without", async () => {
  await using house = await openHouse();
  const client = outlookAt(house);
  await client.ask("MKCALENDAR", made);
  const found = await client.propfind(home, "1", D.displayname);
  assert(found.at(made)?.text(D.displayname));
});

Deno.test("OC-3 OPTIONS of a calendar is 200 with calendar-access", async () => {
  await using house = await openHouse();
  const response = await outlookAt(house).ask("OPTIONS", calendar);
  assertEquals(response.status, 200);
  assert(listIn(response, "dav").includes("calendar-access"));
});

Deno.test("OC-4 supported-report-set has calendar-multiget and sync-collection", async () => {
  await using house = await openHouse();
  const found = await outlookAt(house).propfind(
    calendar,
    "0",
    D.supportedReportSet,
    D.resourcetype,
  );
  const reports = reportsOf(found.at(calendar));
  assert(reports.includes(C.calendarMultiget) && reports.includes(D.syncCollection));
});

Deno.test("OC-7 sync-collection Depth 0: changes with getetag, removed ones with a status alone", async () => {
  await using house = await openHouse();
  const client = outlookAt(house);
  const [kept, gone, fresh] = ["kept", "gone", "fresh"].map((uid) => `${calendar}${uid}.ics`);
  assert(kept && gone && fresh);
  for (const href of [kept, gone]) await client.put(href, event({ uid: href }));
  const report = (token: string) =>
    client.ask("REPORT", calendar, {
      depth: "0",
      body: syncCollection(token, { names: [D.getetag] }),
    });
  const first = await multistatusOf(await report(""));
  assertEquals([...first.hrefs].sort(), [gone, kept]);

  const etags = [
    (await client.put(kept, event({ uid: kept, summary: "Changed" }))).headers.get("etag"),
    (await client.put(fresh, event({ uid: fresh }))).headers.get("etag"),
  ];
  await client.ask("DELETE", gone);
  const response = await report(first.syncToken ?? "");
  const text = await response.clone().text();
  assertMatch(text, /<D:status>HTTP\/1\.1 404 Not Found<\/D:status>/);
  const found = await multistatusOf(response);
  assertEquals([kept, fresh].map((href) => found.at(href)?.text(D.getetag) ?? null), etags);
  const removed = found.at(gone);
  assertEquals([removed?.status, removed?.propstats], [404, []]);
});

Deno.test("OC-8 a stale token is 403 with valid-sync-token, and none starts anew", async () => {
  await using house = await openHouse();
  const client = outlookAt(house);
  const { syncToken = "" } = await client.sync(calendar);
  const stale = syncToken.replace(/\d+$/, "999999");
  const body = syncCollection(stale, { names: [D.getetag] });
  const refused = await client.ask("REPORT", calendar, { depth: "0", body });
  assertEquals([refused.status, await preconditionOf(refused)], [403, D.validSyncToken]);
  assert((await client.sync(calendar)).syncToken);
});

Deno.test("OC-9 multiget that asks displayname of items: data comes, though displayname is 404", async () => {
  await using house = await openHouse();
  const client = outlookAt(house);
  const href = `${calendar}e.ics`;
  await client.put(href, event({ uid: "e" }));
  const body = multiget([href], [D.getetag, D.displayname, C.calendarData]);
  const found = await multistatusOf(await client.ask("REPORT", calendar, { depth: "1", body }));
  const one = found.at(href);
  assertEquals(one?.statusOf(D.displayname), 404);
  assertEquals(dataOf(one), event({ uid: "e" }));
  assertEquals(one?.statusOf(D.getetag), 200);
});

Deno.test("OC-10 PUT with If-None-Match: the ETag that it gives is good for the next If-Match", async () => {
  await using house = await openHouse();
  const client = outlookAt(house);
  const href = `${calendar}5b9f1c2d-3e4a-4b5c-8d6e-7f8091a2b3c4.ics`;
  const item = event({ uid: "5b9f1c2d" });
  const first = await client.put(href, item, { "if-none-match": "*" });
  assertEquals([first.status, first.headers.get("location")], [201, null]);
  const second = await client.put(href, item, { "if-match": first.headers.get("etag") ?? "" });
  assertEquals(second.status, 204);
  const ifMatch = { "if-match": second.headers.get("etag") ?? "" };
  assertEquals((await client.ask("DELETE", href, { headers: ifMatch })).status, 204);
  assertEquals((await client.ask("DELETE", href, { headers: ifMatch })).status, 404);
});

Deno.test("OC-11 extended MKCOL of a calendar 201, then PROPPATCH of name and colour 207 with 200", async () => {
  await using house = await openHouse();
  const client = outlookAt(house);
  const resourcetype = el(D.resourcetype, [el(D.collection), el(C.calendar)]);
  assertEquals((await client.ask("MKCOL", made, { body: mkcol(resourcetype) })).status, 201);
  for (const value of [el(D.displayname, ["Team"]), el(A.calendarColor, ["#FF2968FF"])]) {
    const body = proppatch(value);
    const { responses } = await multistatusOf(await client.ask("PROPPATCH", made, { body }));
    assertEquals(responses.map((one) => one.statusOf(value.name)), [200]);
    const found = await client.propfind(home, "1", D.resourcetype, value.name);
    assertEquals(found.at(made)?.prop(value.name), value);
    assert(isCalendar(found.at(made)));
  }
});

Deno.test("OC-15 a TZID with a trailing blank, long X-ALT-DESC and X-MICROSOFT-* are returned as sent", async () => {
  await using house = await openHouse();
  const client = outlookAt(house);
  const href = `${calendar}outlook.ics`;
  const item = event({
    uid: "outlook",
    start: "20260105T090000",
    end: "20260105T100000",
    tzid: '"W. Europe Standard Time "',
    lines: [
      `X-ALT-DESC;FMTTYPE=text/html:<html><body>${"<p>Grüße\\, &amp\\; mehr</p>".repeat(4000)}`,
      "X-MICROSOFT-CDO-BUSYSTATUS:BUSY",
      "X-MICROSOFT-CDO-INTENDEDSTATUS:BUSY",
      "X-MICROSOFT-DISALLOW-COUNTER:FALSE",
      "CLASS:PRIVATE",
      "CATEGORIES:Red Category",
    ],
  });
  assertEquals((await client.put(href, item, { "if-none-match": "*" })).status, 201);
  assertEquals(await (await client.ask("GET", href)).text(), item);
  assertEquals(dataOf((await client.multiget(calendar, [href])).at(href)), item);
});

Deno.test("OC-16 Expect: 100-continue is answered, and the body that follows is stored", async () => {
  await using house = await openHouse();
  await using wire = onTheWire(house);
  const href = `${calendar}waits.ics`;
  const item = event({ uid: "waits" });
  const headers = { ...outlook.headers, "content-type": "text/calendar; charset=utf-8" };
  assertEquals(await wire.expecting("PUT", href, headers, item), [100, 201]);
  assertEquals(await (await outlookAt(house).ask("GET", href)).text(), item);
});

Deno.test("OC-14 principal-property-search equals finds a room by its display name", async () => {
  await using house = await openHouse({
    people: [
      { name: "alice" },
      { name: "hall", kind: "room", displayName: "Great Hall" },
      { name: "annex", kind: "room", displayName: "Great Hall Annex" },
    ],
  });
  const search = [D.displayname, "Great Hall", { "match-type": "equals" }] as const;
  const names = [D.displayname, D.resourceId, C.calendarUserType];
  const body = principalSearch([search], names, { everywhere: true });
  const found = await multistatusOf(await outlookAt(house).ask("REPORT", principal, { body }));
  const [room, ...others] = found.responses;
  assertEquals(others, []);
  assertEquals(room?.href, "/dav/principals/rooms/hall/");
  assertEquals(room?.text(C.calendarUserType), "ROOM");
  assertEquals(room?.statusOf(D.resourceId), 200);
});

Deno.test("OC-5 OC-6 queries of a time list events and tasks in it, and tasks without dates", async () => {
  await using house = await openHouse();
  const client = outlookAt(house);
  const time = { start: "20251101T000000Z", end: "20270101T000000Z" };
  const [before, after] = ["20250105T090000Z", "20280105T090000Z"];
  const items: Readonly<Record<string, string>> = {
    [`${calendar}in.ics`]: event({ uid: "in" }),
    [`${calendar}before.ics`]: event({ uid: "before", start: before, end: null }),
    [`${calendar}after.ics`]: event({ uid: "after", start: after, end: null }),
    [`${tasks}in.ics`]: task({ uid: "in" }),
    [`${tasks}before.ics`]: task({ uid: "before", end: before }),
    [`${tasks}after.ics`]: task({ uid: "after", end: after }),
    [`${tasks}undated.ics`]: task({ uid: "undated", end: null }),
  };
  for (const [href, item] of Object.entries(items)) await client.put(href, item);
  const list = async (path: string, component: string) => {
    const found = await client.query(path, "1", [D.getetag], during(component, time));
    assert(found.responses.every((one) => one.text(D.getetag)));
    return [...found.hrefs].sort();
  };
  assertEquals(await list(calendar, "VEVENT"), [`${calendar}in.ics`]);
  assertEquals(await list(tasks, "VTODO"), [`${tasks}in.ics`, `${tasks}undated.ics`]);
});
