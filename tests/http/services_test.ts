import { assertEquals } from "@std/assert";
import { D } from "../../src/xml/names.ts";
import { event } from "../fixtures/events.ts";
import { type House, multistatusOf, openHouse } from "../harness.ts";

const calendar = "/dav/calendars/alice/calendar/";
const sync = (token: string) => ({
  body: `<sync-collection xmlns="DAV:"><sync-token>${token}</sync-token><sync-level>1</sync-level>
    <prop><getetag/></prop></sync-collection>`,
});

const turn = (house: House, service: string, on: boolean, principalId = 0) =>
  house.store.commit([], [{ kind: "switch-service", service, principalId, on }]);

Deno.test("a service that is off answers 503 with Retry-After, and tokens go on behind it", async () => {
  await using house = await openHouse();
  const { syncToken = "" } = await multistatusOf(await house.ask("REPORT", calendar, sync("")));
  await turn(house, "caldav", false);
  const content = { headers: { "content-type": "text/calendar" }, body: event({ uid: "a" }) };
  const asks = {
    PUT: content,
    PROPFIND: {},
    REPORT: sync(syncToken),
    DELETE: {},
    OPTIONS: {},
    GET: {},
  };
  for (const [method, ask] of Object.entries(asks)) {
    const response = await house.ask(method, `${calendar}a.ics`, ask);
    assertEquals([response.status, response.headers.get("retry-after")], [503, "300"], method);
    assertEquals(await response.text(), "the administrator has switched off caldav for alice\n");
  }
  assertEquals((await house.ask("OPTIONS", "/dav/files/alice/")).status, 200);
  await turn(house, "caldav", true);
  const after = await multistatusOf(await house.ask("REPORT", calendar, sync(syncToken)));
  assertEquals([after.hrefs, after.syncToken], [[], syncToken]);
});

Deno.test("nothing comes into what is off by COPY or MOVE", async () => {
  const content = { headers: { "content-type": "text/calendar" }, body: event({ uid: "a" }) };
  const places = { caldav: `${calendar}a.ics`, files: "/dav/files/alice/a.ics" };
  for (
    const [off, from, to] of [
      ["files", places.caldav, places.files],
      ["caldav", places.files, places.caldav],
    ] as const
  ) {
    await using house = await openHouse();
    assertEquals((await house.ask("PUT", from, content)).status, 201);
    await turn(house, off, false);
    for (const method of ["COPY", "MOVE"]) {
      const headers = { destination: `http://localhost${to}` };
      const response = await house.ask(method, from, { headers });
      assertEquals([response.status, response.headers.get("retry-after")], [503, "300"], method);
    }
    await turn(house, off, true);
    assertEquals((await house.ask("GET", from)).status, 200);
    assertEquals((await house.ask("GET", to)).status, 404);
  }
});

Deno.test("a service can be off for one account", async () => {
  await using house = await openHouse();
  const bob = await house.store.principalNamed("bob");
  await turn(house, "files", false, bob?.principal.id);
  assertEquals((await house.ask("OPTIONS", "/dav/files/bob/", { as: "bob" })).status, 503);
  assertEquals((await house.ask("OPTIONS", "/dav/calendars/bob/", { as: "bob" })).status, 200);
  assertEquals((await house.ask("OPTIONS", "/dav/files/alice/")).status, 200);
});

Deno.test("discovery goes on while a service is off", async () => {
  await using house = await openHouse();
  await turn(house, "caldav", false);
  const body = `<propfind xmlns="DAV:"><prop><current-user-principal/></prop></propfind>`;
  const ask = { headers: { depth: "0" }, body };
  const { responses } = await multistatusOf(await house.ask("PROPFIND", "/dav/", ask));
  assertEquals(responses[0]?.hrefs(D.currentUserPrincipal), ["/dav/principals/users/alice/"]);
});
