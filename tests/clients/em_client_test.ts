import { assert, assertEquals } from "@std/assert";
import { A, C, CS, D } from "../../src/xml/names.ts";
import { el } from "../../src/xml/tree.ts";
import { event, task } from "../fixtures/events.ts";
import { type House, multistatusOf, openHouse } from "../harness.ts";
import { isCalendar, listIn } from "./answers.ts";
import { components, mkcalendar, syncCollection } from "./bodies.ts";
import { clientAt, type Manner } from "./client.ts";
import { hrefs } from "./discovery.ts";
import { componentsOf, dataOf, typesOf } from "./found.ts";

const { principal, home, calendar, tasks } = hrefs;

/** It asks without credentials first, at each URL. */
const emClient: Manner = {
  headers: { "user-agent": "eMClient/9.2.2230.0", "accept": "text/xml", "brief": "t" },
  xmlType: "text/xml; charset=utf-8",
  challenged: true,
};

const emClientAt = (house: House) => clientAt(house, emClient);

/** Where the first request goes: what people type. */
const wellKnown = "/.well-known/caldav";

Deno.test("EM-1 OPTIONS with Content-Length: 0 on /, well-known, the home and a calendar: 200 with tokens", async () => {
  await using house = await openHouse();
  const options = { headers: { ...emClient.headers, "content-length": "0" } };
  for (const path of ["/", wellKnown, home, calendar]) {
    let at = path;
    let response = await house.ask("OPTIONS", at, { as: null, ...options });
    if (path === wellKnown) {
      at = response.headers.get("location") ?? "";
      response = await house.ask("OPTIONS", at, { as: null, ...options });
    }
    assertEquals(response.status, 401);
    response = await house.ask("OPTIONS", at, options);
    assertEquals([response.status, await response.text()], [200, ""]);
    assert(listIn(response, "dav").includes("calendar-access"), path);
  }
});

for (const path of [home, principal, calendar, "/", "/dav/"]) {
  Deno.test(`EM-2 ${path} as the account's URL leads to the home`, async () => {
    await using house = await openHouse();
    const client = emClientAt(house);
    const { responses: [found] } = await client.propfind(
      path,
      "0",
      D.currentUserPrincipal,
      D.resourcetype,
    );
    const [found2] = (await client.propfind(
      found?.hrefs(D.currentUserPrincipal)[0] ?? "",
      "0",
      C.calendarHomeSet,
      C.scheduleInboxURL,
      C.scheduleOutboxURL,
      C.calendarUserAddressSet,
    )).responses;
    assertEquals(found2?.hrefs(C.calendarHomeSet), [home]);
    assertEquals(typesOf(found)[0], D.collection);
  });
}

/** Three events, and their hrefs. */
async function threeEvents(house: House): Promise<string[]> {
  const items = ["a", "b", "c"].map((uid) => [`${calendar}${uid}.ics`, event({ uid })] as const);
  for (const [href, item] of items) await emClientAt(house).put(href, item);
  return items.map(([href]) => href);
}

for (
  const [id, depth] of [["EM-3", "1"], ["EM-4", "1"], ["EM-4", "0"], ["EM-4", undefined]] as const
) {
  Deno.test(`${id} sync-collection, Depth ${depth}, no sync-level, empty token: all members and a token`, async () => {
    await using house = await openHouse();
    const members = await threeEvents(house);
    const body = syncCollection("", { level: null });
    const found = await multistatusOf(
      await emClientAt(house).ask("REPORT", calendar, { depth, body }),
    );
    assertEquals(found.hrefs, members);
    assert(found.responses.every((one) => one.text(D.getetag) && one.text(D.getcontenttype)));
    assert(found.syncToken);
  });
}

Deno.test("EM-5 sync-collection on the home: 207 with calendars as members", async () => {
  await using house = await openHouse();
  const body = syncCollection("", { level: null, names: [D.resourcetype, D.displayname] });
  const found = await multistatusOf(
    await emClientAt(house).ask("REPORT", home, { depth: "1", body }),
  );
  assertEquals(found.responses.filter(isCalendar).map(({ href }) => href), [calendar, tasks]);
});

Deno.test("EM-6 PROPFIND Depth 1 of etag and content type with Brief: members have both, nothing is 404", async () => {
  await using house = await openHouse();
  const members = await threeEvents(house);
  const found = await emClientAt(house).propfind(calendar, "1", D.getetag, D.getcontenttype);
  assertEquals(found.hrefs, [calendar, ...members]);
  assert(found.responses.every(({ propstats }) => propstats.join() === "200"));
  assert(
    members.every((href) =>
      found.at(href)?.text(D.getetag) && found.at(href)?.prop(D.getcontenttype)
    ),
  );
});

Deno.test("EM-7 multiget: 207 with etag and data", async () => {
  await using house = await openHouse();
  const members = await threeEvents(house);
  const found = await emClientAt(house).multiget(calendar, members);
  assertEquals(found.hrefs, members);
  assertEquals(dataOf(found.at(members[1] ?? "")), event({ uid: "b" }));
  assert(found.responses.every((one) => one.text(D.getetag)));
});

Deno.test("EM-8 PUT of new and changed events with conditions; the ETag is what is read again", async () => {
  await using house = await openHouse();
  const client = emClientAt(house);
  const href = `${calendar}new.ics`;
  const made = await client.put(href, event({ uid: "new" }), { "if-none-match": "*" });
  assertEquals(made.status, 201);
  const etag = async () => (await client.propfind(href, "0", D.getetag)).at(href)?.text(D.getetag);
  assertEquals(await etag(), made.headers.get("etag") ?? undefined);
  const changed = event({ uid: "new", summary: "Changed" });
  const ifMatch = { "if-match": made.headers.get("etag") ?? "" };
  const put = await client.put(href, changed, ifMatch);
  assertEquals([put.status, put.headers.get("etag")], [204, await etag()]);
  assertEquals((await client.put(href, changed, ifMatch)).status, 412);
});

Deno.test("EM-9 a list for tasks tells VTODO alone, and a task with STATUS:COMPLETED is unchanged", async () => {
  await using house = await openHouse();
  const client = emClientAt(house);
  const found = await client.propfind(home, "1", D.resourcetype, C.supportedCalendarComponentSet);
  assertEquals(componentsOf(found.at(tasks)), ["VTODO"]);
  const done = ["STATUS:COMPLETED", "PERCENT-COMPLETE:100", "COMPLETED:20260105T120000Z"];
  const item = task({ uid: "done", lines: done });
  const href = `${tasks}done.ics`;
  assertEquals((await client.put(href, item, { "if-none-match": "*" })).status, 201);
  assertEquals(dataOf((await client.multiget(tasks, [href])).at(href)), item);
});

Deno.test("EM-10 MKCALENDAR with name and colour 201, PROPPATCH of the name 207", async () => {
  await using house = await openHouse();
  const { headers: { brief: _, ...headers }, xmlType } = emClient;
  const client = clientAt(house, { headers, xmlType });
  const path = `${home}6f1c2b3a-4d5e-4f60-8172-93a4b5c6d7e8/`;
  const body = mkcalendar(
    el(D.displayname, ["Projects"]),
    el(A.calendarColor, ["#3A87AD"]),
    components("VEVENT"),
  );
  const made = await client.ask("MKCALENDAR", path, { body });
  assertEquals([made.status, await made.text()], [201, ""]);
  const named = await multistatusOf(await client.proppatch(path, el(D.displayname, ["Plans"])));
  assertEquals(named.at(path)?.statusOf(D.displayname), 200);
  const found = await client.propfind(home, "1", D.displayname, A.calendarColor);
  assertEquals(
    [D.displayname, A.calendarColor].map((name) => found.at(path)?.text(name)),
    ["Plans", "#3A87AD"],
  );
});

Deno.test("EM-15 a 401 before every request, at every URL, never locks out", async () => {
  await using house = await openHouse({ settings: { loginFailures: 3 } });
  const members = await threeEvents(house);
  const client = emClientAt(house);
  const paths = [principal, home, calendar, tasks, `${home}inbox/`, ...members];
  for (let round = 0; round < 5; round++) {
    for (const path of paths) {
      assertEquals((await client.propfind(path, "0", CS.getctag)).hrefs, [path]);
    }
  }
});
