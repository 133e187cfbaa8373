import { assert, assertEquals } from "@std/assert";
import { C } from "../../src/xml/names.ts";
import { textOf } from "../../src/xml/tree.ts";
import { event } from "../fixtures/events.ts";
import { multistatusOf, openHouse } from "../harness.ts";

const calendar = "/dav/calendars/alice/calendar/";
const path = `${calendar}a.ics`;
const utf8 = new TextEncoder();

const bytesOf = (text: string) => utf8.encode(text) as Uint8Array<ArrayBuffer>;

/** Folds after so many octets, in the middle of a character if need be, as iOS and others do. */
function foldedInside(line: string, octets: number): Uint8Array<ArrayBuffer> {
  const bytes = utf8.encode(line);
  const fold = utf8.encode("\r\n ");
  const parts = Array.from(
    { length: Math.ceil(bytes.length / octets) },
    (
      _,
      index,
    ) => [...(index === 0 ? [] : fold), ...bytes.subarray(index * octets, index * octets + octets)],
  );
  return new Uint8Array(parts.flat());
}

/** An event whose SUMMARY is given as bytes. */
function withSummary(summary: Uint8Array): Uint8Array<ArrayBuffer> {
  const [before = "", after = ""] = event({ uid: "a", summary: "@" }).split("SUMMARY:@");
  return new Uint8Array([...utf8.encode(before), ...summary, ...utf8.encode(after)]);
}

const plain = event({ uid: "a", summary: "Grüße" });
const long = "ü".repeat(100);

interface Case {
  readonly name: string;
  readonly sent: Uint8Array<ArrayBuffer>;
  /** As calendar-data tells it: text that XML can hold. */
  readonly told: string;
}

const cases: readonly Case[] = [
  { name: "CRLF", sent: bytesOf(plain), told: plain },
  {
    name: "LF alone",
    sent: bytesOf(plain.replaceAll("\r\n", "\n")),
    told: plain.replaceAll("\r\n", "\n"),
  },
  {
    name: "both kinds of line end",
    sent: bytesOf(plain.replace("\r\n", "\n")),
    told: plain.replace("\r\n", "\n"),
  },
  { name: "no line end at the end", sent: bytesOf(plain.trimEnd()), told: plain.trimEnd() },
  { name: "empty lines at the end", sent: bytesOf(`${plain}\r\n\r\n`), told: `${plain}\r\n\r\n` },
  { name: "a byte order mark", sent: bytesOf(`\ufeff${plain}`), told: plain },
  {
    name: "folds with a tab, and of odd widths",
    sent: bytesOf(plain.replace("Grü", "G\r\n\tr\r\n ü")),
    told: plain.replace("Grü", "G\r\n\tr\r\n ü"),
  },
  {
    name: "folds inside characters, which are no UTF-8",
    sent: withSummary(foldedInside(`SUMMARY:${long}`, 75)),
    // Whole where a fold had cut a character: the first fold falls between two halves of one.
    told: new TextDecoder().decode(
      withSummary(foldedOutside(`SUMMARY:${long}`, 75)),
    ),
  },
  {
    name: "lines that should have been folded",
    sent: bytesOf(event({ uid: "a", summary: long.repeat(20) })),
    told: event({ uid: "a", summary: long.repeat(20) }),
  },
  {
    name: "what XML has to escape",
    sent: bytesOf(event({ uid: "a", summary: `<a href="x">&amp; ]]> 'é' \u2028 🎂` })),
    told: event({ uid: "a", summary: `<a href="x">&amp; ]]> 'é' \u2028 🎂` }),
  },
  {
    name: "lower case, blanks and what nobody knows",
    sent: bytesOf(
      plain.replace("SUMMARY:", 'X-a;X-b="c;d":  e \r\nsummary:')
        .replace("BEGIN:VEVENT", "Begin:vEvent").replace("END:VEVENT", "End:vEvent"),
    ),
    told: plain.replace("SUMMARY:", 'X-a;X-b="c;d":  e \r\nsummary:')
      .replace("BEGIN:VEVENT", "Begin:vEvent").replace("END:VEVENT", "End:vEvent"),
  },
];

/** The same folds, but for those inside a character: these are gone. */
function foldedOutside(line: string, octets: number): Uint8Array {
  const bytes = utf8.encode(line);
  const parts: number[] = [];
  for (const [at, byte] of bytes.entries()) {
    const continues = (byte & 0xc0) === 0x80;
    if (at > 0 && at % octets === 0 && !continues) parts.push(...utf8.encode("\r\n "));
    parts.push(byte);
  }
  return new Uint8Array(parts);
}

const report = (element: string): string =>
  `<c:${element} xmlns:c="urn:ietf:params:xml:ns:caldav" xmlns="DAV:"><prop><c:calendar-data/>` +
  `</prop>${
    element === "calendar-multiget"
      ? `<href>${path}</href>`
      : `<c:filter><c:comp-filter name="VCALENDAR"/></c:filter>`
  }</c:${element}>`;

for (const { name, sent, told } of cases) {
  Deno.test(`exact bytes: ${name}`, async () => {
    await using house = await openHouse();
    const headers = { "content-type": "text/calendar" };
    const put = await house.ask("PUT", path, { headers, body: sent });
    assertEquals([put.status, await put.text()], [201, ""]);
    assert(put.headers.has("etag"));
    const got = await house.ask("GET", path);
    assertEquals(new Uint8Array(await got.arrayBuffer()), sent);
    assertEquals(got.headers.get("content-length"), String(sent.length));
    for (const element of ["calendar-multiget", "calendar-query"]) {
      const ask = { headers: { depth: "1" }, body: report(element) };
      const found = await multistatusOf(await house.ask("REPORT", calendar, ask));
      const data = found.at(path)?.prop(C.calendarData);
      assertEquals(data && textOf(data), told, element);
    }
  });
}
