import { assert, assertEquals } from "@std/assert";
import { C, D, type XmlName } from "../../src/xml/names.ts";
import { event, task } from "../fixtures/events.ts";
import { type House, multistatusOf, openHouse, preconditionOf } from "../harness.ts";
import { large } from "./large.ts";

const home = "/dav/calendars/alice/";
const calendar = `${home}calendar/`;
const headers = { "content-type": "text/calendar" };

const post = (house: House, body: BodyInit, more: Record<string, string> = {}) =>
  house.ask("POST", `${calendar};add-member`, { body, headers: { ...headers, ...more } });

const addMember = async (house: House, path: string): Promise<string[] | undefined> => {
  const body = `<propfind xmlns="DAV:"><prop><add-member/></prop></propfind>`;
  const ask = { body, headers: { depth: "0" } };
  const { responses } = await multistatusOf(await house.ask("PROPFIND", path, ask));
  return responses[0]?.statusOf(D.addMember) === 200 ? responses[0].hrefs(D.addMember) : undefined;
};

Deno.test("add-member: calendars say where, homes and objects do not", async () => {
  await using house = await openHouse();
  await house.ask("PUT", `${calendar}a.ics`, { body: event({ uid: "a" }), headers });
  assertEquals(await addMember(house, calendar), [`${calendar};add-member`]);
  for (const path of [home, `${home}inbox/`, `${calendar}a.ics`]) {
    assertEquals(await addMember(house, path), undefined);
  }
});

for (const url of [`${calendar};add-member`, `${calendar}%3Badd-member`]) {
  Deno.test(`add-member: POST to ${url} makes an object at a URL of its own`, async () => {
    await using house = await openHouse({ settings: { calendarObjectBytes: 1_000_000 } });
    const body = event({ uid: "a" });
    const response = await house.ask("POST", url, { body, headers });
    const location = response.headers.get("location") ?? "";
    assertEquals([response.status, await response.text()], [201, ""]);
    assert(location.startsWith(calendar) && location.endsWith(".ics"), location);
    assertEquals(response.headers.get("content-location"), null);
    const got = await house.ask("GET", location);
    assertEquals(await got.text(), body);
    assertEquals(response.headers.get("etag"), got.headers.get("etag"));
    assert(!response.headers.get("etag")?.startsWith("W/"));
  });
}

Deno.test("add-member: each POST makes one more", async () => {
  await using house = await openHouse();
  const locations = new Set<string | null>();
  for (const uid of ["a", "b", "c"]) {
    const body = uid === "c" ? large(600_000) : event({ uid });
    locations.add((await post(house, body)).headers.get("location"));
  }
  const listed = await house.ask("PROPFIND", calendar, { headers: { depth: "1" } });
  const { hrefs } = await multistatusOf(listed);
  assertEquals(new Set(hrefs), new Set([calendar, ...locations]));
});

const refused: readonly {
  readonly name: string;
  readonly body: BodyInit;
  readonly headers?: Record<string, string>;
  readonly status?: number;
  readonly gives: XmlName | undefined;
}[] = [
  { name: "a UID that is taken", body: event({ uid: "taken" }), gives: C.noUidConflict },
  {
    name: "a component that the calendar does not take",
    body: task({ uid: "t" }),
    gives: C.supportedCalendarComponent,
  },
  { name: "what is no calendar", body: "no", gives: C.validCalendarData },
  {
    name: "another media type",
    body: event({ uid: "a" }),
    headers: { "content-type": "application/calendar+xml" },
    gives: C.supportedCalendarData,
  },
  {
    name: "what is too large",
    body: large(1_100_000),
    status: 413,
    gives: C.maxResourceSize,
  },
  {
    name: "an object that is expected to be there",
    body: event({ uid: "a" }),
    headers: { "if-match": "*" },
    status: 412,
    gives: undefined,
  },
];

for (const { name, body, headers: more, status = 403, gives } of refused) {
  Deno.test(`add-member: ${name} is refused as by PUT`, async () => {
    await using house = await openHouse({ settings: { calendarObjectBytes: 1_000_000 } });
    await house.ask("PUT", `${calendar}t.ics`, { body: event({ uid: "taken" }), headers });
    const response = await post(house, body, more);
    assertEquals([response.status, await preconditionOf(response)], [status, gives]);
    const listed = await house.ask("PROPFIND", calendar, { headers: { depth: "1" } });
    assertEquals((await multistatusOf(listed)).hrefs, [calendar, `${calendar}t.ics`]);
  });
}

const wrong: readonly (readonly [method: string, path: string, as: string, status: number])[] = [
  ["POST", calendar, "alice", 405],
  ["POST", `${calendar}none.ics`, "alice", 404],
  ["POST", `${calendar}a.ics`, "alice", 403],
  ["POST", `${home};add-member`, "alice", 405],
  ["POST", `${home}none/;add-member`, "alice", 409],
  ["POST", `${calendar};add-member`, "bob", 403],
  ["GET", `${calendar};add-member`, "alice", 404],
  ["PUT", `${calendar};add-member`, "alice", 405],
];

for (const [method, path, as, status] of wrong) {
  Deno.test(`add-member: ${method} ${path} as ${as} is ${status}`, async () => {
    await using house = await openHouse({ settings: { calendarObjectBytes: 1_000_000 } });
    await house.ask("PUT", `${calendar}a.ics`, { body: event({ uid: "a" }), headers });
    const body = method === "GET" ? undefined : event({ uid: "b" });
    assertEquals((await house.ask(method, path, { as, body, headers })).status, status);
  });
}
