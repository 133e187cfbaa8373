import { assertEquals } from "@std/assert";
import type { Timezones } from "../../src/ical/by_reference.ts";
import { joinAsJcal, joinCalendars } from "../../src/ical/join.ts";
import { textOfJcal } from "../../src/ical/jcal/read.ts";
import { createZones, momentsIn } from "../../src/ical/moment.ts";
import { calendarTree, valuesOf } from "../../src/ical/tree.ts";
import { utcZone } from "../../src/ical/zone.ts";
import { limits } from "../../src/limits.ts";
import { calendar, component, crlf, event, zone } from "../fixtures/events.ts";

const outlook = "Customized Time Zone";

/** A zone whose clocks are never changed. */
const fixed = (tzid: string, offset: string, more: readonly string[] = []): string =>
  component("VTIMEZONE", [
    `TZID:${tzid}`,
    ...more,
    "BEGIN:STANDARD",
    "DTSTART:16010101T000000",
    `TZOFFSETFROM:${offset}`,
    `TZOFFSETTO:${offset}`,
    "END:STANDARD",
  ]);

const at = (uid: string, tzid: string, zones: readonly string[] = [], day = "20240710") =>
  event({ uid, tzid, zones, start: `${day}T100000`, end: `${day}T110000` });

async function joined(objects: readonly string[], timezones: Timezones): Promise<string> {
  const chunks = await Array.fromAsync(joinCalendars(objects, { timezones }));
  return chunks.join("");
}

/** All times of a calendar as instants, by the UID and the property. */
function instants(text: string): string[] {
  const tree = calendarTree(text, limits);
  const read = momentsIn(tree, createZones(utcZone));
  return tree.components.filter(({ name }) => name !== "VTIMEZONE").flatMap((one) =>
    one.lines.flatMap((line) =>
      line.params.includes("TZID=")
        ? line.value.split(",").map((value) =>
          `${valuesOf(one, "UID")[0]} ${line.name} ${read(line, value)?.at}`
        )
        : []
    )
  );
}

const tzids = (text: string): string[] =>
  calendarTree(text, limits).components.filter(({ name }) => name === "VTIMEZONE")
    .map((one) => valuesOf(one, "TZID")[0] ?? "");

/** The name of the zone of each DTSTART, in their order. */
const used = (text: string): string[] =>
  [...text.matchAll(/^DTSTART;TZID="?([^":]*)"?:/gm)].map(([, tzid = ""]) => tzid);

interface Case {
  readonly name: string;
  readonly objects: readonly string[];
  readonly timezones?: Timezones;
  /** TZIDs of the VTIMEZONEs. */
  readonly defined: readonly string[];
  /** Those that the events refer to. */
  readonly used: readonly string[];
}

const plus = fixed(outlook, "+0100");
const minus = fixed(outlook, "-0500");
const berlin = "Europe/Berlin";
const wrongBerlin = fixed(berlin, "+0500");
const escaped = "Amsterdam\\, Berlin";

const cases: readonly Case[] = [
  {
    name: "one name, two zones",
    objects: [at("a", outlook, [plus]), at("b", outlook, [minus])],
    defined: [outlook, `${outlook} (2)`],
    used: [outlook, `${outlook} (2)`],
  },
  {
    name: "each of them once, however often",
    objects: ["a", "b", "c", "d"].flatMap((uid, index) => [
      at(uid, outlook, [index % 2 === 0 ? plus : minus]),
      at(`${uid}2`, outlook, [fixed(outlook, "+0300")]),
    ]),
    defined: [outlook, `${outlook} (2)`, `${outlook} (3)`],
    used: [1, 2, 3, 2, 1, 2, 3, 2].map((number) =>
      number === 1 ? outlook : `${outlook} (${number})`
    ),
  },
  {
    name: "another text that says the same of these times",
    objects: [
      at("a", outlook, [plus]),
      at("b", outlook, [fixed(outlook, "+0100", ["COMMENT:of another program"])]),
    ],
    defined: [outlook],
    used: [outlook, outlook],
  },
  {
    name: "another text that says the same today, and not in the past",
    objects: [at("a", berlin, [zone(berlin)]), at("b", berlin, [], "19900110")],
    timezones: "added",
    defined: [berlin, `${berlin} (2)`],
    used: [berlin, `${berlin} (2)`],
  },
  {
    name: "a name that another object has already",
    objects: [
      at("a", `${outlook} (2)`, [fixed(`${outlook} (2)`, "+0300")]),
      at("b", outlook, [plus]),
      at("c", outlook, [minus]),
    ],
    defined: [`${outlook} (2)`, outlook, `${outlook} (3)`],
    used: [`${outlook} (2)`, outlook, `${outlook} (3)`],
  },
  {
    name: "a name that another object has later",
    objects: [
      at("a", outlook, [plus]),
      at("b", outlook, [minus]),
      at("c", `${outlook} (2)`, [fixed(`${outlook} (2)`, "+0300")]),
    ],
    defined: [outlook, `${outlook} (2)`, `${outlook} (2) (2)`],
    used: [outlook, `${outlook} (2)`, `${outlook} (2) (2)`],
  },
  {
    name: "a zone that everybody knows, behind one that is not it",
    objects: [at("a", berlin, [wrongBerlin]), at("b", berlin), at("c", berlin, [zone(berlin)])],
    defined: [berlin, `${berlin} (2)`],
    used: [berlin, `${berlin} (2)`, `${berlin} (2)`],
  },
  {
    name: "one that is not it, behind the zone that everybody knows",
    objects: [at("a", berlin), at("b", berlin, [wrongBerlin]), at("c", berlin, [zone(berlin)])],
    defined: [`${berlin} (2)`, berlin],
    used: [berlin, `${berlin} (2)`, berlin],
  },
  {
    name: "what an earlier object relies on is not defined in another way",
    objects: [at("a", berlin, [], "19900110"), at("b", berlin, [zone(berlin)])],
    defined: [`${berlin} (2)`],
    used: [berlin, `${berlin} (2)`],
  },
  {
    name: "all are added that are missing",
    objects: [at("a", berlin, [wrongBerlin]), at("b", berlin), at("c", "Nowhere")],
    timezones: "added",
    defined: [berlin, `${berlin} (2)`],
    used: [berlin, `${berlin} (2)`, "Nowhere"],
  },
  {
    name: "those are left out that everybody knows",
    objects: [
      at("a", berlin, [zone(berlin)]),
      at("b", berlin, [wrongBerlin]),
      at("c", "Europe/Vienna", [zone("Europe/Vienna")]),
    ],
    timezones: "left-out",
    defined: [`${berlin} (2)`],
    used: [berlin, `${berlin} (2)`, "Europe/Vienna"],
  },
  {
    name: "a name that means nothing stays apart from one that is defined",
    objects: [at("a", outlook, [plus]), at("b", outlook), at("c", outlook)],
    defined: [outlook],
    used: [outlook, `${outlook} (2)`, `${outlook} (2)`],
  },
  {
    name: "of two definitions in one object the one that counts",
    objects: [at("a", outlook, [plus, minus]), at("b", outlook, [minus])],
    defined: [outlook],
    used: [outlook, outlook],
  },
  {
    name: "a definition that nothing refers to",
    objects: [at("a", outlook, [plus]), event({ uid: "b", zones: [minus, fixed("Z", "+0100")] })],
    defined: [outlook, "Z"],
    used: [outlook],
  },
  {
    name: "names that are escaped and in quotes",
    objects: [
      at("a", `"Amsterdam, Berlin"`, [fixed(escaped, "+0100")]),
      at("b", `"Amsterdam, Berlin"`, [fixed(escaped, "-0500")]),
    ],
    defined: [escaped, `${escaped} (2)`],
    used: ["Amsterdam, Berlin", "Amsterdam, Berlin (2)"],
  },
];

for (const { name, objects, timezones = "as-written", ...gives } of cases) {
  Deno.test(`joined zones: ${name}`, async () => {
    const text = await joined(objects, timezones);
    assertEquals({ defined: tzids(text), used: used(text) }, gives);
    assertEquals(instants(text), objects.flatMap(instants));
    const chunks = await Array.fromAsync(joinAsJcal(objects, { timezones }));
    assertEquals(instants(textOfJcal(chunks.join(""))), instants(text));
  });
}

Deno.test("joined zones: all that refers to one has its new name, and nothing else changes", async () => {
  const lines = [
    "DTSTART;X-A=1;TZID=Customized Time Zone:20240710T100000",
    'dtend;tzid="Customized Time Zone":20240710T110000',
    "RRULE:FREQ=DAILY;COUNT=30",
    "EXDATE;TZID=Customized\r\n  Time Zone:20240711T100000,20240712T100000,20240713T100\r\n 000",
    "RDATE;TZID=Other:20240901T100000",
    "SUMMARY:TZID=Customized Time Zone",
    "BEGIN:VALARM",
    "TRIGGER;VALUE=DATE-TIME;TZID=Customized Time Zone:20240710T090000",
    "END:VALARM",
  ];
  const object = (uid: string, definition: string) =>
    calendar(component("VEVENT", [`UID:${uid}`, ...lines]), definition, fixed("Other", "+0200"));
  const text = await joined([object("a", plus), object("b", minus)], "as-written");
  const second = text.slice(text.indexOf("BEGIN:VEVENT", text.indexOf("END:VTIMEZONE")));
  assertEquals(
    second,
    crlf([
      "BEGIN:VEVENT",
      "UID:b",
      "DTSTART;X-A=1;TZID=Customized Time Zone (2):20240710T100000",
      "dtend;tzid=Customized Time Zone (2):20240710T110000",
      "RRULE:FREQ=DAILY;COUNT=30",
      "EXDATE;TZID=Customized Time Zone (2)",
      " :20240711T100000,20240712T100000,20240713T100",
      " 000",
      "RDATE;TZID=Other:20240901T100000",
      "SUMMARY:TZID=Customized Time Zone",
      "BEGIN:VALARM",
      "TRIGGER;VALUE=DATE-TIME;TZID=Customized Time Zone (2):20240710T090000",
      "END:VALARM",
      "END:VEVENT",
    ]) + minus.replace(outlook, `${outlook} (2)`) + "END:VCALENDAR\r\n",
  );
});

Deno.test("joined zones: two definitions in thousands of objects, each told once", async () => {
  const many = 2_000;
  function* objects() {
    for (let index = 0; index < many; index++) {
      yield at(`${index}`, outlook, [index % 2 === 0 ? plus : minus]);
    }
  }
  let zones = 0;
  let events = 0;
  for await (const chunk of joinCalendars(objects())) {
    if (chunk.startsWith("BEGIN:VTIMEZONE")) zones++;
    if (chunk.startsWith("BEGIN:VEVENT")) events++;
  }
  assertEquals([zones, events], [2, many]);
});
