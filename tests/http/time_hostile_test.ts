import { assert, assertEquals } from "@std/assert";
import { readCalendarObject } from "../../src/ical/read.ts";
import { limits } from "../../src/limits.ts";
import type { Change } from "../../src/change.ts";
import { D } from "../../src/xml/names.ts";
import { calendar as vcalendar, component, event } from "../fixtures/events.ts";
import { assertCpuBelow } from "../processor.ts";
import { type House, multistatusOf, openHouse, preconditionOf } from "../harness.ts";

// Ranges and rules that make a server work for ever, or answer without end.

const calendar = "/dav/calendars/alice/calendar/";
const caldav = `xmlns:C="urn:ietf:params:xml:ns:caldav" xmlns:D="DAV:"`;

const always = `<C:time-range start="00000101T000000Z" end="99991231T235959Z"/>`;
const month = `<C:time-range start="20260101T000000Z" end="20260201T000000Z"/>`;

const query = (range: string, inside = "") =>
  `<C:calendar-query ${caldav}><D:prop><D:getetag/></D:prop><C:filter>` +
  `<C:comp-filter name="VCALENDAR"><C:comp-filter name="VEVENT">${range}${inside}</C:comp-filter>` +
  `</C:comp-filter></C:filter></C:calendar-query>`;

const freeBusy = (range: string) => `<C:free-busy-query ${caldav}>${range}</C:free-busy-query>`;

const ask = (house: House, body: string) =>
  house.ask("REPORT", calendar, { body, headers: { depth: "1" } });

async function put(house: House, name: string, body: string) {
  const headers = { "content-type": "text/calendar" };
  assertEquals((await house.ask("PUT", calendar + name, { body, headers })).status, 201, body);
}

const series = (uid: string, rule: string, lines: readonly string[] = []): string =>
  event({ uid, lines: [`RRULE:${rule}`, ...lines] });

/** Many objects in one commit, as they would be after as many PUTs. */
async function fill(house: House, count: number, body: (uid: string) => string) {
  const place = {
    kind: "tree",
    home: "calendar-home",
    owner: "alice",
    segments: ["calendar"],
  } as const;
  const collectionId = (await house.store.load({ asker: 0, place })).chain[1]?.id ?? 0;
  const { timeIndex } = readCalendarObject(body("0"));
  const changes = Array.from({ length: count }, (_, index): Change => {
    const uid = String(index);
    const text = body(uid);
    return {
      kind: "put-object",
      collectionId,
      replaces: false,
      object: {
        name: `${uid}.ics`,
        etag: `"${uid}"`,
        contentType: "text/calendar",
        sizeBytes: text.length,
        uid,
        component: "VEVENT",
        participants: [],
        body: text,
        blobs: [],
        timeIndex,
        modified: 0,
      },
    };
  });
  await house.store.commit([], changes);
}

/** How many others are answered, one after the other, while a report is. */
async function othersMeanwhile(house: House, report: Promise<Response>): Promise<number> {
  let isDone = false;
  const done = report.then((response) => response.text()).finally(() => isDone = true);
  let others = 0;
  while (!isDone) {
    const response = await house.ask("OPTIONS", calendar);
    await response.body?.cancel();
    others++;
    await new Promise((resolve) => setTimeout(resolve));
  }
  await done;
  return others;
}

const rules: Readonly<Record<string, string>> = {
  "every second, without end": "FREQ=SECONDLY",
  "every second of March": "FREQ=SECONDLY;BYMONTH=3",
  "999,999,999 days": "FREQ=DAILY;COUNT=999999999",
  "999,999,999 last seconds": "FREQ=MONTHLY;BYSECOND=59;BYSETPOS=-1;COUNT=999999999",
  "30 February": "FREQ=DAILY;BYMONTHDAY=30;BYMONTH=2",
  "30 February, looked for by the second": "FREQ=SECONDLY;BYMONTHDAY=30;BYMONTH=2",
  "week 53 that is in no January": "FREQ=YEARLY;BYWEEKNO=53;BYMONTH=6",
  "the 367th day": "FREQ=YEARLY;INTERVAL=4;BYYEARDAY=366;BYMONTH=1",
};

for (const [name, rule] of Object.entries(rules)) {
  Deno.test(`hostile rule: ${name}: queries and free/busy answer, and of the others, too`, async () => {
    await using house = await openHouse();
    await put(house, "hostile.ics", series("hostile", rule));
    await put(house, "other.ics", event({ uid: "other", lines: ["STATUS:TENTATIVE"] }));
    for (const range of [month, always]) {
      const { hrefs } = await multistatusOf(await ask(house, query(range)));
      assert(hrefs.includes(`${calendar}other.ics`));
      assert(hrefs.includes(`${calendar}hostile.ics`), "DTSTART is always an instance");
    }
    const response = await ask(house, freeBusy(month));
    assertEquals(response.status, 200);
    const text = await response.text();
    assert(text.includes("FREEBUSY;FBTYPE=BUSY-TENTATIVE:20260105T090000Z/20260105T100000Z"));
    assert(/FREEBUSY;FBTYPE=BUSY:2026010[15]T0/.test(text), text);
  });
}

/** Rules with COUNT that end far behind their start, and two days near their end. */
const ending = [
  ["FREQ=MINUTELY;BYHOUR=9;BYMINUTE=0;COUNT=3000", "20310101", "20310103", "20600101"],
  ["FREQ=HOURLY;BYHOUR=9;COUNT=10000", "20530520", "20530522", "20600101"],
  [
    "FREQ=DAILY;BYMONTH=1,2,3,4,5,6,7,8,9,10,11,12;COUNT=900000",
    "44900101",
    "44900103",
    "44910101",
  ],
] as const;

for (const [rule, start, end, later] of ending) {
  Deno.test(`hostile rule: ${rule} is exact near its end, and nothing is behind it`, async () => {
    await using house = await openHouse();
    const hour = { start: "20260105T090000Z", end: "20260105T090100Z" };
    const lines = [`RRULE:${rule}`];
    await put(house, "indexed.ics", event({ uid: "indexed", ...hour, lines }));
    const overrides = [["RECURRENCE-ID:20260106T090000Z", "DTSTART:20260106T100000Z"]];
    const exrule = "EXRULE:FREQ=YEARLY;BYMONTH=7;BYMONTHDAY=4";
    const read = { uid: "read", ...hour, lines: [...lines, exrule], overrides };
    await put(house, "read.ics", event(read));
    const near = `<C:time-range start="${start}T000000Z" end="${end}T000000Z"/>`;
    const busy = await (await ask(house, freeBusy(near))).text();
    const days = [start, String(Number(start) + 1)];
    assertEquals(
      busy.match(/^FREEBUSY.*(?=\r$)/gm),
      days.map((day) => `FREEBUSY;FBTYPE=BUSY:${day}T090000Z/${day}T090100Z`),
    );
    assertEquals((await multistatusOf(await ask(house, query(near)))).hrefs.length, 2);
    const behind = `<C:time-range start="${later}T000000Z" end="99991231T000000Z"/>`;
    assertEquals((await multistatusOf(await ask(house, query(behind)))).hrefs, []);
    const free = await ask(house, freeBusy(behind));
    assertEquals([free.status, (await free.text()).includes("FREEBUSY;")], [200, false]);
  });
}

Deno.test("hostile range: free/busy that takes too long to tell is refused, and not made up", async () => {
  await using house = await openHouse();
  const seconds = { start: "20240101T000000Z", end: "20240101T000001Z" };
  const lines = ["RRULE:FREQ=SECONDLY;BYHOUR=3"];
  await put(house, "a.ics", event({ uid: "a", ...seconds, lines }));
  const response = await ask(
    house,
    freeBusy(`<C:time-range start="20240101T000000Z" end="99991231T000000Z"/>`),
  );
  assertEquals(response.status, 507);
  assertEquals(await preconditionOf(response), D.numberOfMatchesWithinLimits);
});

Deno.test("hostile calendar: free/busy of long events that overlap looks at few of them", async () => {
  await using house = await openHouse();
  for (let index = 0; index < 6; index++) {
    const lines = [
      "DURATION:P10000D",
      `RRULE:FREQ=MINUTELY;BYSECOND=${index},1${index};BYHOUR=1,2,3`,
    ];
    const start = `20240101T00000${index}Z`;
    await put(house, `${index}.ics`, event({ uid: String(index), start, end: null, lines }));
  }
  await assertCpuBelow(2_000, async () => {
    const decade = `<C:time-range start="23000101T000000Z" end="23100101T000000Z"/>`;
    const text = await (await ask(house, freeBusy(decade))).text();
    assertEquals(text.match(/^FREEBUSY.*(?=\r$)/gm), [
      "FREEBUSY;FBTYPE=BUSY:23000101T000000Z/23100101T000000Z",
    ]);
  });
});

Deno.test("hostile range: free/busy of more periods than an answer has is refused", async () => {
  await using house = await openHouse();
  await put(house, "daily.ics", series("daily", "FREQ=DAILY"));
  for (const range of [always, `<C:time-range start="20260101T000000Z"/>`]) {
    const response = await ask(house, freeBusy(range));
    assertEquals(response.status, 507);
    assertEquals(await preconditionOf(response), D.numberOfMatchesWithinLimits);
  }
  const decades = `<C:time-range start="20260101T000000Z" end="20760101T000000Z"/>`;
  const text = await (await ask(house, freeBusy(decades))).text();
  assertEquals(text.split("FREEBUSY;").length - 1, 50 * 365 + 12 - 4);
});

Deno.test("hostile range: a yearly series of all years is told as a whole", async () => {
  await using house = await openHouse();
  const start = "00000305T090000Z";
  await put(house, "a.ics", event({ uid: "a", start, end: null, lines: ["RRULE:FREQ=YEARLY"] }));
  await put(
    house,
    "b.ics",
    event({ uid: "b", start: "00000305", end: null, lines: ["RRULE:FREQ=YEARLY"] }),
  );
  const { hrefs } = await multistatusOf(await ask(house, query(always)));
  assertEquals(hrefs.length, 2);
  const text = await (await ask(house, freeBusy(always))).text();
  assertEquals(text.split("FREEBUSY;").length - 1, 10_000);
});

Deno.test("hostile series: 10,000 EXDATEs and thousands of overrides are exact", async () => {
  await using house = await openHouse();
  const stamp = (day: number) =>
    new Date(Date.UTC(2026, 0, 5, 9) + day * 86_400_000).toISOString().replaceAll(
      /[-:]|\.000/g,
      "",
    );
  const dates = Array.from({ length: 10_000 }, (_, index) => stamp(index + 1));
  await put(house, "a.ics", series("a", "FREQ=DAILY", [`EXDATE:${dates.join(",")}`]));
  const overrides = Array.from(
    { length: limits.icalInstances - 1 },
    (_, index) =>
      component("VEVENT", [
        "UID:b",
        `RECURRENCE-ID:${stamp(index)}`,
        `DTSTART:${stamp(index + 20_000)}`,
      ]),
  );
  const master = component("VEVENT", ["UID:b", `DTSTART:${stamp(0)}`, "RRULE:FREQ=DAILY"]);
  await put(house, "b.ics", vcalendar(master, ...overrides));
  const on = async (day: number) => {
    const time = `<C:time-range start="${stamp(day)}" end="${stamp(day + 1)}"/>`;
    return (await multistatusOf(await ask(house, query(time)))).hrefs.map((href) => href.at(-5));
  };
  assertEquals(await on(0), ["a"]);
  assertEquals(await on(1), []);
  assertEquals(await on(9_999), ["b"]);
  assertEquals(await on(10_001), ["a", "b"]);
});

Deno.test("hostile calendar: others are answered while a list of 30,000 series is decided", async () => {
  await using house = await openHouse();
  const rule = "FREQ=YEARLY;BYMONTH=7;BYDAY=2TU";
  await fill(house, 30_000, (uid) => series(uid, rule, ["EXDATE:20260105T090000Z"]));
  for (const body of [query(month), freeBusy(month)]) {
    const others = await othersMeanwhile(house, ask(house, body));
    assert(others > 10, `${others} were answered meanwhile`);
  }
});

Deno.test("hostile calendar: others are answered while thousands of texts are looked into", async () => {
  await using house = await openHouse();
  await fill(house, 5_000, (uid) => series(uid, "FREQ=DAILY"));
  const inside = `<C:prop-filter name="SUMMARY"><C:text-match>none</C:text-match></C:prop-filter>`;
  const others = await othersMeanwhile(house, ask(house, query(month, inside)));
  assert(others > 10, `${others} were answered meanwhile`);
});
