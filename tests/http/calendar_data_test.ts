import { assert, assertEquals } from "@std/assert";
import { C, D } from "../../src/xml/names.ts";
import { calendar as vcalendar, component, event, zone } from "../fixtures/events.ts";
import { appendixB } from "../fixtures/rfc4791_appendix_b.ts";
import { type House, multistatusOf, openHouse, preconditionOf } from "../harness.ts";

const path = "/dav/calendars/alice/calendar/";
const namespaces = `xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"`;

async function put(house: House, objects: Readonly<Record<string, string>>) {
  for (const [name, body] of Object.entries(objects)) {
    const headers = { "content-type": "text/calendar" };
    assert((await house.ask("PUT", path + name, { body, headers })).ok, name);
  }
}

/** The three reports that tell of objects with this inside DAV:prop. */
const reports: Readonly<Record<string, (prop: string, name: string) => string>> = {
  "calendar-query": (prop) =>
    `<C:calendar-query ${namespaces}><D:prop>${prop}</D:prop><C:filter>` +
    `<C:comp-filter name="VCALENDAR"/></C:filter></C:calendar-query>`,
  "calendar-multiget": (prop, name) =>
    `<C:calendar-multiget ${namespaces}><D:prop>${prop}</D:prop>` +
    `<D:href>${path}${name}</D:href></C:calendar-multiget>`,
  "sync-collection": (prop) =>
    `<D:sync-collection ${namespaces}><D:sync-token/><D:sync-level>1</D:sync-level>` +
    `<D:prop>${prop}</D:prop></D:sync-collection>`,
};

const ask = (house: House, body: string) =>
  house.ask("REPORT", path, { body, headers: { depth: "1" } });

/** What RFC 4791 §7.8.1 asks for. */
const rfcAsks = `<D:getetag/><C:calendar-data><C:comp name="VCALENDAR"><C:prop name="VERSION"/>` +
  `<C:comp name="VEVENT">` +
  ["SUMMARY", "UID", "DTSTART", "DTEND", "DURATION", "RRULE", "RDATE", "EXRULE", "EXDATE"]
    .map((name) => `<C:prop name="${name}"/>`).join("") +
  `<C:prop name="RECURRENCE-ID"/></C:comp><C:comp name="VTIMEZONE"/></C:comp></C:calendar-data>`;

/** And what it is answered. */
const rfcTells = (object: string) =>
  object.replace(/^(PRODID|DTSTAMP|ATTENDEE|ORGANIZER|SEQUENCE|STATUS|X-ABC-GUID).*\r\n/gm, "")
    .replace(/(?<=VEVENT[^]*)^LAST-MODIFIED.*\r\n/gm, "");

for (const [report, bodyOf] of Object.entries(reports)) {
  Deno.test(`partial calendar-data in ${report}: the example of RFC 4791 §7.8.1`, async () => {
    await using house = await openHouse();
    for (const name of ["abcd2.ics", "abcd3.ics"]) {
      await put(house, { [name]: appendixB[name] ?? "" });
      const found = await multistatusOf(await ask(house, bodyOf(rfcAsks, name)));
      const one = found.at(path + name);
      assertEquals(one?.propstats, [200]);
      assertEquals(one?.text(C.calendarData), rfcTells(appendixB[name] ?? "").trim());
      assert(one?.text(D.getetag));
    }
  });

  Deno.test(`calendar-data in ${report}: another form than is supported`, async () => {
    await using house = await openHouse();
    await put(house, { "a.ics": event({ uid: "a" }) });
    const forms: readonly (readonly [attributes: string, status: number])[] = [
      [``, 207],
      [`content-type="text/calendar"`, 207],
      [`content-type="text/calendar" version="2.0"`, 207],
      [`content-type="TEXT/Calendar"`, 207],
      [`content-type="text/calendar" version="1.0"`, 403],
      [`content-type="application/calendar+xml" version="2.0"`, 403],
      [`content-type="text/x-vcalendar"`, 403],
    ];
    for (const [attributes, status] of forms) {
      const response = await ask(house, bodyOf(`<C:calendar-data ${attributes}/>`, "a.ics"));
      assertEquals(response.status, status, attributes);
      const refused = status === 403 ? C.supportedCalendarData : undefined;
      assertEquals(refused && await preconditionOf(response), refused);
      if (!refused) await response.body?.cancel();
    }
  });
}

Deno.test("calendar-data of one object that can't be told does not stop the others", async () => {
  await using house = await openHouse();
  await put(house, { "a.ics": event({ uid: "a" }), "b.ics": event({ uid: "b" }) });
  const children = await house.store.children(await homeOf(house), 0);
  const id = children.find(({ name }) => name === "calendar")?.id ?? 0;
  await house.store.commit([], [{
    kind: "put-object",
    collectionId: id,
    replaces: false,
    object: {
      name: "broken.ics",
      etag: `"broken"`,
      contentType: "text/calendar; charset=utf-8",
      sizeBytes: 4,
      uid: "broken",
      component: "VEVENT",
      participants: [],
      body: Uint8Array.of(0x42, 0xff, 0xfe, 0x45),
      blobs: [],
      modified: 0,
    },
  }]);
  for (const [report, bodyOf] of Object.entries(reports)) {
    if (report === "calendar-multiget") continue;
    const found = await multistatusOf(
      await ask(house, bodyOf("<D:getetag/><C:calendar-data/>", "a.ics")),
    );
    const told = ["a.ics", "b.ics"].map((name) => found.at(path + name)?.propstats);
    assertEquals(told, [[200], [200]], report);
  }
  const sync = reports["sync-collection"]?.("<D:getetag/><C:calendar-data/>", "") ?? "";
  const broken = (await multistatusOf(await ask(house, sync))).at(`${path}broken.ics`);
  assertEquals([broken?.statusOf(D.getetag), broken?.statusOf(C.calendarData)], [200, 403]);
});

async function homeOf(house: House): Promise<number> {
  const entry = await house.store.principalNamed("alice");
  const asker = entry?.principal.id ?? 0;
  const place = { kind: "tree", home: "calendar-home", owner: "alice", segments: [] } as const;
  const { chain: [home] } = await house.store.load({ asker, place });
  return home?.id ?? 0;
}

Deno.test("partial calendar-data: novalue, allprop and allcomp", async () => {
  await using house = await openHouse();
  const body = vcalendar(component("VEVENT", [
    "UID:a",
    "DTSTART:20260105T090000Z",
    "ATTENDEE;PARTSTAT=ACCEPTED:mailto:a@example.test",
    "BEGIN:VALARM",
    "ACTION:DISPLAY",
    "TRIGGER:-PT5M",
    "END:VALARM",
  ]));
  await put(house, { "a.ics": body });
  const asked = (inside: string) =>
    `<C:calendar-data><C:comp name="vcalendar"><C:comp name="VEvent">${inside}</C:comp></C:comp>` +
    `</C:calendar-data>`;
  const within = (...lines: readonly string[]) =>
    ["BEGIN:VCALENDAR", "BEGIN:VEVENT", ...lines, "END:VEVENT", "END:VCALENDAR"].join("\r\n");
  const alarm = ["BEGIN:VALARM", "ACTION:DISPLAY", "TRIGGER:-PT5M", "END:VALARM"];
  const rows: readonly (readonly [inside: string, tells: string])[] = [
    [`<C:prop name="attendee" novalue="yes"/>`, within("ATTENDEE;PARTSTAT=ACCEPTED:")],
    [`<C:prop name="UID" novalue="no"/><C:allcomp/>`, within("UID:a", ...alarm)],
    [
      `<C:allprop/>`,
      within(
        "UID:a",
        "DTSTART:20260105T090000Z",
        "ATTENDEE;PARTSTAT=ACCEPTED:mailto:a@example.test",
      ),
    ],
    [
      `<C:prop name="UID"/><C:comp name="VALARM"><C:prop name="ACTION"/></C:comp>`,
      within("UID:a", "BEGIN:VALARM", "ACTION:DISPLAY", "END:VALARM"),
    ],
  ];
  for (const [inside, tells] of rows) {
    const multiget = reports["calendar-multiget"]?.(asked(inside), "a.ics") ?? "";
    const found = await multistatusOf(await ask(house, multiget));
    assertEquals(found.responses[0]?.text(C.calendarData), tells, inside);
  }
});

const instances = (text = ""): string[] =>
  [...text.matchAll(/^DTSTART.*$/gm)].map(([line]) => line);

for (const [report, bodyOf] of Object.entries(reports)) {
  Deno.test(`expand in ${report}: instances, cut and as jCal, in the calendar's zone`, async () => {
    await using house = await openHouse();
    await put(house, {
      "a.ics": event({
        uid: "a",
        start: "20260105T090000",
        end: "20260105T100000",
        lines: ["RRULE:FREQ=DAILY"],
      }),
    });
    const body = `<D:propertyupdate ${namespaces}><D:set><D:prop><C:calendar-timezone-id>` +
      `America/New_York</C:calendar-timezone-id><C:calendar-timezone>${
        vcalendar(zone("Europe/Vienna"))
      }</C:calendar-timezone></D:prop></D:set></D:propertyupdate>`;
    assertEquals((await house.ask("PROPPATCH", path, { body })).status, 207);
    const range = `start="20260110T000000Z" end="20260112T000000Z"`;
    const ofSummary = `<C:comp name="VCALENDAR"><C:comp name="VEVENT"><C:prop name="DTSTART"/>` +
      `</C:comp></C:comp>`;
    const asked = async (attributes: string, inside: string) => {
      const data = `<C:calendar-data ${attributes}>${inside}</C:calendar-data>`;
      const found = await multistatusOf(await ask(house, bodyOf(data, "a.ics")));
      return found.at(`${path}a.ics`)?.text(C.calendarData);
    };
    const starts = ["DTSTART:20260110T080000Z", "DTSTART:20260111T080000Z"];
    assertEquals(instances(await asked("", `<C:expand ${range}/>`)), starts);
    assertEquals(
      await asked("", `${ofSummary}<C:expand ${range}/>`),
      vcalendar(...starts.map((start) => component("VEVENT", [start])))
        .replace(/^(VERSION|PRODID).*\r\n/gm, "").trim(),
    );
    const jcal = await asked(`content-type="application/calendar+json"`, `<C:expand ${range}/>`);
    assertEquals(JSON.parse(jcal ?? "")[2].length, 2);
    const limited = await asked("", `<C:limit-recurrence-set ${range}/>`);
    assertEquals(instances(limited), ["DTSTART:20260105T090000"]);
  });
}

Deno.test("expand: floating times are in the zone of the report, where it names one", async () => {
  await using house = await openHouse();
  await put(house, {
    "a.ics": event({ uid: "a", start: "20260105T090000", end: "20260105T100000" }),
  });
  const body = reports["calendar-query"]?.(
    `<C:calendar-data><C:expand start="20260101T000000Z" end="20260201T000000Z"/></C:calendar-data>`,
    "",
  ).replace("</C:filter>", "</C:filter><C:timezone-id>America/New_York</C:timezone-id>") ?? "";
  const found = await multistatusOf(await ask(house, body));
  assertEquals(instances(found.responses[0]?.text(C.calendarData)), ["DTSTART:20260105T140000Z"]);
});

Deno.test("expand: too many instances of one object do not stop the others", async () => {
  await using house = await openHouse();
  await put(house, {
    "a.ics": event({ uid: "a", lines: ["RRULE:FREQ=SECONDLY"] }),
    "b.ics": event({ uid: "b", lines: ["RRULE:FREQ=YEARLY;COUNT=3"] }),
  });
  const data = `<D:getetag/><C:calendar-data><C:expand start="00000101T000000Z" ` +
    `end="99991231T235959Z"/></C:calendar-data>`;
  for (const report of ["calendar-query", "sync-collection"]) {
    const body = reports[report]?.(data, "") ?? "";
    const response = await ask(house, body);
    const text = await response.clone().text();
    const found = await multistatusOf(response);
    const [a, b] = ["a.ics", "b.ics"].map((name) => found.at(path + name));
    assertEquals([a?.statusOf(D.getetag), a?.statusOf(C.calendarData)], [200, 403]);
    assert(text.includes("<D:error><C:max-instances/></D:error>"));
    assertEquals(instances(b?.text(C.calendarData)).length, 3);
  }
});

const noRanges = [
  `<C:expand/>`,
  `<C:expand start="20260101T000000Z"/>`,
  `<C:expand start="20260101T000000" end="20260201T000000"/>`,
  `<C:expand start="20260101" end="20260201"/>`,
  `<C:expand start="20260201T000000Z" end="20260101T000000Z"/>`,
  `<C:limit-recurrence-set end="20260101T000000Z"/>`,
  `<C:limit-freebusy-set start="20260101T000000Z" end="20260101T000000Z"/>`,
  `<C:expand start="20260101T000000Z" end="20260201T000000Z"/>` +
  `<C:limit-recurrence-set start="20260101T000000Z" end="20260201T000000Z"/>`,
];

for (const inside of noRanges) {
  Deno.test(`calendar-data with ${inside} is 400 in each report`, async () => {
    await using house = await openHouse();
    for (const bodyOf of Object.values(reports)) {
      const response = await ask(
        house,
        bodyOf(`<C:calendar-data>${inside}</C:calendar-data>`, "a.ics"),
      );
      await response.body?.cancel();
      assertEquals(response.status, 400);
    }
  });
}
