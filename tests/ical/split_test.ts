import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { readCalendarObject } from "../../src/ical/read.ts";
import { inStream } from "../../src/ical/split/in_stream.ts";
import { joinCalendars } from "../../src/ical/join.ts";
import { calendar, component, crlf, event, journal, task, zone } from "../fixtures/events.ts";
import { assertCpuBelow } from "../processor.ts";
import { splitBytes, splitText, type WholeItem } from "./split.ts";

const utf8 = new TextEncoder();

const split = (stream: string | Uint8Array): Promise<readonly WholeItem[]> =>
  splitBytes(typeof stream === "string" ? utf8.encode(stream) : stream);

/** The objects as text by their UID; fails where something was skipped. */
async function objects(stream: string | Uint8Array): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const item of await split(stream)) {
    assert("uid" in item, JSON.stringify(item));
    found[item.uid] = new TextDecoder().decode(item.bytes);
  }
  return found;
}

const header = crlf(["VERSION:2.0", "PRODID:-//davit//tests//EN"]);
const vevent = (uid: string, ...lines: string[]) => component("VEVENT", [`UID:${uid}`, ...lines]);
const object = (...components: string[]) =>
  `BEGIN:VCALENDAR\r\n${header}${components.join("")}END:VCALENDAR\r\n`;

Deno.test("A stream is split into one object for each UID, master and overrides together", async () => {
  const [a, b, again] = [vevent("a"), vevent("b"), vevent("a", "RECURRENCE-ID:20260105T090000Z")];
  const stream = calendar(a, b, again, component("VTODO", ["UID:c"]));
  assertEquals(await objects(stream), {
    a: object(a, again),
    b: object(b),
    c: object(component("VTODO", ["UID:c"])),
  });
});

Deno.test("An object has the time zones that it names, wherever these stand", async () => {
  const [vienna, lima, unused] = [zone("Europe/Vienna"), zone("America/Lima"), zone("Unused")];
  const both = vevent(
    "a",
    "DTSTART;TZID=Europe/Vienna:20260105T090000",
    'DTEND;TZID="America/Lima ":20260105T090000',
    "BEGIN:VALARM",
    "X-AT;TZID=Nowhere:x",
    "END:VALARM",
  );
  const one = vevent("b", "DTSTART;TZID=America/Lima:20260105T090000");
  assertEquals(await objects(calendar(vienna, both, unused, one, lima)), {
    a: object(vienna, lima, both),
    b: object(lima, one),
  });
});

Deno.test("An object has no METHOD and nothing else of its calendar", async () => {
  const stream = calendar(vevent("a")).replace(
    "VERSION:2.0",
    "METHOD:PUBLISH\r\nX-WR-CALNAME:A\r\nVERSION:2.0\r\nCALSCALE:GREGORIAN",
  );
  const expected = object(vevent("a")).replace("//EN\r\n", "//EN\r\nCALSCALE:GREGORIAN\r\n");
  assertEquals(await objects(stream), { a: expected });
});

Deno.test("What a calendar lacks, its objects get", async () => {
  const stream = `BEGIN:VCALENDAR\r\n${vevent("a")}END:VCALENDAR\r\n`;
  const { a = "" } = await objects(stream);
  assertEquals(a, object(vevent("a")).replace("-//davit//tests//EN", "-//davit//davit//EN"));
});

Deno.test("Several calendars in a stream, each with its own time zones", async () => {
  const line = "DTSTART;TZID=A:20260105T090000";
  const [winter, summer] = [zone("A"), zone("A").replace("+0200", "+0300")];
  const stream = "\ufeff" + calendar(winter, vevent("a", line)) + "\r\n" +
    calendar(summer, vevent("b", line), vevent("a", "RECURRENCE-ID:20260105T090000Z"));
  assertEquals(await objects(stream), {
    a: object(winter, vevent("a", line), vevent("a", "RECURRENCE-ID:20260105T090000Z")),
    b: object(summer, vevent("b", line)),
  });
});

Deno.test("Components of unknown kinds may hold others of any kind", async () => {
  const poll = component("VPOLL", ["UID:a", ...vevent("b").trimEnd().split("\r\n")]);
  assertEquals(await objects(calendar(poll)), { a: object(poll) });
});

Deno.test("Components keep their bytes, with CRLF", async () => {
  const odd = vevent("a", 'summary;X="a:b":caf\u00e9 \\n\r\n  \ud83d\ude00', "X-\u00d6:kept too");
  assertEquals(await objects(calendar(odd)), { a: object(odd) });
  assertEquals(await objects(calendar(odd).replaceAll("\r\n", "\n")), { a: object(odd) });

  const octets = Uint8Array.from(
    calendar(vevent("a", "SUMMARY:f\u00eate")),
    (c) => c.charCodeAt(0),
  );
  const [item] = await split(octets);
  assert(item !== undefined && "bytes" in item);
  assertEquals(item.bytes.includes(0xea), true, "Text of another encoding is left as it is.");
});

Deno.test("A UID is told as text, folded and escaped as it may be", async () => {
  const found = await objects(calendar(vevent("ab\r\n c\\, \u00e9")));
  assertEquals(Object.keys(found), ["abc, \u00e9"]);
});

Deno.test("A component without UID gets one that stays the same", async () => {
  const without = (...lines: string[]) => component("VEVENT", ["SUMMARY:Lunch", ...lines]);
  const [first, second, other, empty] = await Promise.all([
    objects(calendar(without("DTSTAMP:20260101T000000Z"))),
    objects(calendar(without("DTSTAMP:20260202T000000Z")).replaceAll("\r\n", "\n")),
    objects(calendar(without("LOCATION:Here"))),
    objects(calendar(without("UID:"))),
  ]);
  const [uid = ""] = Object.keys(first);
  assert(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}$/.test(uid), uid);
  assertEquals(
    first[uid],
    object(component("VEVENT", [`UID:${uid}`, "SUMMARY:Lunch", "DTSTAMP:20260101T000000Z"])),
  );
  assertEquals(Object.keys(second), [uid]);
  assertNotEquals(Object.keys(other), [uid]);
  assertEquals(empty[uid], object(component("VEVENT", ["SUMMARY:Lunch", `UID:${uid}`])));
});

Deno.test("A component without UID gets another one for other octets, however long its lines are", async () => {
  const long = (last: string) =>
    calendar(
      component("VEVENT", [`ATTACH;ENCODING=BASE64;VALUE=BINARY:${"A".repeat(3e6)}${last}`]),
    );
  const uids = await Promise.all(
    ["A", "B", "A"].map(async (last) => {
      const [item] = await splitBytes(utf8.encode(long(last)), 50_000);
      assert(item && "uid" in item);
      assertEquals(item.bytes.length, long(last).length + `UID:${item.uid}\r\n`.length);
      return item.uid;
    }),
  );
  assertEquals(uids[0], uids[2]);
  assertNotEquals(uids[0], uids[1]);
});

Deno.test("Calendars may each begin with a byte order mark", async () => {
  const stream = ["a", "b"].map((uid) => "\ufeff" + calendar(vevent(uid))).join("");
  assertEquals(await objects(stream), { a: object(vevent("a")), b: object(vevent("b")) });
});

const skipped: readonly { name: string; stream: string; gives: WholeItem[]; left?: string[] }[] = [
  { name: "nothing", stream: "", gives: [] },
  {
    name: "no iCalendar",
    stream: "<html>\r\n</html>\r\n",
    gives: [
      { skipped: "text outside of a VCALENDAR", line: 1 },
    ],
  },
  {
    name: "text between calendars",
    stream: calendar(vevent("a")) + "--\r\n--\r\n" + calendar(vevent("b")),
    gives: [{ skipped: "text outside of a VCALENDAR", line: 8 }],
    left: ["a", "b"],
  },
  {
    name: "an event that does not end",
    stream: calendar(vevent("a").replace("END:VEVENT\r\n", ""), vevent("b")),
    gives: [{ skipped: "a VEVENT without its end", line: 4 }],
    left: ["b"],
  },
  {
    name: "an alarm that does not end",
    stream: calendar(vevent("a", "BEGIN:VALARM"), vevent("b")),
    gives: [{ skipped: "a VEVENT without its end", line: 4 }],
    left: ["b"],
  },
  {
    name: "an event that the calendar ends",
    stream: calendar(vevent("a"), "BEGIN:VEVENT\r\n") + calendar(vevent("b")),
    gives: [{ skipped: "a VEVENT without its end", line: 7 }],
    left: ["a", "b"],
  },
  {
    name: "an event that the stream ends",
    stream: crlf(["BEGIN:VCALENDAR", "BEGIN:VEVENT", "UID:a"]),
    gives: [{ skipped: "a VEVENT without its end", line: 2 }],
  },
  {
    name: "text between two events",
    stream: calendar(vevent("a"), "this is garbage\r\nand more of it\r\n", vevent("b"), "--\r\n"),
    gives: [
      { skipped: "text that belongs to no component", line: 7 },
      { skipped: "text that belongs to no component", line: 12 },
    ],
    left: ["a", "b"],
  },
  {
    name: "an event without its first line",
    stream: calendar(vevent("a").replace("BEGIN:VEVENT\r\n", ""), vevent("b")),
    gives: [{ skipped: "an END:VEVENT without its beginning", line: 5 }],
    left: ["b"],
  },
  {
    name: "a calendar that the stream ends",
    stream: calendar(vevent("a"), vevent("b")).replace("\r\nEND:VCALENDAR\r\n", ""),
    gives: [{ skipped: "a VCALENDAR without its end, of which more may be missing", line: 1 }],
    left: ["a", "b"],
  },
  {
    name: "a calendar that the next one ends",
    stream: calendar(vevent("a")).replace("END:VCALENDAR\r\n", "") + calendar(vevent("b")),
    gives: [{ skipped: "a VCALENDAR without its end, of which more may be missing", line: 1 }],
    left: ["a", "b"],
  },
  {
    name: "a made-up component without UID",
    stream: calendar(component("X-THING", ["A:b"]), vevent("a")),
    gives: [{ skipped: "a X-THING without UID", line: 4 }],
    left: ["a"],
  },
];

for (const { name, stream, gives, left = [] } of skipped) {
  Deno.test(`Splitting goes on behind ${name}`, async () => {
    const items = await split(stream);
    assertEquals(items.filter((item) => "skipped" in item), gives);
    const uids = items.flatMap((item) => "uid" in item ? [item.uid.split("-")[0]] : []);
    assertEquals(uids, left);
  });
}

Deno.test("An event that the stream ends without a line end is whole", async () => {
  const items = await split(calendar(vevent("a")).replace("\r\nEND:VCALENDAR\r\n", ""));
  const whole = items.find((one) => "uid" in one);
  assert(whole && "bytes" in whole);
  assertEquals(new TextDecoder().decode(whole.bytes), object(vevent("a")));
});

const stamped = (day: number) => `DTSTAMP:202601${day}T000000Z`;
const versions: readonly {
  readonly name: string;
  readonly before: readonly string[];
  readonly then: readonly string[];
  /** What of them is kept, and how many are not. */
  readonly kept: "before" | "then" | "both";
  readonly older: number;
}[] = [
  { name: "identical ones", before: [stamped(10)], then: [stamped(10)], kept: "before", older: 0 },
  {
    name: "identical ones, folded otherwise",
    before: ["SUMMARY:a b"],
    then: ["SUMMARY:a\r\n  b"],
    kept: "before",
    older: 0,
  },
  {
    name: "a greater SEQUENCE",
    before: ["SEQUENCE:10", stamped(10)],
    then: ["SEQUENCE:9", stamped(20)],
    kept: "before",
    older: 1,
  },
  {
    name: "a later DTSTAMP",
    before: [stamped(20), "LAST-MODIFIED:20260101T000000Z"],
    then: [stamped(10), "LAST-MODIFIED:20260201T000000Z"],
    kept: "before",
    older: 1,
  },
  {
    name: "a later LAST-MODIFIED",
    before: ["LAST-MODIFIED:20260201T000000Z"],
    then: ["LAST-MODIFIED:20260101T000000Z"],
    kept: "before",
    older: 1,
  },
  {
    name: "the last one, where they don't tell",
    before: ["SUMMARY:b"],
    then: ["SUMMARY:a"],
    kept: "then",
    older: 1,
  },
  {
    name: "what an alarm says is not the event's",
    before: ["SUMMARY:b", "BEGIN:VALARM", "SEQUENCE:5", "END:VALARM"],
    then: ["SUMMARY:a"],
    kept: "then",
    older: 1,
  },
  {
    name: "another instance",
    before: [stamped(20), "RECURRENCE-ID:20260105T090000Z"],
    then: [stamped(10), "RECURRENCE-ID:20260106T090000Z"],
    kept: "both",
    older: 0,
  },
];

for (const { name, before, then, kept, older } of versions) {
  Deno.test(`Of several versions of an instance one counts: ${name}`, async () => {
    const both = { before: vevent("a", ...before), then: vevent("a", ...then) };
    const between = vevent("a", "RECURRENCE-ID:20260101T090000Z");
    const stream = calendar(both.before, between) + calendar(both.then);
    const expected = kept === "both"
      ? object(both.before, between, both.then)
      : object(both[kept], between);
    assertEquals(await objects(stream), { a: expected });
    assertEquals((await splitText(stream)).olderVersions, older);
  });
}

Deno.test("The same without UID twice is one", async () => {
  const stream = calendar(component("VTODO", []), component("VTODO", []));
  const { items, olderVersions } = await splitText(stream);
  assertEquals([items.length, olderVersions], [1, 0]);
});

Deno.test("A stream may hold a calendar without objects", async () => {
  assertEquals((await splitText(calendar())).hasCalendar, true);
  assertEquals((await splitText("--")).hasCalendar, false);
});

Deno.test("What is wrong with an object is told with the line of the stream", async () => {
  const far = vevent("b", "DTSTART;TZID=A:20260105T090000", "X-LONG:a\r\n b\r\n c", "END:X");
  const unnamed = component("VEVENT", ["X:1", "END:Y"]);
  const stream = calendar(zone("A"), vevent("a"), far, unnamed) +
    calendar(vevent("a", "RECURRENCE-ID:1", "END:Z"));
  const lines = stream.split("\r\n");
  const { items } = await splitText(stream);
  const found: string[] = [];
  for (const item of items) {
    if (!("uid" in item)) continue;
    const text = (await Array.fromAsync(item.octets(), (piece) => new TextDecoder().decode(piece)))
      .join("");
    const wrong = text.split("\r\n").findIndex((line) => /^END:[XYZ]$/.test(line)) + 1;
    assert(wrong > 0);
    for (const sentence of [`Line ${wrong} is it.`, `The X-Y.Z of line ${wrong} is it: line 1.`]) {
      const said = await inStream(sentence, item);
      const number = Number(/\d+/.exec(said)?.[0]);
      assertEquals(said, sentence.replace(String(wrong), String(number)));
      found.push(lines[number - 1] ?? "");
    }
    assertEquals(await inStream("Line 0 is nowhere.", item), "Line 0 is nowhere.");
    assertEquals(await inStream("It has no line 3.", item), "It has no line 3.");
  }
  assertEquals(found, ["END:Z", "END:Z", "END:X", "END:X", "END:Y", "END:Y"]);
});

const joined = async (...given: Parameters<typeof joinCalendars>): Promise<string> =>
  (await Array.fromAsync(joinCalendars(...given))).join("");

Deno.test("A join has each time zone under a name of its own, and says what the calendar is called", async () => {
  const line = "DTSTART;TZID=A:20260105T090000";
  const name = "R\u00e4ume; B\u00fcro, " + "3. Stock ".repeat(8);
  const text = await joined([
    object(zone("A"), vevent("a", line)),
    object(zone("A").replace("+0200", "+0300"), zone("B"), vevent("b", line)).replaceAll(
      "\r\n",
      "\n",
    ),
  ], { name, color: "#00ff00" });
  const unfolded = text.replaceAll("\r\n ", "");
  const value = name.replace(";", "\\;").replace(",", "\\,");
  assertEquals(
    unfolded,
    crlf([
      "BEGIN:VCALENDAR",
      "VERSION:2.0",
      "PRODID:-//davit//davit//EN",
      `NAME:${value}`,
      `X-WR-CALNAME:${value}`,
      "X-APPLE-CALENDAR-COLOR:#00ff00",
    ]) + zone("A") + vevent("a", line) + zone("A (2)").replace("+0200", "+0300") + zone("B") +
      vevent("b", line.replace("=A", "=A (2)")) + "END:VCALENDAR\r\n",
  );
  assert(text.split("\r\n").every((physical) => utf8.encode(physical).length <= 75));
});

Deno.test("A join without objects is a calendar without components", async () => {
  assertEquals(await joined([]), object().replace("//tests//", "//davit//"));
});

Deno.test("What is joined and split is what it was", async () => {
  const stored = [
    event({
      uid: "a",
      tzid: "Europe/Vienna",
      start: "20260105T090000",
      end: "20260105T100000",
      zones: [zone("Europe/Vienna")],
      lines: ["RRULE:FREQ=DAILY"],
      overrides: [["DTSTART:20260106T110000Z", "RECURRENCE-ID;TZID=Europe/Vienna:20260106T090000"]],
    }),
    task({ uid: "b", lines: ["DESCRIPTION:a\r\n  b"] }),
    journal({ uid: "c" }),
  ];
  const found = await objects(await joined(stored));
  const same = (text: string) => text.replace("//tests//", "//davit//");
  assertEquals(Object.values(found), stored.map(same));
  for (const text of Object.values(found)) readCalendarObject(text);
});

Deno.test("Lines that are folded inside a character are whole in a join", async () => {
  const whole = event({ uid: "a", summary: "caf\u00e9" });
  const octets = [...utf8.encode(whole)].flatMap((o) => o === 0xa9 ? [0x0d, 0x0a, 0x20, o] : [o]);
  assertEquals(await joined([Uint8Array.from(octets)]), await joined([whole]));
});

Deno.test("Splitting takes linear time", async () => {
  const many = Array.from(
    { length: 20_000 },
    (_, at) => vevent(`u${at}`, "DTSTART;TZID=A:20260105T090000"),
  );
  const overrides = Array.from({ length: 20_000 }, (_, at) => vevent("a", `RECURRENCE-ID:${at}`));
  const whole = calendar(...many, ...overrides, zone("A"));
  await assertCpuBelow(5_000, async () => assertEquals((await split(whole)).length, 20_001));
});
