import { assertEquals } from "@std/assert";
import { upsertPrincipals } from "../../src/calendar/principals.ts";
import { readFilter } from "../../src/caldav/filter.ts";
import { CommandError } from "../../src/cli/errors.ts";
import { readPrincipals } from "../../src/cli/principals.ts";
import { ConfigError, readConfig } from "../../src/config.ts";
import { targetOfHref, targetOfUrl } from "../../src/dav/target.ts";
import { readSyncToken, syncToken } from "../../src/dav/sync_token.ts";
import { readBasic } from "../../src/http/basic.ts";
import { clientFinder } from "../../src/http/client_address.ts";
import { readConditions } from "../../src/http/conditions.ts";
import { readDepth } from "../../src/http/depth.ts";
import { readIf, submittedTokens } from "../../src/http/if_header.ts";
import { readMediaType } from "../../src/http/media_type.ts";
import { encodeSegment, pathSegments } from "../../src/http/path.ts";
import { readPrefer } from "../../src/http/prefer.ts";
import { readRange } from "../../src/http/range.ts";
import { readTimeout } from "../../src/http/timeout.ts";
import { Budget } from "../../src/ical/instances.ts";
import { textOfJcal } from "../../src/ical/jcal/read.ts";
import { jcalOf } from "../../src/ical/jcal/write.ts";
import { createZones, momentsIn } from "../../src/ical/moment.ts";
import { readCalendarObject } from "../../src/ical/read.ts";
import { readCalendarTimezone } from "../../src/ical/timezone.ts";
import { calendarTree } from "../../src/ical/tree.ts";
import { ianaZone, utcZone } from "../../src/ical/zone.ts";
import { limits } from "../../src/limits.ts";
import { Refusal } from "../../src/refusal.ts";
import { atOnce } from "../../src/steps.ts";
import { documentOf } from "../../src/xml/document.ts";
import { decodeXml } from "../../src/xml/encoding.ts";
import { readXml } from "../../src/xml/read.ts";
import type { XmlElement } from "../../src/xml/tree.ts";
import { documentXml } from "../../src/xml/write.ts";
import { splitBytes } from "../ical/split.ts";
import type { Random } from "../seeded.ts";
import { bodies, filters, jcals, objects, templates } from "./corpus.ts";
import {
  type Grammar,
  icalGrammar,
  inHeader,
  jsonGrammar,
  mutated,
  mutatedBytes,
  tokenGrammar,
  xmlGrammar,
} from "./mutate.ts";
import { type Counts, fuzz } from "./run.ts";
import { instancesIn, matchesCalendar } from "../ical/at_once.ts";

interface Parser extends Counts {
  readonly name: string;
  /** Makes an input, and gives what reads it: only that counts. */
  readonly prepare: (random: Random) => () => unknown;
}

const parser = <Input>(
  { make, read, ...row }: Counts & {
    readonly name: string;
    readonly make: (random: Random) => Input;
    readonly read: (input: Input) => unknown;
  },
): Parser => ({
  ...row,
  prepare(random) {
    const input = make(random);
    return () => read(input);
  },
});

const utf8 = new TextEncoder();

/** Something of the list, changed: mostly as a text, now and then as bytes. */
function bytesLike(texts: readonly string[], random: Random, grammar: Grammar) {
  const text = random.pick(texts);
  if (random.chance(0.3)) return mutatedBytes(utf8.encode(text), random);
  return utf8.encode(mutated(text, random, grammar));
}

const xmlBodies = Object.values(bodies);
const paths = templates.map(({ path }) => path);

/** All header values that a template has, by their names. */
const headerValues = templates.flatMap(({ headers = {} }) => Object.entries(headers));

/** Makes headers of these names, some of them, with what one of them might say. */
function headersLike(names: readonly string[]): (random: Random) => Headers {
  const known = headerValues.filter(([name]) => names.includes(name)).map(([, value]) => value);
  const values = [...known, "x"];
  const rarely = names.length > 1 ? 0.6 : 0.3;
  return (random) => {
    const headers = new Headers();
    for (const name of names) {
      if (random.chance(rarely)) continue;
      headers.append(name, inHeader(mutated(random.pick(values), random, tokenGrammar)));
    }
    return headers;
  };
}

const ifHeaders = headersLike(["if"]);
const depthHeaders = headersLike(["depth"]);

/** All that is read of a header in one place or another. */
const otherHeaders = headersLike([
  ...["if-match", "if-none-match", "if-modified-since", "if-unmodified-since", "range", "if-range"],
  ...["prefer", "content-type", "timeout", "authorization"],
]);

const calendarOf = { id: 12345 };
const epoch = "0a1b";
const ranges = [
  { start: Date.UTC(2026, 0), end: Date.UTC(2026, 6) },
  { start: Date.UTC(2300, 0), end: Date.UTC(2301, 0) },
  { start: -Infinity, end: Infinity },
];
const instancesMax = 5_000;
const zones = createZones(ianaZone("Europe/Vienna") ?? utcZone);
const clientOf = clientFinder(["127.0.0.0/8", "fd00::/8"]);
const file = { sizeBytes: 1000, etag: '"a"' };
const settings = JSON.stringify({
  listen: "127.0.0.1:8080",
  baseUrl: "https://cal.example.test",
  databaseUrl: "http://db.example.test",
  trustedProxies: ["10.0.0.0/8", "::1"],
  quotaBytes: 1_000_000,
  logLevel: "warn",
  adminDav: true,
});

const principals = JSON.stringify({
  principals: [
    { kind: "individual", name: "alice", displayName: "Älice", emails: ["alice@example.test"] },
    { kind: "individual", name: "bob", password: "secret", admin: true },
    { kind: "group", name: "team", members: ["alice", "bob"] },
    { kind: "room", name: "Großer Saal", emails: ["saal@example.test", "saal2@example.test"] },
  ],
});

const parsers: readonly Parser[] = [
  parser({
    name: "XML, which is written as it was read",
    short: 6_000,
    full: 1_500_000,
    make: (random) => bytesLike(xmlBodies, random, xmlGrammar),
    read(bytes) {
      const tree = readXml(bytes);
      assertEquals(readXml(utf8.encode(documentXml(tree))), tree);
    },
  }),
  parser({
    name: "XML in small pieces, which says what it says in one",
    short: 6_000,
    full: 1_000_000,
    make: (random) => ({
      bytes: bytesLike(xmlBodies, random, xmlGrammar),
      pieceNodes: 1 + random.int(8),
    }),
    read({ bytes, pieceNodes }) {
      const xml = decodeXml(bytes);
      assertEquals(treeOf(xml, pieceNodes), treeOf(xml, Infinity));
    },
  }),
  parser({
    name: "a calendar object",
    short: 3_000,
    full: 700_000,
    make: (random) => bytesLike(objects, random, icalGrammar),
    read: (bytes) => readCalendarObject(bytes),
  }),
  parser({
    name: "a file to import",
    short: 1_500,
    full: 300_000,
    make(random) {
      const text = random.shuffled(objects).slice(0, 1 + random.int(3)).join("");
      return bytesLike([text], random, icalGrammar);
    },
    read: (bytes) => splitBytes(bytes),
  }),
  parser({
    name: "a calendar's time zone",
    short: 1_000,
    full: 200_000,
    make: (random) => mutated(objects[0] ?? "", random, icalGrammar),
    read: readCalendarTimezone,
  }),
  parser({
    name: "a filter, and whether an object matches it",
    short: 4_000,
    full: 800_000,
    make(random) {
      const text = random.pick(filters);
      return {
        xml: utf8.encode(random.chance() ? mutated(text, random, xmlGrammar) : text),
        object: mutated(random.pick(objects), random, icalGrammar),
      };
    },
    read: ({ xml, object }) => matchesCalendar(object, readFilter(readXml(xml)), zones),
  }),
  parser({
    name: "a calendar object, and its instances",
    short: 3_000,
    full: 700_000,
    make: (random) => ({
      text: mutated(random.pick(objects), random, icalGrammar),
      range: random.pick(ranges),
    }),
    read({ text, range }) {
      readCalendarObject(text);
      const calendar = calendarTree(text, limits);
      const read = momentsIn(calendar, zones);
      let count = 0;
      for (const _ of instancesIn(calendar, range, read, new Budget())) {
        if (++count === instancesMax) break; // There may be as many as there are days.
      }
    },
  }),
  parser({
    name: "jCal, and the same written again",
    short: 3_000,
    full: 500_000,
    make: (random) => mutated(random.pick(jcals), random, jsonGrammar),
    read(json) {
      const text = textOfJcal(json);
      readCalendarObject(text);
      JSON.parse(jcalOf(text));
    },
  }),
  parser({
    name: "a path, and what it names",
    short: 8_000,
    full: 2_500_000,
    make: (random) => mutated(random.pick(paths), random, tokenGrammar).toWellFormed(),
    read(path) {
      targetOfHref(path);
      targetOfUrl(`http://localhost${path}`);
      const segments = pathSegments(path);
      const again = segments.map((segment) => `/${encodeSegment(segment)}`).join("");
      assertEquals(pathSegments(again || "/"), segments);
    },
  }),
  parser({
    name: "the If header",
    short: 5_000,
    full: 1_200_000,
    make: ifHeaders,
    read: (headers) => submittedTokens(readIf(headers)),
  }),
  parser({
    name: "conditions, a range, preferences, credentials",
    short: 5_000,
    full: 1_500_000,
    make(random) {
      const login = mutated("alice:secret", random, tokenGrammar).replace(/[^\0-\xff]/g, "");
      return { headers: otherHeaders(random), basic: `Basic ${btoa(login)}` };
    },
    read({ headers, basic }) {
      readRange(headers, file);
      readPrefer(headers);
      readMediaType(headers.get("content-type"));
      readTimeout(headers, 3600);
      readBasic(headers.get("authorization") ?? undefined);
      readBasic(basic);
      readConditions(headers);
    },
  }),
  parser({
    name: "Depth and the client's address",
    short: 3_000,
    full: 500_000,
    make(random) {
      const value = inHeader(
        mutated('for="[fd00::1]:80";proto=https, for=10.1.2.3', random, tokenGrammar),
      );
      const proxies = new Headers({ forwarded: value, "x-forwarded-for": value });
      return { proxies, headers: depthHeaders(random) };
    },
    read({ proxies, headers }) {
      clientOf("127.0.0.1", proxies);
      readDepth(headers, 0);
    },
  }),
  parser({
    name: "a sync token",
    short: 3_000,
    full: 500_000,
    make(random) {
      const state = { commit: 17, name: "é/a.ics", began: 3 };
      return mutated(syncToken(calendarOf, epoch, state), random, tokenGrammar);
    },
    read: (token) => readSyncToken(token, calendarOf, epoch),
  }),
  parser({
    name: "principals to import",
    short: 1_500,
    full: 100_000,
    make: (random) => parsed(mutated(principals, random, tokenGrammar)),
    read(json) {
      let id = 1;
      upsertPrincipals([], readPrincipals(json, "file"), { ids: () => id++, now: 0 });
    },
  }),
  parser({
    name: "settings",
    short: 1_500,
    full: 200_000,
    make: (random) => ({
      file: parsed(mutated(settings, random, tokenGrammar)),
      env: { DAVIT_LISTEN: mutated("[::1]:80", random, tokenGrammar) },
    }),
    read: readConfig,
  }),
];

/** Undefined where it is refused: what is wrong first, and so why, is another matter in pieces. */
function treeOf(xml: string, pieceNodes: number): XmlElement | undefined {
  try {
    return atOnce(documentOf(xml, limits, pieceNodes));
  } catch (error) {
    if (error instanceof Refusal) return undefined;
    throw error;
  }
}

/** The JSON, or where it is broken just the text. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

const refusals = [Refusal, ConfigError, CommandError];

for (const { name, prepare, ...counts } of parsers) {
  Deno.test(`fuzz: ${name}`, async () => {
    await fuzz(counts, (random) => () => {
      const read = prepare(random);
      return async () => {
        try {
          await read();
        } catch (error) {
          if (!refusals.some((refusal) => error instanceof refusal)) throw error;
        }
      };
    });
  });
}
