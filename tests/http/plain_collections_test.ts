import { assert, assertEquals } from "@std/assert";
import { C, D } from "../../src/xml/names.ts";
import { event } from "../fixtures/events.ts";
import { type House, multistatusOf, openHouse, preconditionOf } from "../harness.ts";

const home = "/dav/calendars/alice/";
const notes = `${home}notes/`;
const calendar = `${home}calendar/`;

/** With a plain collection in alice's calendar home. */
async function openWithNotes(): Promise<House> {
  const house = await openHouse();
  assertEquals((await house.ask("MKCOL", notes)).status, 201);
  return house;
}

const propfind = async (house: House, path: string, depth: string, names: string) => {
  const body = `<propfind xmlns="DAV:"><prop>${names}</prop></propfind>`;
  return await multistatusOf(await house.ask("PROPFIND", path, { headers: { depth }, body }));
};

Deno.test("a plain collection beside calendars takes any file, as it is sent", async () => {
  await using house = await openWithNotes();
  const headers = { "content-type": "text/calendar; x-mine=yes" };
  const body = new Uint8Array([0xe9, 0, 0xff]);
  const large = "x".repeat(300_000);
  assertEquals((await house.ask("PUT", `${notes}a`, { headers, body })).status, 201);
  assertEquals((await house.ask("PUT", `${notes}large`, { body: large })).status, 201);
  const answer = await house.ask("GET", `${notes}a`);
  assertEquals(answer.headers.get("content-type"), headers["content-type"]);
  assertEquals(new Uint8Array(await answer.arrayBuffer()), body);
  assertEquals(await (await house.ask("GET", `${notes}large`)).text(), large);
  assertEquals((await house.ask("PUT", `${notes}a`, { body: "again" })).status, 204);
  const stale = { headers: { "if-match": '"other"' }, body: "third" };
  assertEquals((await house.ask("PUT", `${notes}a`, stale)).status, 412);
  const found = await propfind(house, home, "1", "<resourcetype/>");
  assertEquals(found.at(notes)?.prop(D.resourcetype)?.children.length, 1);
});

Deno.test("a plain collection holds plain collections, and goes with all that is in it", async () => {
  await using house = await openWithNotes();
  assertEquals((await house.ask("MKCOL", `${notes}old/`)).status, 201);
  assertEquals((await house.ask("PUT", `${notes}old/a`, { body: "a" })).status, 201);
  assertEquals((await house.ask("MKCOL", `${notes}old/`)).status, 405);
  const found = await propfind(house, notes, "1", "<resourcetype/>");
  assertEquals(found.hrefs, [notes, `${notes}old/`]);
  assertEquals((await house.ask("DELETE", notes)).status, 204);
  assertEquals((await house.ask("GET", `${notes}old/a`)).status, 404);
});

Deno.test("calendars stand beside plain collections, not in them; and none stands in a calendar", async () => {
  await using house = await openWithNotes();
  const refused = await house.ask("MKCALENDAR", `${notes}work/`);
  assertEquals(
    [refused.status, await preconditionOf(refused)],
    [403, C.calendarCollectionLocationOk],
  );
  for (const path of [`${calendar}notes/`, `${home}inbox/notes/`, `${home}OUTBOX/`]) {
    assertEquals((await house.ask("MKCOL", path)).status, 403, path);
  }
});

Deno.test("where there is no LOCK, nothing says that there is", async () => {
  await using house = await openWithNotes();
  await house.ask("PUT", `${notes}a`, { body: "a" });
  for (const path of [notes, `${notes}a`]) {
    const found = await propfind(house, path, "0", "<supportedlock/><lockdiscovery/>");
    assertEquals(found.responses[0]?.propstats, [404]);
    const allow = (await house.ask("OPTIONS", path)).headers.get("allow") ?? "";
    assert(allow.includes("PROPFIND") && !allow.includes("LOCK"), allow);
    assertEquals((await house.ask("LOCK", path)).status, 405);
  }
  const files = await propfind(house, "/dav/files/alice/", "0", "<supportedlock/><lockdiscovery/>");
  assertEquals(files.responses[0]?.propstats, [200]);
});

Deno.test("a file does not become a calendar object by its media type", async () => {
  await using house = await openWithNotes();
  const content = { headers: { "content-type": "text/calendar" }, body: event({ uid: "a" }) };
  for (const name of ["a.ics", "b.ics"]) {
    assertEquals((await house.ask("PUT", notes + name, content)).status, 201);
  }
  assertEquals((await house.ask("PUT", `${calendar}a.ics`, content)).status, 201);
});
