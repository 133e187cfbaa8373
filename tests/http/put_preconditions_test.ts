import { assertEquals } from "@std/assert";
import { limits } from "../../src/limits.ts";
import { C, D, type XmlName } from "../../src/xml/names.ts";
import { childNamed, elementsOf, hrefTextOf } from "../../src/xml/tree.ts";
import { calendar as vcalendar, component, event, journal, task } from "../fixtures/events.ts";
import { type House, openHouse, xmlOf } from "../harness.ts";
import { large } from "./large.ts";

const settings = { calendarObjectBytes: 1_000_000 };
const home = "/dav/calendars/alice/";
const calendar = `${home}calendar/`;
const existing = `${calendar}a.ics`;
const before = event({ uid: "a" });

interface Case {
  readonly name: string;
  readonly body: string;
  /** By default a name that is free. */
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly gives: XmlName;
  /** By default 403. */
  readonly status?: number;
  /** In the precondition's element. */
  readonly href?: string;
}

const vevent = (...lines: readonly string[]): string =>
  component("VEVENT", ["DTSTAMP:20260101T000000Z", "DTSTART:20260105T090000Z", ...lines]);

const times = (count: number, line: (index: number) => string): string[] =>
  Array.from({ length: count }, (_, index) => line(index));

const cases: readonly Case[] = [
  {
    name: "a media type that is no calendar",
    body: event({ uid: "b" }),
    headers: { "content-type": "text/vcard" },
    gives: C.supportedCalendarData,
  },
  { name: "no iCalendar at all", body: "Hello", gives: C.validCalendarData },
  { name: "nothing", body: "", gives: C.validCalendarData },
  {
    name: "a component that is not closed",
    body: before.slice(0, -40),
    gives: C.validCalendarData,
  },
  {
    name: "a time that is none",
    body: event({ uid: "b", start: "20260105T250000Z" }),
    gives: C.validCalendarData,
  },
  {
    name: "another version",
    body: event({ uid: "b" }).replace("VERSION:2.0", "VERSION:1.0"),
    gives: C.validCalendarData,
  },
  { name: "no UID", body: vcalendar(vevent()), gives: C.validCalendarObjectResource },
  {
    name: "two UIDs",
    body: vcalendar(vevent("UID:b"), vevent("UID:c")),
    gives: C.validCalendarObjectResource,
  },
  {
    name: "two kinds of component",
    body: vcalendar(vevent("UID:b"), component("VTODO", ["UID:b", "DTSTAMP:20260101T000000Z"])),
    gives: C.validCalendarObjectResource,
  },
  { name: "no component", body: vcalendar(), gives: C.validCalendarObjectResource },
  {
    name: "a METHOD",
    body: event({ uid: "b" }).replace("VERSION:2.0", "VERSION:2.0\r\nMETHOD:REQUEST"),
    gives: C.validCalendarObjectResource,
  },
  {
    name: "two masters",
    body: vcalendar(vevent("UID:b"), vevent("UID:b")),
    gives: C.validCalendarObjectResource,
  },
  { name: "a task among events", body: task({ uid: "b" }), gives: C.supportedCalendarComponent },
  {
    name: "an event among tasks",
    path: `${home}tasks/b.ics`,
    body: event({ uid: "b" }),
    gives: C.supportedCalendarComponent,
  },
  {
    name: "a journal among events",
    body: journal({ uid: "b" }),
    gives: C.supportedCalendarComponent,
  },
  { name: "a UID that is taken", body: before, gives: C.noUidConflict, href: existing },
  {
    name: "another UID in the same place",
    path: existing,
    body: event({ uid: "b" }),
    gives: C.noUidConflict,
    href: existing,
  },
  {
    name: "a large one with a UID that is taken",
    body: large(300 * 1024, "a"),
    gives: C.noUidConflict,
    href: existing,
  },
  {
    name: "more bytes than there may be",
    body: "x".repeat(settings.calendarObjectBytes + 1),
    gives: C.maxResourceSize,
    status: 413,
  },
  {
    name: "a time behind the last one", // Before the first one there is none in four digits.
    body: event({ uid: "b", start: "99991231T235960Z", end: null }),
    gives: C.maxDateTime,
  },
  {
    name: "more dates than there may be",
    body: event({
      uid: "b",
      lines: times(limits.icalInstances + 1, () => "RDATE:20270105T090000Z"),
    }),
    gives: C.maxInstances,
  },
  {
    name: "more attendees than there may be",
    body: event({
      uid: "b",
      lines: times(
        limits.icalAttendeesPerInstance + 1,
        (n) => `ATTENDEE:mailto:a${n}@example.test`,
      ),
    }),
    gives: C.maxAttendeesPerInstance,
  },
];

/** All that a client could see of the home, for what must not change. */
async function stateOf(house: House): Promise<readonly (string | undefined)[]> {
  const body =
    `<sync-collection xmlns="DAV:"><sync-token/><prop><getetag/></prop></sync-collection>`;
  const home = await (await house.ask("REPORT", "/dav/calendars/alice/", { body })).text();
  return [home, await (await house.ask("GET", existing)).text()];
}

for (const { name, body, path = `${calendar}b.ics`, headers, gives, status = 403, href } of cases) {
  Deno.test(`PUT of ${name} is refused by ${gives.replace(/^.*}/, "")}`, async () => {
    await using house = await openHouse({ settings });
    const type = { "content-type": "text/calendar; charset=utf-8" };
    await house.ask("PUT", existing, { headers: type, body: before });
    const state = await stateOf(house);

    const refused = await house.ask("PUT", path, { headers: { ...type, ...headers }, body });
    const error = await xmlOf(refused);
    const [precondition] = elementsOf(error);
    assertEquals([refused.status, error.name, precondition?.name], [status, D.error, gives]);
    const told = precondition && childNamed(precondition, D.href);
    assertEquals(told && hrefTextOf(told), href);
    assertEquals(await stateOf(house), state);

    const late = await house.ask("PUT", existing, {
      headers: { ...type, ...headers, "if-none-match": "*" },
      body,
    });
    await late.body?.cancel();
    const unread = gives === C.maxResourceSize;
    assertEquals(late.status, unread ? status : 412, "conditions come before content");
  });
}

Deno.test("PUT: a UID that was taken is free once its object is gone or elsewhere", async () => {
  await using house = await openHouse({ settings });
  const put = async (path: string) => {
    const headers = { "content-type": "text/calendar" };
    return (await house.ask("PUT", path, { headers, body: before })).status;
  };
  await house.ask("MKCALENDAR", `${home}other/`);
  assertEquals(await put(existing), 201);
  assertEquals(await put(`${home}other/a.ics`), 201, "in another calendar");
  assertEquals(await put(`${calendar}b.ics`), 403);
  await house.ask("DELETE", existing);
  assertEquals(await put(`${calendar}b.ics`), 201);
});
