import { assert, assertEquals } from "@std/assert";
import { jcalOf } from "../../src/ical/jcal/write.ts";
import { limits } from "../../src/limits.ts";
import { C, D } from "../../src/xml/names.ts";
import { el, textOf, type XmlElement } from "../../src/xml/tree.ts";
import { documentXml } from "../../src/xml/write.ts";
import { expand, multiget, query, syncCollection } from "../clients/bodies.ts";
import { event } from "../fixtures/events.ts";
import { type House, multistatusOf, openHouse } from "../harness.ts";
import { randomFrom } from "../seeded.ts";
import { cellsOf, openWatched } from "./watching.ts";

const calendar = "/dav/calendars/alice/calendar/";
const path = `${calendar}a.ics`;
const item = { "content-type": "text/calendar" };
const begin = "ATTACH;VALUE=BINARY;ENCODING=BASE64;FMTTYPE=image/png:";
const utf8 = new TextEncoder();

const { inlineBytes, chunkBytes } = limits;

/** BASE64 in lines of 75 octets, that differs from line to line. */
const base64 = (sizeBytes: number, fold = "\r\n ", seed = 1): string =>
  Array.from(
    { length: Math.ceil(sizeBytes / 75) },
    (_, line) => fold + (line * 7 + seed).toString(36).padStart(9, "0").repeat(8),
  ).join("").slice(0, sizeBytes).replace(/[\r\n ]+$/, "");

const attached = (...values: readonly string[]): string => event({ uid: "a", lines: values });

interface Case {
  readonly name: string;
  readonly sent: string | Uint8Array<ArrayBuffer>;
  /** Blobs that it has. */
  readonly blobs: number;
  /** As calendar-data has it, where it is not the same. */
  readonly told?: string;
}

const megabyte = base64(1024 * 1024);
const withFold = (text: string): Uint8Array<ArrayBuffer> => {
  const bytes = utf8.encode(text);
  const at = bytes.indexOf(0xc3) + 1; // in the middle of the ü
  return new Uint8Array([...bytes.subarray(0, at), 0x0d, 0x0a, 0x20, ...bytes.subarray(at)]);
};

const cases: readonly Case[] = [
  { name: "a value of a megabyte", sent: attached(begin + megabyte), blobs: 1 },
  {
    name: "a value in one line",
    sent: attached(begin + megabyte.replaceAll("\r\n ", "")),
    blobs: 1,
  },
  {
    name: "line ends of LF",
    sent: attached(begin + megabyte).replaceAll("\r\n", "\n"),
    blobs: 1,
  },
  {
    name: "values of all sizes about that of a chunk",
    sent: attached(
      ...[-1, 0, 1, chunkBytes - 1, chunkBytes, chunkBytes + 1, 3 * chunkBytes].map((more) =>
        begin + base64(chunkBytes + more)
      ),
    ),
    blobs: 7,
  },
  {
    name: "a hundred values just large enough, and short ones between",
    sent: attached(
      ...Array.from(
        { length: 100 },
        (_, seed) => `${begin}${base64(5_000, "\r\n ", seed)}\r\n${begin}QUJD`,
      ),
    ),
    blobs: 100,
  },
  {
    name: "data: URIs with what XML has to escape",
    sent: attached(
      `ATTACH:data:text/plain;charset=utf-8,${"a&b;c='d'?".repeat(30_000)}`,
      `IMAGE;VALUE=URI:data:image/png;base64,${megabyte.replaceAll("\r\n ", "")}%3D`,
    ),
    blobs: 2,
  },
  {
    name: "much text, and a value of a property that nobody knows",
    sent: attached(
      `X-A;ENCODING=BASE64:${megabyte}`,
      `DESCRIPTION:${"Grüße <&>\\n".repeat(40_000)}`,
    ),
    blobs: 1,
  },
  { name: "text alone", sent: attached(`DESCRIPTION:${"x".repeat(900_000)}`), blobs: 0 },
  {
    name: "a fold inside a character beside a value",
    sent: withFold(attached("COMMENT:ü", begin + megabyte)),
    blobs: 1,
    told: attached("COMMENT:ü", begin + megabyte),
  },
  {
    name: "a byte order mark",
    sent: `\ufeff${attached(begin + megabyte)}`,
    blobs: 1,
    told: attached(begin + megabyte),
  },
  {
    name: "what looks like a mark",
    sent: attached(begin + megabyte, "X-A:\uffff0\uffff"),
    blobs: 1,
    told: attached(begin + megabyte, "X-A:0"),
  },
];

const put = (house: House, body: BodyInit, to = path, headers = {}) =>
  house.ask("PUT", to, { headers: { ...item, ...headers }, body });

const report = async (house: House, body: XmlElement) => {
  const headers = { depth: "1" };
  return (await multistatusOf(
    await house.ask("REPORT", calendar, { headers, body: documentXml(body) }),
  )).at(path);
};

const data = el(C.calendarData);

for (const { name, sent, blobs, told } of cases) {
  const octets = typeof sent === "string" ? utf8.encode(sent) : sent;

  Deno.test(`large values: ${name}: GET and ranges are byte for byte what was put`, async () => {
    await using house = await openHouse();
    const etag = (await put(house, octets)).headers.get("etag") ?? "";
    const got = await house.ask("GET", path);
    assertEquals(got.headers.get("content-length"), String(octets.length));
    assert(same(new Uint8Array(await got.arrayBuffer()), octets));
    assertEquals((await cellsOf(house, "SELECT id FROM blobs")).length, blobs);
    const random = randomFrom(1);
    for (let count = 0; count < 20; count++) {
      const from = random.int(octets.length);
      const to = from + random.int(random.pick([10, 1_000, octets.length]));
      const range = { range: `bytes=${from}-${to}`, "if-range": etag };
      const part = await house.ask("GET", path, { headers: range });
      assertEquals(part.status, 206);
      const bytes = new Uint8Array(await part.arrayBuffer());
      assert(same(bytes, octets.subarray(from, to + 1)), `${from}-${to}`);
    }
  });

  Deno.test(`large values: ${name}: reports tell the same text`, async () => {
    await using house = await openHouse();
    await put(house, octets);
    const expected = told ?? sent;
    for (
      const [kind, body] of Object.entries({
        multiget: multiget([path]),
        query: query([data], el(C.compFilter, [], { name: "VEVENT" })),
        sync: syncCollection("", { names: [C.calendarData] }),
        "in part": query([
          el(C.calendarData, [el(C.comp, [el(C.allprop), el(C.allcomp)], { name: "VCALENDAR" })]),
        ]),
      })
    ) {
      const found = (await report(house, body))?.prop(C.calendarData);
      assert(found && textOf(found) === expected, kind);
    }
  });
}

const same = (some: Uint8Array, others: Uint8Array): boolean =>
  some.length === others.length && some.every((byte, index) => byte === others[index]);

const large = attached(`${begin}${megabyte}`, "RRULE:FREQ=DAILY;COUNT=30");

interface Look {
  readonly name: string;
  readonly body: XmlElement;
  readonly readsValues: boolean;
}

const eventsWith = (...inside: readonly XmlElement[]) =>
  el(C.compFilter, inside, { name: "VEVENT" });
const january = { start: "20260105T000000Z", end: "20260107T000000Z" };

const looks: readonly Look[] = [
  {
    name: "a query by time",
    body: query([el(D.getetag)], eventsWith(el(C.timeRange, [], { ...january }))),
    readsValues: false,
  },
  {
    name: "a query by text",
    body: query(
      [el(D.getetag)],
      eventsWith(
        el(C.propFilter, [el(C.textMatch, ["e"])], { name: "SUMMARY" }),
        el(C.propFilter, [], { name: "ATTACH" }),
      ),
    ),
    readsValues: false,
  },
  {
    name: "free-busy-query",
    body: el(C.freeBusyQuery, [el(C.timeRange, [], { ...january })]),
    readsValues: false,
  },
  {
    name: "data without ATTACH",
    body: query([
      el(C.calendarData, [
        el(C.comp, [el(C.comp, [el(C.prop, [], { name: "SUMMARY" })], { name: "VEVENT" })], {
          name: "VCALENDAR",
        }),
      ]),
    ]),
    readsValues: false,
  },
  {
    name: "ATTACH without its value",
    body: query([
      el(C.calendarData, [
        el(C.comp, [
          el(C.comp, [el(C.prop, [], { name: "ATTACH", novalue: "yes" })], { name: "VEVENT" }),
        ], { name: "VCALENDAR" }),
      ]),
    ]),
    readsValues: false,
  },
  {
    name: "ATTACH",
    body: query([
      el(C.calendarData, [
        el(C.comp, [el(C.comp, [el(C.prop, [], { name: "ATTACH" })], { name: "VEVENT" })], {
          name: "VCALENDAR",
        }),
      ]),
    ]),
    readsValues: true,
  },
];

for (const { name, body, readsValues } of looks) {
  Deno.test(`large values: ${name} reads ${readsValues ? "them" : "none"}`, async () => {
    const { house: opened, taken } = await openWatched();
    await using house = opened;
    await put(house, large);
    taken();
    const response = await house.ask("REPORT", calendar, {
      headers: { depth: "1" },
      body: documentXml(body),
    });
    assertEquals(Math.floor(response.status / 100), 2);
    const text = await response.text();
    assert(readsValues === text.includes(megabyte.slice(3, 75)));
    assertEquals(taken().bytes > 0, readsValues);
  });
}

Deno.test("large values: a multiget reads as the client takes it", async () => {
  const { house: opened, taken } = await openWatched();
  await using house = opened;
  await put(house, attached(begin + base64(9 * 1024 * 1024)));
  taken();
  const body = documentXml(multiget([path]));
  const reader = (await house.ask("REPORT", calendar, { body })).body?.getReader();
  await reader?.read();
  await new Promise((resolve) => setTimeout(resolve));
  assert(taken().bytes <= 2 * limits.blobBatchBytes);
  await reader?.cancel();
  taken();
  await new Promise((resolve) => setTimeout(resolve));
  assertEquals(taken().bytes, 0);
});

Deno.test("large values: many small ones are read in batches", async () => {
  const { house: opened, taken } = await openWatched();
  await using house = opened;
  const values = Array.from({ length: 300 }, (_, seed) => begin + base64(6_000, "\r\n ", seed));
  const sent = attached(...values);
  assert(utf8.encode(sent).length > inlineBytes);
  await put(house, sent);
  for (const body of [undefined, documentXml(multiget([path]))]) {
    taken();
    const answer = body === undefined
      ? await house.ask("GET", path)
      : await house.ask("REPORT", calendar, { body });
    assert((await answer.text()).includes(values.at(-1)?.slice(-70) ?? ""));
    assertEquals(taken().statements, 300);
  }
});

Deno.test("large values: what is expanded repeats only so much of them", async () => {
  await using house = await openHouse();
  await put(house, large);
  const range = { start: "20260101T000000Z", end: "20260301T000000Z" };
  const found = (await report(house, query([expand(range)])))?.prop(C.calendarData);
  const text = found ? textOf(found) : "";
  assertEquals(text.match(/BEGIN:VEVENT/g)?.length, 30);
  const whole = text.split(megabyte).length - 1;
  assertEquals(whole, 1 + Math.floor(limits.repeatedBytes / megabyte.length));
  assertEquals(text.match(/ATTACH;[^:]*:\r\n[^ ]/g)?.length, 30 - whole);
});

Deno.test("large values: jCal has them without folds", async () => {
  await using house = await openHouse();
  await put(house, large);
  const accept = "application/calendar+json";
  const text = await (await house.ask("GET", path, { headers: { accept } })).text();
  assert(text === jcalOf(large));
  const body = documentXml(
    query([el(C.calendarData, [], { "content-type": accept, version: "2.0" })]),
  );
  const headers = { depth: "1" };
  const answer = await multistatusOf(await house.ask("REPORT", calendar, { headers, body }));
  const found = answer.at(path)?.prop(C.calendarData);
  assert(found && textOf(found) === text);
});

Deno.test("large values: a calendar as a whole has them, with CRLF", async () => {
  await using house = await openHouse();
  await put(house, large.replaceAll("\r\n", "\n"));
  const text = await (await house.ask("GET", calendar)).text();
  assert(text.includes(`${begin}${megabyte}\r\n`));
});

Deno.test("large values: whoever prefers a representation gets what was put", async () => {
  await using house = await openHouse();
  const made = await put(house, large, path, { prefer: "return=representation" });
  assertEquals(made.status, 201);
  assert(await made.text() === large);
});

Deno.test("large values: a file that becomes a calendar object, and the other way", async () => {
  await using house = await openHouse();
  const file = "/dav/files/alice/a.ics";
  await house.ask("PUT", file, { body: large });
  const copy = { headers: { destination: path } };
  assertEquals((await house.ask("COPY", file, copy)).status, 201);
  const skeletons = await cellsOf(house, "SELECT octet_length(body) FROM objects WHERE uid = 'a'");
  assertEquals(skeletons, [large.length - megabyte.length]);
  assert(await (await house.ask("GET", path)).text() === large);
  const back = { headers: { destination: "/dav/files/alice/b.ics" } };
  assertEquals((await house.ask("MOVE", path, back)).status, 201);
  assert(await (await house.ask("GET", "/dav/files/alice/b.ics")).text() === large);
});
