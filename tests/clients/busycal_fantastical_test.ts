import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { A, C, CS, D, type XmlName } from "../../src/xml/names.ts";
import { el } from "../../src/xml/tree.ts";
import { event, task } from "../fixtures/events.ts";
import { type House, multistatusOf, openHouse, preconditionOf } from "../harness.ts";
import { isCalendar } from "./answers.ts";
import { components, during, expand, mkcalendar, query, type Range } from "./bodies.ts";
import { type Client, clientAt, type Manner } from "./client.ts";
import { discover, hrefs } from "./discovery.ts";
import { componentsOf, dataOf, instancesOf, privilegesOf, reportsOf } from "./found.ts";

const { principal, home, calendar, tasks } = hrefs;
const other = `${home}8C7B6A59-4837-4261-9504-F3E2D1C0BFAE/`;

const busyCal: Manner = {
  headers: { "user-agent": "BusyCal-2022.2.2 accountsd CFNetwork/1327.0.4 Darwin/21.2.0" },
};

const fantastical: Manner = {
  headers: {
    "user-agent": "Fantastical 2 for Mac (Calendar)/3.7.3 Mac OS X/12.6.1 Darwin/21.6.0",
  },
};

/** A client that has made a second calendar, for events as the first one. */
async function withTwoCalendars(house: House, manner = fantastical): Promise<Client> {
  const client = clientAt(house, manner);
  const body = mkcalendar(components("VEVENT"), el(A.calendarColor, ["#1BADF8FF"]));
  assertEquals((await client.ask("MKCALENDAR", other, { body })).status, 201);
  return client;
}

/** MOVE and COPY with the full URL of the destination. */
const relocate = (
  client: Client,
  method: "MOVE" | "COPY",
  from: string,
  to: string,
  overwrite: "T" | "F" = "F",
) =>
  client.ask(method, from, {
    headers: { destination: `http://localhost${to}`, overwrite },
  });

const inFirst = `${calendar}x.ics`;
const inOther = `${other}x.ics`;
const item = event({ uid: "x", lines: ["CATEGORIES:Travel"] });

const ofPrincipal: readonly XmlName[] = [
  D.principalCollectionSet,
  D.displayname,
  D.supportedReportSet,
  D.groupMembership,
  C.calendarHomeSet,
  C.calendarUserAddressSet,
  C.scheduleInboxURL,
  C.scheduleOutboxURL,
  CS.notificationURL,
  C.calendarFreeBusySet,
  CS.emailAddressSet,
];

const ofHome: readonly XmlName[] = [
  D.displayname,
  D.resourcetype,
  D.owner,
  D.currentUserPrivilegeSet,
  D.supportedReportSet,
  D.syncToken,
  C.supportedCalendarComponentSet,
  C.calendarDescription,
  C.scheduleCalendarTransp,
  CS.getctag,
  A.calendarColor,
  A.refreshrate,
  CS.subscribedStripAlarms,
];

Deno.test("BF-1 BusyCal's chain: write and its parts besides all, an owner, reports as elements", async () => {
  await using house = await openHouse();
  const found = await discover(house, busyCal, "/.well-known/caldav", D.currentUserPrincipal);
  assertEquals(found.hrefs(D.currentUserPrincipal), [principal]);
  const own = await discover(house, busyCal, principal, ...ofPrincipal);
  assertEquals(own.hrefs(C.calendarHomeSet), [home]);
  const { responses } = await clientAt(house, busyCal).propfind(home, "1", ...ofHome);
  const writable = [D.all, D.write, D.writeContent, D.writeProperties, D.bind, D.unbind, D.read];
  for (const one of responses.filter(isCalendar)) {
    const privileges = privilegesOf(one);
    assertEquals(writable.filter((name) => !privileges.includes(name)), []);
    assertEquals(one.hrefs(D.owner), [principal]);
    assert(reportsOf(one).includes(C.calendarMultiget));
  }
});

Deno.test("BF-2 MOVE between calendars, full URL in Destination, Overwrite: F: 201, ETag and UID kept", async () => {
  await using house = await openHouse();
  const client = await withTwoCalendars(house);
  const etag = (await client.put(inFirst, item)).headers.get("etag");
  assertEquals((await relocate(client, "MOVE", inFirst, inOther)).status, 201);
  const moved = await client.ask("GET", inOther);
  assertEquals([moved.headers.get("etag"), await moved.text()], [etag, item]);
  assertEquals((await client.ask("GET", inFirst)).status, 404);
});

const states = async (client: Client) => {
  const ctagOf = async (path: string) =>
    (await client.propfind(path, "0", CS.getctag)).at(path)?.text(CS.getctag);
  return {
    first: { ctag: await ctagOf(calendar), token: (await client.sync(calendar)).syncToken },
    second: { ctag: await ctagOf(other), token: (await client.sync(other)).syncToken },
  };
};

Deno.test("BF-3 after a MOVE, the sync of the one tells 404, of the other the item; both ctags move", async () => {
  await using house = await openHouse();
  const client = await withTwoCalendars(house, busyCal);
  const etag = (await client.put(inFirst, item)).headers.get("etag") ?? undefined;
  const before = await states(client);
  await relocate(client, "MOVE", inFirst, inOther);
  const left = await client.sync(calendar, before.first.token);
  assertEquals(left.responses.map((one) => [one.href, one.status, one.propstats]), [
    [inFirst, 404, []],
  ]);
  const come = await client.sync(other, before.second.token);
  assertEquals(come.responses.map((one) => [one.href, one.text(D.getetag)]), [[inOther, etag]]);
  const after = await states(client);
  assertNotEquals(after.first.ctag, before.first.ctag);
  assertNotEquals(after.second.ctag, before.second.ctag);
});

Deno.test("BF-4 moved and back before any sync: never 404 as the last word, and the right ETag", async () => {
  await using house = await openHouse();
  const client = await withTwoCalendars(house, busyCal);
  await client.put(inFirst, item);
  const before = await states(client);
  await relocate(client, "MOVE", inFirst, inOther);
  await relocate(client, "MOVE", inOther, inFirst);
  const etag = (await client.ask("HEAD", inFirst)).headers.get("etag") ?? undefined;
  const found = await client.sync(calendar, before.first.token);
  assertEquals(found.responses.map((one) => [one.href, one.text(D.getetag)]), [[inFirst, etag]]);
  const away = await client.sync(other, before.second.token);
  assert(away.responses.every(({ href, status }) => href === inOther && status === 404));
});

const refusedMoves: readonly {
  readonly name: string;
  readonly to: string;
  readonly before?: (client: Client) => Promise<Response>;
  readonly gives: readonly [status: number, precondition: XmlName | undefined];
}[] = [
  {
    name: "to a calendar that does not take events",
    to: `${tasks}x.ics`,
    gives: [403, C.supportedCalendarComponent],
  },
  {
    name: "to a taken name with Overwrite: F",
    to: inOther,
    before: (client) => client.put(inOther, event({ uid: "other" })),
    gives: [412, undefined],
  },
  {
    name: "to a calendar that has the UID under another name",
    to: inOther,
    before: (client) => client.put(`${other}same.ics`, item),
    gives: [403, C.noUidConflict],
  },
];

for (const { name, to, before, gives } of refusedMoves) {
  Deno.test(`BF-6 MOVE ${name} is ${gives.join(" ")}`, async () => {
    await using house = await openHouse();
    const client = await withTwoCalendars(house);
    await client.put(inFirst, item);
    await before?.(client);
    const tokens = await states(client);
    const refused = await relocate(client, "MOVE", inFirst, to);
    assertEquals([refused.status, await preconditionOf(refused)], [...gives]);
    assertEquals(await states(client), tokens);
  });
}

Deno.test("BF-7 the new half of a split series with overrides before its DTSTART: 201, then 204", async () => {
  await using house = await openHouse();
  const client = clientAt(house, fantastical);
  const split = event({
    uid: "split",
    start: "20260202T090000Z",
    end: "20260202T100000Z",
    lines: ["RRULE:FREQ=WEEKLY", "RELATED-TO;RELTYPE=X-CALENDARSERVER-RECURRENCE-SET:series"],
    overrides: ["20260112", "20260216"].map((day) => [
      `RECURRENCE-ID:${day}T090000Z`,
      `DTSTART:${day}T110000Z`,
      `DTEND:${day}T120000Z`,
      "SUMMARY:Later",
    ]),
  });
  const href = `${calendar}split.ics`;
  assertEquals((await client.put(href, split, { "if-none-match": "*" })).status, 201);
  assertEquals((await client.put(href, split)).status, 204);
  assertEquals(dataOf((await client.multiget(calendar, [href])).at(href)), split);
  const months: Readonly<Record<string, readonly string[]>> = {
    "01": ["20260112T110000Z"],
    "02": ["20260202T090000Z", "20260209T090000Z", "20260216T110000Z", "20260223T090000Z"],
  };
  for (const [month, starts] of Object.entries(months)) {
    const range = { start: `2026${month}01T000000Z`, end: `2026${month}28T000000Z` };
    const body = query([expand(range)], during("VEVENT", range));
    const found = await multistatusOf(await client.ask("REPORT", calendar, { depth: "1", body }));
    const told = instancesOf(found.at(href), "DTSTART");
    assertEquals(told, starts.map((start) => [`DTSTART:${start}`]));
  }
});

Deno.test("BF-8 an empty RRULE and the year 0 stop no query and no expansion", async () => {
  await using house = await openHouse();
  const client = clientAt(house, busyCal);
  const items: Readonly<Record<string, string>> = {
    "empty.ics": event({ uid: "empty", lines: ["RRULE:"] }),
    "zero.ics": event({ uid: "zero", start: "00000105T090000Z", end: "00000105T100000Z" }),
    "usual.ics": event({ uid: "usual", lines: ["RRULE:FREQ=DAILY;COUNT=2"] }),
  };
  for (const [name, text] of Object.entries(items)) {
    assertEquals((await client.put(calendar + name, text)).status, 201);
  }
  const ask = async (range: Range) => {
    const body = query([expand(range)], during("VEVENT", range));
    const found = await multistatusOf(await client.ask("REPORT", calendar, { depth: "1", body }));
    return Object.fromEntries(
      found.responses.map((
        one,
      ) => [one.href.slice(calendar.length), instancesOf(one, "DTSTART").flat()]),
    );
  };
  assertEquals(await ask({ start: "20260101T000000Z", end: "20260201T000000Z" }), {
    "empty.ics": ["DTSTART:20260105T090000Z"],
    "usual.ics": ["DTSTART:20260105T090000Z", "DTSTART:20260106T090000Z"],
  });
  assertEquals(await ask({ start: "00000101T000000Z", end: "00000201T000000Z" }), {
    "zero.ics": ["DTSTART:00000105T090000Z"],
  });
});

Deno.test("BF-9 a collection made with both components holds events and tasks", async () => {
  await using house = await openHouse();
  const client = clientAt(house, busyCal);
  const body = mkcalendar(components("VEVENT", "VTODO"), el(D.displayname, ["Both"]));
  assertEquals((await client.ask("MKCALENDAR", other, { body })).status, 201);
  const found = await client.propfind(home, "1", ...ofHome);
  assertEquals(componentsOf(found.at(other)), ["VEVENT", "VTODO"]);
  const items = [event({ uid: "e" }), task({ uid: "t" })];
  for (const [index, one] of items.entries()) {
    assertEquals((await client.put(`${other}${index}.ics`, one)).status, 201);
  }
  assertEquals((await client.sync(other)).hrefs, [`${other}0.ics`, `${other}1.ics`]);
});

for (
  const value of [el(A.calendarColor, ["#1BADF8FF"]), el(A.calendarOrder, ["4"])]
) {
  Deno.test(`BF-13 PROPPATCH ${value.name} of one's own calendar is given back`, async () => {
    await using house = await openHouse();
    const client = clientAt(house, busyCal);
    const { responses } = await multistatusOf(await client.proppatch(calendar, value));
    assertEquals(responses.map((one) => one.statusOf(value.name)), [200]);
    const found = await client.propfind(home, "1", value.name);
    assertEquals(found.at(calendar)?.prop(value.name), value);
  });
}

Deno.test("BF-14 COPY to another calendar is 201 with the same UID, and in the same one no-uid-conflict", async () => {
  await using house = await openHouse();
  const client = await withTwoCalendars(house);
  const etag = (await client.put(inFirst, item)).headers.get("etag");
  assertEquals((await relocate(client, "COPY", inFirst, inOther)).status, 201);
  assertEquals(await (await client.ask("GET", inOther)).text(), item);
  assertEquals((await client.ask("GET", inFirst)).headers.get("etag"), etag);
  const refused = await relocate(client, "COPY", inFirst, `${calendar}copy.ics`);
  assertEquals([refused.status, await preconditionOf(refused)], [403, C.noUidConflict]);
});

Deno.test("BF-15 COLOR, CATEGORIES and X-BUSYMAC-* are unchanged", async () => {
  await using house = await openHouse();
  const client = clientAt(house, busyCal);
  const sent = event({
    uid: "busy",
    lines: [
      "COLOR:turquoise",
      "CATEGORIES:Travel,Work\\, mostly",
      "X-BUSYMAC-LASTMODBY:Alice Example",
      "X-BUSYMAC-STICKER;VALUE=BINARY;ENCODING=BASE64:iVBORw0KGgo=",
      'X-BUSYMAC-REGARDING;X-BUSYMAC-REGARDING-ID="1:2":addressbook://1',
    ],
  });
  const href = `${calendar}busy.ics`;
  assertEquals((await client.put(href, sent, { "if-none-match": "*" })).status, 201);
  assertEquals(await (await client.ask("GET", href)).text(), sent);
  assertEquals(dataOf((await client.multiget(calendar, [href])).at(href)), sent);
});

Deno.test("BF-10 a task edited among events is in the query for tasks and in sync, no event", async () => {
  await using house = await openHouse();
  const client = clientAt(house, fantastical);
  const body = mkcalendar(components("VEVENT", "VTODO"));
  assertEquals((await client.ask("MKCALENDAR", other, { body })).status, 201);
  await client.put(`${other}e.ics`, event({ uid: "e" }));
  const href = `${other}t.ics`;
  await client.put(href, task({ uid: "t" }));
  const { syncToken } = await client.sync(other);
  assertEquals(
    (await client.put(href, task({ uid: "t", lines: ["STATUS:COMPLETED"] }))).status,
    204,
  );
  const time = { start: "20260101T000000Z", end: "20260201T000000Z" };
  const listed = async (component: string, range?: Range) =>
    (await client.query(other, "1", [D.getetag], during(component, range))).hrefs;
  for (const range of [undefined, time]) {
    assertEquals(await listed("VTODO", range), [href]);
    assertEquals(await listed("VEVENT", range), [`${other}e.ics`]);
  }
  assertEquals((await client.sync(other, syncToken)).hrefs, [href]);
});
