import { assert, assertEquals, assertMatch } from "@std/assert";
import { C, D } from "../../src/xml/names.ts";
import { childrenNamed } from "../../src/xml/tree.ts";
import { calendar as vcalendar, component, event, task, zone } from "../fixtures/events.ts";
import { type Ask, type House, multistatusOf, openHouse, preconditionOf } from "../harness.ts";

const home = "/dav/calendars/alice/";
const calendar = `${home}calendar/`;
const calendarType = { "content-type": "text/calendar" };

const query = (inside: string): string =>
  `<C:free-busy-query xmlns:C="urn:ietf:params:xml:ns:caldav">${inside}</C:free-busy-query>`;

const range = (start: string, end: string) =>
  query(`<C:time-range start="${start}" end="${end}"/>`);

/** All of 5 January 2026, UTC. */
const fifth = range("20260105T000000Z", "20260106T000000Z");

const ask = (house: House, path: string, body = fifth, more: Ask = {}) =>
  house.ask("REPORT", path, { body, ...more, headers: { depth: "1", ...more.headers } });

/** The FREEBUSY lines of the answer, less their name and the common date: `BUSY:09-10`. */
async function busy(
  house: House,
  path = calendar,
  body = fifth,
  more: Ask = {},
): Promise<string[]> {
  const response = await ask(house, path, body, more);
  assertEquals(response.status, 200, await response.clone().text());
  assertEquals(response.headers.get("content-type"), "text/calendar; charset=utf-8");
  const text = await response.text();
  return [...text.matchAll(/^FREEBUSY;FBTYPE=(.*):(.*)\/(.*)\r$/gm)].map(([, type, start, end]) =>
    `${type}:${short(start)}-${short(end)}`
  );
}

const short = (time = ""): string =>
  time.replace(/^20260105T/, "").replace(/Z$/, "").replace(/00$/, "").replace(/00$/, "");

async function put(house: House, objects: readonly string[], path = calendar) {
  for (const [index, body] of objects.entries()) {
    const name = `${path}${index}.ics`;
    const { status } = await house.ask("PUT", name, { body, headers: calendarType });
    assertEquals(status, 201, body);
  }
}

/** An event on 5 January 2026, `0930-10`, with these lines besides. */
function at(times: string, lines: readonly string[] = []): string {
  const [start, end] = times.split("-").map((time) => `20260105T${time.padEnd(6, "0")}Z`);
  return event({ uid: crypto.randomUUID(), start, end, lines });
}

/** An event as its own lines say. */
const lines = (...own: readonly string[]): string =>
  vcalendar(
    component("VEVENT", [`UID:${crypto.randomUUID()}`, "DTSTAMP:20260101T000000Z", ...own]),
  );

interface Case {
  readonly name: string;
  readonly objects: readonly string[];
  readonly gives: readonly string[];
}

const cases: readonly Case[] = [
  { name: "nothing", objects: [], gives: [] },
  { name: "one event", objects: [at("09-10")], gives: ["BUSY:09-10"] },
  {
    name: "events that overlap, touch and lie in each other are one time",
    objects: [at("09-10"), at("0930-11"), at("11-12"), at("0945-0950"), at("13-14")],
    gives: ["BUSY:09-12", "BUSY:13-14"],
  },
  {
    name: "PY-11: transparent and cancelled ones are left out, tentative ones told apart",
    objects: [
      at("08-09", ["TRANSP:TRANSPARENT"]),
      at("09-10", ["STATUS:CANCELLED"]),
      at("10-12", ["STATUS:TENTATIVE"]),
      at("11-13", ["STATUS:CONFIRMED", "TRANSP:OPAQUE"]),
      at("14-15", ["STATUS:TENTATIVE", "TRANSP:TRANSPARENT"]),
    ],
    gives: ["BUSY:11-13", "BUSY-TENTATIVE:10-12"],
  },
  {
    name: "what reaches over the ends is cut off there",
    objects: [
      event({ uid: "a", start: "20260104T230000Z", end: "20260105T010000Z" }),
      event({ uid: "b", start: "20260105T230000Z", end: "20260107T010000Z" }),
    ],
    gives: ["BUSY:00-01", "BUSY:23-20260106T00"],
  },
  {
    name: "what touches the ends from outside is not told",
    objects: [
      event({ uid: "a", start: "20260104T230000Z", end: "20260105T000000Z" }),
      event({ uid: "b", start: "20260106T000000Z", end: "20260106T010000Z" }),
    ],
    gives: [],
  },
  {
    name: "an event without length takes no time",
    objects: [event({ uid: "a", end: null }), lines("DTSTART:20260105T100000Z", "DURATION:PT0S")],
    gives: [],
  },
  {
    name: "DURATION",
    objects: [lines("DTSTART:20260105T100000Z", "DURATION:PT90M")],
    gives: ["BUSY:10-1130"],
  },
  {
    name: "an all-day event",
    objects: [event({ uid: "a", start: "20260105", end: null })],
    gives: ["BUSY:00-20260106T00"],
  },
  {
    name:
      "instances of a series that began long before, but for one that is moved and one that is out",
    objects: [
      event({
        uid: "a",
        start: "20200101T080000Z",
        end: "20200101T090000Z",
        lines: ["RRULE:FREQ=HOURLY;INTERVAL=4", "EXDATE:20260105T120000Z"],
        overrides: [[
          "RECURRENCE-ID:20260105T160000Z",
          "DTSTART:20260105T170000Z",
          "DTEND:20260105T190000Z",
          "STATUS:TENTATIVE",
        ]],
      }),
    ],
    gives: ["BUSY:00-01", "BUSY:04-05", "BUSY:08-09", "BUSY:20-21", "BUSY-TENTATIVE:17-19"],
  },
  {
    name: "an instance that takes no time in a series that does",
    objects: [
      event({
        uid: "a",
        start: "20260101T080000Z",
        end: "20260101T090000Z",
        lines: ["RRULE:FREQ=HOURLY;INTERVAL=12"],
        overrides: [[
          "RECURRENCE-ID:20260105T080000Z",
          "DTSTART:20260105T080000Z",
          "DTEND:20260105T090000Z",
          "TRANSP:TRANSPARENT",
        ]],
      }),
    ],
    gives: ["BUSY:20-21"],
  },
  {
    name: "every second",
    objects: [event({
      uid: "a",
      start: "20260101T000000Z",
      end: "20260101T000001Z",
      lines: [
        "RRULE:FREQ=SECONDLY",
      ],
    })],
    gives: ["BUSY:00-20260106T00"],
  },
  {
    name: "a zone of the object's own",
    objects: [
      event({
        uid: "a",
        tzid: "Here",
        start: "20260105T090000",
        end: "20260105T100000",
        zones: [zone("Here")],
      }),
    ],
    gives: ["BUSY:08-09"],
  },
];

for (const { name, objects, gives } of cases) {
  Deno.test(`free-busy-query: ${name}`, async () => {
    await using house = await openHouse();
    await put(house, objects);
    assertEquals(await busy(house), gives);
  });
}

Deno.test("free-busy-query: a daily series without end is known in the year 2300", async () => {
  await using house = await openHouse();
  await put(house, [
    event({
      uid: "a",
      tzid: "Europe/Vienna",
      start: "20200101T090000",
      end: "20200101T100000",
      lines: ["RRULE:FREQ=DAILY"],
    }),
  ]);
  const days = range("23000630T000000Z", "23000702T000000Z");
  assertEquals(await busy(house, calendar, days), [
    "BUSY:23000630T07-23000630T08",
    "BUSY:23000701T07-23000701T08",
  ]);
});

Deno.test("free-busy-query: the answer is one VFREEBUSY for the range, in short lines", async () => {
  await using house = await openHouse({ clock: () => Date.UTC(2026, 0, 2, 3, 4, 5) });
  await put(house, [at("09-10", ["STATUS:TENTATIVE"])]);
  const response = await ask(house, calendar);
  assertEquals(response.headers.get("cache-control"), "private, no-transform");
  const text = await response.text();
  const [, uid = ""] = /^UID:(.+)\r$/m.exec(text) ?? [];
  assertEquals(text.split("\r\n"), [
    "BEGIN:VCALENDAR",
    "VERSION:2.0",
    "PRODID:-//davit//davit//EN",
    "BEGIN:VFREEBUSY",
    `UID:${uid}`,
    "DTSTAMP:20260102T030405Z",
    "DTSTART:20260105T000000Z",
    "DTEND:20260106T000000Z",
    "FREEBUSY;FBTYPE=BUSY-TENTATIVE:20260105T090000Z/20260105T100000Z",
    "END:VFREEBUSY",
    "END:VCALENDAR",
    "",
  ]);
  assertMatch(uid, /^free-busy-\d+$/);
});

/** A calendar beside the one of a new account. */
async function make(house: House, name: string, properties = ""): Promise<string> {
  const body = `<C:mkcalendar xmlns:C="urn:ietf:params:xml:ns:caldav" xmlns:D="DAV:"><D:set>` +
    `<D:prop>${properties}</D:prop></D:set></C:mkcalendar>`;
  assertEquals((await house.ask("MKCALENDAR", `${home}${name}/`, { body })).status, 201);
  return `${home}${name}/`;
}

const timezone = (zoneText: string) =>
  `<C:calendar-timezone>${vcalendar(zoneText)}</C:calendar-timezone>`;

Deno.test("free-busy-query: a home and a principal tell of all calendars that count (EV-14)", async () => {
  await using house = await openHouse();
  const transparent = `<C:schedule-calendar-transp><C:transparent/></C:schedule-calendar-transp>`;
  const hobby = await make(house, "hobby", transparent);
  const work = await make(house, "work");
  await put(house, [at("09-10")]);
  await put(house, [at("10-11"), at("20-21")], work);
  await put(house, [at("15-16")], hobby);
  const all = ["BUSY:09-11", "BUSY:20-21"];
  const principal = "/dav/principals/users/alice/";
  for (const path of [home, principal]) {
    for (const depth of ["1", "infinity"]) {
      assertEquals(await busy(house, path, fifth, { headers: { depth } }), all);
    }
  }
  assertEquals(await busy(house, home, fifth, { headers: { depth: "0" } }), []);
  assertEquals(await busy(house, principal, fifth, { headers: { depth: "0" } }), all);
  assertEquals(await busy(house, hobby), []);
});

Deno.test("free-busy-query: a calendar tells of its objects whatever the Depth", async () => {
  await using house = await openHouse();
  await put(house, [at("09-10")]);
  for (const depth of ["0", "1", "infinity"]) {
    assertEquals(await busy(house, calendar, fifth, { headers: { depth } }), ["BUSY:09-10"]);
  }
  const without = await house.ask("REPORT", calendar, { body: fifth });
  assertMatch(await without.text(), /FREEBUSY;FBTYPE=BUSY:20260105T090000Z/);
});

Deno.test("free-busy-query: floating times and dates are those of each calendar's own zone", async () => {
  await using house = await openHouse();
  const there = await make(house, "there", timezone(zone("There")));
  const objects = [
    event({ uid: "a", start: "20260105T120000", end: "20260105T130000" }),
    event({ uid: "b", start: "20260105", end: null, lines: ["STATUS:TENTATIVE"] }),
  ];
  await put(house, objects);
  await put(house, objects, there);
  const day = "BUSY-TENTATIVE:00-20260106T00";
  assertEquals(await busy(house), ["BUSY:12-13", day]);
  assertEquals(await busy(house, there), ["BUSY:11-12", "BUSY-TENTATIVE:00-23"]);
  assertEquals(await busy(house, home), ["BUSY:11-13", day]);
});

Deno.test("free-busy-query: periods of a VFREEBUSY count by their type", async () => {
  await using house = await openHouse();
  const { chain } = await house.store.load({
    asker: 0,
    place: { kind: "tree", home: "calendar-home", owner: "alice", segments: [] },
  });
  const collection = {
    id: house.services.random.id(),
    parentId: chain[0]?.id,
    ownerId: chain[0]?.ownerId ?? 0,
    kind: "calendar",
    name: "any",
    transparent: false,
    created: 0,
  } as const;
  await house.store.commit([], [{ kind: "make-collection", collection }]);
  const body = vcalendar(component("VFREEBUSY", [
    "UID:a",
    "DTSTAMP:20260101T000000Z",
    "DTSTART:20260101T000000Z",
    "DTEND:20260201T000000Z",
    "FREEBUSY:20260105T080000Z/PT1H,20260105T100000Z/20260105T110000Z",
    "FREEBUSY;FBTYPE=FREE:20260105T120000Z/PT1H",
    "FREEBUSY;FBTYPE=BUSY-UNAVAILABLE:20260105T130000Z/PT1H",
    "FREEBUSY;FBTYPE=BUSY-TENTATIVE:20260105T150000Z/PT1H",
    "FREEBUSY;FBTYPE=X-OWN:20260105T170000Z/PT1H",
  ]));
  await put(house, [body, at("09-10")], `${home}any/`);
  assertEquals(await busy(house, `${home}any/`), [
    "BUSY:08-11",
    "BUSY:17-18",
    "BUSY-TENTATIVE:15-16",
    "BUSY-UNAVAILABLE:13-14",
  ]);
});

Deno.test("AR-15: VTODO does not count as busy time", async () => {
  await using house = await openHouse();
  const path = await make(house, "mixed");
  const due = { uid: "a", start: "20260105T090000Z", end: "20260105T100000Z" };
  await put(house, [task(due)], path);
  assertEquals(await busy(house, path), []);
});

Deno.test("free-busy-query: whoever has an account may ask, and sees nothing else", async () => {
  await using house = await openHouse();
  await put(house, [at("09-10", ["LOCATION:Secret"])]);
  const asBob = { as: "bob" };
  const own = ["BUSY:09-10"];
  assertEquals(await busy(house, calendar, fifth, asBob), own);
  assertEquals(await busy(house, home, fifth, asBob), own);
  const response = await ask(house, calendar, fifth, asBob);
  assert(!(await response.text()).includes("Secret"));
  const gone = await ask(house, `${home}none/`, fifth, asBob);
  assertEquals(gone.status, 404);
  const nobody = await ask(house, "/dav/calendars/nobody/", fifth, asBob);
  assertEquals(nobody.status, 404);
  assertEquals((await ask(house, calendar, fifth, { as: null })).status, 401);
});

const refused: readonly {
  readonly name: string;
  readonly path?: string;
  readonly body?: string;
  readonly status: number;
  readonly precondition?: string;
}[] = [
  { name: "on an inbox", path: `${home}inbox/`, status: 403, precondition: D.supportedReport },
  { name: "without a range", body: query(""), status: 400, precondition: C.validFilter },
  {
    name: "with two ranges",
    body: query(`<C:time-range start="20260105T000000Z"/>`.repeat(2)),
    status: 403,
    precondition: C.validFilter,
  },
  {
    name: "with an empty range",
    body: query(`<C:time-range/>`),
    status: 400,
    precondition: C.validFilter,
  },
  {
    name: "with a range that ends before its start",
    body: range("20260106T000000Z", "20260105T000000Z"),
    status: 403,
    precondition: C.validFilter,
  },
  {
    name: "with a local time",
    body: range("20260105T000000", "20260106T000000Z"),
    status: 403,
    precondition: C.validFilter,
  },
];

for (const { name, path = calendar, body, status, precondition } of refused) {
  Deno.test(`free-busy-query: refused ${name}`, async () => {
    await using house = await openHouse();
    await put(house, [at("09-10")]);
    const response = await ask(house, path, body);
    assertEquals([response.status, await preconditionOf(response)], [status, precondition]);
  });
}

Deno.test("free-busy-query: an open range goes to the end of all times", async () => {
  await using house = await openHouse();
  await put(house, [at("09-10")]);
  const from = query(`<C:time-range start="20260105T000000Z"/>`);
  assertEquals(await busy(house, calendar, from), ["BUSY:09-10"]);
  assertMatch(await (await ask(house, calendar, from)).text(), /^DTEND:99991231T235959Z\r$/m);
  const upto = query(`<C:time-range end="20260106T000000Z"/>`);
  assertEquals(await busy(house, calendar, upto), ["BUSY:09-10"]);
  assertMatch(await (await ask(house, calendar, upto)).text(), /^DTSTART:00000101T000000Z\r$/m);
});

Deno.test("free-busy-query: calendars, their objects, homes and principals say that they have it", async () => {
  await using house = await openHouse();
  const body = `<propfind xmlns="DAV:"><prop><supported-report-set/></prop></propfind>`;
  const has = async (path: string) => {
    const found = await multistatusOf(
      await house.ask("PROPFIND", path, { body, headers: { depth: "0" } }),
    );
    const set = found.responses[0]?.prop(D.supportedReportSet);
    return childrenNamed(set ?? { name: D.prop, attributes: {}, children: [] }, D.supportedReport)
      .some((one) => JSON.stringify(one).includes("free-busy-query"));
  };
  await put(house, [at("09-10")]);
  for (const path of [calendar, `${calendar}0.ics`, home, "/dav/principals/users/alice/"]) {
    assert(await has(path), path);
  }
  for (const path of [`${home}inbox/`, "/dav/"]) assert(!await has(path), path);
});
