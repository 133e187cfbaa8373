import { assert, assertEquals, assertMatch, assertNotEquals } from "@std/assert";
import { A, C, CS, D } from "../../src/xml/names.ts";
import { el } from "../../src/xml/tree.ts";
import { event, task } from "../fixtures/events.ts";
import { type House, multistatusOf, openHouse, preconditionOf } from "../harness.ts";
import { isCalendar, listIn, rawTextOf } from "./answers.ts";
import { agents, apple, oldHomeList, principalList, whoAmI } from "./apple.ts";
import { components, during, mkcalendar, multiget } from "./bodies.ts";
import { clientAt } from "./client.ts";
import { hrefs } from "./discovery.ts";
import { componentsOf, privilegesOf } from "./found.ts";

const { principal, home, calendar, tasks } = hrefs;

const phoneAt = (house: House, name = "alice") =>
  clientAt(house, apple(agents.dataaccessd), { name });

Deno.test("IO-1 accountsd verifies an account: 401, then 207, and the principal has its tokens", async () => {
  await using house = await openHouse();
  const settings = clientAt(house, { ...apple(agents.accountsd), challenged: true });
  const wellKnown = await house.ask("PROPFIND", "/.well-known/caldav", { as: null });
  for (const path of [wellKnown.headers.get("location") ?? "", "/", "/principals/"]) {
    const { responses } = await settings.propfind(path, "0", ...whoAmI);
    assertEquals(responses.map((one) => one.hrefs(D.currentUserPrincipal)), [[principal]]);
  }
  const options = await settings.ask("OPTIONS", principal);
  assertEquals(options.status, 200);
  const tokens = listIn(options, "dav");
  assert(["1", "access-control", "calendar-access"].every((token) => tokens.includes(token)));
  const { responses: [found] } = await settings.propfind(principal, "0", ...principalList);
  assertEquals(found?.hrefs(C.calendarHomeSet), [home]);
});

Deno.test("IO-2 a name with @ is the same resource raw and as %40, and no href escapes it twice", async () => {
  await using house = await openHouse();
  const phone = phoneAt(house, "carol@example.test");
  const list = [...whoAmI, ...principalList];
  for (const place of ["principals/users", "calendars"]) {
    const answers = await Promise.all(["@", "%40"].map(async (at) => {
      const found = await phone.propfind(`/dav/${place}/carol${at}example.test/`, "1", ...list);
      return found.responses.map((one) => [
        one.href,
        ...one.hrefs(D.currentUserPrincipal),
        ...one.hrefs(C.calendarHomeSet),
      ]);
    }));
    assertEquals(answers[0], answers[1]);
    assert(!answers.flat(2).some((href) => href.includes("%25")));
  }
  const [item, same] = ["@", "%40"].map((at) => `/dav/calendars/carol${at}example.test/calendar/e`);
  assertEquals((await phone.put(item ?? "", event({ uid: "e" }))).status, 201);
  assertEquals((await phone.put(same ?? "", event({ uid: "e" }))).status, 204);
  const found = await phone.multiget(
    "/dav/calendars/carol%40example.test/calendar/",
    ["/dav/calendars/carol%40example.test/calendar/e"],
  );
  assertEquals(found.responses.map(({ propstats }) => propstats), [[200]]);
});

Deno.test("IO-3 PROPFIND of the home with iOS' list and Brief: only what is known, and all of a calendar", async () => {
  await using house = await openHouse();
  const phone = phoneAt(house);
  await phone.proppatch(calendar, el(A.calendarColor, ["#FF9500"]));
  const { responses } = await phone.propfind(home, "1", ...oldHomeList);
  assert(responses.every(({ propstats }) => propstats.join() === "200"));
  const calendars = responses.filter(isCalendar);
  assertEquals(calendars.map(({ href }) => href), [calendar, tasks]);
  for (const one of calendars) {
    assert(one.text(D.displayname) && one.text(CS.getctag) && one.text(D.syncToken), one.href);
    assertEquals(componentsOf(one).length, 1);
    const privileges = privilegesOf(one);
    assert(
      [D.writeContent, D.bind, D.unbind, D.writeProperties].every((name) =>
        privileges.includes(name)
      ),
    );
  }
  assertEquals(calendars.map((one) => one.text(A.calendarColor)), ["#FF9500", undefined]);
});

for (
  const value of [el(A.calendarColor, ["#FF9500"]), el(A.calendarOrder, ["2"])]
) {
  Deno.test(`IO-4 PROPPATCH ${value.name} on a calendar of one's own: 207 with 200`, async () => {
    await using house = await openHouse();
    const { headers: { brief: _, prefer: __, ...headers }, xml } = apple(agents.dataaccessd);
    const phone = clientAt(house, { headers, xml });
    const { responses } = await multistatusOf(await phone.proppatch(calendar, value));
    assertEquals(responses.map((one) => [one.href, one.statusOf(value.name)]), [[calendar, 200]]);
    const found = await phone.propfind(calendar, "0", value.name);
    assertEquals(found.at(calendar)?.prop(value.name), value);
  });
}

const upperCase = `${home}4C1F8E2D-6B7A-4D90-8E1F-2A3B4C5D6E7F`;
const newCalendar = mkcalendar(
  components("VEVENT"),
  el(C.calendarFreeBusySet, [el("{}NO")]),
  el(A.calendarColor, ["#CC73E1"]),
  el(D.displayname, ["iPhone"]),
);

Deno.test("IO-5 MKCALENDAR of an upper-case UUID with calendar-free-busy-set NO: 201", async () => {
  await using house = await openHouse();
  const phone = phoneAt(house);
  assertEquals((await phone.ask("MKCALENDAR", `${upperCase}/`, { body: newCalendar })).status, 201);
  const found = (await phone.propfind(home, "1", ...oldHomeList)).at(`${upperCase}/`);
  assertEquals([found?.text(D.displayname), componentsOf(found)], ["iPhone", ["VEVENT"]]);
});

Deno.test("IO-7 PROPFIND Depth 1: text/calendar on members, and none on the collection", async () => {
  await using house = await openHouse();
  const phone = phoneAt(house);
  const href = `${calendar}e.ics`;
  const put = await phone.put(href, event({ uid: "e" }));
  const found = await phone.propfind(calendar, "1", D.getcontenttype, D.getetag);
  assertEquals(found.hrefs, [calendar, href]);
  assertMatch(found.at(href)?.text(D.getcontenttype) ?? "", /^text\/calendar/);
  assertEquals(found.at(href)?.text(D.getetag), put.headers.get("etag") ?? undefined);
  assertEquals(found.at(calendar)?.prop(D.getcontenttype), undefined);
});

/** As somebody else has written them, and as iOS writes them in its multiget. */
const respelled: readonly (readonly [name: string, sent: string])[] = [
  ["plain.ics", "plain.ics"],
  ["with%20space.ics", "with space.ics"],
  ["carol@example.test.ics", "carol%40example.test.ics"],
  ["J%C3%BCrgen.ics", "j%c3%bcrgen.ics".replace("j", "J")],
  ["a%2Bb~c.ics", "%61+b%7Ec.ics"],
];

for (const depth of ["1", undefined] as const) {
  Deno.test(`IO-8 multiget with Depth ${depth} finds hrefs that the client has spelled anew`, async () => {
    await using house = await openHouse();
    const phone = phoneAt(house);
    for (const [name] of respelled) {
      assertEquals((await phone.put(calendar + name, event({ uid: name }))).status, 201);
    }
    const body = multiget(respelled.map(([, sent]) => calendar + sent));
    const found = await multistatusOf(await phone.ask("REPORT", calendar, { depth, body }));
    assertEquals([...found.hrefs].sort(), respelled.map(([name]) => calendar + name).sort());
    assert(found.responses.every((one) => one.prop(C.calendarData)));
  });
}

Deno.test("IO-9 the ctag changes with PUT, MOVE and DELETE, and not with reads", async () => {
  await using house = await openHouse();
  const phone = phoneAt(house);
  const href = `${calendar}e.ics`;
  const destination = `http://localhost${calendar}moved.ics`;
  const ctag = async () =>
    (await phone.propfind(calendar, "0", CS.getctag)).responses[0]
      ?.text(CS.getctag);
  const writes = [
    () => phone.put(href, event({ uid: "e" })),
    () => phone.put(href, event({ uid: "e", summary: "Other" })),
    () => phone.ask("MOVE", href, { headers: { destination } }),
    () => phone.ask("DELETE", `${calendar}moved.ics`),
  ];
  for (const write of writes) {
    const before = await ctag();
    assert((await write()).ok);
    const after = await ctag();
    assertNotEquals(after, before);
    await phone.sync(calendar);
    await phone.propfind(home, "1", ...oldHomeList);
    await phone.multiget(calendar, [href]);
    await phone.ask("GET", href);
    assertEquals(await ctag(), after);
  }
});

for (const headers of [undefined, { "if-none-match": "*" }]) {
  Deno.test(`IO-10 PUT of a new UUID.ics, ${headers ? "If-None-Match: *" : "no condition"}: 201; stale If-Match: 412`, async () => {
    await using house = await openHouse();
    const phone = phoneAt(house);
    const href = `${calendar}D2A4C6E8-0B1D-4F3A-9C5E-7A8B9C0D1E2F.ics`;
    const item = event({ uid: "D2A4C6E8-0B1D-4F3A-9C5E-7A8B9C0D1E2F" });
    const first = await phone.put(href, item, headers);
    assertEquals(first.status, 201);
    const etag = first.headers.get("etag") ?? "";
    assertEquals((await phone.put(href, item, { "if-match": etag })).status, 204);
    assertEquals((await phone.put(href, item, { "if-match": etag })).status, 412);
    assertEquals((await phone.ask("DELETE", href, { headers: { "if-match": etag } })).status, 412);
  });
}

for (
  const [path, item, component] of [
    [calendar, task({ uid: "wrong" }), "VTODO"],
    [tasks, event({ uid: "wrong" }), "VEVENT"],
  ] as const
) {
  Deno.test(`IO-16 PUT of a ${component} into ${path} is 403 supported-calendar-component`, async () => {
    await using house = await openHouse();
    const phone = phoneAt(house);
    const refused = await phone.put(`${path}wrong.ics`, item, { "if-none-match": "*" });
    assertEquals([refused.status, await preconditionOf(refused)], [
      403,
      C.supportedCalendarComponent,
    ]);
    assertEquals((await phone.sync(path)).hrefs, []);
  });
}

/** 75 octets a line, cut wherever that is: in the middle of characters, too. */
function foldedBlindly(line: string): Uint8Array {
  const bytes = new TextEncoder().encode(line);
  const fold = [13, 10, 32];
  const parts = Array.from(
    { length: Math.ceil(bytes.length / 74) },
    (_, index) => [...(index === 0 ? [] : fold), ...bytes.slice(index * 74, (index + 1) * 74)],
  );
  return Uint8Array.from(parts.flat());
}

Deno.test("IO-17 emoji, lines folded inside a character and a long base64 location are unchanged", async () => {
  await using house = await openHouse();
  const phone = phoneAt(house);
  const [head = "", tail = ""] = event({ uid: "e", summary: "HERE" }).split("SUMMARY:HERE\r\n");
  const lines = [
    `SUMMARY:${"Grüße 👩‍👩‍👧 aus 東京 ".repeat(20)}`,
    `X-APPLE-STRUCTURED-LOCATION;VALUE=URI;X-APPLE-MAPKIT-HANDLE=${
      "CAESvgEaEglN5TJG".repeat(60)
    };X-APPLE-RADIUS=141.17;X-TITLE="Straße 1, Wien":geo:48.2082,16.3738`,
  ];
  const item = Uint8Array.from([
    ...new TextEncoder().encode(head),
    ...lines.flatMap((line) => [...foldedBlindly(line), 13, 10]),
    ...new TextEncoder().encode(tail),
  ]);
  const href = `${calendar}e.ics`;
  const put = await house.ask("PUT", href, {
    headers: { ...apple(agents.dataaccessd).headers, "content-type": "text/calendar" },
    body: item,
  });
  assertEquals(put.status, 201);
  const stored = await phone.ask("GET", href);
  assertEquals(new Uint8Array(await stored.arrayBuffer()), item);
  assertEquals(stored.headers.get("etag"), put.headers.get("etag"));
});

Deno.test("IO-18 MKCALENDAR without a slash is listed with one, and hrefs between line breaks are found", async () => {
  await using house = await openHouse();
  const phone = phoneAt(house);
  assertEquals((await phone.ask("MKCALENDAR", upperCase, { body: newCalendar })).status, 201);
  const listed = await phone.propfind(home, "1", ...oldHomeList);
  assert(isCalendar(listed.at(`${upperCase}/`)));
  assertEquals(listed.at(upperCase), undefined);
  const hrefs = ["a", "b"].map((uid) => `${upperCase}/${uid}.ics`);
  for (const href of hrefs) await phone.put(href, event({ uid: href.at(-5) ?? "" }));
  const found = await phone.multiget(`${upperCase}/`, hrefs.map((href) => `\n  ${href}\n `));
  assertEquals(found.hrefs, hrefs);
  assert(found.responses.every((one) => rawTextOf(one, C.calendarData)));
});

Deno.test("IO-19 an account that is removed and added again comes to the same hrefs", async () => {
  await using house = await openHouse();
  const everything = async () => {
    const phone = phoneAt(house);
    const { responses } = await phone.propfind(home, "1", ...oldHomeList);
    const members = responses.filter(isCalendar).map(async ({ href }) =>
      (await phone.sync(href)).hrefs
    );
    return [responses.map(({ href }) => href), await Promise.all(members)];
  };
  const phone = phoneAt(house);
  await phone.ask("MKCALENDAR", upperCase, { body: newCalendar });
  for (const uid of ["a", "b", "c"]) await phone.put(`${calendar}${uid}.ics`, event({ uid }));
  await phone.put(`${tasks}t.ics`, task({ uid: "t" }));
  await phone.ask("DELETE", `${calendar}b.ics`);
  const before = await everything();
  assertEquals(await everything(), before);
  assertEquals(before[1]?.flat(), [`${calendar}a.ics`, `${calendar}c.ics`, `${tasks}t.ics`]);
});

Deno.test("IO-6 a query from a month ago on: endless series, moved overrides, days on the edge", async () => {
  await using house = await openHouse();
  const phone = phoneAt(house);
  const before = { start: "20230102T090000Z", end: "20230102T100000Z" };
  const moved = [
    "RECURRENCE-ID:20230109T090000Z",
    "DTSTART:20260105T090000Z",
    "DTEND:20260105T100000Z",
  ];
  const items: readonly string[] = [
    event({ uid: "endless", ...before, lines: ["RRULE:FREQ=WEEKLY"] }),
    event({ uid: "moved", ...before, lines: ["RRULE:FREQ=WEEKLY;COUNT=3"], overrides: [moved] }),
    event({ uid: "edge", start: "20251201", end: "20251202" }),
    event({ uid: "over", start: "20251130", end: "20251201" }),
    event({ uid: "ended", ...before, lines: ["RRULE:FREQ=WEEKLY;COUNT=150"] }),
    event({ uid: "until", ...before, lines: ["RRULE:FREQ=DAILY;UNTIL=20251130T090000Z"] }),
  ];
  for (const item of items) {
    const [, uid] = /^UID:(.*)\r$/m.exec(item) ?? [];
    assertEquals((await phone.put(`${calendar}${uid}.ics`, item)).status, 201);
  }
  const filter = during("VEVENT", { start: "20251201T000000Z" });
  const { hrefs: found } = await phone.query(calendar, "1", [D.getetag, D.getcontenttype], filter);
  const names = found.map((href) => href.slice(calendar.length, -".ics".length));
  assertEquals(names.sort(), ["edge", "endless", "moved"]);
});
