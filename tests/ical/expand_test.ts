import { assert, assertEquals, assertThrows } from "@std/assert";
import { createZones } from "../../src/ical/moment.ts";
import { readDigits } from "../../src/ical/values.ts";
import { ianaZone, utcZone } from "../../src/ical/zone.ts";
import { limits } from "../../src/limits.ts";
import { Refusal } from "../../src/refusal.ts";
import { C } from "../../src/xml/names.ts";
import { calendar, component, crlf, event, journal, task, zone } from "../fixtures/events.ts";
import { shared } from "../shared.ts";
import { type RecurrenceCase, textOfCase } from "./recurrence_cases.ts";
import { appendixB } from "../fixtures/rfc4791_appendix_b.ts";
import { expanded } from "./at_once.ts";

const at = (digits: string): number => readDigits(`${digits}Z`)?.localMs ?? NaN;

/** Everything in January and February 2026, for somebody in this zone. */
const winter = ["20260101T000000", "20260301T000000"] as const;

function expand(text: string, [start, end]: readonly [string, string] = winter, floating = "UTC") {
  const zones = createZones(ianaZone(floating) ?? utcZone);
  return expanded(text, { start: at(start), end: at(end) }, zones);
}

/** The lines of each component that matter here. */
const told = (text: string): string[][] =>
  text.split(/^BEGIN:(?:VEVENT|VTODO|VJOURNAL)\r\n/m).slice(1).map((one) =>
    one.split("\r\n").filter((line) => /^(DTSTART|DTEND|DUE|DURATION|RECURR|SUMMARY)/.test(line))
  );

const daily = ["RRULE:FREQ=DAILY;COUNT=3"];
const once = ["DTSTART:20260105T090000Z", "DTEND:20260105T100000Z"];

const undatedTask = task({
  uid: "a",
  summary: "A",
  start: "20260105T090000Z",
  end: "20260105T100000Z",
  lines: daily,
  overrides: [["RECURRENCE-ID:20260106T090000Z", "SUMMARY:B", "COMPLETED:20260120T090000Z"]],
});

interface Case {
  readonly name: string;
  readonly text: string;
  readonly range?: readonly [string, string];
  readonly floating?: string;
  readonly gives: readonly (readonly string[])[];
}

const cases: readonly Case[] = [
  {
    name: "what does not recur has no RECURRENCE-ID",
    text: event({ uid: "a", summary: "A" }),
    gives: [[...once, "SUMMARY:A"]],
  },
  {
    name: "what does not recur and is elsewhere is left out",
    text: event({ uid: "a" }),
    range: ["20260106T000000", "20260107T000000"],
    gives: [],
  },
  {
    name: "each instance is named, the first one too",
    text: event({ uid: "a", summary: "A", lines: daily }),
    gives: ["05", "06", "07"].map((day) => [
      `RECURRENCE-ID:202601${day}T090000Z`,
      `DTSTART:202601${day}T090000Z`,
      `DTEND:202601${day}T100000Z`,
      "SUMMARY:A",
    ]),
  },
  {
    name: "instances in the range alone, across a change of the clocks",
    text: event({
      uid: "a",
      summary: "A",
      tzid: "Europe/Vienna",
      start: "20260101T090000",
      end: "20260101T093000",
      zones: [zone("Europe/Vienna")],
      lines: ["RRULE:FREQ=DAILY"],
    }),
    range: ["20260328T000000", "20260330T000000"],
    gives: [["28", "08"], ["29", "07"]].map(([day, hour]) => [
      `RECURRENCE-ID:202603${day}T${hour}0000Z`,
      `DTSTART:202603${day}T${hour}0000Z`,
      `DTEND:202603${day}T${hour}3000Z`,
      "SUMMARY:A",
    ]),
  },
  {
    name: "days stay days",
    text: event({ uid: "a", summary: "A", start: "20260105", end: "20260107", lines: daily }),
    range: ["20260106T000000", "20260107T000000"],
    gives: [["05", "07"], ["06", "08"]].map(([from, to]) => [
      `RECURRENCE-ID;VALUE=DATE:202601${from}`,
      `DTSTART;VALUE=DATE:202601${from}`,
      `DTEND;VALUE=DATE:202601${to}`,
      "SUMMARY:A",
    ]),
  },
  {
    name: "days are those of the calendar's zone",
    text: event({ uid: "a", summary: "A", start: "20260105", end: null }),
    range: ["20260105T000000", "20260105T040000"],
    floating: "America/New_York",
    gives: [],
  },
  {
    name: "floating times are in the calendar's zone",
    text: event({ uid: "a", summary: "A", start: "20260105T090000", end: "20260105T100000" }),
    floating: "America/New_York",
    gives: [["DTSTART:20260105T140000Z", "DTEND:20260105T150000Z", "SUMMARY:A"]],
  },
  {
    name: "a zone that only the object knows",
    text: event({
      uid: "a",
      summary: "A",
      tzid: "Here",
      start: "20260105T090000",
      end: "20260105T100000",
      zones: [zone("Here")],
    }),
    gives: [["DTSTART:20260105T080000Z", "DTEND:20260105T090000Z", "SUMMARY:A"]],
  },
  {
    name: "an override stands for its instance, EXDATE takes one out",
    text: event({
      uid: "a",
      summary: "A",
      lines: [...daily, "EXDATE:20260105T090000Z"],
      overrides: [[
        "RECURRENCE-ID:20260106T090000Z",
        "DTSTART:20260106T120000Z",
        "DURATION:PT5M",
        "SUMMARY:B",
      ]],
    }),
    gives: [
      ["RECURRENCE-ID:20260106T090000Z", "DTSTART:20260106T120000Z", "DURATION:PT5M", "SUMMARY:B"],
      [
        "RECURRENCE-ID:20260107T090000Z",
        "DTSTART:20260107T090000Z",
        "DTEND:20260107T100000Z",
        "SUMMARY:A",
      ],
    ],
  },
  {
    name: "an override that was moved out of the range is left out, one moved into it is not",
    text: event({
      uid: "a",
      summary: "A",
      lines: ["RRULE:FREQ=DAILY;COUNT=2"],
      overrides: [
        ["RECURRENCE-ID:20260105T090000Z", "DTSTART:20250105T120000Z", "SUMMARY:B"],
        ["RECURRENCE-ID:20260106T090000Z", "DTSTART:20260201T120000Z", "SUMMARY:C"],
      ],
    }),
    gives: [["RECURRENCE-ID:20260106T090000Z", "DTSTART:20260201T120000Z", "SUMMARY:C"]],
  },
  {
    name: "an override without its series",
    text: calendar(component("VEVENT", [
      "UID:a",
      "RECURRENCE-ID;TZID=Europe/Vienna:20260105T100000",
      "DTSTART;TZID=Europe/Vienna:20260105T110000",
      "SUMMARY:A",
    ])),
    gives: [["RECURRENCE-ID:20260105T090000Z", "DTSTART:20260105T100000Z", "SUMMARY:A"]],
  },
  {
    name: "an override of all that follow",
    text: event({
      uid: "a",
      summary: "A",
      lines: daily,
      overrides: [[
        "RECURRENCE-ID;RANGE=THISANDFUTURE:20260106T090000Z",
        "DTSTART:20260106T120000Z",
        "DTEND:20260106T123000Z",
        "SUMMARY:B",
      ]],
    }),
    gives: [["05", "09", "10", "00", "A"], ["06", "12", "12", "30", "B"], [
      "07",
      "12",
      "12",
      "30",
      "B",
    ]].map((
      [day, from, to, minute, summary],
    ) => [
      `RECURRENCE-ID:202601${day}T090000Z`,
      `DTSTART:202601${day}T${from}0000Z`,
      `DTEND:202601${day}T${to}${minute}00Z`,
      `SUMMARY:${summary}`,
    ]),
  },
  {
    name: "a PERIOD in RDATE is as long as it says",
    text: event({
      uid: "a",
      summary: "A",
      end: null,
      lines: [
        "DURATION:PT1H",
        "RDATE;VALUE=PERIOD:20260106T090000Z/PT2H,20260107T090000Z/20260107T100000Z",
      ],
    }),
    gives: [
      ["RECURRENCE-ID:20260105T090000Z", "DTSTART:20260105T090000Z", "SUMMARY:A", "DURATION:PT1H"],
      [
        "RECURRENCE-ID:20260106T090000Z",
        "DTSTART:20260106T090000Z",
        "SUMMARY:A",
        "DTEND:20260106T110000Z",
      ],
      ["RECURRENCE-ID:20260107T090000Z", "DTSTART:20260107T090000Z", "SUMMARY:A", "DURATION:PT1H"],
    ],
  },
  {
    name: "a task that recurs",
    text: task({
      uid: "a",
      summary: "A",
      tzid: "Europe/Vienna",
      start: "20260105T090000",
      end: "20260105T170000",
      lines: daily,
    }),
    range: ["20260106T000000", "20260107T000000"],
    gives: [[
      "RECURRENCE-ID:20260106T080000Z",
      "DTSTART:20260106T080000Z",
      "DUE:20260106T160000Z",
      "SUMMARY:A",
    ]],
  },
  {
    name: "a task that is only due, and recurs",
    text: task({ uid: "a", summary: "A", lines: daily }),
    range: ["20260106T000000", "20260107T000000"],
    gives: [["RECURRENCE-ID:20260106T170000Z", "DUE:20260106T170000Z", "SUMMARY:A"]],
  },
  {
    name: "a task that is due before it starts",
    text: task({
      uid: "a",
      summary: "A",
      start: "20260105T090000Z",
      end: "20260105T080000Z",
      lines: daily,
    }),
    range: ["20260106T000000", "20260107T000000"],
    gives: [[
      "RECURRENCE-ID:20260106T090000Z",
      "DTSTART:20260106T090000Z",
      "DUE:20260106T080000Z",
      "SUMMARY:A",
    ]],
  },
  {
    name: "a task at no time is told as it is",
    text: task({ uid: "a", summary: "A", end: null }),
    gives: [["SUMMARY:A"]],
  },
  {
    name: "a journal entry that recurs",
    text: journal({ uid: "a", summary: "A", lines: daily }),
    range: ["20260106T000000", "20260107T000000"],
    gives: [[
      "RECURRENCE-ID;VALUE=DATE:20260106",
      "DTSTART;VALUE=DATE:20260106",
      "SUMMARY:A",
    ]],
  },
  {
    name: "a task's override without a time takes the place of its instance",
    text: undatedTask,
    gives: [
      [
        "RECURRENCE-ID:20260105T090000Z",
        "DTSTART:20260105T090000Z",
        "DUE:20260105T100000Z",
        "SUMMARY:A",
      ],
      ["RECURRENCE-ID:20260106T090000Z", "SUMMARY:B"],
      [
        "RECURRENCE-ID:20260107T090000Z",
        "DTSTART:20260107T090000Z",
        "DUE:20260107T100000Z",
        "SUMMARY:A",
      ],
    ],
  },
  {
    name: "a task's override without a time is where its instance is, and nowhere else",
    text: undatedTask,
    range: ["20260107T000000", "20260108T000000"],
    gives: [
      [
        "RECURRENCE-ID:20260107T090000Z",
        "DTSTART:20260107T090000Z",
        "DUE:20260107T100000Z",
        "SUMMARY:A",
      ],
    ],
  },
  {
    name: "a task's override without a time of no instance is told as it is",
    text: undatedTask.replaceAll("ID:20260106T09", "ID:20260106T10"),
    range: ["20260106T000000", "20260107T000000"],
    gives: [
      [
        "RECURRENCE-ID:20260106T090000Z",
        "DTSTART:20260106T090000Z",
        "DUE:20260106T100000Z",
        "SUMMARY:A",
      ],
      ["RECURRENCE-ID:20260106T100000Z", "SUMMARY:B"],
    ],
  },
  {
    name: "a journal entry's override without a time takes the place of its instance",
    text: journal({
      uid: "a",
      summary: "A",
      lines: daily,
      overrides: [["RECURRENCE-ID;VALUE=DATE:20260106", "SUMMARY:B"]],
    }),
    range: ["20260106T000000", "20260108T000000"],
    gives: [
      ["RECURRENCE-ID;VALUE=DATE:20260106", "SUMMARY:B"],
      ["RECURRENCE-ID;VALUE=DATE:20260107", "DTSTART;VALUE=DATE:20260107", "SUMMARY:A"],
    ],
  },
  {
    name: "an override without a time of all that follow, with times of another, and one within",
    text: task({
      uid: "a",
      summary: "A",
      start: "20260105T090000Z",
      end: null,
      lines: ["RRULE:FREQ=DAILY;COUNT=5"],
      overrides: [
        [
          "RECURRENCE-ID;RANGE=THISANDFUTURE:20260106T090000Z",
          "DTSTART:20260106T110000Z",
          "SUMMARY:B",
        ],
        ["RECURRENCE-ID;RANGE=THISANDFUTURE:20260108T090000Z", "SUMMARY:C"],
        ["RECURRENCE-ID:20260109T090000Z", "SUMMARY:D"],
        ["RECURRENCE-ID:20260106T090000Z", "SUMMARY:E"],
      ],
    }),
    range: ["20260105T100000", "20260109T120000"],
    gives: [
      ["RECURRENCE-ID:20260106T090000Z", "SUMMARY:E"],
      ["RECURRENCE-ID:20260107T090000Z", "DTSTART:20260107T110000Z", "SUMMARY:B"],
      ["RECURRENCE-ID:20260108T090000Z", "SUMMARY:C"],
      ["RECURRENCE-ID:20260109T090000Z", "SUMMARY:D"],
    ],
  },
  {
    name: "an event of a day on which the clocks change ends when it does",
    text: event({
      uid: "a",
      summary: "A",
      tzid: "Europe/Berlin",
      start: "20260328T100000",
      end: null,
      lines: ["DURATION:P1D", "RRULE:FREQ=WEEKLY;COUNT=2"],
    }),
    range: ["20260328T000000", "20260408T000000"],
    gives: [
      [
        "RECURRENCE-ID:20260328T090000Z",
        "DTSTART:20260328T090000Z",
        "SUMMARY:A",
        "DTEND:20260329T080000Z",
      ],
      [
        "RECURRENCE-ID:20260404T080000Z",
        "DTSTART:20260404T080000Z",
        "SUMMARY:A",
        "DTEND:20260405T080000Z",
      ],
    ],
  },
  {
    name: "a task of a day on which the clocks change, that does not recur",
    text: task({
      uid: "a",
      summary: "A",
      tzid: "Europe/Berlin",
      start: "20260328T100000",
      end: null,
      lines: ["DURATION:P1DT1H"],
    }),
    range: ["20260328T000000", "20260408T000000"],
    gives: [["DTSTART:20260328T090000Z", "SUMMARY:A", "DUE:20260329T090000Z"]],
  },
  {
    name: "an exact DURATION over a change of the clocks, and one of days that are days",
    text: calendar(
      component("VEVENT", [
        "UID:a",
        "DTSTART;TZID=Europe/Berlin:20260328T100000",
        "DURATION:PT24H",
        "RRULE:FREQ=DAILY;COUNT=1",
      ]),
      component("VEVENT", [
        "UID:a",
        "RECURRENCE-ID;TZID=Europe/Berlin:20260329T100000",
        "DTSTART;VALUE=DATE:20260329",
        "DURATION:P1D",
      ]),
    ),
    range: ["20260328T000000", "20260408T000000"],
    gives: [
      ["RECURRENCE-ID:20260328T090000Z", "DTSTART:20260328T090000Z", "DURATION:PT24H"],
      ["RECURRENCE-ID:20260329T080000Z", "DTSTART;VALUE=DATE:20260329", "DURATION:P1D"],
    ],
  },
  {
    name: "a floating DURATION goes by the clocks",
    text: event({
      uid: "a",
      start: "20260328T100000",
      end: null,
      summary: "A",
      lines: ["DURATION:PT24H"],
    }),
    range: ["20260328T000000", "20260408T000000"],
    floating: "Europe/Berlin",
    gives: [["DTSTART:20260328T090000Z", "SUMMARY:A", "DTEND:20260329T080000Z"]],
  },
  ...Object.entries({
    "no zone": "RECURRENCE-ID:20260106T090000",
    "UTC": "RECURRENCE-ID:20260106T080000Z",
    "another zone": "RECURRENCE-ID;TZID=America/New_York:20260106T030000",
    "a day": "RECURRENCE-ID;VALUE=DATE:20260106",
  }).map(([form, id]): Case => ({
    name: `an instance of times in a zone that is named by ${form}`,
    text: event({
      uid: "a",
      summary: "A",
      tzid: "Europe/Berlin",
      start: "20260105T090000",
      end: "20260105T100000",
      lines: daily,
      overrides: [[id, "DTSTART:20260106T150000Z", "SUMMARY:B"]],
    }),
    floating: "America/New_York",
    gives: [
      [
        "RECURRENCE-ID:20260105T080000Z",
        "DTSTART:20260105T080000Z",
        "DTEND:20260105T090000Z",
        "SUMMARY:A",
      ],
      ["RECURRENCE-ID:20260106T080000Z", "DTSTART:20260106T150000Z", "SUMMARY:B"],
      [
        "RECURRENCE-ID:20260107T080000Z",
        "DTSTART:20260107T080000Z",
        "DTEND:20260107T090000Z",
        "SUMMARY:A",
      ],
    ],
  })),
  ...Object.entries({
    "its midnight": "RECURRENCE-ID;TZID=Europe/Berlin:20260106T000000",
    "a time of it": "RECURRENCE-ID;TZID=Europe/Berlin:20260106T150000",
    "its midnight east of Greenwich": "RECURRENCE-ID:20260105T230000Z",
    "its midnight west of Greenwich": "RECURRENCE-ID:20260106T050000Z",
  }).map(([form, id]): Case => ({
    name: `an instance of a day that is named by ${form}`,
    text: event({
      uid: "a",
      summary: "A",
      start: "20260105",
      end: null,
      lines: daily,
      overrides: [[id, "DTSTART;VALUE=DATE:20260120", "SUMMARY:B"]],
    }),
    gives: [
      ["RECURRENCE-ID;VALUE=DATE:20260105", "DTSTART;VALUE=DATE:20260105", "SUMMARY:A"],
      ["RECURRENCE-ID;VALUE=DATE:20260106", "DTSTART;VALUE=DATE:20260120", "SUMMARY:B"],
      ["RECURRENCE-ID;VALUE=DATE:20260107", "DTSTART;VALUE=DATE:20260107", "SUMMARY:A"],
    ],
  })),
  {
    name: "days in RDATE of a series of times are midnights, and may be overridden as they are",
    text: event({
      uid: "a",
      summary: "A",
      tzid: "Europe/Berlin",
      start: "20260105T090000",
      end: "20260105T100000",
      lines: ["RDATE;VALUE=DATE:20260110,20260112"],
      overrides: [["RECURRENCE-ID;VALUE=DATE:20260112", "DTSTART:20260112T150000Z", "SUMMARY:B"]],
    }),
    floating: "America/New_York",
    gives: [
      [
        "RECURRENCE-ID:20260105T080000Z",
        "DTSTART:20260105T080000Z",
        "DTEND:20260105T090000Z",
        "SUMMARY:A",
      ],
      [
        "RECURRENCE-ID:20260109T230000Z",
        "DTSTART:20260109T230000Z",
        "DTEND:20260110T000000Z",
        "SUMMARY:A",
      ],
      ["RECURRENCE-ID:20260111T230000Z", "DTSTART:20260112T150000Z", "SUMMARY:B"],
    ],
  },
  {
    name: "times in RDATE of a series of days, with an end of their form",
    text: event({
      uid: "a",
      summary: "A",
      start: "20260105",
      end: "20260106",
      lines: ["RDATE;TZID=Europe/Berlin:20260110T100000"],
    }),
    gives: [
      [
        "RECURRENCE-ID;VALUE=DATE:20260105",
        "DTSTART;VALUE=DATE:20260105",
        "DTEND;VALUE=DATE:20260106",
        "SUMMARY:A",
      ],
      [
        "RECURRENCE-ID:20260110T090000Z",
        "DTSTART:20260110T090000Z",
        "DTEND:20260111T090000Z",
        "SUMMARY:A",
      ],
    ],
  },
  {
    name: "times in RDATE of a series of days without an end",
    text: event({
      uid: "a",
      summary: "A",
      start: "20260105",
      end: null,
      lines: ["RDATE:20260110T100000Z"],
    }),
    gives: [
      ["RECURRENCE-ID;VALUE=DATE:20260105", "DTSTART;VALUE=DATE:20260105", "SUMMARY:A"],
      [
        "RECURRENCE-ID:20260110T100000Z",
        "DTSTART:20260110T100000Z",
        "SUMMARY:A",
        "DTEND:20260111T100000Z",
      ],
    ],
  },
  {
    name: "at any distance in time",
    text: event({ uid: "a", summary: "A", lines: ["RRULE:FREQ=YEARLY"] }),
    range: ["99980101T000000", "99991231T235959"],
    gives: ["9998", "9999"].map((year) => [
      `RECURRENCE-ID:${year}0105T090000Z`,
      `DTSTART:${year}0105T090000Z`,
      `DTEND:${year}0105T100000Z`,
      "SUMMARY:A",
    ]),
  },
];

for (const { name, text, range, floating, gives } of cases) {
  Deno.test(`expand: ${name}`, () => {
    assertEquals(told(expand(text, range, floating)), gives.map((lines) => [...lines]));
  });
}

const file = shared("clients/recurrence-cases.json");
const known: readonly RecurrenceCase[] = file ? JSON.parse(Deno.readTextFileSync(file)) : [];

for (const one of known.filter(({ informative }) => !informative)) {
  Deno.test(`expand: ${one.name}`, () => {
    const starts = (one.expected_utc ?? one.expected)
      .map((digits) => digits.includes("T") ? digits.replace(/Z?$/, "Z") : digits);
    const last = Math.max(...starts.map((digits) => readDigits(digits)?.localMs ?? NaN));
    const range = { start: at("19000101T000000"), end: last + 1_000 };
    const text = expanded(textOfCase(one), range, createZones(utcZone));
    const found = [...text.matchAll(/^DTSTART(?:;VALUE=DATE)?:(.*)$/gm)].map(([, start]) => start);
    assertEquals(found.sort().slice(0, starts.length), starts.toSorted());
    assert(!/^(RRULE|RDATE|EXDATE|EXRULE)/m.test(text));
  });
}

Deno.test("expand: the example of RFC 4791 §7.8.3", () => {
  const range = ["20060103T000000", "20060105T000000"] as const;
  const common = [
    "DTSTAMP:20060206T001121Z",
    "DURATION:PT1H",
    "UID:00959BC664CA650E933C892C@example.com",
  ];
  assertEquals(
    expand(appendixB["abcd2.ics"] ?? "", range),
    calendar(
      component("VEVENT", [
        "RECURRENCE-ID:20060103T170000Z",
        ...common,
        "DTSTART:20060103T170000Z",
        "SUMMARY:Event #2",
      ]),
      component("VEVENT", [
        "RECURRENCE-ID:20060104T170000Z",
        ...common,
        "DTSTART:20060104T190000Z",
        "SUMMARY:Event #2 bis",
      ]),
    ),
  );
  assertEquals(told(expand(appendixB["abcd3.ics"] ?? "", range)), [
    ["DTSTART:20060104T150000Z", "DURATION:PT1H", "SUMMARY:Event #3"],
  ]);
});

Deno.test("expand: what is not about recurrence stands as it was written", () => {
  const alarm = ["BEGIN:VALARM", "ACTION:DISPLAY", "TRIGGER:-PT5M", "END:VALARM"];
  const written = ["DESCRIPTION;LANGUAGE=de:Long", " er", 'ATTENDEE;CN="A:B":mailto:a@b'];
  const text = calendar(
    crlf(["X-WR-CALNAME:Mine"]),
    zone("Europe/Vienna"),
    component("VEVENT", [
      "UID:a",
      ...written,
      "DTSTART;TZID=Europe/Vienna:20260105T100000",
      "X-WHEN;X-A=1;TZID=Europe/Vienna;X-B=2:20260105T100000",
      "X-WHAT;TZID=Europe/Vienna:nothing",
      "EXRULE:FREQ=DAILY;COUNT=1",
      ...alarm,
    ]),
    component("X-MINE", ["X-A:1"]),
  );
  assertEquals(
    expand(text.replace("EXRULE:FREQ=DAILY;COUNT=1\r\n", "")),
    calendar(
      crlf(["X-WR-CALNAME:Mine"]),
      component("VEVENT", [
        "UID:a",
        ...written,
        "DTSTART:20260105T090000Z",
        "X-WHEN;X-A=1;X-B=2:20260105T090000Z",
        "X-WHAT;TZID=Europe/Vienna:nothing",
        ...alarm,
      ]),
      component("X-MINE", ["X-A:1"]),
    ),
  );
});

const endless: Readonly<Record<string, readonly string[]>> = {
  "each second": ["RRULE:FREQ=SECONDLY"],
  "a thousand million times": ["RRULE:FREQ=MINUTELY;COUNT=999999999"],
  "each day": ["RRULE:FREQ=DAILY"],
};

for (const [name, lines] of Object.entries(endless)) {
  Deno.test(`expand: ${name} in 10,000 years is too much`, () => {
    const text = event({ uid: "a", start: "00010105T090000Z", end: "00010105T100000Z", lines });
    const error = assertThrows(() => expand(text, ["00000101T000000", "99991231T235959"]), Refusal);
    assertEquals([error.status, error.precondition], [403, C.maxInstances]);
  });
}

Deno.test("expand: as many instances as there may be", () => {
  const rule = (count: number) => event({ uid: "a", lines: [`RRULE:FREQ=HOURLY;COUNT=${count}`] });
  const range = ["20260101T000000", "20400101T000000"] as const;
  const { expandedInstances } = limits;
  assertEquals(told(expand(rule(expandedInstances), range)).length, expandedInstances);
  assertThrows(() => expand(rule(expandedInstances + 1), range), Refusal);
});

Deno.test("expand: a rule that never holds ends", () => {
  const lines = ["RRULE:FREQ=DAILY;BYMONTHDAY=31;BYMONTH=2"];
  assertEquals(told(expand(event({ uid: "a", lines }))).length, 1);
  assertEquals(
    told(expand(event({ uid: "a", lines }), ["20270101T000000", "99991231T000000"])),
    [],
  );
});
