import { assert, assertEquals } from "@std/assert";
import { createZones, momentsIn } from "../../src/ical/moment.ts";
import { calendarTree, type Component } from "../../src/ical/tree.ts";
import { readDigits } from "../../src/ical/values.ts";
import { definedZone } from "../../src/ical/vtimezone.ts";
import { ianaZone, utcZone, type Zone } from "../../src/ical/zone.ts";
import { limits } from "../../src/limits.ts";
import { calendar, component, crlf, zone } from "../fixtures/events.ts";
import { assertCpuBelow } from "../processor.ts";

const treeOf = (...components: readonly string[]): Component =>
  calendarTree(calendar(...components), limits);

const definition = (text: string): Component => {
  const [first] = treeOf(text).components;
  assert(first);
  return first;
};

const local = (text: string): number => readDigits(text)?.localMs ?? NaN;

/** As `20260105T090000Z`. */
const written = (ms: number): string =>
  new Date(ms).toISOString().replace(/\.\d+/, "").replaceAll(/[-:]/g, "");

const observance = (kind: "STANDARD" | "DAYLIGHT", from: string, to: string, ...lines: string[]) =>
  crlf([
    `BEGIN:${kind}`,
    `TZOFFSETFROM:${from}`,
    `TZOFFSETTO:${to}`,
    ...lines,
    `END:${kind}`,
  ]).trimEnd();

const defined = (...observances: string[]): Zone | undefined =>
  definedZone(definition(component("VTIMEZONE", ["TZID:Here", ...observances])));

const vienna = ianaZone("Europe/Vienna");
const sameByDefinition = definedZone(definition(zone("Here")));

const times: readonly { name: string; zone: Zone | undefined; at: string; gives: string }[] = [
  { name: "winter", at: "20260105T090000", gives: "20260105T080000Z" },
  { name: "summer", at: "20260705T090000", gives: "20260705T070000Z" },
  { name: "before the gap", at: "20260329T015959", gives: "20260329T005959Z" },
  { name: "in the gap", at: "20260329T023000", gives: "20260329T013000Z" },
  { name: "behind the gap", at: "20260329T030000", gives: "20260329T010000Z" },
  { name: "once", at: "20261025T015959", gives: "20261024T235959Z" },
  { name: "twice, the first one", at: "20261025T023000", gives: "20261025T003000Z" },
  { name: "once again", at: "20261025T030000", gives: "20261025T020000Z" },
  { name: "far away", at: "99980705T090000", gives: "99980705T070000Z" },
].flatMap(({ name, ...row }) => [
  { name: `of the database, ${name}`, zone: vienna, ...row },
  { name: `as it is defined, ${name}`, zone: sameByDefinition, ...row },
]);

for (const { name, zone: of, at, gives } of times) {
  Deno.test(`zone: ${name}`, () => {
    assertEquals(written(of?.toUtc(local(at)) ?? NaN), gives);
  });
}

const spring = "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU";
const autumn = "RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU";
const march = "RRULE:FREQ=YEARLY;BYMONTH=3;BYMONTHDAY=8,9,10,11,12,13,14;BYDAY=SU";
const november = "RRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=1SU";

const odd: readonly { name: string; zone: Zone | undefined; rows: Record<string, string> }[] = [
  {
    name: "a second is counted",
    zone: ianaZone("America/Los_Angeles"),
    rows: { "18500101T000000": "18500101T075258Z" },
  },
  {
    name: "names in any case",
    zone: ianaZone("europe/VIENNA"),
    rows: { "20260705T090000": "20260705T070000Z" },
  },
  {
    name: "before all that is defined",
    zone: sameByDefinition,
    rows: { "19700705T090000": "19700705T080000Z" },
  },
  {
    name: "one offset, always",
    zone: defined(observance("STANDARD", "+0530", "+0530", "DTSTART:19700101T000000")),
    rows: { "20260105T090000": "20260105T033000Z", "19000105T090000": "19000105T033000Z" },
  },
  {
    name: "as Outlook writes it, from 1601 on",
    zone: defined(
      observance("STANDARD", "+0200", "+0100", "DTSTART:16010101T030000", autumn),
      observance("DAYLIGHT", "+0100", "+0200", "DTSTART:16010101T020000", spring),
    ),
    rows: { "20260705T090000": "20260705T070000Z", "20261224T090000": "20261224T080000Z" },
  },
  {
    name: "the second Sunday by days of the month",
    zone: defined(
      observance("STANDARD", "-0400", "-0500", "DTSTART:20071104T020000", november),
      observance("DAYLIGHT", "-0500", "-0400", "DTSTART:20070311T020000", march),
    ),
    rows: {
      "20260308T015959": "20260308T065959Z",
      "20260308T030000": "20260308T070000Z",
      "20261101T030000": "20261101T080000Z",
    },
  },
  {
    name: "a rule until, and dates for what follows",
    zone: defined(
      observance("STANDARD", "+0200", "+0100", "DTSTART:19961027T030000", autumn),
      observance(
        "DAYLIGHT",
        "+0100",
        "+0200",
        "DTSTART:19960331T020000",
        `${spring};UNTIL=20200329T010000Z`,
        "RDATE:20220501T020000,20240501T020000",
      ),
    ),
    rows: {
      "20200705T090000": "20200705T070000Z",
      "20210705T090000": "20210705T080000Z",
      "20220705T090000": "20220705T070000Z",
      "20230705T090000": "20230705T080000Z",
      "20240601T090000": "20240601T070000Z",
    },
  },
  {
    name: "a rule of every second year, twice",
    zone: defined(
      observance("STANDARD", "+0200", "+0100", "DTSTART:19961027T030000", autumn),
      observance(
        "DAYLIGHT",
        "+0100",
        "+0200",
        "DTSTART:20000326T020000",
        `${spring};INTERVAL=2;COUNT=2`,
      ),
    ),
    rows: {
      "20000705T090000": "20000705T070000Z",
      "20010705T090000": "20010705T080000Z",
      "20020705T090000": "20020705T070000Z",
      "20040705T090000": "20040705T080000Z",
    },
  },
  {
    name: "the last but one of the days that fit",
    zone: defined(
      observance("STANDARD", "+0200", "+0100", "DTSTART:19961027T030000", autumn),
      observance(
        "DAYLIGHT",
        "+0100",
        "+0200",
        "DTSTART:20000319T020000",
        "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=SU;BYSETPOS=-2",
      ),
    ),
    rows: { "20260321T090000": "20260321T080000Z", "20260323T090000": "20260323T070000Z" },
  },
  {
    name: "the day of its first time, every year",
    zone: defined(
      observance("STANDARD", "+0200", "+0100", "DTSTART:20001001T030000", "RRULE:FREQ=YEARLY"),
      observance("DAYLIGHT", "+0100", "+0200", "DTSTART:20000401T020000", "RRULE:FREQ=YEARLY"),
    ),
    rows: {
      "20260331T090000": "20260331T080000Z",
      "20260401T090000": "20260401T070000Z",
      "20261001T090000": "20261001T080000Z",
    },
  },
];

for (const { name, zone: of, rows } of odd) {
  Deno.test(`zone: ${name}`, () => {
    const found = Object.keys(rows).map((at) => [at, written(of?.toUtc(local(at)) ?? NaN)]);
    assertEquals(Object.fromEntries(found), rows);
  });
}

for (const name of ["", "Nowhere", "Customized Time Zone", "+01:00", "../etc", "Europe/Vienna "]) {
  Deno.test(`zone: the database has none called ${JSON.stringify(name)}`, () => {
    assertEquals(ianaZone(name), undefined);
  });
}

const repeated = (count: number, lines: string): string => Array(count).fill(lines).join("\r\n");

const unreadable: Readonly<Record<string, string>> = {
  "a rule of another kind": observance(
    "STANDARD",
    "+0100",
    "+0200",
    "DTSTART:20000101T000000",
    "RRULE:FREQ=MONTHLY",
  ),
  "no DTSTART": observance("STANDARD", "+0100", "+0200"),
  "no offset that is one": observance("STANDARD", "1", "+0200", "DTSTART:20000101T000000"),
  "more observances than a zone has": repeated(
    limits.zoneObservances + 1,
    observance("STANDARD", "+0100", "+0200", "DTSTART:20000101T000000"),
  ),
  "more rules at a time than a zone has": repeated(
    limits.zoneRules + 1,
    observance("STANDARD", "+0100", "+0200", "DTSTART:20000101T000000", "RRULE:FREQ=YEARLY"),
  ),
  "a rule of every week": observance(
    "STANDARD",
    "+0100",
    "+0200",
    "DTSTART:20000101T000000",
    "RRULE:FREQ=YEARLY;BYDAY=MO",
  ),
  "more dates than a zone has": observance(
    "STANDARD",
    "+0100",
    "+0200",
    "DTSTART:20000101T000000",
    `RDATE:${Array(limits.zoneDates + 1).fill("20010101T000000")}`,
  ),
};

for (const [what, lines] of Object.entries(unreadable)) {
  Deno.test(`zone: of a definition with ${what} the name is what counts`, () => {
    assertEquals(defined(lines), undefined);
    const calendar = treeOf(
      component("VTIMEZONE", ["TZID:Europe/Vienna", lines]),
      component("VEVENT", ["UID:a", "DTSTART;TZID=Europe/Vienna:20260105T090000"]),
    );
    const start = calendar.components[1]?.lines[1];
    assert(start);
    const read = momentsIn(calendar, createZones(utcZone));
    assertEquals(written(read(start)?.at ?? NaN), "20260105T080000Z");
  });
}

Deno.test("zone: as defined and as in the database it is the same for 100 years", () => {
  const hour = 60 * 60 * 1000;
  for (let at = Date.UTC(1998, 0); at < Date.UTC(2098, 0); at += 11 * hour) {
    if (vienna?.toUtc(at) !== sameByDefinition?.toUtc(at)) assertEquals(written(at), "the same");
  }
});

Deno.test("zone: rules that end count for their own time alone", () => {
  const years = Array.from({ length: limits.zoneObservances / 2 }, (_, index) => 1900 + index);
  const half = (name: "STANDARD" | "DAYLIGHT", month: string, from: string, to: string) =>
    years.map((year) =>
      observance(
        name,
        from,
        to,
        `DTSTART:${year}${month}01T000000`,
        `RRULE:FREQ=YEARLY;UNTIL=${year}${month}02T000000Z`,
      )
    );
  const many = defined([
    ...half("DAYLIGHT", "04", "+0100", "+0200"),
    ...half("STANDARD", "10", "+0200", "+0100"),
  ].join("\r\n"));
  for (const year of [...years, years.length + 1900]) {
    assertEquals(written(many?.toUtc(local(`${year}0101T120000`)) ?? NaN), `${year}0101T110000Z`);
    assertEquals(
      written(many?.toUtc(local(`${year}0701T120000`)) ?? NaN),
      `${year}0701T1${year < years.length + 1900 ? 0 : 1}0000Z`,
    );
  }
});

Deno.test("zone: a thousand dates are found their way through quickly", async () => {
  const dates = Array.from({ length: limits.zoneDates }, (_, at) => written(at * 7 * 86_400_000))
    .map((date) => date.slice(0, -1)).join(",");
  const many = defined(
    observance("STANDARD", "+0100", "+0200", "DTSTART:19700101T000000", `RDATE:${dates}`),
  );
  assert(many);
  await assertCpuBelow(2_000, () => {
    for (let day = 0; day < 20_000; day++) many.toUtc(day * 86_400_000);
  });
});

Deno.test("zone: definitions are worked out once, and the last ones of so many are kept", () => {
  const zones = createZones(utcZone);
  const define = (tzid: string) => zones.defined(definition(zone(tzid)));
  const here = define("Here");
  for (let index = 1; index < limits.zoneDefinitions.kept; index++) define(`Zone ${index}`);
  const last = define("Here");
  const more = define("One more");
  assertEquals([last === here, define("One more") === more, define("Here") === here], [
    true,
    true,
    false,
  ]);
});
