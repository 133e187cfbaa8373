import { assert, assertEquals } from "@std/assert";
import { A, C, CS, D, type XmlName } from "../../src/xml/names.ts";
import { el } from "../../src/xml/tree.ts";
import { calendar, component, event, task } from "../fixtures/events.ts";
import { multistatusOf, openHouse, preconditionOf } from "../harness.ts";
import { fill } from "../http/fill.ts";
import { multiget, principalSearch, proppatch, syncCollection } from "./bodies.ts";
import { type Client, clientAt, type Manner } from "./client.ts";
import { discover, hrefs } from "./discovery.ts";
import { dataOf, privilegesOf, reportsOf, typesOf } from "./found.ts";
import { styled } from "./style.ts";

const thunderbird: Manner = {
  headers: {
    "user-agent": "Mozilla/5.0 (X11; Linux x86_64; rv:153.0) Gecko/20100101 Thunderbird/153.7.0",
    accept: "text/xml",
    "accept-language": "en-US,en;q=0.9",
    "accept-charset": "utf-8,*;q=0.1",
    origin: "http://localhost",
  },
  xmlType: "text/xml; charset=utf-8",
  itemType: "text/calendar; charset=utf-8",
  xml: styled({
    declaration: '<?xml version="1.0" encoding="UTF-8"?>\n',
    prefixes: {
      "DAV:": "D",
      "urn:ietf:params:xml:ns:caldav": "C",
      "http://apple.com/ns/ical/": "A",
      "http://calendarserver.org/ns/": "CS",
    },
    quote: "'",
  }),
};

const detection: readonly XmlName[] = [
  D.resourcetype,
  D.owner,
  D.displayname,
  D.currentUserPrincipal,
  D.currentUserPrivilegeSet,
  A.calendarColor,
  C.calendarHomeSet,
];

const changed = [D.getcontenttype, D.getetag];

const changes = async (client: Client, token = "") =>
  await multistatusOf(
    await client.ask("REPORT", hrefs.calendar, {
      depth: "1",
      body: syncCollection(token, { names: changed }),
    }),
  );

const items = async (client: Client, paths: readonly string[]) =>
  await multistatusOf(
    await client.ask("REPORT", hrefs.calendar, { depth: "1", body: multiget(paths) }),
  );

for (const at of ["/.well-known/caldav", "/"]) {
  Deno.test(`TB-1 detection on ${at} leads by the principal to the home`, async () => {
    await using house = await openHouse();
    const found = await discover(house, thunderbird, at, ...detection);
    assert(!typesOf(found).includes(C.calendar), "it is no calendar itself");
    assertEquals(found.hrefs(D.currentUserPrincipal), [hrefs.principal]);
    const principal = await discover(house, thunderbird, hrefs.principal, C.calendarHomeSet);
    assertEquals(principal.hrefs(C.calendarHomeSet), [hrefs.home]);
  });
}

Deno.test("TB-2 the home lists calendars, and no others, with colour and privileges", async () => {
  await using house = await openHouse();
  const client = clientAt(house, thunderbird);
  const colour = proppatch(el(A.calendarColor, ["#FF2968FF"]));
  await multistatusOf(await client.ask("PROPPATCH", hrefs.calendar, { body: colour }));
  const found = await client.propfind(
    hrefs.home,
    "1",
    D.resourcetype,
    D.displayname,
    D.currentUserPrivilegeSet,
    A.calendarColor,
  );
  const calendars = found.responses.filter((one) => typesOf(one).includes(C.calendar));
  assertEquals(calendars.map(({ href }) => href).sort(), [hrefs.calendar, hrefs.tasks]);
  assertEquals(found.at(hrefs.calendar)?.text(A.calendarColor), "#FF2968FF");
  for (const one of calendars) assert(privilegesOf(one).includes(D.writeContent));
});

Deno.test("TB-3 OPTIONS on the home is 200, and its first token is 1", async () => {
  await using house = await openHouse();
  const response = await clientAt(house, thunderbird).ask("OPTIONS", hrefs.home);
  const tokens = response.headers.get("dav")?.split(",").map((token) => token.trim());
  assertEquals([response.status, await response.text(), tokens?.[0]], [200, "", "1"]);
});

Deno.test("TB-4 a calendar supports sync-collection and calendar-multiget", async () => {
  await using house = await openHouse();
  const found = await clientAt(house, thunderbird).propfind(
    hrefs.calendar,
    "0",
    D.resourcetype,
    D.owner,
    D.currentUserPrincipal,
    D.currentUserPrivilegeSet,
    D.supportedReportSet,
    C.supportedCalendarComponentSet,
    CS.getctag,
  );
  const reports = reportsOf(found.at(hrefs.calendar));
  assert(reports.includes(D.syncCollection));
  assert(reports.includes(C.calendarMultiget));
  assertEquals(found.at(hrefs.calendar)?.propstats, [200]);
});

Deno.test("TB-5 the principal gives its mail address first and last", async () => {
  await using house = await openHouse();
  const found = await clientAt(house, thunderbird).propfind(
    hrefs.principal,
    "0",
    C.calendarHomeSet,
    C.calendarUserAddressSet,
    C.scheduleInboxURL,
    C.scheduleOutboxURL,
  );
  const addresses = found.at(hrefs.principal)?.hrefs(C.calendarUserAddressSet) ?? [];
  assertEquals(addresses.at(0), "mailto:alice@example.test");
  assertEquals(addresses.at(-1), "mailto:alice@example.test");
});

Deno.test("TB-6 sync-collection: all, then what changed, and what is gone without a propstat", async () => {
  await using house = await openHouse();
  const client = clientAt(house, thunderbird);
  const [first = "", second = ""] = await fill(house, 4);
  const all = await changes(client);
  assertEquals(all.hrefs.length, 4);
  for (const one of all.responses) {
    assert(one.text(D.getcontenttype)?.startsWith("text/calendar"));
    assertEquals(one.statusOf(D.getetag), 200);
  }
  await client.ask("DELETE", hrefs.calendar + first);
  await client.put(hrefs.calendar + second, event({ uid: "000001", summary: "Changed" }));
  const later = await changes(client, all.syncToken);
  const gone = later.at(hrefs.calendar + first);
  assertEquals([gone?.status, gone?.propstats], [404, []]);
  assertEquals(later.hrefs.toSorted(), [hrefs.calendar + first, hrefs.calendar + second]);
});

Deno.test("TB-6 a stale token is 403 with valid-sync-token as a child", async () => {
  await using house = await openHouse();
  const client = clientAt(house, thunderbird);
  for (const token of ["data:,davit/0/0/1", "http://radicale.org/ns/sync/1c6136d0"]) {
    const stale = await client.ask("REPORT", hrefs.calendar, {
      depth: "1",
      body: syncCollection(token, { names: changed }),
    });
    assertEquals([stale.status, await preconditionOf(stale)], [403, D.validSyncToken]);
  }
});

Deno.test("TB-7 multiget of a hundred, one of them gone: 99 with data and one 404", async () => {
  await using house = await openHouse();
  const client = clientAt(house, thunderbird);
  const paths = (await fill(house, 100)).map((name) => hrefs.calendar + name);
  const [gone = ""] = paths.splice(42, 1);
  await client.ask("DELETE", gone);
  const found = await items(client, [...paths, gone]);
  assertEquals(found.hrefs.toSorted(), [...paths, gone].sort());
  assertEquals([found.at(gone)?.status, found.at(gone)?.propstats], [404, []]);
  for (const path of paths) {
    assertEquals(found.at(path)?.propstats, [200]);
    assert(dataOf(found.at(path)).startsWith("BEGIN:VCALENDAR"));
  }
});

const oddNames = ["a b", "c+d", "e@f", "gü", "h#i", "j%k", "l%20m", "n'(o)*!", "p;q=r&s", "~-_."];

Deno.test("TB-8 odd names have one href, in sync and in multiget", async () => {
  await using house = await openHouse();
  const client = clientAt(house, thunderbird);
  for (const [index, name] of oddNames.entries()) {
    const path = `${hrefs.calendar}${encodeURIComponent(name)}.ics`;
    assertEquals((await client.put(path, event({ uid: `odd-${index}` }))).status, 201, name);
  }
  const listed = await changes(client);
  assertEquals(
    listed.hrefs.map((href) => decodeURIComponent(href)).sort(),
    oddNames.map((name) => `${hrefs.calendar}${name}.ics`).sort(),
  );
  const sentAs: readonly ((href: string) => string)[] = [
    (href) => href,
    (href) => href.split("/").map((one) => encodeURIComponent(decodeURIComponent(one))).join("/"),
  ];
  for (const spelling of sentAs) {
    const found = await items(client, listed.hrefs.map(spelling));
    assertEquals(found.hrefs, listed.hrefs);
    for (const one of found.responses) assertEquals(one.propstats, [200]);
  }
});

Deno.test("TB-9 PUT with Accept: text/xml is 201, not 406", async () => {
  await using house = await openHouse();
  const client = clientAt(house, thunderbird);
  const path = `${hrefs.calendar}a.ics`;
  assertEquals((await client.put(path, event({ uid: "a" }))).status, 201);
  const got = await client.ask("GET", path);
  assertEquals([got.status, got.headers.get("content-type")], [
    200,
    "text/calendar; charset=utf-8",
  ]);
});

Deno.test("TB-10 PUT over what is there: If-None-Match * and a stale If-Match are 412", async () => {
  await using house = await openHouse();
  const client = clientAt(house, thunderbird);
  const path = `${hrefs.calendar}a.ics`;
  const text = event({ uid: "a", summary: "Second" });
  const first = await client.put(path, event({ uid: "a" }), { "if-none-match": "*" });
  const again = await client.put(path, text, { "if-none-match": "*" });
  assertEquals([first.status, again.status], [201, 412]);
  const known = { "if-match": first.headers.get("etag") ?? "" };
  assertEquals((await client.put(path, text, known)).status, 204);
  assertEquals((await client.put(path, event({ uid: "a" }), known)).status, 412);
  assertEquals(dataOf((await items(client, [path])).at(path)), text);
});

Deno.test("TB-11 HEAD gives the ETag and the length, and no body", async () => {
  await using house = await openHouse();
  const client = clientAt(house, thunderbird);
  const path = `${hrefs.calendar}a.ics`;
  const text = event({ uid: "a", summary: "Käse" });
  const put = await client.put(path, text);
  const head = await client.ask("HEAD", path);
  assertEquals([head.status, await head.text()], [200, ""]);
  assertEquals(head.headers.get("etag"), put.headers.get("etag"));
  assertEquals(head.headers.get("content-length"), String(new TextEncoder().encode(text).length));
});

Deno.test("TB-17 a calendar for events refuses a task with 403", async () => {
  await using house = await openHouse();
  const client = clientAt(house, thunderbird);
  const refused = await client.put(`${hrefs.calendar}t.ics`, task({ uid: "t" }));
  assertEquals(
    [refused.status, await preconditionOf(refused)],
    [403, C.supportedCalendarComponent],
  );
});

Deno.test("TB-18 overrides without a master are accepted", async () => {
  await using house = await openHouse();
  const client = clientAt(house, thunderbird);
  const override = (day: string) =>
    component("VEVENT", [
      "UID:faked",
      "DTSTAMP:20260101T000000Z",
      `RECURRENCE-ID:${day}T090000Z`,
      `DTSTART:${day}T100000Z`,
      "DURATION:PT1H",
      "X-MOZ-FAKED-MASTER:1",
    ]);
  const text = calendar(override("20260112"), override("20260119"));
  const path = `${hrefs.calendar}faked.ics`;
  assertEquals((await client.put(path, text)).status, 201);
  assertEquals(dataOf((await items(client, [path])).at(path)), text);
});

Deno.test("Thunderbird finds the principal of a home by principal-property-search, Depth 1", async () => {
  await using house = await openHouse();
  const client = clientAt(house, thunderbird);
  const { responses: [at] } = await client.propfind(hrefs.calendar, "0", D.principalCollectionSet);
  const [collection = ""] = at?.hrefs(D.principalCollectionSet) ?? [];
  const names = [C.calendarHomeSet, C.calendarUserAddressSet];
  const body = principalSearch([[C.calendarHomeSet, hrefs.home]], names);
  const found = await multistatusOf(await client.ask("REPORT", collection, { depth: "1", body }));
  assertEquals(found.hrefs, [hrefs.principal]);
  assertEquals(found.at(hrefs.principal)?.hrefs(C.calendarHomeSet), [hrefs.home]);
});
