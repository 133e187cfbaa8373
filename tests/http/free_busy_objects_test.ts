import { assertEquals } from "@std/assert";
import { C } from "../../src/xml/names.ts";
import { el } from "../../src/xml/tree.ts";
import { documentXml } from "../../src/xml/write.ts";
import { components, during, mkcalendar, query, type Range } from "../clients/bodies.ts";
import { calendar as vcalendar, component, event } from "../fixtures/events.ts";
import { type House, multistatusOf, openHouse, preconditionOf } from "../harness.ts";

const home = "/dav/calendars/alice/";
const shifts = `${home}shifts/`;

/** Busy from nine to ten, perhaps from eleven to twelve, on 5 January 2026. */
const stated = vcalendar(component("VFREEBUSY", [
  "UID:stated",
  "DTSTAMP:20260101T000000Z",
  "DTSTART:20260105T080000Z",
  "DTEND:20260105T180000Z",
  "FREEBUSY;FBTYPE=BUSY:20260105T090000Z/PT1H",
  "FREEBUSY;FBTYPE=BUSY-TENTATIVE:20260105T110000Z/20260105T120000Z",
  "FREEBUSY;FBTYPE=FREE:20260105T130000Z/PT1H",
]));

const put = (house: House, path: string, body: string) =>
  house.ask("PUT", path, { body, headers: { "content-type": "text/calendar" } });

/** A house with a calendar for busy times of their own, and one in it (RFC 4791 §4.1). */
async function furnished(): Promise<House> {
  const house = await openHouse();
  const body = documentXml(mkcalendar(components("VFREEBUSY")));
  assertEquals((await house.ask("MKCALENDAR", shifts, { body })).status, 201);
  assertEquals((await put(house, `${shifts}a.ics`, stated)).status, 201);
  return house;
}

const hours = (from: number, to: number): Range => ({
  start: `20260105T${String(from).padStart(2, "0")}0000Z`,
  end: `20260105T${String(to).padStart(2, "0")}0000Z`,
});

Deno.test("VFREEBUSY: a calendar that was made for it holds it, and others don't", async () => {
  await using house = await furnished();
  assertEquals(await (await house.ask("GET", `${shifts}a.ics`)).text(), stated);
  await house.ask("MKCALENDAR", `${home}plain/`);
  const refusals = [
    await put(house, `${home}plain/a.ics`, stated),
    await put(house, `${shifts}b.ics`, event({ uid: "b" })),
  ];
  for (const refused of refusals) {
    assertEquals(
      [refused.status, await preconditionOf(refused)],
      [403, C.supportedCalendarComponent],
    );
  }
});

Deno.test("VFREEBUSY: a time-range finds it by its own times (RFC 4791 §9.9)", async () => {
  await using house = await furnished();
  const found = async (range: Range) => {
    const body = documentXml(query([], during("VFREEBUSY", range)));
    return (await multistatusOf(
      await house.ask("REPORT", shifts, { headers: { depth: "1" }, body }),
    )).hrefs;
  };
  assertEquals(await found(hours(6, 8)), []);
  assertEquals(await found(hours(6, 9)), [`${shifts}a.ics`]);
  assertEquals(await found(hours(18, 19)), [`${shifts}a.ics`]); // start <= DTEND
  assertEquals(await found(hours(19, 20)), []);
});

Deno.test("VFREEBUSY: limit-freebusy-set leaves the periods of a time (RFC 4791 §9.6.7)", async () => {
  await using house = await furnished();
  const limited = el(C.calendarData, [el(C.limitFreebusySet, [], { ...hours(9, 10) })]);
  const body = documentXml(query([limited], during("VFREEBUSY")));
  const found = await multistatusOf(
    await house.ask("REPORT", shifts, { headers: { depth: "1" }, body }),
  );
  const data = found.at(`${shifts}a.ics`)?.text(C.calendarData) ?? "";
  assertEquals(data.match(/^FREEBUSY.*$/gm), ["FREEBUSY;FBTYPE=BUSY:20260105T090000Z/PT1H"]);
});

Deno.test("VFREEBUSY: free-busy-query counts what it says (RFC 4791 §7.10)", async () => {
  await using house = await furnished();
  const body = documentXml(el(C.freeBusyQuery, [el(C.timeRange, [], { ...hours(0, 20) })]));
  for (const path of [shifts, `${shifts}a.ics`]) {
    const response = await house.ask("REPORT", path, { headers: { depth: "1" }, body });
    assertEquals(response.status, 200);
    assertEquals((await response.text()).match(/^FREEBUSY[^\r]*/gm), [
      "FREEBUSY;FBTYPE=BUSY:20260105T090000Z/20260105T100000Z",
      "FREEBUSY;FBTYPE=BUSY-TENTATIVE:20260105T110000Z/20260105T120000Z",
    ]);
  }
});
