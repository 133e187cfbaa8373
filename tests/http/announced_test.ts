import { assert, assertEquals } from "@std/assert";
import { neededPrivileges } from "../../src/access/needed_privileges.ts";
import { tables } from "../../src/app.ts";
import { C, CS, D, namespaceOf, type XmlName } from "../../src/xml/names.ts";
import { childrenNamed, el, elementsOf } from "../../src/xml/tree.ts";
import { documentXml } from "../../src/xml/write.ts";
import { event } from "../fixtures/events.ts";
import { type House, multistatusOf, openHouse, preconditionOf } from "../harness.ts";

const item = { "content-type": "text/calendar" };
const home = "/dav/calendars/alice/";

/** One URL of each kind. */
const urls = {
  root: "/",
  dav: "/dav/",
  principals: "/dav/principals/",
  users: "/dav/principals/users/",
  homes: "/dav/calendars/",
  principal: "/dav/principals/users/alice/",
  home,
  calendar: `${home}calendar/`,
  inbox: `${home}inbox/`,
  outbox: `${home}outbox/`,
  subscription: `${home}holidays/`,
  object: `${home}calendar/a.ics`,
  "nothing in a calendar": `${home}calendar/none.ics`,
  "nothing in a home": `${home}none/`,
  files: "/dav/files/alice/",
  file: "/dav/files/alice/notes.txt",
  "nothing among files": "/dav/files/alice/none",
} as const;

type Place = keyof typeof urls;
const places = Object.keys(urls) as Place[];

/** A house with something at each URL that is to have it. */
async function furnished(): Promise<House> {
  const house = await openHouse();
  const subscribed = `<mkcalendar xmlns="urn:ietf:params:xml:ns:caldav" xmlns:D="DAV:"><D:set>` +
    `<D:prop><D:resourcetype><D:collection/><subscribed xmlns="http://calendarserver.org/ns/"/>` +
    `</D:resourcetype></D:prop></D:set></mkcalendar>`;
  await house.ask("MKCALENDAR", urls.subscription, { body: subscribed });
  await house.ask("PUT", urls.object, { headers: item, body: event({ uid: "a" }) });
  await house.ask("PUT", urls.file, { body: "notes" });
  return house;
}

const listOf = (response: Response, name: string): string[] =>
  (response.headers.get(name) ?? "").split(",").map((one) => one.trim()).filter(Boolean);

const allowed = async (house: House, path: string) => {
  const response = await house.ask("OPTIONS", path);
  assertEquals(response.status, 200);
  return listOf(response, "allow");
};

/** Evolution takes a calendar without PUT for read-only, though what it puts are members. */
const putsMembers: Readonly<Partial<Record<Place, string>>> = { calendar: "PUT", files: "PUT" };

/** All methods that are known anywhere, and two that nobody has. */
const methods = [...Object.keys(neededPrivileges), "PATCH", "SEARCH"];
/** After these there is nothing any more for others. */
const removing = ["DELETE", "MOVE"];
const served = new Set<string>(tables.methods.map(({ name }) => name));

/** A request that is well formed, so that it is refused for its method or not at all. */
const sensible: Readonly<Record<string, { headers?: Record<string, string>; body?: string }>> = {
  PUT: { headers: item, body: event({ uid: "b" }) },
  POST: { headers: item, body: event({ uid: "b" }) },
  PROPFIND: { headers: { depth: "0" } },
  PROPPATCH: {
    body: documentXml(
      el(D.propertyupdate, [el(D.set, [el(D.prop, [el("{urn:x}x", ["1"])])])]),
    ),
  },
  REPORT: { body: documentXml(el(D.syncCollection, [el(D.syncToken), el(D.prop)])) },
  COPY: { headers: { destination: "/dav/calendars/alice/calendar/copy.ics" } },
  MOVE: { headers: { destination: "/dav/calendars/alice/calendar/moved.ics" } },
  UNLOCK: { headers: { "lock-token": "<urn:uuid:00000000-0000-4000-8000-000000000000>" } },
  LOCK: {
    body: documentXml(
      el(D.lockinfo, [
        el(D.lockscope, [el(D.exclusive)]),
        el(D.locktype, [el(D.write)]),
      ]),
    ),
  },
};

for (const place of places) {
  Deno.test(`announced: Allow of ${place} is what it serves`, async () => {
    await using shared = await furnished();
    const path = urls[place];
    const isEmpty = place.startsWith("nothing"); // until a method makes something
    const allow = (await allowed(shared, path)).filter((one) => one !== putsMembers[place]);
    for (const method of methods) {
      await using own = isEmpty || removing.includes(method) ? await furnished() : undefined;
      const house = own ?? shared;
      const response = await house.ask(method, path, sensible[method]);
      await response.body?.cancel();
      const { status } = response;
      if (allow.includes(method)) {
        assert(![405, 501].includes(status), `${method} is announced, and answers ${status}`);
      } else if (!served.has(method)) {
        assertEquals(status, 501, method);
      } else {
        const refusals = isEmpty ? [404, 405] : [403, 405];
        assert(refusals.includes(status), `${method} is not announced, and answers ${status}`);
        if (status === 405) assertEquals(listOf(response, "allow"), allow);
      }
    }
  });
}

const reportNames: readonly XmlName[] = [
  D.syncCollection,
  D.expandProperty,
  D.principalMatch,
  D.principalPropertySearch,
  D.principalSearchPropertySet,
  D.aclPrincipalPropSet,
  CS.calendarserverPrincipalSearch,
  C.calendarMultiget,
  C.calendarQuery,
  C.freeBusyQuery,
];

/** What each report needs to be taken for one. */
const reportParts: Readonly<Record<string, Parameters<typeof el>[1]>> = {
  [D.syncCollection]: [el(D.syncToken), el(D.prop)],
  [D.expandProperty]: [el(D.property, [], { name: "owner" })],
  [D.principalMatch]: [el(D.self)],
  [D.aclPrincipalPropSet]: [el(D.prop)],
  [C.calendarMultiget]: [el(D.prop), el(D.href, [urls.object])],
  [C.calendarQuery]: [
    el(D.prop),
    el(C.filter, [el(C.compFilter, [], { name: "VCALENDAR" })]),
  ],
  [C.freeBusyQuery]: [
    el(C.timeRange, [], { start: "20260101T000000Z", end: "20260201T000000Z" }),
  ],
};

/** Those whose answer is no multistatus. */
const reportStatus: Readonly<Record<string, number>> = {
  [D.principalSearchPropertySet]: 200,
  [C.freeBusyQuery]: 200,
};

/** The reports of RFC 3744 have Depth 0, those of calendars look into them. */
const reportDepth = (name: XmlName): string =>
  namespaceOf(name) === namespaceOf(C.calendar) ? "1" : "0";

for (const place of places.filter((one) => !one.startsWith("nothing"))) {
  Deno.test(`announced: supported-report-set of ${place} is what it serves`, async () => {
    await using house = await furnished();
    const path = urls[place];
    const found = await multistatusOf(
      await house.ask("PROPFIND", path, {
        headers: { depth: "0" },
        body: documentXml(el(D.propfind, [el(D.prop, [el(D.supportedReportSet)])])),
      }),
    );
    const set = found.responses[0]?.prop(D.supportedReportSet) ?? el(D.error);
    const announced = elementsOf(set).flatMap((one) =>
      childrenNamed(one, D.report).flatMap((report) => elementsOf(report).map(({ name }) => name))
    );
    assertEquals(set.name, D.supportedReportSet);
    assertEquals(new Set(announced).size, announced.length, "each once");
    for (const name of new Set([...reportNames, ...announced])) {
      const response = await house.ask("REPORT", path, {
        headers: { depth: reportDepth(name) },
        body: documentXml(el(name, reportParts[name] ?? [])),
      });
      if (announced.includes(name)) {
        assertEquals(response.status, reportStatus[name] ?? 207, name);
        await response.body?.cancel();
      } else {
        assertEquals(
          [response.status, await preconditionOf(response)],
          [403, D.supportedReport],
          name,
        );
      }
    }
  });
}

Deno.test("announced: DAV:sync-token is where sync-collection is, and what that gives", async () => {
  await using house = await furnished();
  const body = documentXml(el(D.propfind, [el(D.prop, [el(D.syncToken), el(CS.getctag)])]));
  const sync = { headers: { depth: "0" }, body: sensible.REPORT?.body };
  for (const place of places.filter((one) => !one.startsWith("nothing"))) {
    const path = urls[place];
    const [found] = (await multistatusOf(
      await house.ask("PROPFIND", path, { headers: { depth: "0" }, body }),
    )).responses;
    const response = await house.ask("REPORT", path, sync);
    const tokens = [found?.text(D.syncToken), found?.text(CS.getctag)];
    if (synchronised.includes(place)) {
      const { syncToken = "none" } = await multistatusOf(response);
      assertEquals(tokens, [syncToken, syncToken], place);
    } else {
      await response.body?.cancel();
      assertEquals([response.status, ...tokens], [403, undefined, undefined], place);
    }
  }
});

const synchronised: readonly Place[] = ["home", "calendar", "inbox", "subscription"];

/** Tokens that may only be told where what they promise is there. */
const scheduling = ["calendar-schedule", "calendar-auto-schedule", "calendar-availability"];
const everywhere = ["1", "3", "access-control", "extended-mkcol", "calendar-access"];

for (const place of places) {
  Deno.test(`announced: DAV of ${place}, with every answer`, async () => {
    await using house = await furnished();
    const path = urls[place];
    const tokens = listOf(await house.ask("OPTIONS", path), "dav");
    assertEquals(tokens[0], "1", "Thunderbird drops the first one unseen");
    assertEquals(everywhere.filter((token) => !tokens.includes(token)), []);
    assertEquals(scheduling.filter((token) => tokens.includes(token)), []);
    const allow = await allowed(house, path);
    assertEquals(tokens.includes("2"), allow.includes("LOCK"));
    for (const method of ["PROPFIND", "GET", "DELETE", "PATCH"]) {
      const response = await house.ask(method, path, sensible[method]);
      await response.body?.cancel();
      assertEquals(listOf(response, "dav"), tokens, method);
    }
  });
}

Deno.test("announced: no scheduling property on principals and calendars yet", async () => {
  await using house = await openHouse();
  const names = [C.scheduleInboxURL, C.scheduleOutboxURL, C.scheduleDefaultCalendarURL];
  const body = documentXml(el(D.propfind, [el(D.prop, names.map((name) => el(name)))]));
  for (const path of [urls.principal, urls.inbox, urls.calendar]) {
    const found = await multistatusOf(
      await house.ask("PROPFIND", path, { headers: { depth: "0" }, body }),
    );
    for (const name of names) assertEquals(found.responses[0]?.statusOf(name), 404, name);
  }
});
