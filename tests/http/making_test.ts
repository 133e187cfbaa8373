import { assertEquals } from "@std/assert";
import { C, D } from "../../src/xml/names.ts";
import { childNamed, childrenNamed, el, elementsOf } from "../../src/xml/tree.ts";
import { multistatusOf, openHouse, preconditionOf, xmlOf } from "../harness.ts";

const office = "/dav/calendars/alice/office/";

const mkcol = (type: string, more: string) => ({
  headers: { "content-type": "application/xml" },
  body: `<mkcol xmlns="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"><set><prop>
    <resourcetype><collection/>${type}</resourcetype>${more}</prop></set></mkcol>`,
});
const mkcalendar = (more: string) => ({
  body: `<C:mkcalendar xmlns="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"><set><prop>
    <displayname>Work</displayname>${more}</prop></set></C:mkcalendar>`,
});
const protectedOne = "<getetag>1</getetag>";

Deno.test("MKCALENDAR where there is something: 403 resource-must-be-null, whatever the body", async () => {
  await using house = await openHouse();
  await house.ask("MKCALENDAR", office);
  for (const ask of [{}, mkcalendar(""), mkcalendar(protectedOne)]) {
    const refused = await house.ask("MKCALENDAR", office, ask);
    assertEquals([refused.status, await preconditionOf(refused)], [403, D.resourceMustBeNull]);
  }
  assertEquals((await house.ask("MKCOL", office)).status, 405);
});

Deno.test("MKCALENDAR with a protected property: a 207 says which, and nothing is made", async () => {
  await using house = await openHouse();
  const found = await multistatusOf(
    await house.ask("MKCALENDAR", office, mkcalendar(protectedOne)),
  );
  assertEquals(found.hrefs, [office]);
  assertEquals(
    [D.displayname, D.getetag].map((name) => found.at(office)?.statusOf(name)),
    [424, 403],
  );
  assertEquals((await house.ask("PROPFIND", office)).status, 404);
});

Deno.test("MKCOL with a protected property: 403 and DAV:mkcol-response, and nothing is made", async () => {
  await using house = await openHouse();
  for (const path of [office, "/dav/files/alice/office/"]) {
    const type = path === office ? "<C:calendar/>" : "";
    const refused = await house.ask("MKCOL", path, mkcol(type, protectedOne));
    assertEquals(refused.status, 403);
    const root = await xmlOf(refused);
    assertEquals(root.name, D.mkcolResponse);
    const propstat = childrenNamed(root, D.propstat).find((one) => childNamed(one, D.error));
    assertEquals(
      elementsOf((propstat && childNamed(propstat, D.error)) ?? root).map(({ name }) => name),
      [D.cannotModifyProtectedProperty],
    );
    assertEquals((await house.ask("PROPFIND", path)).status, 404);
  }
});

Deno.test("MKCOL in a calendar home makes calendars, subscriptions and plain collections", async () => {
  await using house = await openHouse();
  const types = {
    "<C:calendar/>": [D.collection, C.calendar],
    "": [D.collection],
  };
  for (const [type, made] of Object.entries(types)) {
    assertEquals((await house.ask("MKCOL", office, mkcol(type, ""))).status, 201);
    const found = await multistatusOf(
      await house.ask("PROPFIND", office, { headers: { depth: "0" } }),
    );
    const resourcetype = found.at(office)?.prop(D.resourcetype);
    assertEquals(elementsOf(resourcetype ?? el(D.prop)).map(({ name }) => name), made);
    assertEquals((await house.ask("DELETE", office)).status, 204);
  }
  const refused = await house.ask("MKCOL", office, mkcol("<principal/>", ""));
  assertEquals([refused.status, await preconditionOf(refused)], [403, D.validResourcetype]);
});

const components = (...names: readonly string[]): string =>
  `<C:supported-calendar-component-set>${
    names.map((name) => `<C:comp name="${name}"/>`).join("")
  }</C:supported-calendar-component-set>`;

for (const names of [["VPOLL"], ["VCALENDAR", "VTIMEZONE"]]) {
  Deno.test(`MKCALENDAR and MKCOL for ${names} alone are refused, and nothing is made`, async () => {
    await using house = await openHouse();
    const found = await multistatusOf(
      await house.ask("MKCALENDAR", office, mkcalendar(components(...names))),
    );
    const one = found.at(office);
    assertEquals(
      [D.displayname, C.supportedCalendarComponentSet].map((name) => one?.statusOf(name)),
      [424, 403],
    );
    const ask = mkcol("<C:calendar/>", components(...names));
    const refused = await house.ask("MKCOL", office, ask);
    assertEquals(refused.status, 403);
    const propstats = childrenNamed(await xmlOf(refused), D.propstat);
    const errors = propstats.flatMap((propstat) => childNamed(propstat, D.error) ?? []);
    assertEquals(
      errors.flatMap((error) => elementsOf(error)).map(({ name }) => name),
      [C.supportedCalendarComponent],
    );
    assertEquals((await house.ask("PROPFIND", office)).status, 404);
  });
}

/** Asked for, where anything is said; and what the calendar takes. */
const sets: readonly [asked: string[] | undefined, taken: string[]][] = [
  [undefined, ["VEVENT", "VTODO", "VJOURNAL"]],
  [[], ["VEVENT", "VTODO", "VJOURNAL"]],
  [["vpoll", "vtodo"], ["VTODO"]],
  [["VFREEBUSY"], ["VFREEBUSY"]],
  [["VFREEBUSY", "VEVENT"], ["VEVENT", "VFREEBUSY"]],
];

for (const [asked, taken] of sets) {
  Deno.test(`MKCALENDAR for ${asked ?? "nothing said"} takes ${taken}`, async () => {
    await using house = await openHouse();
    const made = mkcalendar(asked ? components(...asked) : "");
    assertEquals((await house.ask("MKCALENDAR", office, made)).status, 201);
    const body = `<propfind xmlns="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"><prop>
      <C:supported-calendar-component-set/></prop></propfind>`;
    const ask = { headers: { depth: "0" }, body };
    const found = await multistatusOf(await house.ask("PROPFIND", office, ask));
    const set = found.at(office)?.prop(C.supportedCalendarComponentSet);
    assertEquals(elementsOf(set ?? el(D.prop)).map(({ attributes }) => attributes.name), taken);
  });
}

const plain = "/dav/files/alice/office/";
const others = ["text/plain", "application/json", "xzy-foo/bar-blah", "xml"];

for (
  const [method, path] of [["MKCOL", office], ["MKCALENDAR", office], ["MKCOL", plain]] as const
) {
  Deno.test(`${method} ${path} with a body that is no XML: 415 (RFC 4918 §9.3)`, async () => {
    await using house = await openHouse();
    const { body } = method === "MKCOL" ? mkcol("", "") : mkcalendar("");
    for (const type of others) {
      for (const sent of ["hello", "<a>", "<a/>"]) {
        const ask = { headers: { "content-type": type }, body: sent };
        assertEquals((await house.ask(method, path, ask)).status, 415, `${type}: ${sent}`);
      }
    }
    const broken = { headers: { "content-type": "text/xml" }, body: "hello" };
    assertEquals((await house.ask(method, path, broken)).status, 400);
    assertEquals((await house.ask("PROPFIND", path)).status, 404);
    // A script of CalDAVTester calls it a calendar.
    for (const type of ['Text/XML; charset="utf-8"', "text/calendar"]) {
      const ask = { headers: { "content-type": type }, body };
      assertEquals((await house.ask(method, path, ask)).status, 201, type);
      assertEquals((await house.ask("DELETE", path)).status, 204);
    }
    const empty = { headers: { "content-type": "text/plain" } };
    assertEquals((await house.ask(method, path, empty)).status, 201);
  });
}
