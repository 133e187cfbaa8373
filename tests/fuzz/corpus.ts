import { jcalOf } from "../../src/ical/jcal/write.ts";
import { event, journal, task, zone } from "../fixtures/events.ts";

/** A request as a client would send it; `{etag}`, `{lock}` and `{token}` stand for what is there. */
export interface Template {
  readonly method: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Of the house that is asked. */
export const calendar = "/dav/calendars/alice/calendar/";
export const tasks = "/dav/calendars/alice/tasks/";
export const files = "/dav/files/alice/";
const home = "/dav/calendars/alice/";
const principal = "/dav/principals/users/alice/";

export const objects: readonly string[] = [
  event({
    uid: "a",
    tzid: "Europe/Vienna",
    start: "20260105T090000",
    end: "20260105T100000",
    zones: [zone("Europe/Vienna")],
    lines: [
      "RRULE:FREQ=MONTHLY;BYDAY=-1FR;COUNT=5",
      "EXDATE;TZID=Europe/Vienna:20260227T090000",
      "ORGANIZER:mailto:alice@example.test",
      'ATTENDEE;CN="B; ob";PARTSTAT=NEEDS-ACTION:mailto:bob@example.test',
      "BEGIN:VALARM",
      "ACTION:DISPLAY",
      "TRIGGER;RELATED=END:-PT5M",
      "REPEAT:3",
      "DURATION:PT1M",
      "END:VALARM",
    ],
    overrides: [["DTSTART:20260327T100000Z", "RECURRENCE-ID;TZID=Europe/Vienna:20260327T090000"]],
  }),
  event({ uid: "b", start: "20260105", end: "20260107", lines: ["RRULE:FREQ=WEEKLY"] }),
  event({ uid: "c", lines: ["RDATE;VALUE=PERIOD:20260106T090000Z/PT1H", "TRANSP:TRANSPARENT"] }),
  task({ uid: "t", start: "20260105T090000Z", lines: ["PERCENT-COMPLETE:50", "GEO:1.5;2.5"] }),
  journal({ uid: "j", summary: "café 😀" }),
  ...[
    "FREQ=YEARLY;BYMONTH=10,3;BYDAY=-1SU,+2MO;BYHOUR=1,2;BYMINUTE=30;BYSECOND=0,59",
    "FREQ=MONTHLY;INTERVAL=2;BYMONTHDAY=-1,31;BYSETPOS=1,-1;UNTIL=20301231T235959Z",
    "FREQ=YEARLY;BYWEEKNO=1,53,-1;BYDAY=MO,SU;WKST=SU;COUNT=9",
    "FREQ=YEARLY;BYYEARDAY=1,366,-1;RSCALE=GREGORIAN;SKIP=BACKWARD",
    "FREQ=MINUTELY;INTERVAL=7;BYDAY=SA;BYHOUR=2",
  ].map((rule, index) =>
    event({
      uid: `r${index}`,
      tzid: "America/New_York",
      start: "20260131T013000",
      end: "20260201T020000",
      lines: [
        `RRULE:${rule}`,
        "RDATE:20260308T023000,20270101T000000",
        "EXDATE:20260131T013000",
        "BEGIN:VALARM",
        "ACTION:AUDIO",
        "TRIGGER:-P1D",
        "END:VALARM",
      ],
      overrides: [[
        "DTSTART;TZID=America/New_York:20260301T013000",
        "RECURRENCE-ID;TZID=America/New_York;RANGE=THISANDFUTURE:20260228T013000",
      ]],
    })
  ),
];

/** The same as jCal (RFC 7265). */
export const jcals: readonly string[] = objects.map(jcalOf);

const names = 'xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav" ' +
  'xmlns:A="http://apple.com/ns/ical/" xmlns:CS="http://calendarserver.org/ns/"';

/** `name` opens the element, and its first word closes it. */
const xml = (name: string, inner: string): string =>
  `<?xml version="1.0" encoding="utf-8"?>\n<${name} ${names}>${inner}</${name}>`;

const prop = "<D:prop><D:getetag/><C:calendar-data/></D:prop>";

const timezone = `<C:calendar-timezone><![CDATA[BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\n${
  zone("Europe/Vienna")
}END:VCALENDAR\r\n]]></C:calendar-timezone>`;

const compFilters = [
  '<C:comp-filter name="VCALENDAR"><C:comp-filter name="VEVENT">' +
  '<C:time-range start="20260101T000000Z" end="20260201T000000Z"/></C:comp-filter>' +
  "</C:comp-filter>",
  '<C:comp-filter name="VCALENDAR"><C:comp-filter name="VEVENT"><C:prop-filter name="ATTENDEE">' +
  '<C:text-match collation="i;ascii-casemap" negate-condition="yes">bob</C:text-match>' +
  '<C:param-filter name="PARTSTAT"><C:text-match>NEEDS-ACTION</C:text-match></C:param-filter>' +
  "</C:prop-filter></C:comp-filter></C:comp-filter>",
  '<C:comp-filter name="VCALENDAR"><C:comp-filter name="VTODO">' +
  '<C:prop-filter name="COMPLETED"><C:is-not-defined/></C:prop-filter>' +
  '<C:comp-filter name="VALARM"><C:time-range start="20260105T000000Z"/></C:comp-filter>' +
  "</C:comp-filter></C:comp-filter>",
] as const;

export const filters: readonly string[] = compFilters.map((inner) => xml("C:filter", inner));

export const bodies = {
  propfind: xml(
    "D:propfind",
    "<D:prop><D:resourcetype/><D:displayname/><D:current-user-privilege-set/><D:sync-token/>" +
      "<C:calendar-home-set/><C:supported-calendar-component-set/><CS:getctag/><A:calendar-color/>" +
      "<D:lockdiscovery/><D:quota-used-bytes/><D:acl/><D:getetag/></D:prop>",
  ),
  allprop: xml("D:propfind", "<D:allprop/><D:include><D:supported-report-set/></D:include>"),
  proppatch: xml(
    "D:propertyupdate",
    '<D:set><D:prop xml:lang="de"><D:displayname>Arbeit &amp; mehr</D:displayname>' +
      "<A:calendar-color>#FF0000FF</A:calendar-color><A:calendar-order>3</A:calendar-order>" +
      `${timezone}<C:schedule-calendar-transp><C:transparent/></C:schedule-calendar-transp>` +
      '<X xmlns="urn:x" a="b"><Y/>text</X></D:prop></D:set>' +
      "<D:remove><D:prop><C:calendar-description/></D:prop></D:remove>",
  ),
  mkcalendar: xml(
    "C:mkcalendar",
    "<D:set><D:prop><D:displayname>Neu</D:displayname><C:supported-calendar-component-set>" +
      `<C:comp name="VEVENT"/><C:comp name="VTODO"/></C:supported-calendar-component-set>${timezone}` +
      "</D:prop></D:set>",
  ),
  mkcol: xml(
    "D:mkcol",
    "<D:set><D:prop><D:resourcetype><D:collection/><C:calendar/></D:resourcetype>" +
      "<D:displayname>Neu</D:displayname></D:prop></D:set>",
  ),
  lock: xml(
    "D:lockinfo",
    "<D:lockscope><D:exclusive/></D:lockscope><D:locktype><D:write/></D:locktype>" +
      "<D:owner><D:href>mailto:alice@example.test</D:href></D:owner>",
  ),
  multiget: xml(
    "C:calendar-multiget",
    `${prop}<D:href>${calendar}a.ics</D:href><D:href>http://localhost${calendar}b.ics</D:href>`,
  ),
  dataQuery: xml(
    "C:calendar-query",
    '<D:prop><C:calendar-data content-type="application/calendar+json" version="2.0">' +
      '<C:comp name="VCALENDAR"><C:prop name="VERSION"/><C:comp name="VEVENT"><C:prop name="UID"/>' +
      '<C:prop name="SUMMARY" novalue="yes"/></C:comp><C:comp name="VTIMEZONE"><C:allprop/></C:comp>' +
      '</C:comp><C:expand start="20260101T000000Z" end="20260601T000000Z"/></C:calendar-data></D:prop>' +
      `<C:filter>${compFilters[0]}</C:filter>${timezone}`,
  ),
  limitedQuery: xml(
    "C:calendar-query",
    '<D:prop><C:calendar-data><C:limit-recurrence-set start="20260101T000000Z" ' +
      'end="20260601T000000Z"/><C:limit-freebusy-set start="20260101T000000Z" ' +
      'end="20260601T000000Z"/></C:calendar-data></D:prop>' +
      `<C:filter>${compFilters[0]}</C:filter>`,
  ),
  query: xml("C:calendar-query", `${prop}<C:filter>${compFilters[0]}</C:filter>`),
  textQuery: xml("C:calendar-query", `${prop}<C:filter>${compFilters[1]}</C:filter>${timezone}`),
  freeBusy: xml(
    "C:free-busy-query",
    '<C:time-range start="20260101T000000Z" end="20260201T000000Z"/>',
  ),
  sync: xml(
    "D:sync-collection",
    "<D:sync-token>{token}</D:sync-token><D:sync-level>1</D:sync-level>" +
      `<D:limit><D:nresults>2</D:nresults></D:limit>${prop}`,
  ),
  expand: xml(
    "D:expand-property",
    '<D:property name="owner"><D:property name="displayname"/><D:property name="group-membership">' +
      '<D:property name="group-member-set"><D:property name="principal-URL"/></D:property>' +
      '</D:property><D:property name="calendar-home-set" namespace="urn:ietf:params:xml:ns:caldav">' +
      '<D:property name="acl"/></D:property></D:property>',
  ),
  principals: xml(
    "D:principal-property-search",
    "<D:property-search><D:prop><D:displayname/></D:prop><D:match>bo</D:match>" +
      "</D:property-search><D:property-search><D:prop><C:calendar-user-address-set/></D:prop>" +
      '<D:match match-type="starts-with" caseless="yes">mailto:bo</D:match></D:property-search>' +
      "<D:property-search><D:prop><CS:last-name/><C:calendar-home-set/></D:prop><D:match/>" +
      "</D:property-search><D:prop><D:displayname/></D:prop><D:apply-to-principal-collection-set/>" +
      "<CS:limit><CS:nresults>2</CS:nresults></CS:limit>",
  ),
  words: xml(
    "CS:calendarserver-principal-search",
    "<CS:search-token>bo</CS:search-token><CS:search-token>b@ex</CS:search-token>" +
      "<D:prop><CS:email-address-set/></D:prop>",
  ),
  match: xml(
    "D:principal-match",
    "<D:principal-property><D:owner/></D:principal-property><D:prop><D:acl/></D:prop>",
  ),
  aclPrincipals: xml("D:acl-principal-prop-set", "<D:prop><D:displayname/></D:prop>"),
} as const satisfies Record<string, string>;

const ics = { "content-type": "text/calendar; charset=utf-8" };
const asJcal = { "content-type": "application/calendar+json" };
const asXml = { "content-type": "application/xml; charset=utf-8" };
const tagged = (header: string, value: string) => ({ ...ics, [header]: value });

const propfind = (path: string, depth: string, body: string): Template => ({
  method: "PROPFIND",
  path,
  headers: { ...asXml, depth, prefer: "return=minimal" },
  body,
});
const report = (path: string, body: string, depth = "1"): Template => ({
  method: "REPORT",
  path,
  headers: { ...asXml, depth },
  body,
});
const to = (method: string, from: string, path: string, more = {}): Template => ({
  method,
  path: from,
  headers: { destination: `http://localhost${path}`, overwrite: "F", ...more },
});

export const templates: readonly Template[] = [
  { method: "OPTIONS", path: home },
  { method: "GET", path: "/.well-known/caldav" },
  { method: "GET", path: `${calendar}a.ics`, headers: { "if-none-match": "{etag}" } },
  { method: "HEAD", path: `${files}x.txt`, headers: { range: "bytes=2-5" } },
  {
    method: "GET",
    path: `${files}x.txt`,
    headers: { range: "bytes=2-", "if-range": "{etag}", "accept-encoding": "gzip" },
  },
  ...objects.map((body, index): Template => ({
    method: "PUT",
    path: `${index === 3 ? tasks : calendar}new-${index}.ics`,
    headers: tagged("if-none-match", "*"),
    body,
  })),
  { method: "GET", path: calendar, headers: { accept: "text/calendar, */*;q=0.1" } },
  {
    method: "GET",
    path: `${calendar}a.ics`,
    headers: { accept: "text/calendar;q=0.5, application/calendar+json" },
  },
  { method: "PUT", path: `${calendar}json.ics`, headers: asJcal, body: jcals[0] },
  {
    method: "PUT",
    path: `${calendar}a.ics`,
    headers: tagged("if-match", "{etag}"),
    body: objects[0],
  },
  {
    method: "PUT",
    path: `${files}docs/y.txt`,
    headers: { "content-type": "text/plain", if: "(<{lock}>) ([{etag}])" },
    body: "plain text",
  },
  { method: "POST", path: calendar, headers: ics, body: objects[1] },
  { method: "DELETE", path: `${calendar}b.ics`, headers: { "if-match": "{etag}" } },
  { method: "DELETE", path: `${files}docs/`, headers: { if: `<${files}docs/> (<{lock}>)` } },
  propfind(principal, "0", bodies.propfind),
  propfind(home, "1", bodies.propfind),
  propfind(calendar, "1", bodies.allprop),
  propfind(files, "infinity", bodies.allprop),
  propfind("/dav/", "1", ""),
  { method: "PROPPATCH", path: calendar, headers: asXml, body: bodies.proppatch },
  { method: "PROPPATCH", path: `${files}docs/`, headers: asXml, body: bodies.proppatch },
  { method: "MKCALENDAR", path: `${home}new/`, headers: asXml, body: bodies.mkcalendar },
  { method: "MKCOL", path: `${home}new2/`, headers: asXml, body: bodies.mkcol },
  { method: "MKCOL", path: `${files}docs/deep/` },
  {
    method: "LOCK",
    path: `${files}x.txt`,
    headers: { ...asXml, depth: "0", timeout: "Second-600, Infinite" },
    body: bodies.lock,
  },
  { method: "LOCK", path: `${files}docs/`, headers: { if: "(<{lock}>)", timeout: "Infinite" } },
  { method: "UNLOCK", path: `${files}docs/`, headers: { "lock-token": "<{lock}>" } },
  to("COPY", `${calendar}a.ics`, `${home}other/a.ics`),
  to("MOVE", `${calendar}b.ics`, `${calendar}moved.ics`, { "if-match": "{etag}" }),
  to("MOVE", `${files}docs/`, `${files}moved/`, {
    if: `<${files}docs/> (<{lock}>)`,
    depth: "infinity",
  }),
  to("COPY", `${files}docs/`, `${files}copy/`, { overwrite: "T", depth: "0" }),
  report(calendar, bodies.multiget),
  report(calendar, bodies.query),
  report(tasks, bodies.query.replace("VEVENT", "VTODO")),
  report(calendar, bodies.textQuery),
  report(calendar, bodies.dataQuery),
  report(calendar, bodies.limitedQuery),
  report(calendar, bodies.freeBusy),
  report(calendar, bodies.sync),
  report(files, bodies.sync),
  report(principal, bodies.expand),
  ...[calendar, "/dav/principals/"].flatMap((path) =>
    [bodies.expand, bodies.principals, bodies.words, bodies.match, bodies.aclPrincipals]
      .map((body) => report(path, body, "0"))
  ),
];
