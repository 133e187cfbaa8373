import { assert, assertEquals } from "@std/assert";
import { createApp } from "../../src/app.ts";
import { event } from "../fixtures/events.ts";
import { type Ask, basic, openHouse } from "../harness.ts";

const settings = { calendarObjectBytes: 1_000_000 };
const home = "/dav/calendars/alice/";
const calendar = `${home}calendar/`;
const object = `${calendar}a.ics`;
const item = { "content-type": "text/calendar" };

/** A request and its answer's status, with headers that it has to have. */
interface Case extends Ask {
  readonly name: string;
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly has?: Readonly<Record<string, string>>;
}

const xml = { "content-type": "application/xml; charset=utf-8" };

const cases: readonly Case[] = [
  {
    name: "the well-known URL",
    method: "PROPFIND",
    path: "/.well-known/caldav",
    as: null,
    status: 301,
    has: { location: "/dav/" },
  },
  { name: "liveness", method: "GET", path: "/healthz", as: null, status: 200 },
  { name: "readiness", method: "GET", path: "/readyz", as: null, status: 200 },
  { name: "OPTIONS", method: "OPTIONS", path: home, status: 200, has: { "content-length": "0" } },
  { name: "an object", method: "GET", path: object, status: 200 },
  { name: "its head", method: "HEAD", path: object, status: 200 },
  {
    name: "a listing",
    method: "PROPFIND",
    path: home,
    headers: { depth: "1" },
    status: 207,
    has: xml,
  },
  {
    name: "a report",
    method: "REPORT",
    path: calendar,
    body: `<sync-collection xmlns="DAV:"><sync-token/><prop/></sync-collection>`,
    status: 207,
    has: xml,
  },
  {
    name: "PUT of something new",
    method: "PUT",
    path: `${calendar}b.ics`,
    headers: item,
    body: event({ uid: "b" }),
    status: 201,
  },
  {
    name: "PUT over something",
    method: "PUT",
    path: object,
    headers: item,
    body: event({ uid: "a" }),
    status: 204,
  },
  { name: "DELETE", method: "DELETE", path: object, status: 204 },
  { name: "MKCALENDAR", method: "MKCALENDAR", path: `${home}new/`, status: 201 },
  { name: "XML that is none", method: "PROPFIND", path: home, body: "<propfind", status: 400 },
  {
    name: "XML with an entity",
    method: "PROPFIND",
    path: home,
    body: `<!DOCTYPE x [<!ENTITY e "x">]><propfind xmlns="DAV:"><allprop/></propfind>`,
    status: 403,
    has: xml,
  },
  {
    name: "XML of another root",
    method: "PROPFIND",
    path: home,
    headers: { depth: "0" },
    body: `<propertyupdate xmlns="DAV:"/>`,
    status: 400,
  },
  {
    name: "a Depth that is none",
    method: "PROPFIND",
    path: home,
    headers: { depth: "2" },
    status: 400,
  },
  {
    name: "a path that can't be decoded",
    method: "GET",
    path: `${calendar}%ff.ics`,
    status: 400,
  },
  {
    name: "no credentials",
    method: "GET",
    path: object,
    as: null,
    status: 401,
    has: { "www-authenticate": 'Basic realm="davit", charset="UTF-8"' },
  },
  {
    name: "what is somebody else's",
    method: "GET",
    path: object,
    as: "bob",
    status: 403,
    has: xml,
  },
  {
    name: "PROPFIND of Depth infinity over all homes",
    method: "PROPFIND",
    path: "/dav/calendars/",
    headers: { depth: "infinity" },
    status: 403,
    has: xml,
  },
  { name: "nothing", method: "GET", path: `${calendar}none.ics`, status: 404 },
  { name: "nothing in nothing", method: "GET", path: `${home}no/none.ics`, status: 404 },
  { name: "no URL of ours", method: "GET", path: "/favicon.ico", status: 404 },
  { name: "no calendar to delete", method: "DELETE", path: `${home}none/`, status: 404 },
  { name: "GET of a home", method: "GET", path: home, status: 405 },
  { name: "LOCK in a calendar", method: "LOCK", path: object, status: 405 },
  {
    name: "PUT into nothing",
    method: "PUT",
    path: `${home}none/a.ics`,
    headers: item,
    body: event({ uid: "b" }),
    status: 409,
  },
  { name: "MKCALENDAR in nothing", method: "MKCALENDAR", path: `${home}none/new/`, status: 409 },
  {
    name: "a condition that does not hold",
    method: "PUT",
    path: object,
    headers: { ...item, "if-none-match": "*" },
    body: event({ uid: "a" }),
    status: 412,
  },
  {
    name: "more than there may be",
    method: "PUT",
    path: object,
    headers: item,
    body: "x".repeat(settings.calendarObjectBytes + 1),
    status: 413,
    has: xml,
  },
  {
    name: "MKCALENDAR with something else",
    method: "MKCALENDAR",
    path: `${home}new/`,
    body: "<x/>",
    status: 415,
  },
  { name: "a method that nobody has", method: "PATCH", path: object, status: 501 },
  { name: "another one", method: "SEARCH", path: home, status: 501 },
];

for (const { name, method, path, status, has = {}, ...ask } of cases) {
  Deno.test(`answers: ${name} is ${status}, and nothing may change it on its way`, async () => {
    await using house = await openHouse({ settings });
    await house.ask("PUT", object, { headers: item, body: event({ uid: "a" }) });
    const response = await house.ask(method, path, ask);
    const text = await response.text();
    assertEquals(response.status, status, text);
    assert(response.headers.get("cache-control")?.includes("no-transform"));
    for (const [key, value] of Object.entries(has)) assertEquals(response.headers.get(key), value);
    if (status === 405) assert(response.headers.get("allow")?.includes("PROPFIND"));
  });
}

Deno.test("answers: not modified is 304 with the ETag, and nothing may change it on its way", async () => {
  await using house = await openHouse({ settings });
  await house.ask("PUT", object, { headers: item, body: event({ uid: "a" }) });
  const etag = (await house.ask("HEAD", object)).headers.get("etag") ?? "";
  const response = await house.ask("GET", object, { headers: { "if-none-match": etag } });
  assertEquals([response.status, response.headers.get("etag")], [304, etag]);
  assert(response.headers.get("cache-control")?.includes("no-transform"));
});

Deno.test("answers: a fault of ours is 500, is logged once, and shows nothing of it", async () => {
  await using house = await openHouse({ settings });
  const store = {
    ...house.store,
    load: () => Promise.reject(new Error("the disk is on fire")),
    check: () => Promise.reject(new Error("the disk is on fire")),
  };
  const app = createApp({ ...house.services, store });
  for (const path of [object, "/readyz"]) {
    const before = house.lines.filter(({ event }) => event === "failed").length;
    const request = new Request(`http://localhost${path}`, {
      headers: { authorization: basic("alice", "alice") },
    });
    const response = await app.fetch(request, { remoteAddress: "127.0.0.1" });
    assertEquals(response.status, 500);
    assert(!(await response.text()).includes("fire"));
    assert(response.headers.get("cache-control")?.includes("no-transform"));
    const failed = house.lines.filter(({ event }) => event === "failed");
    assertEquals(failed.length - before, 1);
  }
});
