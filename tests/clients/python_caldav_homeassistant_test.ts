import { assert, assertEquals } from "@std/assert";
import { C, D, type XmlName } from "../../src/xml/names.ts";
import { el, type XmlElement } from "../../src/xml/tree.ts";
import { calendar, component, event, journal, task, zone } from "../fixtures/events.ts";
import { multistatusOf, openHouse, preconditionOf } from "../harness.ts";
import {
  components,
  during,
  expand,
  having,
  mkcalendar,
  query,
  type Range,
  saying,
  syncCollection,
  without,
} from "./bodies.ts";
import { type Client, clientAt, type Manner } from "./client.ts";
import { discover, hrefs } from "./discovery.ts";
import { componentsOf, dataOf, instancesOf, typesOf } from "./found.ts";
import { styled } from "./style.ts";

const caldav: Manner = {
  headers: {
    "user-agent": "python-caldav/3.0.1",
    "accept-encoding": "gzip, deflate",
    accept: "text/xml, text/calendar",
  },
  xmlType: 'application/xml; charset="utf-8"',
  itemType: 'text/calendar; charset="utf-8"',
  xml: styled({
    declaration: "<?xml version='1.0' encoding='utf-8'?>\n",
    prefixes: { "DAV:": "D", "urn:ietf:params:xml:ns:caldav": "C" },
  }),
};

const homeAssistant: Manner = {
  ...caldav,
  headers: { ...caldav.headers, "user-agent": "python-caldav/1.6.0" },
};

for (const root of ["/", "/.well-known/caldav", hrefs.principal, hrefs.home]) {
  Deno.test(`PY-1 ${root} as the root URL reaches the home`, async () => {
    await using house = await openHouse();
    const found = await discover(house, caldav, root, D.currentUserPrincipal);
    const [principal = ""] = found.hrefs(D.currentUserPrincipal);
    const own = await discover(house, caldav, principal, C.calendarHomeSet);
    assertEquals(own.hrefs(C.calendarHomeSet), [hrefs.home]);
    const home = await clientAt(house, caldav).propfind(hrefs.home, "1", D.resourcetype);
    assertEquals(home.responses.filter((one) => typesOf(one).includes(C.calendar)).length, 2);
  });
}

Deno.test("PY-2 MKCALENDAR is 201, PROPPATCH of the name 207, DELETE 204", async () => {
  await using house = await openHouse();
  const client = clientAt(house, caldav);
  const path = `${hrefs.home}5f9d0f7e-yep/`;
  const body = mkcalendar(
    el(D.resourcetype, [el(D.collection), el(C.calendar)]),
    el(D.displayname, ["Yep"]),
    components("VEVENT"),
  );
  assertEquals((await client.ask("MKCALENDAR", path, { body })).status, 201);
  const renamed = await multistatusOf(await client.proppatch(path, el(D.displayname, ["Nøpe"])));
  assertEquals(renamed.responses.map(({ propstats }) => propstats), [[200]]);
  const found = await client.propfind(path, "0", D.displayname);
  assertEquals(found.at(path)?.text(D.displayname), "Nøpe");
  assertEquals((await client.ask("DELETE", path)).status, 204);
});

const january = { start: "20260101T000000Z", end: "20260201T000000Z" };

/** The search of python-caldav for what is expanded in this time. */
const search = async (client: Client, path: string, component: string, range: Range) =>
  await multistatusOf(
    await client.ask("REPORT", path, {
      depth: "1",
      body: query([expand(range)], during(component, range)),
    }),
  );

Deno.test("PY-3 expand gives instances, each named, in UTC, and without rules", async () => {
  await using house = await openHouse();
  const client = clientAt(house, caldav);
  const series = event({
    uid: "series",
    tzid: "Europe/Vienna",
    start: "20260105T090000",
    end: "20260105T100000",
    zones: [zone("Europe/Vienna")],
    lines: ["RRULE:FREQ=WEEKLY;COUNT=4", "EXDATE;TZID=Europe/Vienna:20260112T090000"],
    overrides: [[
      "RECURRENCE-ID;TZID=Europe/Vienna:20260119T090000",
      "DTSTART;TZID=Europe/Vienna:20260120T100000",
      "DTEND;TZID=Europe/Vienna:20260120T110000",
      "SUMMARY:Moved",
    ]],
  });
  await client.put(`${hrefs.calendar}series.ics`, series);
  const days = event({
    uid: "days",
    start: "20260109",
    end: "20260110",
    lines: ["RRULE:FREQ=DAILY;COUNT=2"],
  });
  await client.put(`${hrefs.calendar}days.ics`, days);
  const found = await search(client, hrefs.calendar, "VEVENT", january);
  const times = ["RECURRENCE-ID", "DTSTART", "DTEND", "RRULE", "EXDATE", "RDATE"];
  assertEquals(instancesOf(found.at(`${hrefs.calendar}series.ics`), ...times), [
    ["RECURRENCE-ID:20260105T080000Z", "DTSTART:20260105T080000Z", "DTEND:20260105T090000Z"],
    ["RECURRENCE-ID:20260119T080000Z", "DTSTART:20260120T090000Z", "DTEND:20260120T100000Z"],
    ["RECURRENCE-ID:20260126T080000Z", "DTSTART:20260126T080000Z", "DTEND:20260126T090000Z"],
  ]);
  assertEquals(
    instancesOf(found.at(`${hrefs.calendar}days.ics`), ...times),
    [["09", "10"], ["10", "11"]].map(([day, next]) => [
      `RECURRENCE-ID;VALUE=DATE:202601${day}`,
      `DTSTART;VALUE=DATE:202601${day}`,
      `DTEND;VALUE=DATE:202601${next}`,
    ]),
  );
});

Deno.test("PY-8 tasks that recur are found by their time, and expanded", async () => {
  await using house = await openHouse();
  const client = clientAt(house, caldav);
  const lines = ["RRULE:FREQ=WEEKLY"];
  const tasks: Readonly<Record<string, string>> = {
    "both.ics": task({ uid: "both", start: "20260105T090000Z", end: "20260105T100000Z", lines }),
    "due.ics": task({ uid: "due", lines }),
    "over.ics": task({ uid: "over", lines: ["RRULE:FREQ=WEEKLY;COUNT=2"] }),
  };
  for (const [name, text] of Object.entries(tasks)) await client.put(hrefs.tasks + name, text);
  const range = { start: "20260301T000000Z", end: "20260307T000000Z" };
  const found = await search(client, hrefs.tasks, "VTODO", range);
  assertEquals(found.hrefs, ["both.ics", "due.ics"].map((name) => hrefs.tasks + name));
  const [both, due] = found.responses.map((one) =>
    instancesOf(one, "RECURRENCE-ID", "DTSTART", "DUE", "RRULE")
  );
  assertEquals(both, [
    ["RECURRENCE-ID:20260302T090000Z", "DTSTART:20260302T090000Z", "DUE:20260302T100000Z"],
  ]);
  assertEquals(due, [["RECURRENCE-ID:20260302T170000Z", "DUE:20260302T170000Z"]]);
});

Deno.test("PY-17 all of a daily series of ten years is expanded", async () => {
  await using house = await openHouse();
  const client = clientAt(house, homeAssistant);
  const text = event({ uid: "daily", lines: ["RRULE:FREQ=DAILY;UNTIL=20351231T235959Z"] });
  await client.put(`${hrefs.calendar}daily.ics`, text);
  const all = { start: "20260101T000000Z", end: "20360101T000000Z" };
  const found = await search(client, hrefs.calendar, "VEVENT", all);
  assertEquals(instancesOf(found.responses[0], "DTSTART").length, 3_648);
  const soon = { start: "20351224T000000Z", end: "20351224T001500Z" };
  assertEquals((await search(client, hrefs.calendar, "VEVENT", soon)).responses.length, 0);
  const [one] = (await search(client, hrefs.calendar, "VEVENT", {
    start: "20351224T091500Z",
    end: "20351224T093000Z",
  })).responses;
  assertEquals(instancesOf(one, "DTSTART"), [["DTSTART:20351224T090000Z"]]);
});

Deno.test("PY-10 sync-collection gives calendar-data where it is asked for", async () => {
  await using house = await openHouse();
  const client = clientAt(house, caldav);
  const texts = new Map(
    ["a", "b", "c"].map((uid) => [`${hrefs.calendar}${uid}.ics`, event({ uid })]),
  );
  for (const [path, text] of texts) await client.put(path, text);
  const sync = async (token = "") => {
    const body = syncCollection(token, { names: [D.getetag, C.calendarData] });
    return await multistatusOf(await client.ask("REPORT", hrefs.calendar, { depth: "1", body }));
  };
  const all = await sync();
  assertEquals(all.hrefs, [...texts.keys()]);
  for (const [path, text] of texts) assertEquals(dataOf(all.at(path)), text);
  const text = event({ uid: "b", summary: "Changed" });
  await client.put(`${hrefs.calendar}b.ics`, text);
  const later = await sync(all.syncToken);
  assertEquals(later.responses.map(dataOf), [text]);
});

Deno.test("PY-13 GET of what is not there is 404, PUT without a UID 403", async () => {
  await using house = await openHouse();
  const client = clientAt(house, caldav);
  const path = `${hrefs.calendar}nothing.ics`;
  assertEquals((await client.ask("GET", path)).status, 404);
  const nameless = calendar(component("VEVENT", [
    "DTSTAMP:20260101T000000Z",
    "DTSTART:20260105T090000Z",
    "SUMMARY:Nameless",
  ]));
  const refused = await client.put(path, nameless);
  assertEquals(
    [refused.status, await preconditionOf(refused)],
    [403, C.validCalendarObjectResource],
  );
  assertEquals((await client.ask("GET", path)).status, 404);
});

Deno.test("PY-14 PUT of another UID on the same URL is 403 no-uid-conflict", async () => {
  await using house = await openHouse();
  const client = clientAt(house, caldav);
  const path = `${hrefs.calendar}a.ics`;
  await client.put(path, event({ uid: "a" }));
  const refused = await client.put(path, event({ uid: "b" }));
  assertEquals([refused.status, await preconditionOf(refused)], [403, C.noUidConflict]);
  assertEquals(await (await client.ask("GET", path)).text(), event({ uid: "a" }));
});

Deno.test("PY-16 Home Assistant sees the task list as a list, and not as a calendar", async () => {
  await using house = await openHouse();
  const asked: readonly XmlName[] = [
    D.resourcetype,
    D.displayname,
    C.supportedCalendarComponentSet,
  ];
  const found = await clientAt(house, homeAssistant).propfind(hrefs.home, "1", ...asked);
  const calendars = found.responses.filter((one) => typesOf(one).includes(C.calendar));
  const withKind = (kind: string) =>
    calendars.filter((one) => componentsOf(one).includes(kind)).map(({ href }) => href);
  assert(calendars.every((one) => componentsOf(one).length > 0));
  assertEquals([withKind("VEVENT"), withKind("VTODO")], [[hrefs.calendar], [hrefs.tasks]]);
});

Deno.test("PY-18 UIDs beyond ASCII and with a slash are stored under quoted names", async () => {
  await using house = await openHouse();
  const client = clientAt(house, caldav);
  for (const uid of ["grünkohl", "會議", "a/b/c@example.test", "🎂"]) {
    const path = `${hrefs.tasks}${encodeURIComponent(uid)}.ics`;
    const text = task({ uid, summary: uid });
    assertEquals((await client.put(path, text)).status, 201, uid);
    assertEquals(await (await client.ask("GET", path)).text(), text);
  }
  const { hrefs: listed } = await client.propfind(hrefs.tasks, "1", D.getetag);
  assertEquals(listed.length, 5);
  assert(listed.some((href) => href.includes("a%2Fb%2Fc")));
});

/** What it sends: the properties that it wants stand behind DAV:prop, and not in it. */
const principals = (name?: string) =>
  el(D.principalPropertySearch, [
    ...(name === undefined ? [] : [
      el(D.propertySearch, [el(D.prop, [el(D.displayname)]), el(D.match, [name])]),
    ]),
    el(D.prop),
    el(C.calendarHomeSet),
    el(D.displayname),
  ]);

for (const url of ["/", "/dav/", hrefs.principal, hrefs.home, hrefs.calendar]) {
  Deno.test(`python-caldav's search_principals finds by name, and lists, at ${url}`, async () => {
    await using house = await openHouse({
      people: [{ name: "alice" }, { name: "bob" }, { name: "all", kind: "group" }],
    });
    const client = clientAt(house, caldav);
    const found = async (name?: string) =>
      (await multistatusOf(await client.ask("REPORT", url, { body: principals(name) })))
        .responses.map((one) => [one.text(D.displayname), ...one.hrefs(C.calendarHomeSet)]);
    const alice = ["alice", hrefs.home];
    assertEquals(await found("alice"), [alice]);
    assertEquals(await found("nobody"), []);
    assertEquals(await found(), [alice, ["bob", "/dav/calendars/bob/"]]);
  });
}

/** What a search finds of these items in a calendar for all kinds, by name. */
async function searched(
  items: Readonly<Record<string, string>>,
  ...filters: readonly XmlElement[]
): Promise<string[]> {
  await using house = await openHouse();
  const client = clientAt(house, caldav);
  const path = `${hrefs.home}searched/`;
  const body = mkcalendar(components("VEVENT", "VTODO", "VJOURNAL"));
  assertEquals((await client.ask("MKCALENDAR", path, { body })).status, 201);
  for (const [name, item] of Object.entries(items)) {
    const href = `${path}${encodeURIComponent(name)}.ics`;
    assertEquals((await client.put(href, item)).status, 201, name);
  }
  const found = await client.query(path, "1", [C.calendarData], ...filters);
  return found.hrefs.map((href) => decodeURIComponent(href.slice(path.length, -4))).sort();
}

const kinds = {
  event: event({ uid: "event" }),
  journal: journal({ uid: "journal" }),
  task: task({ uid: "task" }),
};

const years = {
  before: event({ uid: "before", start: "20250105T090000Z", end: null }),
  series: event({
    uid: "series",
    start: "20240105T090000Z",
    lines: ["RRULE:FREQ=YEARLY"],
    end: null,
  }),
  within: event({ uid: "within" }),
};

const overdue = (uid: string, ...lines: readonly string[]) => task({ uid, lines });

const alarmed = (uid: string, trigger: string) =>
  event({ uid, lines: ["BEGIN:VALARM", "ACTION:AUDIO", `TRIGGER:${trigger}`, "END:VALARM"] });

const category = (uid: string, categories: string) =>
  event({ uid, lines: [`CATEGORIES:${categories}`] });

const octets = { collation: "i;octet" };

const pending: readonly XmlElement[] = [
  without("COMPLETED"),
  saying("STATUS", "COMPLETED", { "negate-condition": "yes" }),
  saying("STATUS", "CANCELLED", { "negate-condition": "yes" }),
];

const searches: readonly {
  readonly name: string;
  readonly items: Readonly<Record<string, string>>;
  readonly filters: readonly XmlElement[];
  readonly found: readonly string[];
}[] = [
  {
    name: "PY-4 from a start on",
    items: years,
    filters: [during("VEVENT", { start: "20251201T000000Z" })],
    found: ["series", "within"],
  },
  {
    name: "PY-4 up to an end",
    items: years,
    filters: [during("VEVENT", { end: "20251201T000000Z" })],
    found: ["before", "series"],
  },
  {
    name: "PY-4 without a time",
    items: years,
    filters: [during("VEVENT")],
    found: Object.keys(years),
  },
  { name: "PY-5 without a kind", items: kinds, filters: [], found: Object.keys(kinds) },
  {
    name: "PY-6 a text within a property, in any case",
    items: { a: event({ uid: "a", summary: "Lunch with Bob" }), b: event({ uid: "b" }) },
    filters: [having("VEVENT", saying("SUMMARY", "with bob"))],
    found: ["a"],
  },
  {
    name: "PY-6 a text to the octet",
    items: {
      a: event({ uid: "a", summary: "Lunch" }),
      b: event({ uid: "b", summary: "lunch" }),
    },
    filters: [having("VEVENT", saying("SUMMARY", "Lunch", octets))],
    found: ["a"],
  },
  {
    name: "PY-6 what does not have the text",
    items: {
      a: event({ uid: "a", summary: "Lunch" }),
      b: event({ uid: "b", summary: "Dinner" }),
    },
    filters: [having("VEVENT", saying("SUMMARY", "lunch", { "negate-condition": "yes" }))],
    found: ["b"],
  },
  {
    name: "PY-6 what does not have the property",
    items: { a: category("a", "Work"), b: event({ uid: "b" }) },
    filters: [having("VEVENT", without("CATEGORIES"))],
    found: ["b"],
  },
  {
    name: "PY-6 any of several categories",
    items: { a: category("a", "Home,Work"), b: category("b", "Home") },
    filters: [having("VEVENT", saying("CATEGORIES", "work"))],
    found: ["a"],
  },
  {
    name: "PY-7 pending tasks",
    items: {
      cancelled: overdue("cancelled", "STATUS:CANCELLED"),
      completed: overdue("completed", "COMPLETED:20260104T120000Z", "STATUS:COMPLETED"),
      open: overdue("open", "STATUS:NEEDS-ACTION"),
      started: overdue("started", "STATUS:IN-PROCESS"),
    },
    filters: [having("VTODO", ...pending)],
    found: ["open", "started"],
  },
  {
    name: "PY-9 an alarm in a time",
    items: { early: alarmed("early", "-P1D"), late: alarmed("late", "-PT10M"), none: kinds.event },
    filters: [
      having("VEVENT", during("VALARM", { start: "20260105T080000Z", end: "20260105T090000Z" })),
    ],
    found: ["late"],
  },
  {
    name: "PY-12 a UID, and others that it is a part of",
    items: {
      "1": event({ uid: "uid-1" }),
      "12": event({ uid: "uid-12" }),
      "2": event({ uid: "uid-2" }),
    },
    filters: [having("VEVENT", saying("UID", "uid-1", octets))],
    found: ["1", "12"],
  },
  {
    name: "PY-18 a UID with a slash, beyond ASCII",
    items: { "grüße/1": event({ uid: "grüße/1" }), other: event({ uid: "other" }) },
    filters: [having("VEVENT", saying("UID", "grüße/1", octets))],
    found: ["grüße/1"],
  },
];

for (const { name, items, filters, found } of searches) {
  Deno.test(name, async () => {
    assertEquals(await searched(items, ...filters), [...found]);
  });
}
