import type { Random } from "../seeded.ts";

/** How a kind of text falls into pieces, and what else could stand in their places. */
export interface Grammar {
  /** Global; what it matches are the pieces, and what is between them is one, too. */
  readonly piece: RegExp;
  readonly words: readonly string[];
}

/** The text with some of its pieces deleted, repeated, replaced, or in other places. */
export function mutated(text: string, random: Random, { piece, words }: Grammar): string {
  let pieces = piecesOf(text, piece);
  for (let count = random.pick([1, 1, 2, 3, 6]); count > 0; count--) {
    const at = random.int(pieces.length);
    const one = pieces[at] ?? "";
    const length = random.pick([1, 1, 1, 3, 20]);
    const put = random.pick(changes)({ one, words, random });
    const to = random.chance(0.8) ? at : random.int(pieces.length);
    pieces = pieces.toSpliced(at, random.chance(0.9) ? length : 0).toSpliced(to, 0, ...put);
  }
  if (random.chance(0.05)) pieces.length = random.int(pieces.length + 1);
  const whole = pieces.join("");
  return whole.length > mutantChars ? whole.slice(0, mutantChars) : whole;
}

/** The bytes with some of them deleted, flipped, or in another place. */
export function mutatedBytes(bytes: Uint8Array, random: Random): Uint8Array<ArrayBuffer> {
  const octets = [...bytes];
  for (let count = random.pick([1, 1, 2, 8]); count > 0 && octets.length > 0; count--) {
    const at = random.int(octets.length);
    const flipped = (octets[at] ?? 0) ^ 1 << random.int(8);
    const put = random.pick([[], [flipped], [random.int(256)], octets.slice(at, at + 60)]);
    octets.splice(at, random.pick([0, 1, 1, 30]), ...put);
  }
  return Uint8Array.from(octets);
}

export const xmlGrammar: Grammar = {
  piece: /<[^>]*>|[\w-]+/g,
  words: [
    "<",
    ">",
    "</",
    "/>",
    "<!--",
    "-->",
    "<![CDATA[",
    "]]>",
    "<?x y?>",
    "<!DOCTYPE a [<!ENTITY b 'c'>]>",
    "&amp;",
    "&b;",
    "&#0;",
    "&#x10FFFF;",
    "&#x110000;",
    "&#xD800;",
    ' xmlns="DAV:"',
    ' xmlns:D="urn:x"',
    ' xmlns=""',
    ' a="b"',
    '<D:prop xmlns:D="DAV:">',
    '<D:href xmlns:D="DAV:">/dav/calendars/alice/calendar/a.ics</D:href>',
    '<D:href xmlns:D="DAV:">http://other.test/%zz</D:href>',
    "<constructor/>",
    "<__proto__/>",
    "<a:b/>",
    "<a ",
    "infinity",
  ],
};

export const icalGrammar: Grammar = {
  piece: /\r?\n|[:;=,]|[^\r\n:;=,]+/g,
  words: [
    "\r\n",
    "\r\n ",
    "\n\t",
    ":",
    ";",
    ",",
    "=",
    '"',
    "\\",
    "^n",
    "BEGIN",
    "END",
    "VEVENT",
    "VTIMEZONE",
    "VALARM",
    "DTSTART",
    "RECURRENCE-ID",
    "RRULE",
    "EXDATE",
    "TZID",
    "VALUE",
    "PERIOD",
    "DATE",
    "FREQ=SECONDLY",
    "FREQ=YEARLY;BYYEARDAY=366",
    "INTERVAL=2147483648",
    "COUNT=99999999999",
    "UNTIL=99991231T235959Z",
    "BYSETPOS=-366",
    "BYWEEKNO=53",
    "BYMONTH=5L",
    "BYHOUR=24",
    "RSCALE=HEBREW;SKIP=FORWARD",
    "RANGE=THISANDFUTURE",
    "RDATE",
    "DURATION",
    "TRIGGER",
    "BYDAY=-53MO,99SU",
    "00000101T000000Z",
    "99991231T235960Z",
    "20260230T250000",
    "20260329T023000",
    "-P99999999999W",
    "PT0S",
    "+235959",
    "Europe/Vienna",
    "/x/y/Europe/Vienna",
    "__proto__",
  ],
};

export const jsonGrammar: Grammar = {
  piece: /"[^"]*"|[[\]{},:]|[^"[\]{},:]+/g,
  words: [
    "[",
    "]",
    "{}",
    ",",
    '""',
    '"\\u0000\\ud800"',
    '"begin:x\\r\\nx"',
    "null",
    "true",
    "-1e999",
    "0.1",
    '"vcalendar"',
    '"vevent"',
    '"rrule"',
    '"recur"',
    '{"freq":"DAILY","bymonthday":[31,-1],"until":"2026-01-01"}',
    '"date-time"',
    '"utc-offset"',
    '"period"',
    '["2026-01-05T09:00:00Z","PT1H"]',
    '"unknown"',
    '{"tzid":["a","b"],"x-y":"^n"}',
    '{"__proto__":"x","constructor":[]}',
  ],
};

/** Of request lines and of header values. */
export const tokenGrammar: Grammar = {
  piece: /[\w.-]+|./g,
  words: [
    "/",
    "//",
    "..",
    "%2e%2e",
    "%2F",
    "%2f",
    "%00",
    "%zz",
    "%",
    "%C3%A9",
    "%FF",
    "%F0%9F%98%80",
    "@",
    "%40",
    "~",
    "*",
    "?",
    ";",
    ",",
    '"',
    "W/",
    "<",
    ">",
    "(",
    ")",
    "Not ",
    "bytes=",
    "0",
    "1",
    "infinity",
    "inbox",
    "calendar",
    "http://other.test/dav/calendars/alice/calendar/z.ics",
    "__proto__",
    "constructor",
  ],
};

/** What of a text a header can carry, and no more than a server takes. */
export const inHeader = (text: string): string =>
  text.replace(/[^\t\x20-\x7e\x80-\xff]/g, "").slice(0, 60_000).trim();

/** Long enough for thousands of pieces, short enough for thousands of cases a second. */
const mutantChars = 120_000;

interface Change {
  readonly one: string;
  readonly words: readonly string[];
  readonly random: Random;
}

/** As often as there is room for it. */
const repeated = (text: string, count: number): string[] =>
  Array(Math.min(count, Math.ceil(mutantChars / (text.length + 1)))).fill(text);

const inside = ({ one, random }: Change, word: string): string => {
  const at = random.int(one.length + 1);
  return one.slice(0, at) + word + one.slice(at);
};

const changes: readonly ((change: Change) => string[])[] = [
  () => [],
  ({ one }) => [one, one],
  ({ one, random }) => repeated(one, random.pick([3, 3, 3, 30, 30, 3000])),
  ({ one, words, random }) => [one, random.pick(words)],
  ({ words, random }) => [random.pick(words)],
  ({ words, random }) => repeated(random.pick(words), random.pick([2, 2, 2, 150])),
  ({ random }) => [random.pick(numbers)],
  ({ random }) => [unicode(random)],
  ({ random }) => [random.pick(["a", " ", "é", "\t"]).repeat(random.pick([10, 300, 5000]))],
  (change) => [inside(change, change.random.pick(change.words))],
  (change) => [change.random.chance(0.1) ? longRun(change.random) : change.one],
  (change) => [inside(change, unicode(change.random))],
  ({ one }) => [one.toUpperCase()],
  ({ one }) => [one.toLowerCase()],
  ({ one }) => [[...one].reverse().join("")],
];

const numbers = [
  "0",
  "-1",
  "1e9",
  "2147483648",
  "4294967297",
  "9007199254740993",
  "18446744073709551616",
  "9".repeat(400),
  "NaN",
  "0x10",
  "1.5",
];

/** So long that what takes quadratic time shows. */
export function longRun(random: Random): string {
  const unit = random.pick(units);
  return random.pick(ends) + unit.repeat(runChars / unit.length) + random.pick(ends);
}

const runChars = 60_000;
const ends = ["", "a", "1", "x=", "!", '"', "P", "mailto:", "2026"];
const units = [
  ...[
    " ",
    "\t",
    "\n",
    "0",
    "a",
    "é",
    "-",
    ",",
    ";",
    "=",
    ":",
    '"',
    "\\",
    "/",
    "%",
    "@",
    "(",
    "<a>",
  ],
  ...[
    "a ",
    " a",
    "a=",
    "a,",
    "1,",
    "1-",
    "; ",
    "%20",
    "/a",
    "\\n",
    "\r\n ",
    '"a"',
    "1W",
    "P1D",
    "&amp;",
  ],
];

/** Any code points, lone surrogates and those that XML forbids among them. */
const unicode = (random: Random): string =>
  Array.from(
    { length: random.pick([1, 1, 5, 40]) },
    () =>
      random.chance(0.1)
        ? String.fromCharCode(0xd800 + random.int(0x800))
        : String.fromCodePoint(random.int(random.pick([0x20, 0x80, 0x300, 0x10000, 0x110000]))),
  )
    .join("");

function piecesOf(text: string, piece: RegExp): string[] {
  const pieces: string[] = [];
  let done = 0;
  for (const { 0: found, index } of text.matchAll(piece)) {
    if (index > done) pieces.push(text.slice(done, index));
    pieces.push(found);
    done = index + found.length;
  }
  if (done < text.length) pieces.push(text.slice(done));
  return pieces;
}
