import { assert, assertEquals, assertThrows } from "@std/assert";
import { readCalendarObject } from "../../src/ical/read.ts";
import { Scanner } from "../../src/ical/scanner/scanner.ts";
import type { IcalBounds } from "../../src/ical/tree.ts";
import { limits } from "../../src/limits.ts";
import { Refusal } from "../../src/refusal.ts";
import { C, type XmlName } from "../../src/xml/names.ts";
import { event } from "../fixtures/events.ts";
import { assertCpuBelow } from "../processor.ts";
import { type Random, seededCases } from "../seeded.ts";
import { type Apart, joined, latin1, octetsOf, scanned, setApart } from "./scanner.ts";

const small: IcalBounds = { ...limits, icalValueBytes: 8, icalTextBytes: 60, icalLargeValues: 3 };
const begin = "BEGIN:VEVENT\r\n";
const end = "END:VEVENT\r\n";

interface Case {
  readonly name: string;
  readonly line: string;
  /** What of the line stays, and the value; undefined: all of it stays. */
  readonly apart?: readonly [stays: string, value: string];
  readonly gives?: XmlName;
}

const binary = "ATTACH;VALUE=BINARY;ENCODING=BASE64:";

const cases: readonly Case[] = [
  { name: "a short value", line: `${binary}QUJDRA\r\n` },
  { name: "a value", line: `${binary}QUJDREU=\r\n`, apart: [`${binary}\r\n`, "QUJDREU="] },
  { name: "a value in lines that end with LF", line: `${binary}Q\n JD=\n` },
  {
    name: "a longer one",
    line: `${binary}QU\n JDREUFFF=\n`,
    apart: [`${binary}\n`, "QU\n JDREUFFF="],
  },
  {
    name: "a fold before the value, and one behind it",
    line: `${binary}\r\n QUJDREU=\r\n \r\n`,
    apart: [`${binary}\r\n`, "\r\n QUJDREU=\r\n "],
  },
  {
    name: "folds in the name and in the parameters",
    line: 'ATT\r\n ACH;ENCODING=BAS\n\tE64;X="a:b\r\n ;c":\r\n\tQUJDREU=\r\n',
    apart: ['ATT\r\n ACH;ENCODING=BAS\n\tE64;X="a:b\r\n ;c":\r\n', "\r\n\tQUJDREU="],
  },
  {
    name: "a value of a property that nobody knows",
    line: "x-a;encoding=base64:QUJDREUFFF\r\n",
    apart: ["x-a;encoding=base64:\r\n", "QUJDREUFFF"],
  },
  {
    name: "a parameter in quotes",
    line: 'IMAGE;VALUE="BINARY":QUJDREUFFF\r\n',
    apart: ['IMAGE;VALUE="BINARY":\r\n', "QUJDREUFFF"],
  },
  {
    name: "a data: URI",
    line: "ATTACH:DATA:image/png;base64,QUJDREUFFF%3D\r\n",
    apart: ["ATTACH:DATA:image/png;base64,\r\n", "QUJDREUFFF%3D"],
  },
  {
    name: "a data: URI without BASE64, folded",
    line: "ATTACH:da\r\n ta:\r\n ,a~'%20(b)\r\n !\r\n",
    apart: ["ATTACH:da\r\n ta:\r\n ,\r\n", "a~'%20(b)\r\n !"],
  },
  {
    name: "a data: URI where the value says so",
    line: "X-A;VALUE=URI:data:,0123456789\r\n",
    apart: ["X-A;VALUE=URI:data:,\r\n", "0123456789"],
  },
  { name: "another URI", line: "ATTACH:https://example.test/a,0123456789\r\n" },
  { name: "a text like a data: URI", line: "DESCRIPTION:data:,0123456789\r\n" },
  { name: "a text as a property of URIs", line: "ATTACH;VALUE=TEXT:data:,0123456789\r\n" },
  { name: "a text like a parameter", line: "X-A:;ENCODING=BASE64:QUJDREUFFF\r\n" },
  { name: "no content line", line: "ATTACH;ENCODING=BASE64;:QUJDREUFFF\r\n" },
  { name: "an open quote", line: 'ATTACH;ENCODING=BASE64;X=":QUJDREUFFF\r\n' },
  { name: "a text of 60 octets", line: `X:${"a".repeat(56)}\r\n` },
  { name: "a text of 61 octets", line: `X:${"a".repeat(57)}\r\n`, gives: C.maxResourceSize },
  { name: "parameters of 61 octets", line: `X;A=${"a".repeat(70)}\r\n`, gives: C.maxResourceSize },
  { name: "no BASE64", line: `${binary}QUJDREUFF!\r\n`, gives: C.validCalendarData },
  { name: "padding in the middle", line: `${binary}QUJDR=EUFF\r\n`, gives: C.validCalendarData },
  {
    name: "padding in two",
    line: `${binary}QUJDREU=\r\n =\r\n`,
    apart: [`${binary}\r\n`, "QUJDREU=\r\n ="],
  },
  { name: "a bare CR", line: `${binary}QUJDREUF\r\r\n`, gives: C.validCalendarData },
  { name: "no ASCII in a URI", line: "URL:data:,0123456\xe9789\r\n", gives: C.validCalendarData },
  {
    name: "four values",
    line: `${binary}QUJDREUF\r\n`.repeat(4),
    gives: C.validCalendarData,
  },
];

/** All at once, octet by octet, and cut once at each place. */
const cuts = (octets: Uint8Array): Uint8Array[][] => [
  [octets.slice()],
  Array.from(octets, (octet) => Uint8Array.of(octet)),
  ...Array.from(octets, (_, at) => [octets.slice(0, at), octets.slice(at)]),
];

for (const { name, line, apart, gives } of cases) {
  Deno.test(`scanner: ${name}`, () => {
    for (const [before, after] of [[begin, end], ["", ""]] as const) {
      const octets = octetsOf(before + line + after);
      const [stays, text] = apart ?? [line];
      const offset = before.length + stays.replace(/\r?\n$/, "").length;
      const expected: Apart = {
        skeleton: before + stays + after,
        values: text === undefined ? [] : [{ offset, text }],
      };
      for (const pieces of cuts(octets)) {
        if (gives === undefined) assertEquals(scanned(pieces, small), expected);
        else {
          const refusal = assertThrows(() => scanned(pieces, small), Refusal);
          assertEquals(refusal.precondition, gives);
        }
      }
    }
  });
}

Deno.test("scanner: the end of the object ends a value", () => {
  const whole = `${binary}QUJDREUFF`;
  const expected = { skeleton: binary, values: [{ offset: binary.length, text: "QUJDREUFF" }] };
  for (const pieces of cuts(octetsOf(whole))) assertEquals(scanned(pieces, small), expected);
  for (const pieces of cuts(octetsOf(`${whole}\r`))) {
    assertThrows(() => scanned(pieces, small), Refusal);
  }
});

Deno.test("scanner: a skeleton has a bound, what is set apart has none", () => {
  const bounds = { ...small, icalSkeletonBytes: 100 };
  const line = binary + "QUJD".repeat(1_000) + "\r\n";
  const text = `X:${"a".repeat(56)}\r\n`;
  scanned([octetsOf(line + text)], bounds);
  const refusal = assertThrows(() => scanned([octetsOf(line + text + text)], bounds), Refusal);
  assertEquals([refusal.status, refusal.precondition], [413, C.maxResourceSize]);
});

/** What stands in the lines of random objects. */
const heads = [
  "ATTACH;VALUE=BINARY;ENCODING=BASE64:",
  'ATTACH;X-FILENAME="a;b:c";ENCODING=BASE64;VALUE=BINARY:',
  "IMAGE;VALUE=BINARY;ENCODING=BASE64;DISPLAY=BADGE:",
  "X-A;ENCODING=base64:",
  "ATTACH:data:image/png;base64,",
  "IMAGE;VALUE=URI:data:text/plain;charset=utf-8,",
  "ATTACH:https://example.test/",
  "DESCRIPTION:",
  'DESCRIPTION;ALTREP="data:text/html,<b>a</b>":',
  "X-UMLAUT:\xc3\xbc",
  "COMMENT:data:,",
];

const characters = ["QUJDREVGRw", "a", "+/", "=", "\xc3\xbc", ",", ":", ";", '"', "%3D", " ", "!"];

function randomLine(random: Random): string {
  const head = random.pick(heads);
  const valid = random.chance(0.8);
  let value = "";
  for (let count = random.int(40); count > 0; count--) {
    value += valid ? characters[0] : random.pick(characters);
  }
  const line = head + value + random.pick(["", "", "=", "=="]);
  const fold = random.pick(["\r\n ", "\r\n ", "\n ", "\r\n\t", "\r\n  "]);
  const width = random.pick([1, 7, 75, 75, 1_000]);
  const from = random.chance(0.2) ? 1 : random.int(line.length);
  const folded = line.slice(from).replaceAll(new RegExp(`[^]{${width}}`, "g"), `$&${fold}`);
  return line.slice(0, from) + folded + random.pick(["\r\n", "\r\n", "\n"]);
}

/** An object with random lines, and some with random faults. */
function randomObject(random: Random): Uint8Array {
  const lines = Array.from({ length: random.int(6) }, () => randomLine(random)).join("");
  let text = event({ uid: "a" }).replace(end, () => lines + end);
  if (random.chance(0.1)) text = `\xef\xbb\xbf${text}`;
  if (random.chance(0.1)) text = text.trimEnd();
  for (let faults = random.chance(0.3) ? random.int(4) : 0; faults > 0; faults--) {
    const at = random.int(text.length);
    const bit = random.pick(["\r", "\n", "\r\n ", ":", '"', ";", "\0", "\xff", "=", " "]);
    text = text.slice(0, at) + random.pick(["", bit, bit]) + text.slice(at + random.int(3));
  }
  return octetsOf(text);
}

function* cutAtRandom(octets: Uint8Array, random: Random): Generator<Uint8Array> {
  const most = random.pick([1, 2, 5, 50, 500, 5_000]);
  for (let at = 0; at < octets.length;) {
    const to = at + random.int(most + 1);
    yield octets.slice(at, to);
    at = to;
  }
}

const preconditionOf = (act: () => unknown): XmlName | undefined => {
  try {
    act();
  } catch (error) {
    if (error instanceof Refusal) return error.precondition;
    throw error;
  }
  return undefined;
};

const factsOf = (text: string) => {
  const { uid, component, participants } = readCalendarObject(octetsOf(text));
  return { uid, component, participants };
};

Deno.test("scanner: random objects, cut at random, are as a parse of the whole has them", () => {
  let values = 0;
  let refused = 0;
  for (const { seed, random } of seededCases(5_000, 100_000)) {
    const octets = randomObject(random);
    const bounds: IcalBounds = {
      ...limits,
      icalValueBytes: random.pick([1, 5, 30, 200]),
      icalTextBytes: random.pick([100, 1_000, 10_000]),
      icalSkeletonBytes: random.pick([300, 1_000, 10_000]),
      icalLargeValues: random.pick([1, 3, 10]),
    };
    const { faults, ...expected } = setApart(octets, bounds);
    let found: Apart | undefined;
    const fault = preconditionOf(() => found = scanned(cutAtRandom(octets, random), bounds));
    assertEquals(
      fault === undefined ? faults.size === 0 : faults.has(fault),
      true,
      `seed ${seed}: ${fault} ${[...faults]}`,
    );
    if (found === undefined) {
      refused++;
      continue;
    }
    values += found.values.length;
    assertEquals(found, expected, `seed ${seed}`);
    const whole = latin1(octets);
    assert(joined(found) === whole, `seed ${seed}`);
    const { skeleton } = found;
    const wrong = preconditionOf(() => factsOf(whole));
    assertEquals(preconditionOf(() => factsOf(skeleton)), wrong, `seed ${seed}`);
    if (wrong === undefined) assertEquals(factsOf(skeleton), factsOf(whole), `seed ${seed}`);
  }
  console.log(`${values} values apart, ${refused} objects refused`);
});

const megabytes = (text: string, count = 8) => text.repeat(count * 1_000_000 / text.length);

/** What makes scanners slow; with quadratic time each would take minutes. */
const hostile: Readonly<Record<string, string>> = {
  "one value": binary + megabytes("QUJD"),
  "folds in a value": binary + megabytes("A\r\n "),
  "nothing but folds": binary + megabytes("\r\n "),
  "line ends": megabytes("\r\n"),
  "values just too short": megabytes(`${binary}${"A".repeat(4_000)}\r\n`),
  "values just large": megabytes(`${binary}${"A".repeat(4_200)}\r\n`),
  "a text": `X:${megabytes("a")}`,
  "folds in a name": megabytes("A\r\n "),
  "parameters": `ATTACH${megabytes(";ENCODING=BASE64")}`,
  "open quotes": `ATTACH;X=${megabytes('"')}`,
  "a data: URI without a comma": `ATTACH:data:${megabytes("a")}`,
  "a data: URI in folds": `ATTACH:d\r\n a${megabytes("\r\n ")}`,
};

for (const [name, text] of Object.entries(hostile)) {
  for (const pieceBytes of [7, 64 * 1024]) {
    Deno.test(`scanner: ${name}, in pieces of ${pieceBytes}, takes linear time`, async () => {
      const octets = new TextEncoder().encode(text);
      const scan = () => {
        const scanner = new Scanner();
        for (let at = 0; at < octets.length; at += pieceBytes) {
          scanner.feed(octets.subarray(at, at + pieceBytes));
        }
        scanner.end();
      };
      await assertCpuBelow(5_000, () => preconditionOf(scan));
    });
  }
}
