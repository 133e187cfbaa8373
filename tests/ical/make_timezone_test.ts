import { assert, assertEquals } from "@std/assert";
import { onsetsIn, timezoneText } from "../../src/ical/make_timezone.ts";
import { readCalendarTimezone } from "../../src/ical/timezone.ts";
import { calendarTree } from "../../src/ical/tree.ts";
import { definedZone } from "../../src/ical/vtimezone.ts";
import { ianaZone, slowOffsets, utcZone, type Zone } from "../../src/ical/zone.ts";
import { limits } from "../../src/limits.ts";
import { calendar, component, crlf } from "../fixtures/events.ts";

const named = (name: string): Zone => ianaZone(name) ?? utcZone;

const asDefined = (text: string): Zone | undefined => {
  const [definition] = calendarTree(calendar(text), limits).components;
  return definition && definedZone(definition);
};

const dayMs = 24 * 60 * 60 * 1000;

/** Ten of the kinds that there are: rules that came and went, half hours, days that were left out. */
const zones = [
  "Europe/Vienna",
  "Europe/Dublin",
  "America/New_York",
  "America/Sao_Paulo",
  "Africa/Casablanca",
  "Asia/Jerusalem",
  "Asia/Kathmandu",
  "Australia/Lord_Howe",
  "Pacific/Apia",
  "Antarctica/Troll",
];

for (const name of zones) {
  Deno.test(`a made VTIMEZONE is ${name} from 1970 to 2100, as the runtime has it`, () => {
    const text = timezoneText(name, named(name));
    const zone = asDefined(text);
    const slow = slowOffsets(name);
    assert(zone && slow);
    for (let at = Date.UTC(1970, 0, 2); at < Date.UTC(2100, 0); at += 9.7 * dayMs) {
      assertEquals(zone.offsetAt(at), slow(at), new Date(at).toISOString());
    }
    for (const { at } of onsetsIn(named(name), Date.UTC(1970, 0, 2), Date.UTC(2100, 0))) {
      const around = [at - 1_000, at, at + 1_000];
      assertEquals(around.map(zone.offsetAt), around.map(slow), new Date(at).toISOString());
    }
    assertEquals(readCalendarTimezone(calendar(text)), calendar(text));
    assert(text.split("\r\n").every((line) => line.length <= 75));
  });
}

const observance = (name: string, from: string, to: string, ...lines: readonly string[]) =>
  component(name, [`TZOFFSETFROM:${from}`, `TZOFFSETTO:${to}`, ...lines]);

Deno.test("a made VTIMEZONE says by rules what is regular, by dates what is not", () => {
  assertEquals(
    timezoneText("America/Lima", named("America/Lima")),
    component("VTIMEZONE", [
      "TZID:America/Lima",
      ...[
        observance("STANDARD", "-0500", "-0500", "DTSTART:19700101T000000"),
        observance(
          "DAYLIGHT",
          "-0500",
          "-0400",
          "DTSTART:19860101T000000",
          "RDATE:19870101T000000,19900101T000000,19940101T000000",
        ),
        observance(
          "STANDARD",
          "-0400",
          "-0500",
          "DTSTART:19860401T000000",
          "RDATE:19870401T000000,19900401T000000,19940401T000000",
        ),
      ].join("").trim().split("\r\n"),
    ]),
  );
  const vienna = timezoneText("Europe/Vienna", named("Europe/Vienna"));
  const summer = observance(
    "DAYLIGHT",
    "+0100",
    "+0200",
    "DTSTART:19810329T020000",
    "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU",
  );
  assert(vienna.includes(summer));
  assert(vienna.includes("RRULE:FREQ=YEARLY;BYMONTH=9;BYDAY=-1SU;UNTIL=19950924T010000Z\r\n"));
});

Deno.test("a made VTIMEZONE has the name that it is asked for by", () => {
  const text = timezoneText("US/Eastern", named("US/Eastern"));
  assertEquals(
    text.replace("US/Eastern", "America/New_York"),
    timezoneText("America/New_York", named("America/New_York")),
  );
  assertEquals(
    timezoneText("UTC", utcZone),
    crlf(["BEGIN:VTIMEZONE", "TZID:UTC"]) +
      observance("STANDARD", "+0000", "+0000", "DTSTART:19700101T000000") +
      crlf(["END:VTIMEZONE"]),
  );
});
