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
import { matchesFilter } from "../../src/ical/filter.ts";
import { createZones } from "../../src/ical/moment.ts";
import { readCalendarObject } from "../../src/ical/read.ts";
import { splitCalendar } from "../../src/ical/split.ts";
import { readCalendarTimezone } from "../../src/ical/timezone.ts";
import { ianaZone, utcZone } from "../../src/ical/zone.ts";
import { Refusal } from "../../src/refusal.ts";
import { readXml } from "../../src/xml/read.ts";
import { documentXml } from "../../src/xml/write.ts";
import type { Random } from "../seeded.ts";
import { bodies, filters, objects, templates } from "./corpus.ts";
import {
  type Grammar,
  icalGrammar,
  mutated,
  mutatedBytes,
  tokenGrammar,
  xmlGrammar,
} from "./mutate.ts";
import { type Counts, fuzz } from "./run.ts";

interface Parser extends Counts {
  readonly name: string;
  readonly run: (random: Random) => unknown;
}

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

/** Characters that a header can't carry are left out. */
function headersLike(random: Random, names: readonly string[]): Headers {
  const values = headerValues.filter(([name]) => names.includes(name)).map(([, value]) => value);
  const headers = new Headers();
  for (const name of names) {
    if (random.chance(0.3)) continue;
    const value = mutated(random.pick([...values, "x"]), random, tokenGrammar);
    headers.append(name, value.replace(/[^\t\x20-\x7e\x80-\xff]/g, "").trim());
  }
  return headers;
}

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
  {
    name: "XML, which is written as it was read",
    short: 6_000,
    full: 1_500_000,
    run(random) {
      const tree = readXml(bytesLike(xmlBodies, random, xmlGrammar));
      assertEquals(readXml(utf8.encode(documentXml(tree))), tree);
    },
  },
  {
    name: "a calendar object",
    short: 3_000,
    full: 700_000,
    run: (random) => readCalendarObject(bytesLike(objects, random, icalGrammar)),
  },
  {
    name: "a file to import",
    short: 1_500,
    full: 300_000,
    async run(random) {
      const text = random.shuffled(objects).slice(0, 1 + random.int(3)).join("");
      for await (const _ of splitCalendar(bytesLike([text], random, icalGrammar))) {
        /* It ends. */
      }
    },
  },
  {
    name: "a calendar's time zone",
    short: 1_000,
    full: 200_000,
    run: (random) => readCalendarTimezone(mutated(objects[0] ?? "", random, icalGrammar)),
  },
  {
    name: "a filter, and whether an object matches it",
    short: 4_000,
    full: 800_000,
    run(random) {
      const text = random.pick(filters);
      const filter = readFilter(
        readXml(utf8.encode(random.chance() ? mutated(text, random, xmlGrammar) : text)),
      );
      matchesFilter(mutated(random.pick(objects), random, icalGrammar), filter, zones);
    },
  },
  {
    name: "a path, and what it names",
    short: 8_000,
    full: 2_500_000,
    run(random) {
      const path = mutated(random.pick(paths), random, tokenGrammar).toWellFormed();
      targetOfHref(path);
      targetOfUrl(`http://localhost${path}`);
      const segments = pathSegments(path);
      const again = segments.map((segment) => `/${encodeSegment(segment)}`).join("");
      assertEquals(pathSegments(again || "/"), segments);
    },
  },
  {
    name: "the If header",
    short: 5_000,
    full: 1_200_000,
    run: (random) => submittedTokens(readIf(headersLike(random, ["if"]))),
  },
  {
    name: "conditions, a range, preferences, credentials",
    short: 5_000,
    full: 1_500_000,
    run(random) {
      const conditional = ["if-match", "if-none-match", "if-modified-since", "if-unmodified-since"];
      const headers = headersLike(random, [
        ...conditional,
        "range",
        "if-range",
        "prefer",
        "content-type",
        "timeout",
        "authorization",
      ]);
      readRange(headers, file);
      readPrefer(headers);
      readMediaType(headers.get("content-type"));
      readTimeout(headers, 3600);
      readBasic(headers.get("authorization") ?? undefined);
      readBasic(
        `Basic ${btoa(mutated("alice:secret", random, tokenGrammar).replace(/[^\0-\xff]/g, ""))}`,
      );
      readConditions(headers);
    },
  },
  {
    name: "Depth and the client's address",
    short: 3_000,
    full: 500_000,
    run(random) {
      const forwarded = mutated(
        'for="[fd00::1]:80";proto=https, for=10.1.2.3',
        random,
        tokenGrammar,
      );
      const value = forwarded.replace(/[^\t\x20-\x7e]/g, "").trim();
      clientOf("127.0.0.1", new Headers({ forwarded: value, "x-forwarded-for": value }));
      readDepth(headersLike(random, ["depth"]), 0);
    },
  },
  {
    name: "a sync token",
    short: 3_000,
    full: 500_000,
    run(random) {
      const token = syncToken({ id: 12345 }, "0a1b", { commit: 17, name: "é/a.ics", began: 3 });
      readSyncToken(mutated(token, random, tokenGrammar), { id: 12345 }, "0a1b");
    },
  },
  {
    name: "principals to import",
    short: 1_500,
    full: 100_000,
    run(random) {
      const listed = readPrincipals(parsed(mutated(principals, random, tokenGrammar)), "file");
      let id = 1;
      upsertPrincipals([], listed, { ids: () => id++, now: 0 });
    },
  },
  {
    name: "settings",
    short: 1_500,
    full: 200_000,
    run(random) {
      const file = parsed(mutated(settings, random, tokenGrammar));
      readConfig({ file, env: { DAVIT_LISTEN: mutated("[::1]:80", random, tokenGrammar) } });
    },
  },
];

/** The JSON, or where it is broken just the text. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

const refusals = [Refusal, ConfigError, CommandError];

for (const { name, run, ...counts } of parsers) {
  Deno.test(`fuzz: ${name}`, async () => {
    await fuzz(counts, (random) => async () => {
      try {
        await run(random);
      } catch (error) {
        if (!refusals.some((refusal) => error instanceof refusal)) throw error;
      }
    });
  });
}
