import { assert, assertEquals, assertMatch } from "@std/assert";
import { A, C, CS, D } from "../../src/xml/names.ts";
import { event, task } from "../fixtures/events.ts";
import { type House, openHouse } from "../harness.ts";
import { elementsIn } from "./answers.ts";
import { during } from "./bodies.ts";
import { clientAt, type Manner } from "./client.ts";
import { discover, hrefs } from "./discovery.ts";
import { componentsOf, dataOf } from "./found.ts";
import { styled } from "./style.ts";
import { onTheWire } from "./wire.ts";

const { principal, home, calendar, tasks } = hrefs;

const windows: Manner = {
  headers: {
    "user-agent": "MSFT-WIN-4/10.0.10586 (gzip)",
    "cache-control": "no-cache",
    "pragma": "no-cache",
  },
  xml: styled({
    declaration: "",
    prefixes: {
      "DAV:": "D",
      "urn:ietf:params:xml:ns:caldav": "C",
      "http://calendarserver.org/ns/": "CS",
      "http://apple.com/ns/ical/": "A",
    },
    bareRoot: true,
  }),
};

const windowsAt = (house: House) => clientAt(house, windows, { login: "alice@example.test" });

Deno.test("WC-1 the mail address as user name is the account of the short name", async () => {
  await using house = await openHouse();
  for (const login of ["alice@example.test", "ALICE@example.test", "alice"]) {
    const client = clientAt(house, windows, { login });
    const { responses } = await client.propfind("/dav/", "0", D.currentUserPrincipal);
    assertEquals(responses.map((one) => one.hrefs(D.currentUserPrincipal)), [[principal]]);
  }
});

for (const path of ["/.well-known/caldav", "/"]) {
  Deno.test(`WC-2 ${path} leads to the principal and the one home`, async () => {
    await using house = await openHouse();
    const root = await discover(house, windows, path, D.currentUserPrincipal);
    assertEquals(root.hrefs(D.currentUserPrincipal), [principal]);
    const found = await discover(house, windows, principal, C.calendarHomeSet);
    assertEquals(found.hrefs(C.calendarHomeSet), [home]);
  });
}

Deno.test("WC-3 the home's calendars tell text/calendar 2.0 and their components", async () => {
  await using house = await openHouse();
  const found = await windowsAt(house).propfind(
    home,
    "1",
    D.displayname,
    D.resourcetype,
    D.currentUserPrivilegeSet,
    CS.getctag,
    A.calendarColor,
    C.supportedCalendarComponentSet,
    C.supportedCalendarData,
  );
  for (const [href, component] of [[calendar, "VEVENT"], [tasks, "VTODO"]] as const) {
    const one = found.at(href);
    const data = elementsIn(one, C.supportedCalendarData);
    assertEquals(new Set(data.map(({ name }) => name)), new Set([C.calendarData]));
    assertEquals(data[0]?.attributes, { "content-type": "text/calendar", version: "2.0" });
    assertEquals(componentsOf(one), [component]);
    assert(one?.text(D.displayname) && one.text(CS.getctag));
  }
});

Deno.test("WC-8 multiget of all hrefs gives their data", async () => {
  await using house = await openHouse();
  const client = windowsAt(house);
  const members = ["a", "b", "c"].map((uid) => `${calendar}${uid}.ics`);
  for (const href of members) {
    const item = event({ uid: href.at(-5) ?? "" });
    assertEquals((await client.put(href, item, { "if-none-match": "*" })).status, 201);
  }
  const found = await client.multiget(calendar, members);
  assertEquals(found.hrefs, members);
  assertEquals(found.responses.map(dataOf), ["a", "b", "c"].map((uid) => event({ uid })));
});

Deno.test("WC-10 a cookie is ignored, and none is set or required", async () => {
  await using house = await openHouse();
  const client = windowsAt(house);
  const answers = await Promise.all([undefined, { cookie: "session=stale; other=1" }].map(
    async (headers) => {
      const response = await client.ask("PROPFIND", home, { depth: "1", headers });
      assertEquals(response.headers.get("set-cookie"), null);
      return [response.status, await response.text()];
    },
  ));
  assertEquals(answers[0], answers[1]);
  assertEquals(answers[0]?.[0], 207);
});

Deno.test("WC-12 content is coded only as Accept-Encoding asks, and ETags stay as they are", async () => {
  await using house = await openHouse();
  await using wire = onTheWire(house);
  const href = `${calendar}long.ics`;
  const item = event({ uid: "long", lines: [`DESCRIPTION:${"same ".repeat(2000)}`] });
  const etag = (await windowsAt(house).put(href, item)).headers.get("etag");
  const asked = [["identity"], [undefined], ["gzip"], ["gzip, deflate, br"]];
  for (const [encoding] of asked) {
    for (const method of ["GET", "PROPFIND"]) {
      const { headers } = await wire.exchange(method, href, {
        depth: "0",
        ...(encoding === undefined ? {} : { "accept-encoding": encoding }),
      });
      const coding = headers.get("content-encoding") ?? "identity";
      const known = encoding?.split(", ") ?? ["identity"];
      assert(coding === "identity" || known.includes(coding), `${coding} for ${encoding}`);
      if (method === "GET") assertEquals(headers.get("etag"), etag);
    }
  }
});

const window = { start: "20251101T000000Z", end: "20260601T000000Z" };

for (const agent of ["MSFT-WP/8.10.14219 (gzip)", "MSFT-WIN-3/10.0.14393"]) {
  Deno.test(`WC-4 a query of Depth 0 by ${agent} lists the members, with their ETags`, async () => {
    await using house = await openHouse();
    const manner = { ...windows, headers: { ...windows.headers, "user-agent": agent } };
    const client = clientAt(house, manner);
    await client.put(`${calendar}in.ics`, event({ uid: "in" }));
    const later = { start: "20260701T090000Z", end: "20260701T100000Z" };
    await client.put(`${calendar}out.ics`, event({ uid: "out", ...later }));
    const found = await client.query(calendar, "0", [D.getetag], during("VEVENT", window));
    assertEquals(found.hrefs, [`${calendar}in.ics`]);
    assertMatch(found.responses[0]?.text(D.getetag) ?? "", /^"[^"]+"$/);
  });
}

Deno.test("WC-6 WC-9 what was just written is listed, with the ETag of the PUT", async () => {
  await using house = await openHouse();
  const client = windowsAt(house);
  const href = `${calendar}new.ics`;
  const list = async () => {
    const { responses } = await client.query(calendar, "0", [D.getetag], during("VEVENT", window));
    return responses.map((one) => [one.href, one.text(D.getetag)]);
  };
  const made = await client.put(href, event({ uid: "new" }), { "if-none-match": "*" });
  const etag = made.headers.get("etag");
  assertEquals([made.status, await list()], [201, [[href, etag ?? undefined]]]);
  const changed = await client.put(href, event({ uid: "new", summary: "Other" }), {
    "if-match": etag ?? "",
  });
  assertEquals(await list(), [[href, changed.headers.get("etag") ?? undefined]]);
  assertEquals((await client.ask("DELETE", href)).status, 204);
  assertEquals(await list(), []);
});

Deno.test("WC-7 series that began before the window are listed, those that ended are not", async () => {
  await using house = await openHouse();
  const client = windowsAt(house);
  const before = { start: "20200106T090000Z", end: "20200106T100000Z" };
  for (const [uid, rule] of Object.entries({ endless: "", ended: ";COUNT=9" })) {
    const lines = [`RRULE:FREQ=WEEKLY${rule}`];
    await client.put(`${calendar}${uid}.ics`, event({ uid, ...before, lines }));
  }
  const found = await client.query(calendar, "0", [D.getetag], during("VEVENT", window));
  assertEquals(found.hrefs, [`${calendar}endless.ics`]);
});

Deno.test("WC-11 a list for tasks alone answers a query for events with nothing", async () => {
  await using house = await openHouse();
  const client = windowsAt(house);
  await client.put(`${tasks}t.ics`, task({ uid: "t" }));
  const found = await client.query(tasks, "0", [D.getetag], during("VEVENT", window));
  assertEquals(found.hrefs, []);
});
