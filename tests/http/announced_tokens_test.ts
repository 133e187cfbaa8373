import { assert, assertEquals } from "@std/assert";
import { C, CS, D } from "../../src/xml/names.ts";
import { el, type XmlElement } from "../../src/xml/tree.ts";
import { documentXml } from "../../src/xml/write.ts";
import {
  components,
  mkcalendar,
  mkcol,
  multiget,
  principalSearch,
  propfind,
  proppatch,
} from "../clients/bodies.ts";
import { event } from "../fixtures/events.ts";
import { type House, multistatusOf, openHouse } from "../harness.ts";
import { attached, attachesIn, text } from "./attaching.ts";
import { lockinfo } from "./locks.ts";

/** Each token of the `DAV` header stands for something that a client then does. */

const home = "/dav/calendars/alice/";
const calendar = `${home}calendar/`;
const item = `${calendar}a.ics`;
const files = "/dav/files/alice/";
const alice = "/dav/principals/users/alice/";

const report = (house: House, path: string, body: XmlElement, depth = "0") =>
  house.ask("REPORT", path, { headers: { depth }, body: documentXml(body) });

const status = async (response: Promise<Response>): Promise<number> => {
  const { status, body } = await response;
  await body?.cancel();
  return status;
};

/** Throws where what the token stands for is not there. */
const proofs: Readonly<Record<string, (house: House) => Promise<void>>> = {
  async "1"(house) {
    assertEquals(await status(house.ask("MKCOL", `${files}new/`)), 201);
    assertEquals(await status(house.ask("PUT", `${files}new/a`, { body: "a" })), 201);
    const destination = { headers: { destination: `${files}b` } };
    assertEquals(await status(house.ask("MOVE", `${files}new/a`, destination)), 201);
  },

  async "2"(house) {
    assertEquals(
      await status(house.ask("LOCK", `${files}a`, { body: lockinfo("exclusive") })),
      201,
    );
    assertEquals(await status(house.ask("PUT", `${files}a`, { body: "a" })), 423);
  },

  async "3"(house) {
    const include = el(D.propfind, [el(D.allprop), el(D.include, [el(D.supportedReportSet)])]);
    const found = await multistatusOf(
      await house.ask("PROPFIND", home, { headers: { depth: "0" }, body: documentXml(include) }),
    );
    assertEquals(found.at(home)?.statusOf(D.supportedReportSet), 200);
  },

  async "access-control"(house) {
    const names = [D.owner, D.supportedPrivilegeSet, D.currentUserPrivilegeSet, D.acl];
    const more = [D.aclRestrictions, D.inheritedAclSet, D.principalCollectionSet];
    const body = documentXml(propfind(...names, ...more));
    const found = await multistatusOf(
      await house.ask("PROPFIND", item, { headers: { depth: "0" }, body }),
    );
    assertEquals(found.at(item)?.propstats, [200]);
    const self = await multistatusOf(
      await report(house, "/dav/principals/", el(D.principalMatch, [el(D.self)])),
    );
    assertEquals(self.hrefs, [alice]);
  },

  async "extended-mkcol"(house) {
    const body = documentXml(mkcol(el(D.resourcetype, [el(D.collection), el(C.calendar)])));
    assertEquals(await status(house.ask("MKCOL", `${home}new/`, { body })), 201);
  },

  async "calendar-access"(house) {
    const body = documentXml(mkcalendar(components("VEVENT")));
    assertEquals(await status(house.ask("MKCALENDAR", `${home}new/`, { body })), 201);
    const found = await multistatusOf(await report(house, calendar, multiget([item])));
    assertEquals(found.hrefs, [item]);
    const range = el(C.timeRange, [], { start: "20260101T000000Z", end: "20260201T000000Z" });
    const busy = el(C.freeBusyQuery, [range]);
    assertEquals(await status(report(house, calendar, busy, "1")), 200);
  },

  async "calendar-no-timezone"(house) {
    const body = event({ uid: "b", tzid: "Europe/Vienna", start: "20260105T090000", end: null });
    const headers = { "content-type": "text/calendar", "caldav-timezones": "F" };
    const put = await house.ask("PUT", `${calendar}b.ics`, { headers, body });
    assert(put.headers.get("etag"));
    const asked = async (caldavTimezones: string) => {
      const headers = { "caldav-timezones": caldavTimezones };
      return await (await house.ask("GET", `${calendar}b.ics`, { headers })).text();
    };
    assertEquals(await asked("F"), body);
    assert((await asked("T")).includes("BEGIN:VTIMEZONE"));
  },

  async "calendar-query-extended"(house) {
    const inCalendar = (name: string) =>
      el(C.compFilter, [el(C.compFilter, [], { name })], { name: "VCALENDAR" });
    const either = ["VTODO", "VEVENT"].map(inCalendar);
    const query = (test: string) =>
      el(C.calendarQuery, [el(D.prop), el(C.filter, either, { test })]);
    const found = async (test: string) =>
      (await multistatusOf(await report(house, calendar, query(test), "1"))).hrefs;
    assertEquals([await found("anyof"), await found("allof")], [[item], []]);
  },

  async "calendar-managed-attachments"(house) {
    const { at, id } = await attached(house, { to: item });
    assertEquals(await text(house, at), "hello");
    const [attach] = attachesIn(await text(house, item));
    assertEquals([attach?.["MANAGED-ID"], attach?.value], [id, `http://localhost${at}`]);
  },

  async "calendarserver-principal-property-search"(house) {
    const search = principalSearch(
      [[D.displayname, "ali", { "match-type": "starts-with" }], [CS.emailAddressSet, "bob"]],
      [],
      { test: "anyof", type: "INDIVIDUAL", everywhere: true },
    );
    const { hrefs } = await multistatusOf(await report(house, calendar, search));
    assertEquals(hrefs, [alice, "/dav/principals/users/bob/"]);
  },

  async "calendarserver-principal-search"(house) {
    const search = el(CS.calendarserverPrincipalSearch, [el(CS.searchToken, ["ali"])], {
      context: "attendee",
    });
    assertEquals((await multistatusOf(await report(house, "/dav/principals/", search))).hrefs, [
      alice,
    ]);
  },

  async "calendarserver-home-sync"(house) {
    const sync = (token?: string) =>
      el(D.syncCollection, [el(D.syncToken, token ? [token] : []), el(D.prop)]);
    const { syncToken } = await multistatusOf(await report(house, home, sync()));
    await house.ask("DELETE", item);
    const { hrefs } = await multistatusOf(await report(house, home, sync(syncToken)));
    assertEquals(hrefs, [calendar]);
  },

  async "calendarserver-subscribed"(house) {
    const types = [el(D.collection), el(CS.subscribed)];
    const source = el(CS.source, [el(D.href, ["https://example.org/holidays.ics"])]);
    const body = documentXml(mkcalendar(el(D.resourcetype, types), source));
    assertEquals(await status(house.ask("MKCALENDAR", `${home}holidays/`, { body })), 201);
  },

  async "calendar-default-alarms"(house) {
    const alarm = "BEGIN:VALARM\nACTION:DISPLAY\nTRIGGER:-PT15M\nEND:VALARM\n";
    const set = documentXml(proppatch(el(C.defaultAlarmVeventDatetime, [alarm])));
    assertEquals(await status(house.ask("PROPPATCH", home, { body: set })), 207);
    const body = documentXml(propfind(C.defaultAlarmVeventDatetime));
    const found = await multistatusOf(
      await house.ask("PROPFIND", home, { headers: { depth: "0" }, body }),
    );
    assertEquals(found.at(home)?.text(C.defaultAlarmVeventDatetime), alarm.trim());
  },
};

async function announced(house: House): Promise<Set<string>> {
  const headers = await Promise.all(["/", alice, home, calendar, files].map(async (path) => {
    const { headers } = await house.ask("OPTIONS", path);
    return headers.get("dav") ?? "";
  }));
  return new Set(headers.flatMap((list) => list.split(",")).map((token) => token.trim()));
}

Deno.test("announced: what is proved here, and no more", async () => {
  await using house = await openHouse();
  assertEquals([...await announced(house)].sort(), Object.keys(proofs).sort());
});

for (const [token, prove] of Object.entries(proofs)) {
  Deno.test(`announced: ${token} is served`, async () => {
    await using house = await openHouse();
    const headers = { "content-type": "text/calendar" };
    assert((await house.ask("PUT", item, { headers, body: event({ uid: "a" }) })).ok);
    await prove(house);
  });
}
