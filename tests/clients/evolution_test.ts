import { assert, assertEquals, assertMatch } from "@std/assert";
import { A, C, CS, D, type XmlName } from "../../src/xml/names.ts";
import { el } from "../../src/xml/tree.ts";
import { event, journal, zone } from "../fixtures/events.ts";
import { multistatusOf, openHouse, preconditionOf } from "../harness.ts";
import { fill } from "../http/fill.ts";
import {
  components,
  during,
  mkcalendar,
  multiget,
  principalSearch,
  query,
  type Range,
  syncCollection,
} from "./bodies.ts";
import { type Client, clientAt, type Manner } from "./client.ts";
import { discover, hrefs } from "./discovery.ts";
import { componentsOf, dataOf, typesOf } from "./found.ts";
import { styled } from "./style.ts";

const evolution: Manner = {
  headers: { "user-agent": "Evolution/3.46.4", "accept-language": "en" },
  xmlType: 'application/xml; charset="utf-8"',
  itemType: 'text/calendar; charset="utf-8"',
  xml: styled({
    declaration: "",
    prefixes: {
      "DAV:": "D",
      "urn:ietf:params:xml:ns:caldav": "C",
      "urn:ietf:params:xml:ns:carddav": "A",
      "http://calendarserver.org/ns/": "CS",
      "http://apple.com/ns/ical/": "IC",
    },
    bareRoot: true,
  }),
};

const detection: readonly XmlName[] = [
  D.resourcetype,
  D.currentUserPrincipal,
  D.principalURL,
  C.calendarHomeSet,
  C.calendarUserAddressSet,
  "{urn:ietf:params:xml:ns:carddav}addressbook-home-set",
];

const listing: readonly XmlName[] = [
  D.resourcetype,
  CS.source,
  C.supportedCalendarComponentSet,
  D.displayname,
  D.getetag,
  CS.getctag,
  D.getcontenttype,
  D.getcontentlength,
  D.creationdate,
  D.getlastmodified,
  C.calendarDescription,
  A.calendarColor,
  A.calendarOrder,
];

const newCalendar = `${hrefs.home}eds-4723e31c/`;

const making = (...kinds: readonly string[]) =>
  mkcalendar(
    el(D.displayname, ["Ev 4723e31c"]),
    el(C.calendarDescription, ["made by EDS"]),
    el(A.calendarColor, ["#4488cc"]),
    components(...kinds),
  );

const changesBody = (token = "") => syncCollection(token, { names: [D.getetag] });

const changes = async (client: Client, path: string, token = "") =>
  await multistatusOf(
    await client.ask("REPORT", path, { depth: "0", body: changesBody(token) }),
  );

for (const at of ["/.well-known/caldav", hrefs.home, hrefs.calendar]) {
  Deno.test(`EV-1 the six properties on ${at} give the principal, and there the home`, async () => {
    await using house = await openHouse();
    const found = await discover(house, evolution, at, ...detection);
    assertEquals(found.hrefs(D.currentUserPrincipal), [hrefs.principal]);
    const principal = await discover(house, evolution, hrefs.principal, ...detection);
    assertEquals(principal.hrefs(C.calendarHomeSet), [hrefs.home]);
    assertEquals(principal.hrefs(D.principalURL), [hrefs.principal]);
  });
}

Deno.test("EV-2 the home lists component sets as they were stored", async () => {
  await using house = await openHouse();
  const client = clientAt(house, evolution);
  const kinds = ["VEVENT", "VTODO", "VJOURNAL"];
  for (const kind of kinds) {
    const made = await client.ask("MKCALENDAR", `${hrefs.home}${kind}/`, { body: making(kind) });
    assertEquals(made.status, 201);
  }
  const found = await client.propfind(hrefs.home, "1", ...listing);
  for (const kind of kinds) {
    const one = found.at(`${hrefs.home}${kind}/`);
    assertEquals([componentsOf(one), typesOf(one)], [[kind], [D.collection, C.calendar]]);
    assertEquals(one?.text(D.displayname), "Ev 4723e31c");
    assertEquals(one?.text(C.calendarDescription), "made by EDS");
    assertEquals(one?.text(A.calendarColor), "#4488cc");
  }
});

Deno.test("EV-3 OPTIONS on a calendar announces calendar-access, and allows DELETE", async () => {
  await using house = await openHouse();
  const client = clientAt(house, evolution);
  const response = await client.ask("OPTIONS", hrefs.calendar);
  const list = (name: string) => response.headers.get(name)?.split(",").map((one) => one.trim());
  assertEquals(response.status, 200);
  assert(list("dav")?.includes("calendar-access"));
  assert(list("allow")?.includes("PUT"));
  assert(list("allow")?.includes("DELETE"));
});

Deno.test("EV-5 sync-collection at Depth 0, with a token that is a URI", async () => {
  await using house = await openHouse();
  const client = clientAt(house, evolution);
  const names = await fill(house, 3);
  const all = await changes(client, hrefs.calendar);
  assertEquals(all.hrefs, names.map((name) => hrefs.calendar + name));
  assert(all.syncToken?.includes(":"));
  await client.ask("DELETE", hrefs.calendar + names[0]);
  const later = await changes(client, hrefs.calendar, all.syncToken);
  assertEquals(later.responses.map(({ href, status }) => [href, status]), [
    [hrefs.calendar + names[0], 404],
  ]);
});

Deno.test("EV-5 a stale token is 403, and the text of the answer says valid-sync-token", async () => {
  await using house = await openHouse();
  const client = clientAt(house, evolution);
  const { syncToken } = await changes(client, hrefs.tasks);
  const stale = await client.ask("REPORT", hrefs.calendar, {
    depth: "0",
    body: changesBody(syncToken),
  });
  assert((await stale.clone().text()).includes("valid-sync-token"));
  assertEquals([stale.status, await preconditionOf(stale)], [403, D.validSyncToken]);
});

Deno.test("EV-7 multiget of a hundred", async () => {
  await using house = await openHouse();
  const client = clientAt(house, evolution);
  const paths = (await fill(house, 100)).map((name) => hrefs.calendar + name);
  const body = multiget(paths);
  const found = await multistatusOf(
    await client.ask("REPORT", hrefs.calendar, { depth: "1", body }),
  );
  assertEquals(found.hrefs, paths);
  for (const one of found.responses) {
    assertEquals(one.propstats, [200]);
    assert(dataOf(one).startsWith("BEGIN:VCALENDAR"));
  }
});

Deno.test("EV-8 PUT that prefers a minimal answer: no body, and the ETag of what was stored", async () => {
  await using house = await openHouse();
  const client = clientAt(house, evolution);
  const path = `${hrefs.calendar}a.ics`;
  const prefer = { prefer: "return=minimal" };
  const made = await client.put(path, event({ uid: "a" }), { ...prefer, "if-none-match": "*" });
  assertEquals([made.status, await made.text()], [201, ""]);
  const known = { ...prefer, "if-match": made.headers.get("etag") ?? "" };
  const text = event({ uid: "a", summary: "Changed" });
  const changed = await client.put(path, text, known);
  assertEquals([changed.status, await changed.text()], [204, ""]);
  const got = await client.ask("GET", path);
  assertEquals([got.headers.get("etag"), await got.text()], [changed.headers.get("etag"), text]);
});

Deno.test("EV-6 a query by UID with Depth 0 finds exactly that event, and tells what it asks for", async () => {
  await using house = await openHouse();
  const client = clientAt(house, evolution);
  for (const uid of ["a", "b"]) await client.put(`${hrefs.calendar}${uid}.ics`, event({ uid }));
  const uidOnly = el(C.comp, [el(C.prop, [], { name: "UID" })], { name: "VEVENT" });
  const data = el(C.calendarData, [el(C.comp, [uidOnly], { name: "VCALENDAR" })]);
  const isB = el(C.propFilter, [el(C.textMatch, ["b"], { collation: "i;octet" })], { name: "UID" });
  const body = query(
    [el(D.getetag), data],
    el(C.compFilter, [isB], { name: "VEVENT" }),
  );
  const found = await multistatusOf(
    await client.ask("REPORT", hrefs.calendar, { depth: "0", body }),
  );
  assertEquals(found.hrefs, [`${hrefs.calendar}b.ics`]);
  assertEquals(
    dataOf(found.responses[0]).split(/\r?\n/),
    ["BEGIN:VCALENDAR", "BEGIN:VEVENT", "UID:b", "END:VEVENT", "END:VCALENDAR", ""],
  );
});

Deno.test("EV-9 PUT in chunks of unknown number is accepted", async () => {
  await using house = await openHouse();
  const client = clientAt(house, evolution);
  const path = `${hrefs.calendar}a.ics`;
  const text = event({ uid: "a", summary: "Stückweise" });
  const bytes = new TextEncoder().encode(text);
  const pieces = Array.from(
    { length: Math.ceil(bytes.length / 7) },
    (_, index) => bytes.slice(index * 7, index * 7 + 7),
  );
  const put = await house.ask("PUT", path, {
    headers: { ...evolution.headers, "content-type": 'text/calendar; charset="utf-8"' },
    body: ReadableStream.from(pieces),
  });
  assertEquals(put.status, 201);
  assertEquals(await (await client.ask("GET", path)).text(), text);
});

Deno.test("EV-15 MKCALENDAR with VFREEBUSY and TIMEZONE among the components is 201", async () => {
  await using house = await openHouse();
  const client = clientAt(house, evolution);
  const body = making("VEVENT", "VFREEBUSY", "TIMEZONE", "VTODO");
  assertEquals((await client.ask("MKCALENDAR", newCalendar, { body })).status, 201);
  const found = await client.propfind(newCalendar, "0", ...listing);
  assertEquals(componentsOf(found.at(newCalendar)), ["VEVENT", "VTODO", "VFREEBUSY"]);
});

Deno.test("EV-17 memos make the round trip, with and without a date", async () => {
  await using house = await openHouse();
  const client = clientAt(house, evolution);
  await client.ask("MKCALENDAR", newCalendar, { body: making("VJOURNAL") });
  const texts = new Map([
    [
      "memo-1.ics",
      journal({ uid: "memo-1", lines: ["DESCRIPTION:Zeile\\nzwei", "X-EVOLUTION-A:b"] }),
    ],
    ["memo-2.ics", journal({ uid: "memo-2", start: null })],
  ]);
  for (const [name, text] of texts) {
    assertEquals((await client.put(newCalendar + name, text)).status, 201);
    assertEquals(await (await client.ask("GET", newCalendar + name)).text(), text);
  }
  assertEquals(
    (await changes(client, newCalendar)).hrefs.toSorted(),
    [...texts.keys()].map((name) => newCalendar + name),
  );
});

Deno.test("EV-18 no URL of a calendar is redirected", async () => {
  await using house = await openHouse();
  const client = clientAt(house, evolution);
  for (const path of [hrefs.calendar, hrefs.calendar.slice(0, -1), hrefs.home.slice(0, -1)]) {
    const found = await client.propfind(path, "0", D.resourcetype);
    assertEquals(found.hrefs, [path.replace(/\/?$/, "/")]);
    assertEquals((await client.ask("OPTIONS", path)).status, 200);
  }
});

Deno.test("EV-13 principal-property-search finds a bare mail address inside of mailto:", async () => {
  await using house = await openHouse();
  const body = principalSearch([[C.calendarUserAddressSet, "bob@example.test"]], [D.displayname], {
    everywhere: true,
  });
  const sent = { depth: "0", body } as const;
  const found = await multistatusOf(
    await clientAt(house, evolution).ask("REPORT", hrefs.calendar, sent),
  );
  assertEquals(found.responses.map((one) => [one.href, one.text(D.displayname)]), [
    ["/dav/principals/users/bob/", "bob"],
  ]);
});

Deno.test("EV-16 a TZID of libical with its VTIMEZONE counts in queries of a time and in free/busy", async () => {
  await using house = await openHouse();
  const client = clientAt(house, evolution);
  const tzid = "/freeassociation.sourceforge.net/Europe/Vienna";
  const href = `${hrefs.calendar}zoned.ics`;
  const item = event({
    uid: "zoned",
    tzid,
    start: "20260705T090000",
    end: "20260705T100000",
    zones: [zone(tzid)],
  });
  assertEquals((await client.put(href, item)).status, 201);
  const hours = (from: string, to: string): Range => ({
    start: `20260705T${from}0000Z`,
    end: `20260705T${to}0000Z`,
  });
  const found = async (range: Range) =>
    (await client.query(hrefs.calendar, "1", [D.getetag], during("VEVENT", range))).hrefs;
  assertEquals(await found(hours("07", "08")), [href]);
  assertEquals(await found(hours("08", "10")), []);
  const body = el(C.freeBusyQuery, [el(C.timeRange, [], { ...hours("00", "23") })]);
  const busy = await client.ask("REPORT", hrefs.principal, { depth: "infinity", body });
  assertEquals(busy.status, 200);
  assertMatch(await busy.text(), /^FREEBUSY;FBTYPE=BUSY:20260705T070000Z\/20260705T080000Z\r$/m);
});
