import { assert, assertEquals } from "@std/assert";
import { claimsIn, mayAttach, withVerdicts } from "../../src/ical/attachments/claims.ts";
import { type AttachmentChange, withChange } from "../../src/ical/attachments/change.ts";
import { attachLine, saysTheSame } from "../../src/ical/attachments/line.ts";
import { contentLines, parametersOf } from "../../src/ical/content_lines.ts";
import { createZones } from "../../src/ical/moment.ts";
import { type Passage, passageOf } from "../../src/ical/passage.ts";
import { readCalendarObject } from "../../src/ical/read.ts";
import { ianaZone, utcZone } from "../../src/ical/zone.ts";

const file = {
  id: "id1",
  fileName: "a.txt",
  mediaType: "text/plain",
  sizeBytes: 5,
  url: "https://cal.test/dav/attachments/id1/a.txt",
};
const line = attachLine(file);
const at = Date.UTC(2026, 6, 1, 12);

const lines = (...all: readonly string[]): string => all.map((one) => `${one}\r\n`).join("");
const calendar = (...inside: readonly string[]): string =>
  lines("BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:x") + inside.join("") + lines("END:VCALENDAR");
const event = (...properties: readonly string[]): string =>
  lines("BEGIN:VEVENT", "UID:a", ...properties, "END:VEVENT");

const todo = (...properties: readonly string[]): string =>
  lines("BEGIN:VTODO", "UID:a", ...properties, "END:VTODO");

const utf8 = new TextDecoder("utf-8", { ignoreBOM: true });

function change(
  text: string,
  wanted: AttachmentChange,
  rids?: readonly string[],
  zone = utcZone,
): string {
  const changed = withChange(passageOf({ body: text, blobs: [] }), wanted, {
    rids,
    zones: createZones(zone),
    at,
  });
  if (typeof changed === "string") return changed;
  const written = utf8.decode(changed.octets);
  readCalendarObject(written);
  return written;
}

const add: AttachmentChange = { kind: "add", attachment: file };
const remove: AttachmentChange = { kind: "remove", id: "id1" };

const stamp = "DTSTAMP:20260701T120000Z";
const daily = ["DTSTAMP:20260101T000000Z", "DTSTART;TZID=Europe/Vienna:20260301T090000"];
const until = "DTEND;TZID=Europe/Vienna:20260301T103000";
const rule = "RRULE:FREQ=DAILY;COUNT=60";
const alarm = ["BEGIN:VALARM", "ACTION:DISPLAY", "TRIGGER:-PT5M", "DESCRIPTION:x", "END:VALARM"];
const override = event(
  "RECURRENCE-ID;TZID=Europe/Vienna:20260302T090000",
  "DTSTART;TZID=Europe/Vienna:20260302T110000",
);

interface Case {
  readonly name: string;
  readonly text: string;
  readonly change: AttachmentChange;
  readonly rids?: readonly string[];
  readonly gives: string;
}

const cases: readonly Case[] = [
  {
    name: "added behind the properties, before what is inside",
    text: calendar(event(...daily, ...alarm)),
    change: add,
    gives: calendar(
      lines("BEGIN:VEVENT", "UID:a", stamp, daily[1] ?? "") + line +
        lines(...alarm, "END:VEVENT"),
    ),
  },
  {
    name: "added to all instances where none is named",
    text: calendar(event(...daily, rule), override),
    change: add,
    gives: calendar(
      lines("BEGIN:VEVENT", "UID:a", stamp, daily[1] ?? "", rule) + line + lines("END:VEVENT"),
      override.replace("END:", `${line}END:`),
    ),
  },
  {
    name: "added to the master alone",
    text: calendar(event(...daily, rule), override),
    change: add,
    rids: ["M"],
    gives: calendar(
      lines("BEGIN:VEVENT", "UID:a", stamp, daily[1] ?? "", rule) + line + lines("END:VEVENT"),
      override,
    ),
  },
  {
    name: "added to an override",
    text: calendar(event(...daily, rule), override),
    change: add,
    rids: ["20260302T090000"],
    gives: calendar(event(...daily, rule), override.replace("END:", `${line}END:`)),
  },
  {
    name: "added to an override that names its instance in another form",
    text: calendar(event(...daily, rule), override.replace(/ID.*?T090000/, "ID:20260302T080000Z")),
    change: add,
    rids: ["20260302T090000"],
    gives: calendar(
      event(...daily, rule),
      override.replace(/ID.*?T090000/, "ID:20260302T080000Z").replace("END:", `${line}END:`),
    ),
  },
  {
    name: "added to an instance of a task's override of all that follow, without a time",
    text: calendar(
      todo("DTSTART:20260301T090000Z", "RRULE:FREQ=DAILY"),
      todo("RECURRENCE-ID;RANGE=THISANDFUTURE:20260302T090000Z", "SUMMARY:b"),
    ),
    change: add,
    rids: ["20260303T090000Z"],
    gives: calendar(
      todo("DTSTART:20260301T090000Z", "RRULE:FREQ=DAILY"),
      todo("RECURRENCE-ID;RANGE=THISANDFUTURE:20260302T090000Z", "SUMMARY:b"),
      todo("RECURRENCE-ID:20260303T090000Z", "SUMMARY:b").replace("END:", `${line}END:`),
    ),
  },
  {
    name: "added to an instance behind a change of the clocks",
    text: calendar(event(...daily, until, rule, "EXDATE:20260304T080000Z", ...alarm)),
    change: add,
    rids: ["20260402T090000"],
    gives: calendar(
      event(...daily, until, rule, "EXDATE:20260304T080000Z", ...alarm),
      lines(
        "BEGIN:VEVENT",
        "UID:a",
        stamp,
        "DTSTART;TZID=Europe/Vienna:20260402T090000",
        "RECURRENCE-ID;TZID=Europe/Vienna:20260402T090000",
        "DTEND;TZID=Europe/Vienna:20260402T103000",
      ) + line + lines(...alarm, "END:VEVENT"),
    ),
  },
  {
    name: "added to two instances, one of which has an override",
    text: calendar(
      event("DTSTART:20260301T090000Z", "DURATION:PT1H", "RRULE:FREQ=DAILY"),
      override,
    ),
    change: add,
    rids: ["20260303T090000Z", "20260302T090000"],
    gives: calendar(
      event("DTSTART:20260301T090000Z", "DURATION:PT1H", "RRULE:FREQ=DAILY"),
      override.replace("END:", `${line}END:`),
      lines(
        "BEGIN:VEVENT",
        "UID:a",
        "DTSTART:20260303T090000Z",
        "RECURRENCE-ID:20260303T090000Z",
        "DURATION:PT1H",
      ) + line + lines("END:VEVENT"),
    ),
  },
  {
    name: "added to a day",
    text: calendar(
      event("DTSTART;VALUE=DATE:20260301", "DTEND;VALUE=DATE:20260303", "RRULE:FREQ=WEEKLY"),
    ),
    change: add,
    rids: ["20260308"],
    gives: calendar(
      event("DTSTART;VALUE=DATE:20260301", "DTEND;VALUE=DATE:20260303", "RRULE:FREQ=WEEKLY"),
      lines(
        "BEGIN:VEVENT",
        "UID:a",
        "DTSTART;VALUE=DATE:20260308",
        "RECURRENCE-ID;VALUE=DATE:20260308",
        "DTEND;VALUE=DATE:20260310",
      ) + line + lines("END:VEVENT"),
    ),
  },
  {
    name: "added to an instance that all before it have moved",
    text: calendar(
      event("DTSTART:20260301T090000Z", "DTEND:20260301T100000Z", "RRULE:FREQ=DAILY"),
      event(
        "RECURRENCE-ID;RANGE=THISANDFUTURE:20260302T090000Z",
        "DTSTART:20260302T190000Z",
        "DTEND:20260302T210000Z",
      ),
    ),
    change: add,
    rids: ["20260304T090000Z"],
    gives: calendar(
      event("DTSTART:20260301T090000Z", "DTEND:20260301T100000Z", "RRULE:FREQ=DAILY"),
      event(
        "RECURRENCE-ID;RANGE=THISANDFUTURE:20260302T090000Z",
        "DTSTART:20260302T190000Z",
        "DTEND:20260302T210000Z",
      ),
      lines(
        "BEGIN:VEVENT",
        "UID:a",
        "DTSTART:20260304T190000Z",
        "RECURRENCE-ID:20260304T090000Z",
        "DTEND:20260304T210000Z",
      ) + line + lines("END:VEVENT"),
    ),
  },
  {
    name: "added to an instance that is as long as its RDATE",
    text: calendar(event(
      "DTSTART:20260301T090000Z",
      "DURATION:PT1H",
      "RDATE;VALUE=PERIOD:20260305T090000Z/PT3H",
    )),
    change: add,
    rids: ["20260305T090000Z"],
    gives: calendar(
      event(
        "DTSTART:20260301T090000Z",
        "DURATION:PT1H",
        "RDATE;VALUE=PERIOD:20260305T090000Z/PT3H",
      ),
      lines(
        "BEGIN:VEVENT",
        "UID:a",
        "DTSTART:20260305T090000Z",
        "RECURRENCE-ID:20260305T090000Z",
        "DTEND:20260305T120000Z",
      ) + line + lines("END:VEVENT"),
    ),
  },
  {
    name: "replaced, whatever else the line says",
    text: calendar(event(
      "DTSTART:20260301T090000Z",
      "LAST-MODIFIED:20200101T000000Z",
      "ATTACH;X-A=1;MANAGED-ID=id1:x",
      "ATTACH;MANAGED-ID=id10:y",
    )),
    change: { kind: "update", id: "id1", attachment: { ...file, id: "id2" } },
    gives: calendar(
      lines(
        "BEGIN:VEVENT",
        "UID:a",
        "DTSTART:20260301T090000Z",
        "LAST-MODIFIED:20260701T120000Z",
      ) + attachLine({ ...file, id: "id2" }) +
        lines("ATTACH;MANAGED-ID=id10:y", "END:VEVENT"),
    ),
  },
  {
    name: "removed from all that have it, and others stay as they are",
    text: calendar(event(...daily, rule, "ATTACH;MANAGED-ID=id1:x"), override),
    change: remove,
    gives: calendar(event(stamp, daily[1] ?? "", rule), override),
  },
  {
    name: "removed from an instance",
    text: calendar(event("DTSTART:20260301T090000", "RRULE:FREQ=DAILY", "ATTACH;MANAGED-ID=id1:x")),
    change: remove,
    rids: ["20260303T090000"],
    gives: calendar(
      event("DTSTART:20260301T090000", "RRULE:FREQ=DAILY", "ATTACH;MANAGED-ID=id1:x"),
      event("DTSTART:20260303T090000", "RECURRENCE-ID:20260303T090000"),
    ),
  },
  {
    name: "of a task that is due before it starts, in an instance",
    text: calendar(
      lines(
        "BEGIN:VTODO",
        "UID:a",
        "DTSTART:20260301T090000Z",
        "DUE:20260301T080000Z",
        "RRULE:FREQ=DAILY",
        "END:VTODO",
      ),
    ),
    change: add,
    rids: ["20260302T090000Z"],
    gives: calendar(
      lines(
        "BEGIN:VTODO",
        "UID:a",
        "DTSTART:20260301T090000Z",
        "DUE:20260301T080000Z",
        "RRULE:FREQ=DAILY",
        "END:VTODO",
      ),
      lines(
        "BEGIN:VTODO",
        "UID:a",
        "DTSTART:20260302T090000Z",
        "RECURRENCE-ID:20260302T090000Z",
        "DUE:20260302T080000Z",
      ) + line + lines("END:VTODO"),
    ),
  },
  {
    name: "nowhere, where there is none",
    text: calendar(event("DTSTART:20260301T090000Z", "ATTACH:https://x.test/id1")),
    change: remove,
    gives: "no such attachment",
  },
];

for (const { name, text, change: wanted, rids, gives } of cases) {
  Deno.test(`an attachment is ${wanted.kind === "remove" ? "removed" : "written"}: ${name}`, () => {
    assertEquals(change(text, wanted, rids), gives);
  });
}

const strangers: readonly (readonly [name: string, text: string, rids: readonly string[]])[] = [
  ["a time between instances", calendar(event(...daily, rule)), ["20260302T093000"]],
  ["one behind the end", calendar(event(...daily, rule)), ["20260501T090000"]],
  ["one in another form", calendar(event(...daily, rule)), ["20260302T080000Z"]],
  [
    "one that is excepted",
    calendar(
      event(...daily, rule, "EXDATE;TZID=Europe/Vienna:20260303T090000"),
    ),
    ["20260303T090000"],
  ],
  ["one twice", calendar(event(...daily, rule)), ["20260302T090000", "20260302T090000"]],
  ["the only one of what does not recur", calendar(event(...daily)), ["20260301T090000"]],
  ["the master, where there is none", calendar(override), ["M"]],
  ["one of overrides alone", calendar(override), ["20260303T090000"]],
  ["one that there is, and one that there is not", calendar(event(...daily, rule)), ["M", "x"]],
];

for (const [name, text, rids] of strangers) {
  Deno.test(`instances are those of the series: ${name}`, () => {
    assertEquals(change(text, add, rids), "no such instance");
  });
}

Deno.test("an instance without a zone is where the calendar is", () => {
  const text = calendar(event("DTSTART:20260301T090000", "DURATION:PT1H", "RRULE:FREQ=DAILY"));
  const vienna = ianaZone("Europe/Vienna");
  assert(vienna);
  const changed = change(text, add, ["20260401T090000"], vienna);
  assert(changed.includes("DTSTART:20260401T090000\r\nRECURRENCE-ID:20260401T090000\r\n"));
});

Deno.test("all other octets stay, whatever they are", () => {
  const octets = (text: string) => Uint8Array.from(text, (one) => one.charCodeAt(0));
  // A byte order mark, bare line feeds, and an ä that a fold cuts in two.
  const before = "\xef\xbb\xbfBEGIN:VCALENDAR\nVERSION:2.0\nBEGIN:VEVENT\nUID:a\n" +
    "SUMMARY:\xc3\n \xa4\nDTSTART:20260301T090000Z\n";
  const after = "END:VEVENT\nEND:VCALENDAR\n";
  const passage = passageOf({ body: octets(before + after), blobs: [] });
  const changed = withChange(passage, add, { rids: undefined, zones: createZones(utcZone), at });
  assertEquals((changed as Passage).octets, octets(before + line + after));
});

Deno.test("large values stand where they stood, in a new override too", () => {
  const text = calendar(event(
    "DTSTART:20260301T090000Z",
    "RRULE:FREQ=DAILY",
    "ATTACH;ENCODING=BASE64;VALUE=BINARY:",
    "SUMMARY:x",
    "ATTACH;ENCODING=BASE64;VALUE=BINARY:",
  ));
  const stands = (of: string, from = 0) => of.indexOf("BINARY:", from) + "BINARY:".length;
  const first = stands(text);
  const blobs = [
    { offsetBytes: first, blobId: 1, sizeBytes: 10 },
    { offsetBytes: stands(text, first), blobId: 2, sizeBytes: 20 },
  ];
  const changed = withChange(passageOf({ body: text, blobs }), add, {
    rids: ["20260302T090000Z"],
    zones: createZones(utcZone),
    at,
  }) as Passage;
  const written = utf8.decode(changed.octets);
  const places: number[] = [];
  for (let from = stands(written); from >= "BINARY:".length; from = stands(written, from)) {
    places.push(from);
  }
  assertEquals(changed.blobs.map(({ offsetBytes }) => offsetBytes), places);
  assertEquals(changed.blobs.map(({ blobId }) => blobId), [1, 2, 1, 2]);
});

const names = [
  "a.txt",
  'a "b".txt',
  "a;b,c:d.txt",
  "^n^^.txt",
  "Übersicht 2026.pdf",
  "x".repeat(200),
];

for (const fileName of names) {
  Deno.test(`FILENAME says ${JSON.stringify(fileName.slice(0, 20))}`, () => {
    const written = attachLine({ ...file, fileName });
    const [read] = [...contentLines(written)];
    assert(read);
    assertEquals(parametersOf(read).FILENAME, fileName);
    assert(saysTheSame(read, { ...file, fileName }));
    assert(!saysTheSame(read, { ...file, fileName, sizeBytes: 6 }));
  });
}

const idOf = (url: string) => url.startsWith("https://cal.test/") ? url.slice(17) : undefined;

Deno.test("claims are found by MANAGED-ID and by URL, in alarms and folded lines too", () => {
  const text = calendar(event(
    "DTSTART:20260301T090000Z",
    "ATTACH;MANAGED-ID=one:https://cal.test/other",
    "ATTACH:https://cal.test/two",
    "ATTACH:https://else.test/three",
    "att\r\n ach;managed-\r\n id=four:x",
    "X-ATTACH;MANAGED-ID=five:x",
    "BEGIN:VALARM",
    "ATTACH;MANAGED-ID=six:x",
    "END:VALARM",
  ));
  const found = claimsIn(passageOf({ body: text, blobs: [] }), idOf);
  assertEquals(found.map(({ id, isSaid }) => [id, isSaid]), [
    ["one", true],
    ["two", false],
    ["four", true],
    ["six", true],
  ]);
});

Deno.test("whether there is anything attached is seen however it is folded", () => {
  assert(mayAttach("\r\nA\r\n TTA\n\tCH:x"));
  assert(mayAttach(new TextEncoder().encode("\r\nattach:x")));
  assert(!mayAttach("\r\nATT ACH:x"));
});

const judged:
  readonly (readonly [line: string, verdict: "link" | "as it is" | typeof file, string])[] = [
    ["ATTACH;X-A=1;MANAGED-ID=id1;SIZE=9:x", file, attachLine(file, ";X-A=1")],
    ["ATTACH;VALUE=URI:https://cal.test/id1", file, line],
    [line.trimEnd(), file, line],
    [
      `ATTACH;SIZE=5;FILENAME=a.txt;FMTTYPE=text/plain;MANAGED-ID=id1:${file.url}`,
      file,
      `ATTACH;SIZE=5;FILENAME=a.txt;FMTTYPE=text/plain;MANAGED-ID=id1:${file.url}\r\n`,
    ],
    ["ATTACH;MANAGED-ID=id1;SIZE=9:x", "link", "ATTACH;SIZE=9:x\r\n"],
    ["ATTACH:https://cal.test/id1", "link", "ATTACH:https://cal.test/id1\r\n"],
    ["ATTACH;MANAGED-ID=id1;SIZE=9:x", "as it is", "ATTACH;MANAGED-ID=id1;SIZE=9:x\r\n"],
  ];

for (const [written, verdict, gives] of judged) {
  Deno.test(`what a client says of an attachment: ${written.slice(0, 60)}`, () => {
    const text = (one: string) =>
      calendar(event("DTSTART:20260301T090000Z", "SUMMARY:x")) // around it
        .replace("SUMMARY:x\r\n", one);
    const passage = passageOf({ body: text(`${written}\r\n`), blobs: [] });
    const after = withVerdicts(passage, claimsIn(passage, idOf), () => verdict);
    assertEquals(utf8.decode(after.octets), text(gives));
    assertEquals(after === passage, text(`${written}\r\n`) === text(gives));
  });
}
