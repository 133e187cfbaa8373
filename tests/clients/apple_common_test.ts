import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { A, C, CS, D, localOf, namespaceOf, type XmlName } from "../../src/xml/names.ts";
import {
  childNamed,
  childrenNamed,
  el,
  elementsOf,
  textOf,
  type XmlElement,
} from "../../src/xml/tree.ts";
import { crlf, event, task, zone } from "../fixtures/events.ts";
import { type House, multistatusOf, openHouse, preconditionOf, xmlOf } from "../harness.ts";
import { elementsIn, isCalendar, listIn, rawTextOf } from "./answers.ts";
import { agents, apple, homeList, principalList, whoAmI } from "./apple.ts";
import {
  components,
  during,
  mkcalendar,
  multiget,
  principalSearch,
  propfind,
  syncCollection,
} from "./bodies.ts";
import { clientAt } from "./client.ts";
import { hrefs } from "./discovery.ts";
import { componentsOf, typesOf } from "./found.ts";

const { principal, home, calendar, tasks } = hrefs;

const macAt = (house: House, login = "alice") =>
  clientAt(house, apple(agents.elCapitan), { name: login });

/** As the system settings do since macOS 15: each request is sent without credentials first. */
const challengedMacAt = (house: House) =>
  clientAt(house, { ...apple(agents.sequoia), challenged: true });

for (const path of ["/.well-known/caldav", "/.well-known/caldav/"]) {
  Deno.test(`AC-1 PROPFIND ${path} without credentials is redirected to where the principal is told`, async () => {
    await using house = await openHouse();
    const sent = { headers: { depth: "0" }, body: `<propfind xmlns="DAV:"><prop/></propfind>` };
    const wellKnown = await house.ask("PROPFIND", path, { as: null, ...sent });
    assert([301, 302, 307, 308].includes(wellKnown.status), String(wellKnown.status));
    const target = wellKnown.headers.get("location") ?? "";
    const challenge = await house.ask("PROPFIND", target, { as: null, ...sent });
    assertEquals(challenge.status, 401);
    assert(challenge.headers.get("www-authenticate")?.startsWith("Basic realm="));
    const { responses } = await challengedMacAt(house).propfind(target, "0", ...whoAmI);
    assertEquals(responses.map((one) => one.hrefs(D.currentUserPrincipal)), [[principal]]);
  });
}

Deno.test("AC-2 PROPFIND / and /principals/ tell the principal, Apple's own path is 404 at worst", async () => {
  await using house = await openHouse();
  const mac = macAt(house);
  for (const path of ["/", "/principals/"]) {
    const { responses } = await mac.propfind(path, "0", ...whoAmI);
    assertEquals(responses.map((one) => one.hrefs(D.currentUserPrincipal)), [[principal]]);
  }
  const body = propfind(...whoAmI);
  const guessed = await mac.ask("PROPFIND", "/calendar/dav/alice/user/", { depth: "0", body });
  assertEquals(guessed.status, 404);
});

Deno.test("AC-3 OPTIONS on the principal: calendar-access, PROPFIND and REPORT", async () => {
  await using house = await openHouse();
  const response = await macAt(house).ask("OPTIONS", principal);
  assertEquals(response.status, 200);
  const tokens = listIn(response, "dav");
  assertEquals(tokens[0], "1");
  assert(tokens.includes("calendar-access"));
  const allow = listIn(response, "allow");
  assert(["OPTIONS", "PROPFIND", "PROPPATCH", "REPORT"].every((name) => allow.includes(name)));
});

Deno.test("AC-4 PROPFIND of the principal: what is served is there, with one home and a mailto", async () => {
  await using house = await openHouse();
  const { responses } = await macAt(house).propfind(principal, "0", ...principalList);
  assertEquals(responses.map(({ href }) => href), [principal]);
  const [found] = responses;
  assertEquals(found?.propstats, [200]);
  assertEquals(found?.hrefs(C.calendarHomeSet), [home]);
  assertEquals(found?.hrefs(D.currentUserPrincipal), [principal]);
  assertEquals(found?.hrefs(D.principalURL), [principal]);
  assertEquals(found?.text(D.displayname), "alice");
  assert(found?.hrefs(D.resourceId)[0]?.startsWith("urn:uuid:"));
  assertEquals(elementsIn(found, CS.emailAddressSet).map(textOf), [
    "alice@example.test",
  ]);
  assert(found?.prop(D.supportedReportSet) && found?.prop(D.principalCollectionSet));
  const addresses = elementsIn(found, C.calendarUserAddressSet);
  const mailto = "mailto:alice@example.test";
  assertEquals([addresses[0], addresses.at(-1)].map((one) => one && textOf(one)), [mailto, mailto]);
  assertEquals(addresses.map(({ attributes }) => attributes.preferred), [
    ...addresses.slice(1).map(() => undefined),
    "1",
  ]);
});

Deno.test("AC-4 PROPFIND of the principal answers on whole, readable hrefs for a name with an umlaut", async () => {
  await using house = await openHouse();
  const mac = clientAt(house, apple(agents.elCapitan), { name: "Jürgen Müller" });
  const path = "/dav/principals/users/J%C3%BCrgen%20M%C3%BCller/";
  const names = [...principalList, CS.firstName, CS.lastName];
  const { responses } = await mac.propfind(path, "0", ...names);
  assertEquals(responses.map(({ href }) => href), [path]);
  const [found] = responses;
  assertEquals(found?.hrefs(C.calendarHomeSet), ["/dav/calendars/J%C3%BCrgen%20M%C3%BCller/"]);
  assertEquals([CS.firstName, CS.lastName].map((name) => found?.text(name)), ["Jürgen", "Müller"]);
});

const resourcetypes: readonly (readonly [href: string, types: readonly XmlName[]])[] = [
  [home, [D.collection]],
  [calendar, [D.collection, C.calendar]],
  [`${home}inbox/`, [D.collection, C.scheduleInbox]],
  [`${home}outbox/`, [D.collection, C.scheduleOutbox]],
  [tasks, [D.collection, C.calendar]],
];

Deno.test("AC-6 PROPFIND of the home with 41 properties and Brief: nothing that is not there", async () => {
  await using house = await openHouse();
  const found = await macAt(house).propfind(home, "1", ...homeList);
  assertEquals([...found.hrefs].sort(), resourcetypes.map(([href]) => href));
  for (const [href, types] of resourcetypes) {
    const one = found.at(href);
    assertEquals(one?.propstats, [200], href);
    assertEquals(typesOf(one), types);
    assertEquals(one?.hrefs(D.owner), [principal]);
    assert(one?.prop(D.currentUserPrivilegeSet) && one.prop(D.supportedReportSet), href);
  }
  for (const href of [calendar, tasks]) {
    const one = found.at(href);
    for (const name of alwaysOnCalendars) assert(one?.prop(name), `${name} of ${href}`);
  }
  assert(found.at(home)?.text(D.syncToken));
  const sets = elementsIn(found.at(home), C.supportedCalendarComponentSets).map(elementsOf);
  const single = sets.filter(({ length }) => length === 1).flat();
  assertEquals(single.map(({ attributes }) => attributes.name), ["VEVENT", "VTODO", "VJOURNAL"]);
});

const alwaysOnCalendars: readonly XmlName[] = [
  D.displayname,
  CS.getctag,
  D.syncToken,
  C.supportedCalendarComponentSet,
  C.scheduleCalendarTransp,
  C.maxAttendeesPerInstance,
];

/** Its line ends are what a reader makes of `&#13;` and LF. */
const timezone = `BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Apple Inc.//EN\r\n${
  zone("Europe/Vienna")
}END:VCALENDAR\r\n`;

const alarm = crlf([
  "BEGIN:VALARM",
  "X-WR-ALARMUID:DD4AAF9F-0B2A-4E3C-8A3B-6B7A31F3C6A5",
  "UID:DD4AAF9F-0B2A-4E3C-8A3B-6B7A31F3C6A5",
  "TRIGGER:-PT15H",
  "ATTACH;VALUE=URI:Basso",
  "ACTION:AUDIO",
  "END:VALARM",
]);

const color = el(A.calendarColor, ["#1BADF8FF"], { "symbolic-color": "custom" });

const onCalendars: readonly XmlElement[] = [
  el(A.calendarOrder, ["3"]),
  el(D.displayname, ["Work & Play"]),
  color,
  el(C.calendarTimezone, [timezone]),
  el(C.scheduleCalendarTransp, [el(C.transparent)]),
  el(C.scheduleCalendarTransp, [el(C.opaque)]),
  el(C.calendarDescription, ["What we do all day"]),
];

const onHome: readonly XmlElement[] = [
  el(C.defaultAlarmVeventDate, [alarm]),
  el(C.defaultAlarmVeventDatetime, [alarm]),
];

for (const [paths, values] of [[[calendar, tasks], onCalendars], [[home], onHome]] as const) {
  for (const path of paths) {
    for (const value of values) {
      const content = elementsOf(value).map(({ name }) => name).join();
      Deno.test(`AC-7 PROPPATCH ${path} ${value.name} ${content} is given back`, async () => {
        await using house = await openHouse();
        const mac = macAt(house);
        const response = await mac.proppatch(path, value);
        assert([200, 207].includes(response.status), String(response.status));
        if (response.status === 207) {
          const { responses } = await multistatusOf(response);
          assertEquals(responses.map((one) => one.statusOf(value.name)), [200]);
        }
        const { responses: [found] } = await mac.propfind(path, "0", value.name);
        assertEquals(found?.prop(value.name), value);
      });
    }
  }
}

Deno.test("AC-7 colour, order and default alarms are of the person who sets them", async () => {
  await using house = await openHouse();
  const order = el(A.calendarOrder, ["7"]);
  for (const value of [color, order, ...onHome]) {
    for (const path of [home, calendar]) {
      assertEquals((await macAt(house).proppatch(path, value)).status, 200);
      const { responses: [own] } = await macAt(house).propfind(path, "0", value.name);
      const { responses: [other] } = await macAt(house, "root").propfind(path, "0", value.name);
      assertEquals([own?.prop(value.name), other?.prop(value.name)], [value, undefined]);
    }
  }
});

Deno.test("AC-7 DAV:set and DAV:remove mixed in one DAV:propertyupdate", async () => {
  await using house = await openHouse();
  const mac = macAt(house);
  await mac.proppatch(calendar, color);
  const response = await mac.ask("PROPPATCH", calendar, {
    body: el(D.propertyupdate, [
      el(D.remove, [el(D.prop, [el(A.calendarColor)])]),
      el(D.set, [el(D.prop, [el(D.displayname, ["Work"])])]),
    ]),
  });
  assertEquals(response.status, 200);
  const found = await mac.propfind(calendar, "0", A.calendarColor, D.displayname);
  assertEquals(found.at(calendar)?.text(D.displayname), "Work");
  assertEquals(found.at(calendar)?.prop(A.calendarColor), undefined);
});

const newCalendars: readonly {
  readonly name: string;
  readonly properties: readonly XmlElement[];
  readonly comps: readonly string[];
}[] = [
  {
    name: "symbolic-color and all that 10.11 sends",
    properties: [
      el(A.calendarOrder, ["3"]),
      components("VEVENT"),
      color,
      el(C.calendarTimezone, [timezone]),
      el(D.displayname, ["Work"]),
      el(C.scheduleCalendarTransp, [el(C.opaque)]),
    ],
    comps: ["VEVENT"],
  },
  {
    name: "calendar-free-busy-set with NO",
    properties: [components("VEVENT"), el(C.calendarFreeBusySet, [el("{}NO")])],
    comps: ["VEVENT"],
  },
  {
    name: "calendar-order in CalDAV's namespace",
    properties: [components("VEVENT"), el(C.calendarOrder, ["1"]), el(D.displayname, ["Work"])],
    comps: ["VEVENT"],
  },
  {
    name: "VTODO only",
    properties: [components("VTODO"), el(D.displayname, ["Reminders"])],
    comps: ["VTODO"],
  },
];

for (const { name, properties, comps } of newCalendars) {
  Deno.test(`AC-8 MKCALENDAR with ${name}: 201, and listed as it was made`, async () => {
    await using house = await openHouse();
    const mac = macAt(house);
    const path = `${home}F7A8DBB5-0E38-4A2A-9D9C-6E3A1B0C1D2E/`;
    const response = await mac.ask("MKCALENDAR", path, { body: mkcalendar(...properties) });
    assertEquals([response.status, await response.text()], [201, ""]);
    const found = (await mac.propfind(home, "1", ...homeList, C.calendarOrder)).at(path);
    assertEquals(componentsOf(found), comps);
    for (const value of properties) assertEquals(found?.prop(value.name), value);
  });
}

Deno.test("AC-9 a new account has one calendar for events, one for tasks, and none for both", async () => {
  await using house = await openHouse();
  const { responses } = await macAt(house).propfind(home, "1", ...homeList);
  assertEquals(responses.filter(isCalendar).map(componentsOf), [["VEVENT"], ["VTODO"]]);
});

for (const level of [null, "1"]) {
  Deno.test(`AC-10 sync-collection with sync-level ${level}: members, removed ones, a token`, async () => {
    await using house = await openHouse();
    const mac = macAt(house);
    const [kept, gone] = ["kept", "gone"].map((uid) => `${calendar}${uid}.ics`) as [string, string];
    await mac.put(kept, event({ uid: "kept" }));
    await mac.put(gone, event({ uid: "gone" }));
    const report = (token: string) =>
      mac.ask("REPORT", calendar, { depth: "1", body: syncCollection(token, { level }) });

    const first = await multistatusOf(await report(""));
    assertEquals([...first.hrefs].sort(), [gone, kept]);
    assert(first.responses.every((one) => one.prop(D.getetag)));

    await mac.ask("DELETE", gone);
    const second = await multistatusOf(await report(first.syncToken ?? ""));
    assertEquals(second.responses.map(({ href, status }) => [href, status]), [[gone, 404]]);
    assertNotEquals(second.syncToken, first.syncToken);
  });
}

Deno.test("AC-10 a stale token is refused with 403 valid-sync-token, an empty one starts anew", async () => {
  await using house = await openHouse();
  const mac = macAt(house);
  const path = `${home}B5F2C1D0-1F3E-4C55-8B6E-0C9D7A3E2F10/`;
  await mac.ask("MKCALENDAR", path, { body: mkcalendar(components("VEVENT")) });
  const { syncToken = "" } = await mac.sync(path);
  await mac.ask("DELETE", path);
  await mac.ask("MKCALENDAR", path, { body: mkcalendar(components("VEVENT")) });
  for (const token of [syncToken, "data:,1_23/4"]) {
    const refused = await mac.ask("REPORT", path, { depth: "1", body: syncCollection(token) });
    assertEquals([refused.status, await preconditionOf(refused)], [403, D.validSyncToken]);
  }
  assert((await mac.sync(path)).syncToken);
});

for (const count of [50, 200]) {
  Deno.test(`AC-12 multiget of ${count} hrefs without Depth gives each with etag and data`, async () => {
    await using house = await openHouse();
    const mac = macAt(house);
    const items = Array.from({ length: count }, (_, index) => event({ uid: `e${index}` }));
    const hrefs = items.map((_, index) => `${calendar}e${index}.ics`);
    const etags = await Promise.all(
      hrefs.map(async (href, index) =>
        (await mac.put(href, items[index] ?? "")).headers.get("etag")
      ),
    );
    const body = multiget(hrefs, [D.getetag, C.calendarData, C.scheduleTag]);
    const found = await multistatusOf(await mac.ask("REPORT", calendar, { body }));
    assertEquals(found.responses.length, count);
    for (const [index, href] of hrefs.entries()) {
      const one = found.at(href);
      assertEquals([one?.text(D.getetag), one?.propstats], [etags[index] ?? undefined, [200]]);
      assertEquals(rawTextOf(one, C.calendarData), items[index]);
    }
  });
}

Deno.test("AC-13 PUT If-None-Match: * is 201, and its ETag is that of the next sync", async () => {
  await using house = await openHouse();
  const mac = macAt(house);
  const { syncToken } = await mac.sync(calendar);
  const href = `${calendar}3A1D9B52-7C0F-4B1E-93D5-5E1C0B2A8F44.ics`;
  const made = await mac.put(href, event({ uid: "3A1D9B52" }), { "if-none-match": "*" });
  assertEquals(made.status, 201);
  const found = await mac.sync(calendar, syncToken);
  assertEquals(found.hrefs, [href]);
  assertEquals(found.at(href)?.text(D.getetag), made.headers.get("etag") ?? undefined);
  assertEquals(
    (await mac.put(href, event({ uid: "3A1D9B52" }), { "if-none-match": "*" })).status,
    412,
  );
});

Deno.test("AC-20 the chain of a new account, a 401 before each request, locks nobody out and finds both kinds", async () => {
  await using house = await openHouse();
  const mac = challengedMacAt(house);
  for (let round = 0; round < 3; round++) {
    for (const path of ["/dav/", "/", "/principals/"]) await mac.propfind(path, "0", ...whoAmI);
    await mac.ask("OPTIONS", principal);
    await mac.propfind(principal, "0", ...principalList);
    const listed = await mac.propfind(home, "1", ...homeList);
    for (const value of onHome) assertEquals((await mac.proppatch(home, value)).status, 200);
    const calendars = listed.responses.filter(isCalendar);
    assertEquals(calendars.flatMap(componentsOf), ["VEVENT", "VTODO"]);
    for (const { href } of calendars) {
      assertEquals((await mac.proppatch(href, el(A.calendarOrder, ["1"]))).status, 200);
      await mac.propfind(href, "1", D.getcontenttype, D.getetag);
    }
  }
});

Deno.test("AC-21 empty values, attendees without PARTSTAT and an empty If-Schedule-Tag-Match are accepted", async () => {
  await using house = await openHouse();
  const mac = macAt(house);
  const href = `${calendar}empty.ics`;
  const item = event({
    uid: "empty",
    summary: "",
    lines: [
      "LOCATION:",
      "COMMENT:",
      "DESCRIPTION:",
      "URL;VALUE=URI:",
      "ORGANIZER;CN=Alice:mailto:alice@example.test",
      "ATTENDEE;CN=Alice;EMAIL=alice@example.test:mailto:alice@example.test",
      "ATTENDEE;CN=Bob;CUTYPE=INDIVIDUAL:mailto:bob@example.test",
    ],
  });
  assertEquals((await mac.put(href, item, { "if-none-match": "*" })).status, 201);
  assertEquals((await mac.put(href, item, { "if-schedule-tag-match": "" })).status, 204);
  const stored = await mac.ask("GET", href);
  assertEquals(await stored.text(), item);
});

Deno.test("AC-5 principal-search-property-set is a 200 that tells what Apple searches by", async () => {
  await using house = await openHouse();
  const mac = macAt(house);
  const { responses: [own] } = await mac.propfind(principal, "0", D.principalCollectionSet);
  const collections = own?.hrefs(D.principalCollectionSet) ?? [];
  assert(collections.length > 0);
  for (const collection of collections) {
    const body = el(D.principalSearchPropertySet);
    const response = await mac.ask("REPORT", collection, { depth: "0", body });
    assertEquals(response.status, 200);
    const root = await xmlOf(response);
    assertEquals(root.name, D.principalSearchPropertySet);
    const names = elementsOf(root).flatMap((one) => elementsOf(childNamed(one, D.prop) ?? one))
      .map(({ name }) => name);
    const wanted = [
      D.displayname,
      CS.emailAddressSet,
      C.calendarUserAddressSet,
      C.calendarUserType,
    ];
    assertEquals(wanted.filter((name) => !names.includes(name)), []);
  }
});

/** What is asked of those who are found. */
const attendeeList: readonly XmlName[] = [
  D.displayname,
  CS.emailAddressSet,
  D.principalURL,
  CS.recordType,
  CS.firstName,
  CS.lastName,
  C.calendarUserType,
  C.calendarUserAddressSet,
];

for (const text of ["bo", "Bob", "bob@ex"]) {
  Deno.test(`AC-16 both principal searches find ${text}`, async () => {
    await using house = await openHouse();
    const mac = macAt(house);
    const tokens = listIn(await mac.ask("OPTIONS", principal), "dav");
    assert(tokens.includes("calendarserver-principal-search"));
    assert(tokens.includes("calendarserver-principal-property-search"));
    const newer = el(
      CS.calendarserverPrincipalSearch,
      [el(CS.searchToken, [text]), el(D.prop, attendeeList.map((name) => el(name)))],
      { context: "attendee" },
    );
    const older = ["starts-with", "contains"].map((type) =>
      principalSearch(
        [D.displayname, CS.emailAddressSet, CS.firstName, CS.lastName]
          .map((name) => [name, text, { "match-type": type }]),
        attendeeList,
        { test: "anyof" },
      )
    );
    for (const body of [newer, ...older]) {
      const found = await multistatusOf(await mac.ask("REPORT", "/dav/principals/", { body }));
      const bob = found.at("/dav/principals/users/bob/");
      assertEquals(found.hrefs.length, 1);
      assertEquals(
        [bob?.text(D.displayname), bob?.text(C.calendarUserType), bob?.text(CS.recordType)],
        ["bob", "INDIVIDUAL", "users"],
      );
      const mails = bob?.prop(CS.emailAddressSet);
      assertEquals(mails && elementsOf(mails).map(textOf), ["bob@example.test"]);
      assert(bob?.hrefs(C.calendarUserAddressSet).includes("mailto:bob@example.test"));
    }
  });
}

Deno.test("AC-17 expand-property nests a whole response for each href", async () => {
  await using house = await openHouse();
  const nested = [[D.displayname], [C.calendarUserAddressSet], [CS.emailAddressSet]] as const;
  const asked = [CS.calendarProxyReadFor, CS.calendarProxyWriteFor, C.calendarHomeSet, D.owner];
  const property = (name: XmlName, children: readonly XmlElement[] = []) =>
    el(D.property, children, { name: localOf(name), namespace: namespaceOf(name) });
  const body = el(
    D.expandProperty,
    asked.map((name) => property(name, nested.map(([name]) => property(name)))),
  );
  const found = await multistatusOf(await macAt(house).ask("REPORT", principal, { body }));
  const owner = found.at(principal)?.prop(D.owner);
  const responses = owner ? childrenNamed(owner, D.response) : [];
  assertEquals(owner && elementsOf(owner).length, 1);
  const [response = el(D.response)] = responses;
  const prop = childNamed(childNamed(response, D.propstat) ?? response, D.prop) ?? response;
  assertEquals(elementsOf(response).map(({ name }) => name), [D.href, D.propstat]);
  assertEquals(elementsOf(prop).map(({ name }) => name), nested.map(([name]) => name));
});

Deno.test("AC-11 queries from a start on, of a time, and for all tasks list the right members", async () => {
  await using house = await openHouse();
  const mac = macAt(house);
  const day = (date: string) => ({ start: `${date}T090000Z`, end: `${date}T100000Z` });
  const items: Readonly<Record<string, string>> = {
    [`${calendar}past.ics`]: event({ uid: "past", ...day("20251005") }),
    [`${calendar}soon.ics`]: event({ uid: "soon", ...day("20260105") }),
    [`${calendar}later.ics`]: event({ uid: "later", ...day("20270105") }),
    [`${tasks}dated.ics`]: task({ uid: "dated" }),
    [`${tasks}undated.ics`]: task({ uid: "undated", end: null }),
  };
  for (const [href, item] of Object.entries(items)) await mac.put(href, item);
  const list = async (path: string, filter: XmlElement) => {
    const found = await mac.query(path, "1", [D.getetag, D.getcontenttype], filter);
    assert(found.responses.every((one) => one.text(D.getetag) && one.propstats.length === 1));
    return found.hrefs.map((href) => href.slice(path.length)).sort();
  };
  const start = "20251201T000000Z";
  assertEquals(await list(calendar, during("VEVENT", { start })), ["later.ics", "soon.ics"]);
  const year = { start, end: "20261201T000000Z" };
  assertEquals(await list(calendar, during("VEVENT", year)), ["soon.ics"]);
  assertEquals(await list(tasks, during("VTODO")), ["dated.ics", "undated.ics"]);
});
