import { assertEquals } from "@std/assert";
import { displayKey } from "../../src/access/names.ts";
import { limits } from "../../src/limits.ts";
import type { Change } from "../../src/change.ts";
import { event } from "../fixtures/events.ts";
import { type House, openHouse } from "../harness.ts";
import { counting, type CountingExecutor } from "../store/counting.ts";
import { fill } from "./fill.ts";
import { large } from "./large.ts";

const caldav = "urn:ietf:params:xml:ns:caldav";
const calendar = "/dav/calendars/alice/calendar/";
const file = "/dav/files/alice/notes.txt";
const item = { "content-type": "text/calendar" };
const propfind = `<propfind xmlns="DAV:"><prop><getetag/><displayname/></prop></propfind>`;
const proppatch = `<propertyupdate xmlns="DAV:"><set><prop><displayname>x</displayname>` +
  `<x xmlns="urn:x">1</x></prop></set></propertyupdate>`;
const mkcol = `<mkcol xmlns="DAV:"><set><prop><resourcetype><collection/>` +
  `<calendar xmlns="${caldav}"/></resourcetype></prop></set></mkcol>`;
const sync = `<sync-collection xmlns="DAV:"><sync-token/><prop><getetag/></prop></sync-collection>`;
const syncData = sync.replace("<getetag/>", `$&<calendar-data xmlns="${caldav}"/>`);

const lockinfo = `<lockinfo xmlns="DAV:"><lockscope><exclusive/></lockscope><locktype><write/>` +
  `</locktype></lockinfo>`;

const multiget = (names: readonly string[]): string =>
  `<C:calendar-multiget xmlns="DAV:" xmlns:C="${caldav}"><prop><C:calendar-data/></prop>` +
  names.map((name) => `<href>${calendar}${name}</href>`).join("") + "</C:calendar-multiget>";

interface Request {
  readonly method: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: BodyInit;
}

interface Case {
  readonly name: string;
  /** Members that the calendar has, 000000.ics first; one where nothing is said. */
  readonly members?: number;
  /** Principals that there are besides, person0 first. */
  readonly people?: number;
  /** Sent once before, uncounted, beside what every case does to be warm. */
  readonly before?: Request;
  readonly request: Request | ((names: readonly string[]) => Request);
  readonly status: number;
  readonly trips: number;
}

const MiB = 1024 * 1024;
const existing = `${calendar}000000.ics`;
const put = (path: string, body: BodyInit): Request => ({
  method: "PUT",
  path,
  headers: item,
  body,
});
const report = (body: string): Request => ({ method: "REPORT", path: calendar, body });
const query = (path: string, inside: string, component = "VEVENT"): Request => ({
  method: "REPORT",
  path,
  headers: { depth: "1" },
  body: `<C:calendar-query xmlns="DAV:" xmlns:C="${caldav}"><prop><getetag/></prop><C:filter>` +
    `<C:comp-filter name="VCALENDAR"><C:comp-filter name="${component}">${inside}` +
    `</C:comp-filter></C:comp-filter></C:filter></C:calendar-query>`,
});
const search = (path: string, match: string): Request => ({
  method: "REPORT",
  path,
  body: `<principal-property-search xmlns="DAV:"><property-search><prop><displayname/></prop>` +
    `${match}</property-search><prop><displayname/></prop></principal-property-search>`,
});
const expand = (inside: string): string =>
  `<expand-property xmlns="DAV:">${inside}</expand-property>`;
const found = (path: string, depth: string): Request => ({
  method: "PROPFIND",
  path,
  headers: { depth },
  body: propfind,
});
const blobTrips = (bytes: number) => Math.ceil(bytes / limits.blobBatchBytes);

const cases: readonly Case[] = [
  { name: "OPTIONS", request: { method: "OPTIONS", path: calendar }, status: 200, trips: 1 },
  { name: "GET", request: { method: "GET", path: existing }, status: 200, trips: 1 },
  { name: "HEAD", request: { method: "HEAD", path: existing }, status: 200, trips: 1 },
  {
    name: "GET of nothing",
    request: { method: "GET", path: `${calendar}none.ics` },
    status: 404,
    trips: 1,
  },
  {
    name: "GET of 5 MiB: one for each 2 MiB more",
    before: put(`${calendar}large.ics`, large(5 * MiB)),
    request: { method: "GET", path: `${calendar}large.ics` },
    status: 200,
    trips: 1 + blobTrips(5 * MiB),
  },
  {
    name: "GET of a whole calendar: itself, and a page of 500",
    members: 499,
    request: { method: "GET", path: calendar },
    status: 200,
    trips: 2,
  },
  { name: "DELETE", request: { method: "DELETE", path: existing }, status: 204, trips: 2 },
  {
    name: "DELETE of a calendar with a thousand members",
    members: 1_000,
    request: { method: "DELETE", path: calendar },
    status: 204,
    trips: 2,
  },
  {
    name: "PROPPATCH of several properties",
    request: { method: "PROPPATCH", path: calendar, body: proppatch },
    status: 207,
    trips: 2,
  },
  {
    name: "MKCALENDAR",
    request: { method: "MKCALENDAR", path: "/dav/calendars/alice/new/" },
    status: 201,
    trips: 2,
  },
  {
    name: "extended MKCOL",
    request: { method: "MKCOL", path: "/dav/calendars/alice/new/", body: mkcol },
    status: 201,
    trips: 2,
  },
  {
    name: "PUT of something new",
    request: put(`${calendar}new.ics`, event({ uid: "new" })),
    status: 201,
    trips: 2,
  },
  {
    name: "PUT over something",
    request: put(existing, event({ uid: "000000", summary: "Other" })),
    status: 204,
    trips: 2,
  },
  {
    name: "PUT of 256 KiB",
    request: put(`${calendar}new.ics`, large(limits.inlineBytes)),
    status: 201,
    trips: 2,
  },
  {
    name: "PUT of 300 KiB: it is looked up first, and then written to a blob",
    request: put(`${calendar}new.ics`, large(300 * 1024)),
    status: 201,
    trips: 3 + 1,
  },
  {
    name: "PUT of 5 MiB: one for each 2 MiB more",
    request: put(`${calendar}new.ics`, large(5 * MiB)),
    status: 201,
    trips: 3 + blobTrips(5 * MiB),
  },
  {
    name: "attachment-add: the object is looked up first, and the file written to a blob",
    request: { method: "POST", path: `${existing}?action=attachment-add`, body: "a file" },
    status: 201,
    trips: 3 + 1,
  },
  {
    name: "attachment-add of 5 MiB: one for each 2 MiB more",
    request: {
      method: "POST",
      path: `${existing}?action=attachment-add`,
      body: new Uint8Array(5 * MiB),
    },
    status: 201,
    trips: 3 + blobTrips(5 * MiB),
  },
  { name: "PROPFIND of Depth 0", request: found(calendar, "0"), status: 207, trips: 1 },
  {
    name: "MOVE: from, to, and the commit",
    request: { method: "MOVE", path: existing, headers: { destination: `${calendar}to.ics` } },
    status: 201,
    trips: 3,
  },
  {
    name: "LOCK of a file",
    before: { method: "PUT", path: file, body: "notes" },
    request: { method: "LOCK", path: file, body: lockinfo },
    status: 200,
    trips: 2,
  },
  {
    name: "PROPFIND of Depth 1 on the home",
    request: found("/dav/calendars/alice/", "1"),
    status: 207,
    trips: 1,
  },
  {
    name: "PROPFIND of Depth 1 on a calendar: itself, and a page of 500",
    members: 499,
    request: found(calendar, "1"),
    status: 207,
    trips: 2,
  },
  {
    name: "PROPFIND of Depth 1 on a calendar with three pages",
    members: 2 * limits.pageRows + 1,
    request: found(calendar, "1"),
    status: 207,
    trips: 1 + 3,
  },
  {
    name: "multiget of 500",
    members: 500,
    request: (names) => report(multiget(names)),
    status: 207,
    trips: 2,
  },
  {
    name: "multiget of three pages",
    members: 2 * limits.pageRows + 1,
    request: (names) => report(multiget(names)),
    status: 207,
    trips: 1 + 3,
  },
  {
    name: "sync-collection of a thousand",
    members: 1_000,
    request: report(sync),
    status: 207,
    trips: 2,
  },
  {
    name: "sync-collection of a thousand with their data",
    members: 1_000,
    request: report(syncData),
    status: 207,
    trips: 2 + 2,
  },
  {
    name: "calendar-query of three pages",
    members: 2 * limits.pageRows + 1,
    request: query(calendar, ""),
    status: 207,
    trips: 1 + 3,
  },
  {
    name: "calendar-query by time: which objects there are, and a page of them",
    members: limits.pageRows,
    request: query(calendar, `<C:time-range start="20260101T000000Z"/>`),
    status: 207,
    trips: 2 + 1,
  },
  {
    name: "calendar-query of three pages, by time",
    members: 2 * limits.pageRows + 1,
    request: query(calendar, `<C:time-range start="20260101T000000Z"/>`),
    status: 207,
    trips: 2 + 3,
  },
  {
    name: "calendar-query by time, where there is nothing",
    members: 1_000,
    request: query(calendar, `<C:time-range start="20270101T000000Z"/>`),
    status: 207,
    trips: 2,
  },
  {
    name: "calendar-query by time of a home",
    members: limits.pageRows,
    request: query("/dav/calendars/alice/", `<C:time-range start="20260101T000000Z"/>`),
    status: 207,
    trips: 2 + 1,
  },
  {
    name: "calendar-query of components that the calendar does not have",
    members: 1_000,
    request: query(calendar, "", "VTODO"),
    status: 207,
    trips: 1 + 1,
  },
  {
    name: "calendar-query of a home: each of the two calendars",
    request: query("/dav/calendars/alice/", ""),
    status: 207,
    trips: 1 + 2,
  },
  {
    name: "a search for principals",
    request: search("/dav/principals/", "<match>b</match>"),
    status: 207,
    trips: 1 + 1,
  },
  {
    name: "a search for principals that finds three pages",
    people: 2 * limits.pageRows + 1,
    request: search("/dav/principals/", "<match>person</match>"),
    status: 207,
    trips: 1 + 3,
  },
  {
    name: "a search as Apple's programs complete names",
    request: {
      method: "REPORT",
      path: "/dav/principals/",
      body: `<calendarserver-principal-search xmlns="http://calendarserver.org/ns/">` +
        `<search-token>b</search-token></calendarserver-principal-search>`,
    },
    status: 207,
    trips: 1 + 1,
  },
  {
    name: "principal-match of oneself",
    request: {
      method: "REPORT",
      path: "/dav/principals/",
      body: `<principal-match xmlns="DAV:"><self/></principal-match>`,
    },
    status: 207,
    trips: 1 + 1,
  },
  {
    name: "principal-match by owner, in a calendar with a thousand members",
    members: 1_000,
    request: report(
      `<principal-match xmlns="DAV:"><principal-property><owner/></principal-property>` +
        `</principal-match>`,
    ),
    status: 207,
    trips: 1 + 1,
  },
  {
    name: "expand-property without anything to expand",
    request: report(expand(`<property name="owner"/>`)),
    status: 207,
    trips: 1,
  },
  {
    name: "expand-property of three levels: one for each, whatever is in it",
    request: report(expand(
      `<property name="owner"><property name="calendar-home-set" namespace="${caldav}">` +
        `<property name="owner"><property name="displayname"/></property></property>` +
        `<property name="group-membership"><property name="displayname"/></property></property>` +
        `<property name="principal-collection-set"><property name="resourcetype"/></property>`,
    )),
    status: 207,
    trips: 1 + 2,
  },
  ...[calendar, "/dav/calendars/alice/", "/dav/principals/users/alice/"].map((path): Case => ({
    name: `free-busy-query of ${path}: what it is, and when it is busy`,
    members: 1_000,
    request: {
      method: "REPORT",
      path,
      headers: { depth: "1" },
      body: `<C:free-busy-query xmlns:C="${caldav}"><C:time-range start="20260101T000000Z" ` +
        `end="20270101T000000Z"/></C:free-busy-query>`,
    },
    status: 200,
    trips: 2,
  })),
  {
    name: "POST to the add-member URL",
    request: { ...put(`${calendar};add-member`, event({ uid: "new" })), method: "POST" },
    status: 201,
    trips: 2,
  },
];

/** A house, and what counts its way to the database. */
async function countedHouse(): Promise<readonly [House, CountingExecutor]> {
  let counted: CountingExecutor | undefined;
  const house = await openHouse({ executor: (real) => counted = counting(real) });
  if (counted === undefined) throw new Error("the house was opened without its executor");
  return [house, counted];
}

for (const { name, members = 1, people = 0, before, request, status, trips } of cases) {
  Deno.test(`round trips: ${name}: ${trips}`, async () => {
    const [opened, counted] = await countedHouse();
    await using house = opened;
    const names = await fill(house, members);
    await house.store.commit([], Array.from({ length: people }, (_, index) => person(index)));
    const send = async ({ method, path, ...ask }: Request) => {
      const response = await house.ask(method, path, ask);
      await response.body?.pipeTo(new WritableStream());
      return response.status;
    };
    await send(before ?? { method: "OPTIONS", path: calendar });
    counted.take();
    const asked = typeof request === "function" ? request(names) : request;
    assertEquals([await send(asked), counted.take()], [status, trips]);
  });
}

function person(index: number): Change {
  const name = `person${index}`;
  const id = index + 1;
  return {
    kind: "make-principal",
    principal: { id, kind: "individual", name, displayName: name, admin: false, disabled: false },
    nameKey: name,
    displayKey: displayKey(name),
    created: 0,
  };
}
