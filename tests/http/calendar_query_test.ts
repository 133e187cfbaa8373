import { assert, assertEquals } from "@std/assert";
import { atMost } from "../../src/caldav/reports/calendar_query.ts";
import { C, D, type XmlName } from "../../src/xml/names.ts";
import { childNamed, childrenNamed, textOf } from "../../src/xml/tree.ts";
import { calendar as vcalendar, event, journal, task, zone } from "../fixtures/events.ts";
import { appendixB } from "../fixtures/rfc4791_appendix_b.ts";
import { type Ask, type House, multistatusOf, openHouse, preconditionOf } from "../harness.ts";
import { fill } from "./fill.ts";

const home = "/dav/calendars/alice/";
const calendar = `${home}calendar/`;

/** A calendar-query with this filter inside VCALENDAR, and this beside the filter. */
const query = (
  filter: string,
  { prop = "<D:getetag/>", beside = "" }: { prop?: string; beside?: string } = {},
): string =>
  `<C:calendar-query xmlns:C="urn:ietf:params:xml:ns:caldav" xmlns:D="DAV:">${
    prop && `<D:prop>${prop}</D:prop>`
  }<C:filter><C:comp-filter name="VCALENDAR">${filter}</C:comp-filter></C:filter>${beside}` +
  `</C:calendar-query>`;

const comp = (name: string, inside = "") =>
  `<C:comp-filter name="${name}">${inside}</C:comp-filter>`;

const range = (start: string, end: string) => `<C:time-range start="${start}" end="${end}"/>`;

const onJanuary = (day: string, component = "VEVENT") =>
  comp(component, range(`202601${day}T000000Z`, `202601${day}T235959Z`));

const ask = (house: House, path: string, body: string, headers: Ask["headers"] = {}) =>
  house.ask("REPORT", path, { body, headers: { depth: "1", ...headers } });

/** Last segments of what is found, sorted. */
async function found(
  house: House,
  path: string,
  body: string,
  headers: Ask["headers"] = {},
): Promise<string[]> {
  const { hrefs } = await multistatusOf(await ask(house, path, body, headers));
  return hrefs.map((href) => href.slice(path.length)).sort();
}

const calendarType = { "content-type": "text/calendar" };

async function put(house: House, objects: Readonly<Record<string, string>>, base = calendar) {
  for (const [name, body] of Object.entries(objects)) {
    const response = await house.ask("PUT", base + name, { body, headers: calendarType });
    assert(response.ok, `${name}: ${response.status}`);
  }
}

/** A calendar for all components beside the two of a new account. */
async function mixed(house: House, properties = ""): Promise<string> {
  const body = `<C:mkcalendar xmlns:C="urn:ietf:params:xml:ns:caldav" xmlns:D="DAV:"><D:set>` +
    `<D:prop>${properties}</D:prop></D:set></C:mkcalendar>`;
  assertEquals((await house.ask("MKCALENDAR", `${home}mixed/`, { body })).status, 201);
  return `${home}mixed/`;
}

Deno.test("calendar-query: the examples of RFC 4791 §7.8 with what a calendar can hold", async () => {
  await using house = await openHouse();
  const path = await mixed(house);
  const { "abcd8.ics": _, ...storable } = appendixB;
  await put(house, storable, path);
  const uid = "DC6C50A017428C5216A2F1CD@example.com";
  const examples: readonly (readonly [filter: string, numbers: readonly number[]])[] = [
    [comp("VEVENT", range("20060104T000000Z", "20060105T000000Z")), [2, 3]],
    [comp("VFREEBUSY", range("20060102T000000Z", "20060103T000000Z")), []],
    [
      comp("VTODO", comp("VALARM", range("20060106T100000Z", "20060107T100000Z"))),
      [5],
    ],
    [
      comp(
        "VEVENT",
        `<C:prop-filter name="UID"><C:text-match collation="i;octet">${uid}</C:text-match>` +
          `</C:prop-filter>`,
      ),
      [3],
    ],
    [
      comp(
        "VEVENT",
        `<C:prop-filter name="ATTENDEE"><C:text-match collation="i;ascii-casemap">` +
          `mailto:lisa@example.com</C:text-match><C:param-filter name="PARTSTAT">` +
          `<C:text-match collation="i;ascii-casemap">NEEDS-ACTION</C:text-match>` +
          `</C:param-filter></C:prop-filter>`,
      ),
      [3],
    ],
    [range("20060103T000000Z", "20060104T000000Z"), [2, 4]],
    [comp("VEVENT"), [1, 2, 3]],
    [
      comp(
        "VTODO",
        `<C:prop-filter name="COMPLETED"><C:is-not-defined/></C:prop-filter>` +
          `<C:prop-filter name="STATUS"><C:text-match negate-condition="yes">CANCELLED` +
          `</C:text-match></C:prop-filter>`,
      ),
      [4, 5],
    ],
  ];
  for (const [filter, numbers] of examples) {
    const files = numbers.map((number) => `abcd${number}.ics`);
    assertEquals(await found(house, path, query(filter)), files, filter);
  }
});

Deno.test("calendar-query: the answer holds what was asked of each object, and no collection", async () => {
  await using house = await openHouse();
  const body = event({ uid: "a" });
  const etag = (await house.ask("PUT", `${calendar}a.ics`, { body, headers: calendarType }))
    .headers.get("etag");
  const prop = "<D:getetag/><D:getcontenttype/><D:displayname/><C:calendar-data/>";
  const response = await ask(house, calendar, query(comp("VEVENT"), { prop }));
  const { responses } = await multistatusOf(response);
  const [one, ...others] = responses;
  assertEquals([one?.href, others.length], [`${calendar}a.ics`, 0]);
  assertEquals(one?.propstats, [200, 404]);
  assertEquals(one?.text(D.getetag), etag ?? undefined);
  assertEquals(one?.text(D.getcontenttype), "text/calendar; charset=utf-8");
  const data = one?.prop(C.calendarData);
  assertEquals(data && textOf(data), body);
});

Deno.test("calendar-query: without DAV:prop it is allprop, and names alone if asked", async () => {
  await using house = await openHouse();
  await put(house, { "a.ics": event({ uid: "a" }) });
  const all = await multistatusOf(await ask(house, calendar, query(comp("VEVENT"), { prop: "" })));
  assertEquals(all.responses[0]?.text(D.getcontenttype), "text/calendar; charset=utf-8");
  const body = query(comp("VEVENT"), { prop: "", beside: "<D:propname/>" });
  const names = await multistatusOf(await ask(house, calendar, body));
  assertEquals(names.responses[0]?.text(D.getcontenttype), "");
});

Deno.test("calendar-query: each kind of component by itself, and all of them", async () => {
  await using house = await openHouse();
  const path = await mixed(house);
  await put(house, {
    "e.ics": event({ uid: "e" }),
    "t.ics": task({ uid: "t" }),
    "j.ics": journal({ uid: "j" }),
  }, path);
  const rows: readonly (readonly [filter: string, files: readonly string[]])[] = [
    [comp("VEVENT"), ["e.ics"]],
    [comp("VTODO"), ["t.ics"]],
    [comp("VJOURNAL"), ["j.ics"]],
    [comp("VFREEBUSY"), []],
    ["", ["e.ics", "j.ics", "t.ics"]],
    [comp("VEVENT", "<C:is-not-defined/>"), ["j.ics", "t.ics"]],
    [comp("VEVENT") + comp("VTODO"), []],
    [onJanuary("05"), ["e.ics"]],
    [onJanuary("05", "VTODO"), ["t.ics"]],
    [onJanuary("05", "VJOURNAL"), ["j.ics"]],
    [onJanuary("06", "VJOURNAL"), []],
  ];
  for (const [filter, files] of rows) {
    assertEquals(await found(house, path, query(filter)), [...files], filter);
    const prop = "<C:calendar-data/>";
    assertEquals(await found(house, path, query(filter, { prop })), [...files], filter);
  }
});

const agents: readonly (readonly [agent: string, depth: string | null, finds: boolean])[] = [
  ["davit tests", "1", true],
  ["davit tests", "infinity", true],
  ["davit tests", "0", false],
  ["davit tests", null, false],
  ["MSFT-WP/8.10.14219 (gzip)", "0", true],
  ["MSFT-WIN-3/10.0.14393", "0", true],
  ["Evolution/3.46.4", "0", true],
  ["Evolution/3.46.4", null, true],
  ["Not MSFT-", "0", false],
];

for (const [agent, depth, finds] of agents) {
  Deno.test(`calendar-query: Depth ${depth ?? "unsaid"} from ${agent}`, async () => {
    await using house = await openHouse();
    await put(house, { "a.ics": event({ uid: "a" }) });
    const headers = { "user-agent": agent, ...(depth === null ? {} : { depth }) };
    const response = await house.ask("REPORT", calendar, { body: query(comp("VEVENT")), headers });
    assertEquals((await multistatusOf(response)).hrefs, finds ? [`${calendar}a.ics`] : []);
  });
}

Deno.test("calendar-query: on a home it finds in all calendars, each in its own zone", async () => {
  await using house = await openHouse();
  const timezone = vcalendar(zone("Here"));
  const path = await mixed(house, `<C:calendar-timezone>${timezone}</C:calendar-timezone>`);
  const floating = event({ uid: "a", start: "20260105T000000", end: "20260105T003000" });
  await put(house, { "a.ics": floating });
  await put(house, { "a.ics": floating }, path);
  await put(house, { "t.ics": task({ uid: "t" }) }, `${home}tasks/`);
  assertEquals(await found(house, home, query(comp("VEVENT"))), [
    "calendar/a.ics",
    "mixed/a.ics",
  ]);
  assertEquals(await found(house, home, query(onJanuary("05"))), ["calendar/a.ics"]);
  assertEquals(await found(house, home, query(onJanuary("04"))), ["mixed/a.ics"]);
  assertEquals(await found(house, home, query(comp("VEVENT")), { depth: "0" }), []);
});

Deno.test("calendar-query: on one object, it answers for that", async () => {
  await using house = await openHouse();
  await put(house, { "a.ics": event({ uid: "a" }), "b.ics": event({ uid: "b" }) });
  const path = `${calendar}a.ics`;
  assertEquals(await found(house, path, query(comp("VEVENT")), { depth: "0" }), [""]);
  assertEquals(await found(house, path, query(onJanuary("06")), { depth: "0" }), []);
});

const definition = vcalendar(zone("Here")).replaceAll("\r\n", "\n");

const zones: readonly {
  readonly name: string;
  readonly beside: string;
  readonly gives: readonly ("04" | "05")[];
}[] = [
  { name: "none said: UTC", beside: "", gives: ["05"] },
  {
    name: "CALDAV:timezone",
    beside: `<C:timezone><![CDATA[${definition}]]></C:timezone>`,
    gives: ["04"],
  },
  {
    name: "CALDAV:timezone-id",
    beside: "<C:timezone-id>Europe/Vienna</C:timezone-id>",
    gives: ["04"],
  },
  {
    name: "CALDAV:timezone-id in the west",
    beside: "<C:timezone-id>America/New_York</C:timezone-id>",
    gives: ["05"],
  },
];

for (const { name, beside, gives } of zones) {
  Deno.test(`calendar-query: floating times, ${name}`, async () => {
    await using house = await openHouse();
    const at = { start: "20260105T003000", end: "20260105T004500" };
    await put(house, { "a.ics": event({ uid: "a", ...at }) });
    for (const day of ["04", "05"] as const) {
      const files = gives.includes(day) ? ["a.ics"] : [];
      assertEquals(await found(house, calendar, query(onJanuary(day), { beside })), files);
    }
  });
}

const refused: readonly { name: string; body: string; gives: XmlName | undefined }[] = [
  {
    name: "without a filter",
    body: `<C:calendar-query xmlns:C="urn:ietf:params:xml:ns:caldav"/>`,
    gives: C.validFilter,
  },
  {
    name: "with a filter that is none",
    body: query(comp("VTODO", comp("VEVENT"))),
    gives: C.validFilter,
  },
  {
    name: "with a filter that nobody supports",
    body: query(comp("VTIMEZONE", `<C:time-range start="20260101T000000Z"/>`)),
    gives: C.supportedFilter,
  },
  {
    name: "with an unknown collation",
    body: query(
      comp(
        "VEVENT",
        `<C:prop-filter name="UID"><C:text-match collation="i;nobody">a</C:text-match>` +
          `</C:prop-filter>`,
      ),
    ),
    gives: C.supportedCollation,
  },
  {
    name: "for xCal",
    body: query(comp("VEVENT"), {
      prop: `<C:calendar-data content-type="application/calendar+xml"/>`,
    }),
    gives: C.supportedCalendarData,
  },
  {
    name: "for another version",
    body: query(comp("VEVENT"), { prop: `<C:calendar-data version="3.0"/>` }),
    gives: C.supportedCalendarData,
  },
  {
    name: "with a time zone that is none",
    body: query(comp("VEVENT"), { beside: "<C:timezone>Europe/Vienna</C:timezone>" }),
    gives: C.validCalendarData,
  },
  {
    name: "with a time zone without VERSION",
    body: query(comp("VEVENT"), {
      beside: `<C:timezone>${definition.replace("VERSION:2.0\n", "")}</C:timezone>`,
    }),
    gives: C.validCalendarData,
  },
  {
    name: "with a time zone that nobody knows",
    body: query(comp("VEVENT"), { beside: "<C:timezone-id>Nowhere</C:timezone-id>" }),
    gives: C.validTimezone,
  },
];

for (const { name, body, gives } of refused) {
  Deno.test(`calendar-query: ${name} it is refused`, async () => {
    await using house = await openHouse();
    const response = await ask(house, calendar, body);
    assertEquals([response.status, await preconditionOf(response)], [403, gives]);
  });
}

Deno.test("calendar-query: a time range without ends is 400", async () => {
  await using house = await openHouse();
  const response = await ask(house, calendar, query(comp("VEVENT", "<C:time-range/>")));
  assertEquals([response.status, await preconditionOf(response)], [400, C.validFilter]);
});

Deno.test("calendar-query: others' calendars are not read, and files have no such report", async () => {
  await using house = await openHouse();
  const body = query(comp("VEVENT"));
  const others = await ask(house, "/dav/calendars/bob/calendar/", body);
  assertEquals([others.status, await preconditionOf(others)], [403, D.needPrivileges]);
  const files = await ask(house, "/dav/files/alice/", body);
  assertEquals([files.status, await preconditionOf(files)], [403, D.supportedReport]);
});

const minimal: readonly NonNullable<Ask["headers"]>[] = [
  { prefer: "return=minimal" },
  { prefer: "return-minimal" },
  { brief: "t" },
];

for (const header of minimal) {
  Deno.test(`calendar-query: ${JSON.stringify(header)} leaves out what is not there`, async () => {
    await using house = await openHouse();
    await put(house, { "a.ics": event({ uid: "a" }) });
    const prop = "<D:getetag/><D:bogus/>";
    const response = await ask(house, calendar, query(comp("VEVENT"), { prop }), header);
    assertEquals(response.headers.get("preference-applied"), "return=minimal");
    assertEquals(
      response.headers.get("vary"),
      "Prefer, Brief, Accept, CalDAV-Timezones, User-Agent",
    );
    const { responses } = await multistatusOf(response);
    assertEquals(responses.map(({ propstats }) => propstats), [[200]]);
    const bogus = query(comp("VEVENT"), { prop: "<D:bogus/>" });
    const nothing = await multistatusOf(await ask(house, calendar, bogus, header));
    assertEquals(nothing.responses.map(({ propstats }) => propstats), [[200]]);
  });
}

Deno.test("calendar-query: an object that can't be read hides none of the others", async () => {
  await using house = await openHouse();
  await put(house, { "a.ics": event({ uid: "a" }), "z.ics": event({ uid: "z" }) });
  const place = { kind: "tree", home: "calendar-home", owner: "alice" } as const;
  const { chain } = await house.store.load({
    asker: 0,
    place: { ...place, segments: ["calendar"] },
  });
  const content = { contentType: "text/calendar; charset=utf-8", component: "VEVENT", blobs: [] };
  for (
    const [uid, body] of [["m", "BEGIN:VCALENDAR\r\n"], ["n", new Uint8Array([0xff])]] as const
  ) {
    const object = {
      ...content,
      name: `${uid}.ics`,
      uid,
      body,
      etag: `"${uid}"`,
      participants: [],
    };
    await house.store.commit([], [{
      kind: "put-object",
      collectionId: chain[1]?.id ?? 0,
      replaces: false,
      object: { ...object, sizeBytes: body.length, modified: 0 },
    }]);
  }
  assertEquals(await found(house, calendar, query(onJanuary("05"))), ["a.ics", "z.ics"]);
});

Deno.test("calendar-query: the last instance is in a range that begins with it, if it has no length", async () => {
  await using house = await openHouse();
  const dates = ["RDATE:20260110T090000Z", "RDATE:20260107T090000Z"];
  await put(house, {
    "long.ics": event({ uid: "long", lines: dates }),
    "none.ics": event({ uid: "none", end: null, lines: dates }),
  });
  const at = (start: string) =>
    found(house, calendar, query(comp("VEVENT", range(start, "20260201T000000Z"))));
  assertEquals(await at("20260110T090000Z"), ["long.ics", "none.ics"]);
  assertEquals(await at("20260110T090001Z"), ["long.ics"]);
  assertEquals(await at("20260110T100000Z"), []);
});

Deno.test("calendar-query: series without end are exact in the year 2300", async () => {
  await using house = await openHouse();
  const series = (uid: string, rule: string, start = "20200101T090000") =>
    event({ uid, tzid: "Europe/Vienna", start, end: start, lines: [`RRULE:${rule}`] });
  await put(house, {
    "daily.ics": series("daily", "FREQ=DAILY"),
    "weekly.ics": series("weekly", "FREQ=WEEKLY;BYDAY=SU"),
    "yearly.ics": series("yearly", "FREQ=YEARLY", "20200630T090000"),
    "over.ics": series("over", "FREQ=DAILY;UNTIL=22991231T230000Z"),
  });
  const at = (start: string, end: string) =>
    found(house, calendar, query(comp("VEVENT", range(start, end))));
  assertEquals(await at("23000630T000000Z", "23000701T000000Z"), ["daily.ics", "yearly.ics"]);
  assertEquals(await at("23000701T000000Z", "23000702T000000Z"), ["daily.ics", "weekly.ics"]);
  assertEquals(await at("23000701T070000Z", "23000701T070001Z"), ["daily.ics", "weekly.ics"]);
  assertEquals(await at("23000701T070001Z", "23000702T070000Z"), []);
});

Deno.test("calendar-query: large objects are looked into, too", async () => {
  await using house = await openHouse();
  const lines = [`DESCRIPTION:${"x".repeat(300_000)}needle`];
  await put(house, { "a.ics": event({ uid: "a", lines }), "b.ics": event({ uid: "b" }) });
  const filter = comp(
    "VEVENT",
    `<C:prop-filter name="DESCRIPTION"><C:text-match>needle</C:text-match></C:prop-filter>`,
  );
  const prop = "<C:calendar-data/>";
  const { responses } = await multistatusOf(await ask(house, calendar, query(filter, { prop })));
  assertEquals(responses.map(({ href }) => href), [`${calendar}a.ics`]);
  assert((responses[0]?.text(C.calendarData) ?? "").includes("needle"));
});

Deno.test("calendar-query: more objects than a page has are all found", async () => {
  await using house = await openHouse();
  const names = await fill(house, 1_203);
  assertEquals(await found(house, calendar, query(comp("VEVENT"))), names);
  assertEquals(await found(house, calendar, query(onJanuary("05"))), names);
  assertEquals(await found(house, calendar, query(onJanuary("06"))), []);
});

Deno.test("calendar-query: an answer that is cut says so in the place of the collection", async () => {
  async function* three() {
    for (const page of [["<a/>"], [], ["<b/>", "<c/>"]]) yield await Promise.resolve(page);
  }
  const cut = (limit: number) => Array.fromAsync(atMost(limit, three(), calendar));
  assertEquals((await cut(3)).join(""), "<a/><b/><c/>");
  const [first, second, third, last = "", ...more] = await cut(2);
  assertEquals([first, second, third, more.length], ["<a/>", "", "<b/>", 0]);
  const { responses } = await multistatusOf(
    new Response(`<D:multistatus xmlns:D="DAV:">${last}</D:multistatus>`, { status: 207 }),
  );
  const [{ href, status, error } = { href: "" }] = responses;
  assertEquals([href, status], [calendar, 507]);
  assert(error && childNamed(error, D.numberOfMatchesWithinLimits));
});

Deno.test("calendar-query: calendars, homes and inboxes say that they have it, and collations", async () => {
  await using house = await openHouse();
  const body = `<propfind xmlns="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"><prop>` +
    `<supported-report-set/><C:supported-collation-set/></prop></propfind>`;
  for (const path of [home, calendar, `${home}inbox/`]) {
    const headers = { depth: "0" };
    const { responses } = await multistatusOf(await house.ask("PROPFIND", path, { body, headers }));
    const reports = responses[0]?.prop(D.supportedReportSet);
    const names = childrenNamed(
      reports ?? { name: D.prop, attributes: {}, children: [] },
      D.supportedReport,
    )
      .flatMap((one) => childrenNamed(one, D.report))
      .filter((one) => childNamed(one, C.calendarQuery));
    assertEquals(names.length, 1, path);
    const collations = responses[0]?.prop(C.supportedCollationSet);
    assertEquals(
      collations && childrenNamed(collations, C.supportedCollation).map(textOf),
      ["i;ascii-casemap", "i;octet", "i;unicode-casemap"],
    );
  }
});

const sameName = (name: string) =>
  `<C:prop-filter name="SUMMARY"><C:text-match match-type="equals">${name}</C:text-match></C:prop-filter>`;

const several: readonly (readonly [test: string, gives: readonly string[]])[] = [
  ["anyof", ["a.ics", "b.ics", "t.ics"]],
  ["allof", ["b.ics"]],
];

for (const [test, gives] of several) {
  Deno.test(`calendar-query: several comp-filters for VCALENDAR, test ${test}`, async () => {
    await using house = await openHouse();
    const path = await mixed(house);
    await put(house, {
      "a.ics": event({ uid: "a", summary: "Lunch" }),
      "b.ics": event({ uid: "b", summary: "Dinner" }),
      "c.ics": event({ uid: "c", start: "20260301T090000Z", end: null, summary: "Later" }),
      "t.ics": task({ uid: "t", summary: "Dinner" }),
    }, path);
    const inCalendar = (inside: string) => comp("VCALENDAR", inside);
    const filter = [
      inCalendar(onJanuary("05")),
      `<C:comp-filter name="VCALENDAR" test="anyof">${comp("VEVENT", sameName("Dinner"))}${
        comp("VTODO", sameName("Dinner"))
      }</C:comp-filter>`,
    ].join("");
    const body = query("").replace(
      /<C:filter>.*<\/C:filter>/,
      `<C:filter test="${test}">${filter}</C:filter>`,
    );
    assertEquals(await found(house, path, body), gives);
  });
}
