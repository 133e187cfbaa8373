import { assertEquals } from "@std/assert";
import { C, D, type XmlName } from "../../src/xml/names.ts";
import { event, task } from "../fixtures/events.ts";
import { type House, multistatusOf, openHouse, preconditionOf } from "../harness.ts";

const home = "/dav/calendars/alice/";
const calendar = `${home}calendar/`;
const files = "/dav/files/alice/";

const put = (house: House, path: string, body: BodyInit) =>
  house.ask("PUT", path, { headers: { "content-type": "text/calendar" }, body });

const relocate = (house: House, method: string, from: string, to: string, overwrite = "T") =>
  house.ask(method, from, { headers: { destination: to, overwrite } });

/** Status, and the precondition where there is one. */
const outcomeOf = async (response: Response): Promise<[number, XmlName | undefined]> => [
  response.status,
  await preconditionOf(response),
];

for (const method of ["COPY", "MOVE"]) {
  Deno.test(`${method} of a file to a calendar makes it an object, or says what it violates`, async () => {
    await using house = await openHouse();
    const large = event({ uid: "large", lines: [`DESCRIPTION:${"x".repeat(300_000)}`] });
    for (const text of [event({ uid: "a" }), large]) {
      await house.ask("PUT", `${files}a.ics`, { body: text });
      await put(house, `${calendar}other.ics`, event({ uid: "other" }));
      const cases = [
        [`${calendar}other.ics`, 403, C.noUidConflict],
        [`${home}tasks/a.ics`, 403, C.supportedCalendarComponent],
        [`${calendar}a.ics`, 201, undefined],
      ] as const;
      for (const [to, ...gives] of cases) {
        const response = await relocate(house, method, `${files}a.ics`, to);
        assertEquals(await outcomeOf(response), gives, to);
      }
      assertEquals((await house.ask("GET", `${files}a.ics`)).status, method === "COPY" ? 200 : 404);
      const got = await house.ask("GET", `${calendar}a.ics`);
      assertEquals(got.headers.get("content-type"), "text/calendar; charset=utf-8");
      assertEquals(await got.text(), text);
      const uid = text === large ? "large" : "a";
      const again = await put(house, `${calendar}b.ics`, event({ uid }));
      assertEquals(await outcomeOf(again), [403, C.noUidConflict]);
      await house.ask("DELETE", `${calendar}a.ics`);
    }
  });

  Deno.test(`${method} of a file that is no calendar object to a calendar: valid-calendar-data`, async () => {
    await using house = await openHouse();
    const latin = new Uint8Array([...new TextEncoder().encode("BEGIN:VCALENDAR\r\n"), 0xe9]);
    for (const body of [latin, "", "a note"]) {
      await house.ask("PUT", `${files}a`, { body });
      const refused = await relocate(house, method, `${files}a`, `${calendar}a.ics`);
      assertEquals(await outcomeOf(refused), [403, C.validCalendarData]);
      assertEquals((await house.ask("GET", `${files}a`)).status, 200);
    }
  });

  Deno.test(`${method} of an event among files makes it a file, and one UID may come twice`, async () => {
    await using house = await openHouse();
    await house.ask("MKCALENDAR", `${home}work/`);
    await house.ask("MKCOL", `${home}notes/`);
    const large = event({ uid: "a", lines: [`DESCRIPTION:${"x".repeat(300_000)}`] });
    for (const to of [`${home}notes/`, files]) {
      await put(house, `${calendar}a.ics`, event({ uid: "a" }));
      await put(house, `${home}work/b.ics`, large);
      const moves = [[`${calendar}a.ics`, `${to}a`], [`${home}work/b.ics`, `${to}b`]] as const;
      for (const [from, path] of moves) {
        assertEquals((await relocate(house, method, from, path)).status, 201);
        assertEquals((await house.ask("GET", from)).status, method === "COPY" ? 200 : 404);
      }
      assertEquals(await (await house.ask("GET", `${to}a`)).text(), event({ uid: "a" }));
      assertEquals(await (await house.ask("GET", `${to}b`)).text(), large);
      assertEquals((await house.ask("PUT", `${to}a`, { body: "a note" })).status, 204);
    }
  });

  Deno.test(`${method} of an event over one with another UID: no-uid-conflict`, async () => {
    await using house = await openHouse();
    const to = `${home}work/b.ics`;
    await house.ask("MKCALENDAR", `${home}work/`);
    await put(house, `${calendar}a.ics`, event({ uid: "a" }));
    await put(house, to, event({ uid: "b" }));
    const refused = await relocate(house, method, `${calendar}a.ics`, to);
    assertEquals(await outcomeOf(refused), [403, C.noUidConflict]);
    assertEquals(await (await house.ask("GET", to)).text(), event({ uid: "b" }));
    assertEquals((await relocate(house, method, `${calendar}a.ics`, to, "F")).status, 412);
  });
}

Deno.test("dead properties of a file go with it into a calendar", async () => {
  await using house = await openHouse();
  await house.ask("PUT", `${files}a`, { body: task({ uid: "a" }) });
  const body = `<propertyupdate xmlns="DAV:"><set><prop><x xmlns="urn:x">1</x></prop></set>
    </propertyupdate>`;
  await house.ask("PROPPATCH", `${files}a`, { body });
  const moved = `${home}tasks/a.ics`;
  assertEquals((await relocate(house, "MOVE", `${files}a`, moved)).status, 201);
  const ask = {
    headers: { depth: "0" },
    body: `<propfind xmlns="DAV:"><prop><x xmlns="urn:x"/></prop></propfind>`,
  };
  const found = await multistatusOf(await house.ask("PROPFIND", moved, ask));
  assertEquals(found.at(moved)?.text("{urn:x}x"), "1");
});

Deno.test("MOVE renames a calendar with all that is in it; the home's sync tells of both names", async () => {
  await using house = await openHouse();
  const [from, to] = [`${home}work/`, `${home}private/`];
  await house.ask("MKCALENDAR", from);
  await put(house, `${from}a.ics`, event({ uid: "a" }));
  const sync = async (token: string) => {
    const body = `<sync-collection xmlns="DAV:"><sync-token>${token}</sync-token>
      <sync-level>1</sync-level><prop><getetag/></prop></sync-collection>`;
    return await multistatusOf(await house.ask("REPORT", home, { body }));
  };
  const before = await sync("");
  assertEquals((await relocate(house, "MOVE", from, to)).status, 201);
  const after = await sync(before.syncToken ?? "");
  assertEquals(
    after.responses.map(({ href, status }) => [href, status]),
    [[to, undefined], [from, 404]],
  );
  assertEquals(await (await house.ask("GET", `${to}a.ics`)).text(), event({ uid: "a" }));
  assertEquals((await house.ask("GET", `${from}a.ics`)).status, 404);
});

Deno.test("COPY makes a calendar of its own, with all that is in the other and said of it", async () => {
  await using house = await openHouse();
  const [from, to, shell] = [`${home}work/`, `${home}private/`, `${home}shell/`];
  const made = `<C:mkcalendar xmlns="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"><set><prop>
    <displayname>Work</displayname><C:calendar-description>All</C:calendar-description>
    <C:calendar-timezone-id>Europe/Vienna</C:calendar-timezone-id>
    <attachments xmlns="urn:davit">managed</attachments>
    <C:schedule-calendar-transp><C:transparent/></C:schedule-calendar-transp>
    <C:supported-calendar-component-set><C:comp name="VTODO"/></C:supported-calendar-component-set>
    </prop></set></C:mkcalendar>`;
  await house.ask("MKCALENDAR", from, { body: made });
  const large = task({ uid: "b", lines: [`DESCRIPTION:${"x".repeat(300_000)}`] });
  await put(house, `${from}a.ics`, task({ uid: "a" }));
  await put(house, `${from}b.ics`, large);
  const body = `<propfind xmlns="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"><prop><displayname/>
    <resourcetype/><C:calendar-description/><C:calendar-timezone-id/>
    <C:schedule-calendar-transp/><C:supported-calendar-component-set/></prop></propfind>`;
  const toldOf = async (path: string) => {
    const ask = { headers: { depth: "0" }, body };
    const found = await multistatusOf(await house.ask("PROPFIND", path, ask));
    const one = found.at(path);
    return (one?.names ?? []).map((name) => one?.prop(name));
  };
  assertEquals((await relocate(house, "COPY", from, to, "F")).status, 201);
  assertEquals(await toldOf(to), await toldOf(from));
  assertEquals((await relocate(house, "COPY", from, to, "F")).status, 412);
  await house.ask("DELETE", from);
  assertEquals(await (await house.ask("GET", `${to}b.ics`)).text(), large);
  const again = await put(house, `${to}c.ics`, task({ uid: "a" }));
  assertEquals(await outcomeOf(again), [403, C.noUidConflict]);
  const bare = { headers: { destination: shell, depth: "0" } };
  assertEquals((await house.ask("COPY", to, bare)).status, 201);
  assertEquals(await toldOf(shell), await toldOf(to));
  assertEquals((await house.ask("GET", `${shell}a.ics`)).status, 404);
  const over = await relocate(house, "COPY", to, shell);
  assertEquals(over.status, 204);
  assertEquals(await (await house.ask("GET", `${shell}a.ics`)).text(), task({ uid: "a" }));
});

const work = `${home}work/`;
const notes = `${home}notes/`;
const nowhere: readonly [method: string, from: string, to: string, XmlName | undefined][] = [
  ["COPY", work, "/dav/calendars/root/office/", C.calendarCollectionLocationOk],
  ["MOVE", work, "/dav/calendars/root/office/", C.calendarCollectionLocationOk],
  ["COPY", work, `${files}work/`, undefined],
  ["COPY", work, `${notes}work/`, undefined],
  ["COPY", work, `${home}inbox/`, undefined],
  ["MOVE", work, `${files}work/`, undefined],
  ["MOVE", work, `${notes}work/`, undefined],
  ["MOVE", work, `${home}inbox/`, undefined],
  ["MOVE", notes, `${home}outbox/`, undefined],
  ["MOVE", notes, `${calendar}notes/`, undefined],
  ["COPY", `${calendar}a.ics`, `${home}inbox/a.ics`, undefined],
];

for (const [method, from, to, precondition] of nowhere) {
  Deno.test(`${method} of ${from} to ${to} is refused`, async () => {
    await using house = await openHouse();
    await house.ask("MKCALENDAR", work);
    await house.ask("MKCOL", notes);
    await put(house, `${calendar}a.ics`, event({ uid: "a" }));
    const ask = { as: "root", headers: { destination: to } };
    const refused = await house.ask(method, from, ask);
    assertEquals(await outcomeOf(refused), [403, precondition]);
    const found = await multistatusOf(
      await house.ask("PROPFIND", home, { headers: { depth: "1" } }),
    );
    assertEquals(found.hrefs.filter((href) => [work, notes].includes(href)).length, 2);
    assertEquals(found.at(`${home}inbox/`)?.statusOf(D.resourcetype), 200);
  });
}

Deno.test("plain collections move within a calendar home, and to and from the files", async () => {
  await using house = await openHouse();
  await house.ask("MKCOL", notes);
  await house.ask("PUT", `${notes}a`, { body: "a" });
  for (const to of [`${home}old/`, `${files}old/`, `${home}again/`]) {
    const from = to === `${home}old/`
      ? notes
      : to === `${files}old/`
      ? `${home}old/`
      : `${files}old/`;
    assertEquals((await relocate(house, "MOVE", from, to)).status, 201, to);
    assertEquals(await (await house.ask("GET", `${to}a`)).text(), "a");
  }
});
