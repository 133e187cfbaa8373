import { assertEquals } from "@std/assert";
import { D } from "../../src/xml/names.ts";
import { type House, multistatusOf, openHouse } from "../harness.ts";

const calendar = "/dav/calendars/alice/calendar/";
const sync = (token: string) => ({
  headers: { "content-type": "text/calendar" }, // a PUT of anything else is refused before
  body: `<sync-collection xmlns="DAV:"><sync-token>${token}</sync-token><sync-level>1</sync-level>
    <prop><getetag/></prop></sync-collection>`,
});

const turn = (house: House, service: string, on: boolean, principalId = 0) =>
  house.store.commit([], [{ kind: "switch-service", service, principalId, on }]);

Deno.test("a service that is off answers 503 with Retry-After, and tokens go on behind it", async () => {
  await using house = await openHouse();
  const { syncToken = "" } = await multistatusOf(await house.ask("REPORT", calendar, sync("")));
  await turn(house, "caldav", false);
  for (const method of ["PUT", "PROPFIND", "REPORT", "DELETE", "OPTIONS", "MKCALENDAR"]) {
    const response = await house.ask(method, `${calendar}a.ics`, sync(syncToken));
    assertEquals([response.status, response.headers.get("retry-after")], [503, "300"], method);
    assertEquals(await response.text(), "the administrator has switched off caldav for alice\n");
  }
  assertEquals((await house.ask("GET", `${calendar}a.ics`)).status, 503);
  assertEquals((await house.ask("OPTIONS", "/dav/files/alice/")).status, 200);
  await turn(house, "caldav", true);
  const after = await multistatusOf(await house.ask("REPORT", calendar, sync(syncToken)));
  assertEquals([after.hrefs, after.syncToken], [[], syncToken]);
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
