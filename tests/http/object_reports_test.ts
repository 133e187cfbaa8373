import { assertEquals } from "@std/assert";
import { C, D } from "../../src/xml/names.ts";
import { childNamed, elementsOf } from "../../src/xml/tree.ts";
import { documentXml } from "../../src/xml/write.ts";
import { multiget } from "../clients/bodies.ts";
import { event, task } from "../fixtures/events.ts";
import { type House, multistatusOf, openHouse, preconditionOf } from "../harness.ts";

const home = "/dav/calendars/alice/";
const calendar = `${home}calendar/`;
const path = `${calendar}a.ics`;

/** A house with two events from nine to ten and from eleven to twelve, and a task. */
async function furnished(): Promise<House> {
  const house = await openHouse();
  await house.ask("MKCALENDAR", `${home}mixed/`);
  const eleven = { start: "20260105T110000Z", end: "20260105T120000Z" };
  const objects = {
    [path]: event({ uid: "a" }),
    [`${calendar}b.ics`]: event({ uid: "b", ...eleven }),
    [`${home}mixed/c.ics`]: task({ uid: "c", start: "20260105T090000Z" }),
  };
  for (const [at, body] of Object.entries(objects)) {
    const headers = { "content-type": "text/calendar" };
    assertEquals((await house.ask("PUT", at, { body, headers })).status, 201);
  }
  return house;
}

const report = (house: House, body: string, at = path, headers: Record<string, string> = {}) =>
  house.ask("REPORT", at, { body, headers });

Deno.test("calendar-multiget on an object tells that one, and 404 of others (RFC 4791 §7.9)", async () => {
  await using house = await furnished();
  const other = `${calendar}b.ics`;
  const hrefs = [path, other, `http://localhost${path}`, `${home}mixed/c.ics`, calendar, "%"];
  for (const depth of ["0", "1"]) {
    const body = documentXml(multiget(hrefs));
    const found = await multistatusOf(await report(house, body, path, { depth }));
    assertEquals(found.responses.map(({ href, status }) => [href, status]), [
      [other, 404],
      [`${home}mixed/c.ics`, 404],
      [calendar, 404],
      ["%", 404],
      [path, undefined],
    ]);
    assertEquals(found.at(path)?.text(C.calendarData), event({ uid: "a" }).trim());
  }
  const none = await report(house, documentXml(multiget([])));
  assertEquals([none.status, await preconditionOf(none)], [400, undefined]);
});

Deno.test("an object says that it has the three reports of RFC 4791 §7", async () => {
  await using house = await furnished();
  const body = `<propfind xmlns="DAV:"><prop><supported-report-set/></prop></propfind>`;
  const found = await multistatusOf(
    await house.ask("PROPFIND", path, { headers: { depth: "0" }, body }),
  );
  const set = found.at(path)?.prop(D.supportedReportSet);
  const names = elementsOf(set ?? { name: D.prop, attributes: {}, children: [] })
    .flatMap((one) => elementsOf(childNamed(one, D.report) ?? one)).map(({ name }) => name);
  const wanted = [C.calendarMultiget, C.calendarQuery, C.freeBusyQuery];
  assertEquals(wanted.filter((name) => names.includes(name)), wanted);
});

Deno.test("free-busy-query on an object: the times of that one alone (RFC 4791 §7, §7.10)", async () => {
  await using house = await furnished();
  const body = `<C:free-busy-query xmlns:C="urn:ietf:params:xml:ns:caldav">` +
    `<C:time-range start="20260105T000000Z" end="20260106T000000Z"/></C:free-busy-query>`;
  const busy = async (at: string) => {
    const response = await report(house, body, at);
    assertEquals(response.status, 200);
    return [...(await response.text()).matchAll(/^FREEBUSY.*:(.*)\r$/gm)].map(([, times]) => times);
  };
  const both = ["20260105T090000Z/20260105T100000Z", "20260105T110000Z/20260105T120000Z"];
  assertEquals(await busy(calendar), both);
  assertEquals(await busy(path), [both[0]]);
  assertEquals(await busy(`${calendar}b.ics`), [both[1]]);
  assertEquals(await busy(`${home}mixed/c.ics`), []);
  const transparent =
    `<propertyupdate xmlns="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"><set><prop>
    <C:schedule-calendar-transp><C:transparent/></C:schedule-calendar-transp></prop></set>
    </propertyupdate>`;
  await house.ask("PROPPATCH", calendar, { body: transparent });
  assertEquals(await busy(path), []);
});
