import { assertEquals } from "@std/assert";
import { limits } from "../../src/limits.ts";
import { C, D, type XmlName } from "../../src/xml/names.ts";
import { childNamed, elementsOf, textOf } from "../../src/xml/tree.ts";
import type { Executor } from "../../src/store/executor.ts";
import { event, task } from "../fixtures/events.ts";
import { type Ask, type House, openHouse, xmlOf } from "../harness.ts";
import { lockinfo } from "./locks.ts";

/**
 * Every precondition element of RFC 4918, 3253, 3744, 4331, 4791, 5689, 5995, 6578, 7809 and 8607
 * (design/specs.md).
 */

const calendars = "/dav/calendars/alice/";
const calendar = `${calendars}calendar/`;
const files = "/dav/files/alice/";
const caldav = "urn:ietf:params:xml:ns:caldav";

interface Request extends Ask {
  readonly method: string;
  readonly path: string;
}

interface Row {
  readonly element: XmlName;
  /** What the request violates it by. */
  readonly name: string;
  /** Sent before, in this order; all of them succeed. */
  readonly before?: readonly Request[];
  /** Where it needs what an answer said: the lock token that the last one of `before` gave. */
  readonly request: Request | ((token: string) => Request);
  readonly status: number;
  /** In a DAV:propstat or DAV:response of a 207, not of the request as a whole. */
  readonly within?: boolean;
  readonly settings?: Parameters<typeof openHouse>[0];
  /** The disk has no room for more. */
  readonly full?: boolean;
}

const put = (path: string, body: BodyInit, headers: Ask["headers"] = {}): Request => ({
  method: "PUT",
  path,
  headers: { "content-type": "text/calendar", ...headers },
  body,
});
const a = put(`${calendar}a.ics`, event({ uid: "a" }));
const file: Request = { method: "PUT", path: `${files}x`, body: "1" };
const lock = (path: string, scope = "exclusive"): Request => ({
  method: "LOCK",
  path,
  body: lockinfo(scope),
});
const relocate = (method: "COPY" | "MOVE", path: string, destination: string): Request => ({
  method,
  path,
  headers: { destination },
});
const report = (path: string, body: string): Request => ({ method: "REPORT", path, body });
const sync = (inner: string) =>
  `<sync-collection xmlns="DAV:">${inner}<prop><getetag/></prop></sync-collection>`;
const multiget = (inner: string) =>
  `<C:calendar-multiget xmlns="DAV:" xmlns:C="${caldav}">${inner}</C:calendar-multiget>`;
const query = (inner: string, data = "") =>
  `<C:calendar-query xmlns="DAV:" xmlns:C="${caldav}"><prop><getetag/>${data}</prop>${inner}` +
  `</C:calendar-query>`;
const filter = (inner: string) =>
  `<C:filter><C:comp-filter name="VCALENDAR">${inner}</C:comp-filter></C:filter>`;
const mkcalendar = (path: string, properties = ""): Request => ({
  method: "MKCALENDAR",
  path,
  body: `<C:mkcalendar xmlns="DAV:" xmlns:C="${caldav}"><set><prop>${properties}` +
    `</prop></set></C:mkcalendar>`,
});

const attach = (action = "attachment-add"): Request => ({
  method: "POST",
  path: `${a.path}?action=${action}`,
  body: "a file",
});

const rows: readonly Row[] = [
  // RFC 4918
  {
    element: D.lockTokenMatchesRequestUri,
    name: "UNLOCK with a lock of another URL",
    before: [file, lock(`${files}y`)],
    request: (token) => ({ method: "UNLOCK", path: `${files}x`, headers: { "lock-token": token } }),
    status: 409,
  },
  {
    element: D.lockTokenMatchesRequestUri,
    name: "a refresh of a lock of another URL",
    before: [file, lock(`${files}y`)],
    request: (token) => ({
      method: "LOCK",
      path: `${files}x`,
      headers: { if: `<${files}y> (${token})` },
    }),
    status: 412,
  },
  {
    element: D.lockTokenSubmitted,
    name: "PUT of a locked file",
    before: [lock(`${files}x`)],
    request: file,
    status: 423,
  },
  {
    element: D.lockTokenSubmitted,
    name: "MOVE to a locked file",
    before: [file, lock(`${files}y`)],
    request: relocate("MOVE", `${files}x`, `${files}y`),
    status: 423,
  },
  {
    element: D.noConflictingLock,
    name: "an exclusive lock beside a shared one",
    before: [lock(`${files}x`, "shared")],
    request: lock(`${files}x`),
    status: 423,
  },
  {
    element: D.noExternalEntities,
    name: "an external entity",
    request: {
      method: "PROPFIND",
      path: calendar,
      body: `<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>` +
        `<propfind xmlns="DAV:"><prop><displayname>&x;</displayname></prop></propfind>`,
    },
    status: 403,
  },
  {
    element: D.propfindFiniteDepth,
    name: "all that there is",
    request: { method: "PROPFIND", path: "/", headers: { depth: "infinity" } },
    status: 403,
  },
  {
    element: D.cannotModifyProtectedProperty,
    name: "an ETag that a client would set",
    request: {
      method: "PROPPATCH",
      path: calendar,
      body:
        `<propertyupdate xmlns="DAV:"><set><prop><getctag xmlns="http://calendarserver.org/ns/"/>` +
        `</prop></set></propertyupdate>`,
    },
    status: 403,
    within: true,
  },

  // RFC 3744
  {
    element: D.needPrivileges,
    name: "somebody else's calendar",
    request: { ...a, path: "/dav/calendars/bob/calendar/a.ics" },
    status: 403,
  },
  {
    element: D.needPrivileges,
    name: "MKCALENDAR in somebody else's home",
    request: mkcalendar("/dav/calendars/bob/new/"),
    status: 403,
  },

  {
    element: D.needPrivileges,
    name: "the rules for somebody else's principal",
    request: {
      method: "PROPFIND",
      path: "/dav/principals/users/bob/",
      headers: { depth: "0" },
      body: `<propfind xmlns="DAV:"><prop><acl/></prop></propfind>`,
    },
    status: 403,
    within: true,
  },
  {
    element: D.numberOfMatchesWithinLimits,
    name: "more principals than the limit",
    request: report(
      "/dav/principals/",
      `<principal-property-search xmlns="DAV:"><limit xmlns="http://calendarserver.org/ns/">` +
        `<nresults>1</nresults></limit></principal-property-search>`,
    ),
    status: 507,
    within: true,
  },
  {
    element: D.numberOfMatchesWithinLimits,
    name: "a list of all principals where there is to be none",
    settings: { settings: { listPrincipals: false } },
    request: report("/dav/principals/", `<principal-property-search xmlns="DAV:"/>`),
    status: 403,
  },
  {
    element: D.numberOfMatchesWithinLimits,
    name: "expand-property of more than is told",
    before: [{
      method: "PROPPATCH",
      path: calendar,
      body: `<propertyupdate xmlns="DAV:"><set><prop><x xmlns="urn:x">` +
        `<href xmlns="DAV:">/dav/</href>`.repeat(limits.expandedResources) +
        `</x></prop></set></propertyupdate>`,
    }],
    request: report(
      calendar,
      `<expand-property xmlns="DAV:"><property name="x" namespace="urn:x">` +
        `<property name="owner"/></property></expand-property>`,
    ),
    status: 507,
  },

  // RFC 5689, RFC 4331, RFC 3253
  {
    element: D.validResourcetype,
    name: "a collection that is no calendar, in a calendar home",
    request: {
      method: "MKCOL",
      path: `${calendars}new/`,
      body: `<mkcol xmlns="DAV:"><set><prop><resourcetype><collection/>` +
        `<addressbook xmlns="urn:ietf:params:xml:ns:carddav"/></resourcetype></prop></set></mkcol>`,
    },
    status: 403,
  },
  {
    element: D.quotaNotExceeded,
    name: "a file beyond the quota",
    settings: { settings: { quotaBytes: 10 } },
    request: { ...file, body: "01234567890" },
    status: 507,
  },
  {
    element: D.quotaNotExceeded,
    name: "an event beyond the quota",
    settings: { settings: { quotaBytes: 10 } },
    request: a,
    status: 507,
  },
  {
    element: D.sufficientDiskSpace,
    name: "a full disk",
    full: true,
    request: { ...file, body: new Uint8Array(200_000) },
    status: 507,
  },
  {
    element: D.sufficientDiskSpace,
    name: "a disk that a large file fills",
    settings: { maxPages: 250 },
    request: { ...file, body: new Uint8Array(3_000_000) },
    status: 507,
  },
  {
    element: D.supportedReport,
    name: "a report that nobody knows",
    request: report(calendar, `<unknown xmlns="urn:x"/>`),
    status: 403,
  },
  {
    element: D.supportedReport,
    name: "a report on another kind of resource",
    request: report(files, sync("<sync-token/>")),
    status: 403,
  },

  // RFC 6578
  {
    element: D.validSyncToken,
    name: "a token that was never given",
    request: report(calendar, sync("<sync-token>urn:x</sync-token>")),
    status: 403,
  },
  {
    element: D.syncTraversalSupported,
    name: "members of members",
    request: report(calendars, sync("<sync-token/><sync-level>infinite</sync-level>")),
    status: 403,
    within: true,
  },
  {
    element: D.numberOfMatchesWithinLimits,
    name: "more members than the limit",
    before: [a, put(`${calendar}b.ics`, event({ uid: "b" }))],
    request: report(calendar, sync("<sync-token/><limit><nresults>1</nresults></limit>")),
    status: 507,
    within: true,
  },

  // RFC 4791, MKCALENDAR
  {
    element: D.resourceMustBeNull,
    name: "MKCALENDAR where there is one",
    request: mkcalendar(calendar),
    status: 403,
  },
  {
    element: C.calendarCollectionLocationOk,
    name: "MKCALENDAR in a calendar",
    request: mkcalendar(`${calendar}new/`),
    status: 403,
  },
  {
    element: C.validCalendarData,
    name: "MKCALENDAR with a time zone that is none",
    request: mkcalendar(
      `${calendars}new/`,
      "<C:calendar-timezone>BEGIN:VCALENDAR</C:calendar-timezone>",
    ),
    status: 403,
    within: true,
  },

  // RFC 4791, PUT, COPY and MOVE
  {
    element: C.supportedCalendarData,
    name: "another media type",
    request: put(`${calendar}a.ics`, "{}", { "content-type": "application/json" }),
    status: 403,
  },
  {
    element: C.validCalendarData,
    name: "what is no iCalendar",
    request: put(`${calendar}a.ics`, "Hello"),
    status: 403,
  },
  {
    element: C.validCalendarObjectResource,
    name: "a METHOD",
    request: put(`${calendar}a.ics`, event({ uid: "a" }).replace("PRODID", "METHOD:ADD\r\nPRODID")),
    status: 403,
  },
  {
    element: C.supportedCalendarComponent,
    name: "a task among events",
    request: put(`${calendar}a.ics`, task({ uid: "a" })),
    status: 403,
  },
  {
    element: C.supportedCalendarComponent,
    name: "COPY of an event to a list of tasks",
    before: [a],
    request: relocate("COPY", `${calendar}a.ics`, `${calendars}tasks/a.ics`),
    status: 403,
  },
  {
    element: C.noUidConflict,
    name: "a UID that another object has",
    before: [a],
    request: put(`${calendar}b.ics`, event({ uid: "a" })),
    status: 403,
  },
  {
    element: C.noUidConflict,
    name: "COPY in one calendar",
    before: [a],
    request: relocate("COPY", `${calendar}a.ics`, `${calendar}b.ics`),
    status: 403,
  },
  {
    element: C.calendarCollectionLocationOk,
    name: "MOVE of a calendar into another",
    before: [mkcalendar(`${calendars}new/`)],
    request: relocate("MOVE", `${calendars}new/`, `${calendar}new/`),
    status: 403,
  },
  {
    element: C.maxResourceSize,
    name: "more bytes than allowed",
    settings: { settings: { calendarObjectBytes: 100 } },
    request: a,
    status: 413,
  },
  {
    element: C.maxDateTime,
    name: "a leap second after the last one",
    request: put(`${calendar}a.ics`, event({ uid: "a", start: "99991231T235960Z", end: null })),
    status: 403,
  },
  {
    element: C.maxInstances,
    name: "more dates than allowed",
    request: put(
      `${calendar}a.ics`,
      event({ uid: "a", lines: Array(limits.icalInstances + 1).fill("RDATE:20270105T090000Z") }),
    ),
    status: 403,
  },
  {
    element: C.maxAttendeesPerInstance,
    name: "more attendees than allowed",
    request: put(
      `${calendar}a.ics`,
      event({
        uid: "a",
        lines: Array.from(
          { length: limits.icalAttendeesPerInstance + 1 },
          (_, index) => `ATTENDEE:mailto:a${index}@example.test`,
        ),
      }),
    ),
    status: 403,
  },

  // RFC 4791, multiget
  {
    element: C.supportedCalendarData,
    name: "multiget of another media type",
    before: [a],
    request: report(
      calendar,
      multiget(
        `<prop><C:calendar-data content-type="application/json"/></prop>` +
          `<href>${calendar}a.ics</href>`,
      ),
    ),
    status: 403,
  },
  {
    element: D.numberOfMatchesWithinLimits,
    name: "multiget of more than allowed",
    request: report(
      calendar,
      multiget("<prop/>" + "<href>a</href>".repeat(limits.multigetHrefs + 1)),
    ),
    status: 507,
  },

  // RFC 4791 §7.8, RFC 7809: calendar-query
  {
    element: C.validFilter,
    name: "a query without a filter",
    request: report(calendar, query("")),
    status: 403,
  },
  {
    element: C.supportedFilter,
    name: "a time range of what has none",
    request: report(
      calendar,
      query(filter(
        `<C:comp-filter name="VTIMEZONE"><C:time-range start="20260101T000000Z"/>` +
          `</C:comp-filter>`,
      )),
    ),
    status: 403,
  },
  {
    element: C.supportedCollation,
    name: "a collation that nobody knows",
    request: report(
      calendar,
      query(filter(
        `<C:comp-filter name="VEVENT"><C:prop-filter name="SUMMARY">` +
          `<C:text-match collation="i;unknown">x</C:text-match></C:prop-filter></C:comp-filter>`,
      )),
    ),
    status: 403,
  },
  {
    element: C.maxDateTime,
    name: "a query beyond the last date",
    request: report(
      calendar,
      query(filter(
        `<C:comp-filter name="VEVENT"><C:time-range end="99991231T235960Z"/>` +
          `</C:comp-filter>`,
      )),
    ),
    status: 403,
  },
  {
    element: C.validCalendarData,
    name: "a query with a time zone that is none",
    request: report(calendar, query(filter("") + "<C:timezone>BEGIN:VCALENDAR</C:timezone>")),
    status: 403,
  },
  {
    element: C.validTimezone,
    name: "a query with a time zone that nobody knows",
    request: report(calendar, query(filter("") + "<C:timezone-id>Nowhere/Land</C:timezone-id>")),
    status: 403,
  },
  {
    element: C.supportedCalendarData,
    name: "a query for another media type",
    request: report(
      calendar,
      query(filter(""), `<C:calendar-data content-type="application/x"/>`),
    ),
    status: 403,
  },

  // RFC 8607
  ...["", "?action=attachment", "?action=", "?action=attachment-add&action=attachment-add"].map(
    (query): Row => ({
      element: C.validActionParameter,
      name: `POST to an object with ${query || "no action"}`,
      before: [a],
      request: { ...attach(), path: a.path + query },
      status: 403,
    }),
  ),
  ...["rid=", "rid=20260105T090000Z", "rid=x", "rid=M,", "rid=M&rid=M", "rid=M,M"].map(
    (rid): Row => ({
      element: C.validRidParameter,
      name: `attachment-add with ${rid}`,
      before: [a],
      request: attach(`attachment-add&${rid}`),
      status: 403,
    }),
  ),
  {
    element: C.validRidParameter,
    name: "an update of an instance",
    before: [a],
    request: attach("attachment-update&managed-id=x&rid=M"),
    status: 403,
  },
  ...[
    "attachment-add&managed-id=x",
    "attachment-update",
    "attachment-update&managed-id=",
    "attachment-update&managed-id=x",
    "attachment-update&managed-id=x&managed-id=x",
    "attachment-remove",
    "attachment-remove&managed-id=x",
    "attachment-remove&managed-id=x&rid=M",
  ].map((action): Row => ({
    element: C.validManagedIdParameter,
    name: action,
    before: [a],
    request: attach(action),
    status: 403,
  })),
  {
    element: C.validManagedId,
    name: "an attachment that there is not",
    request: put(a.path, event({ uid: "a", lines: ["ATTACH;MANAGED-ID=x:https://x.test/"] })),
    status: 403,
  },
  {
    element: C.maxAttachmentSize,
    name: "a file that is too large",
    settings: { settings: { attachmentBytes: 9 } },
    before: [a],
    request: { ...attach(), body: "0123456789" },
    status: 413,
  },
  {
    element: C.maxAttachmentsPerResource,
    name: "one attachment too many",
    before: [a, ...Array.from({ length: limits.attachmentsPerResource }, () => attach())],
    request: attach(),
    status: 403,
  },
  {
    element: C.maxResourceSize,
    name: "an object that would be too large with what is attached",
    settings: { settings: { calendarObjectBytes: 10_000 } },
    before: [put(a.path, event({ uid: "a", summary: "x".repeat(9_700) }))],
    request: attach(),
    status: 403,
  },
  {
    element: D.quotaNotExceeded,
    name: "a file for which there is no room",
    settings: { settings: { quotaBytes: 1_000 } },
    before: [a],
    request: { ...attach(), body: "x".repeat(900) },
    status: 507,
  },
  {
    element: D.needPrivileges,
    name: "a file for somebody else's event",
    before: [a],
    request: { ...attach(), as: "bob" },
    status: 403,
  },
];

/** RFC 3744 §8.1.1: of the method ACL alone, which is not served. */
const ofAcl = [
  D.noAceConflict,
  D.noProtectedAceConflict,
  D.noInheritedAceConflict,
  D.limitedNumberOfAces,
  D.denyBeforeGrant,
  D.grantOnly,
  D.noInvert,
  D.noAbstract,
  D.notSupportedPrivilege,
  D.missingRequiredPrincipal,
  D.recognizedPrincipal,
  D.allowedPrincipal,
];

/** Those that no request can provoke, and why. */
const notApplicable: Readonly<Record<XmlName, string>> = {
  ...Object.fromEntries(ofAcl.map((name) => [name, "there is no method ACL"])),
  [D.preservedLiveProperties]: "COPY and MOVE keep every live property (RFC 4918 §9.8.2)",
  [D.allowClientDefinedURI]: "clients may choose URLs wherever they may POST (RFC 5995 §3.4)",
  [C.initializeCalendarCollection]: "a postcondition: what can't be set refuses MKCALENDAR itself",
  [C.minDateTime]: "before year 0 there is no date of four digits; tests/ical/bounds_test.ts",
};

/** design/specs.md §1 to §7, §10 and §12. */
const checklist: readonly XmlName[] = [
  ...ofAcl,
  D.lockTokenMatchesRequestUri,
  D.lockTokenSubmitted,
  D.noConflictingLock,
  D.noExternalEntities,
  D.preservedLiveProperties,
  D.propfindFiniteDepth,
  D.cannotModifyProtectedProperty,
  D.validResourcetype,
  D.allowClientDefinedURI,
  D.quotaNotExceeded,
  D.sufficientDiskSpace,
  D.supportedReport,
  D.validSyncToken,
  D.syncTraversalSupported,
  D.numberOfMatchesWithinLimits,
  D.resourceMustBeNull,
  D.needPrivileges,
  C.calendarCollectionLocationOk,
  C.initializeCalendarCollection,
  C.validCalendarData,
  C.supportedCalendarData,
  C.validCalendarObjectResource,
  C.supportedCalendarComponent,
  C.noUidConflict,
  C.maxResourceSize,
  C.minDateTime,
  C.maxDateTime,
  C.maxInstances,
  C.maxAttendeesPerInstance,
  C.supportedFilter,
  C.validFilter,
  C.supportedCollation,
  C.validTimezone,
  C.maxAttachmentSize,
  C.maxAttachmentsPerResource,
  C.validActionParameter,
  C.validManagedId,
  C.validManagedIdParameter,
  C.validRidParameter,
];

Deno.test("preconditions: each of the checklist is provoked, or said not to apply", () => {
  const provoked = new Set(rows.map(({ element }) => element));
  const missing = checklist.filter((one) => !provoked.has(one) && !(one in notApplicable));
  const both = Object.keys(notApplicable).filter((one) => provoked.has(one as XmlName));
  assertEquals([missing, both], [[], []]);
});

for (const { element, name, before = [], request, status, within, settings, full } of rows) {
  Deno.test(`precondition ${element.replace(/^.*}/, "")}: ${name}: ${status}`, async () => {
    let real: Executor | undefined;
    await using house = await openHouse({ ...settings, executor: (one) => real = one });
    const token = await prepare(house, before);
    if (full) await real?.script("PRAGMA max_page_count = 1");
    const state = await stateOf(house);
    const { method, path, ...ask } = typeof request === "function" ? request(token) : request;
    const response = await house.ask(method, path, ask);
    if (within) assertEquals(await refusedWithin(response), [status, element]);
    else {
      const root = await xmlOf(response);
      assertEquals([response.status, root.name, elementsOf(root)[0]?.name], [
        status,
        D.error,
        element,
      ]);
    }
    assertEquals(await stateOf(house), state);
  });
}

/** Gives the last lock token, as a header has it. */
async function prepare(house: House, before: readonly Request[]): Promise<string> {
  let token = "";
  for (const { method, path, ...ask } of before) {
    const response = await house.ask(method, path, ask);
    await response.body?.cancel();
    assertEquals(response.ok, true, `${method} ${path}: ${response.status}`);
    token = response.headers.get("lock-token") ?? token;
  }
  return token;
}

/** Moves with every commit to alice's home. */
async function stateOf(house: House): Promise<number[]> {
  const commits = ["calendar-home", "files"] as const;
  return await Promise.all(commits.map(async (home) => {
    const place = { kind: "tree", home, owner: "alice", segments: [] } as const;
    return (await house.store.load({ asker: 0, place })).chain[0]?.commit ?? 0;
  }));
}

/** Status and element of the first DAV:error inside of an answer. */
async function refusedWithin(response: Response): Promise<readonly [number, XmlName?]> {
  const all = [await xmlOf(response)];
  for (const element of all) {
    all.push(...elementsOf(element));
    const error = childNamed(element, D.error);
    const status = childNamed(element, D.status);
    if (error && status) {
      return [Number(/ (\d{3}) /.exec(textOf(status))?.[1]), elementsOf(error)[0]?.name];
    }
  }
  return [response.status];
}
