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
    const [propstat] = childrenNamed(root, D.propstat);
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
