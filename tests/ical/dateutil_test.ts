import { assert, assertEquals } from "@std/assert";
import { Budget } from "../../src/ical/instances.ts";
import { counted } from "../../src/ical/recurrence/count.ts";
import { readRule, type Rule } from "../../src/ical/recurrence/rule.ts";
import { Starts } from "../../src/ical/recurrence/starts.ts";
import { readDigits } from "../../src/ical/values.ts";
import { isInstalled } from "../clients/installed.ts";
import { type Random, seededCases } from "../seeded.ts";

/** Debian's, for which it packages the library. */
const python = "/usr/bin/python3";

const most = 40;

/** A rule without COUNT and UNTIL, and when it begins. */
interface Case {
  readonly seed: number;
  readonly start: string;
  readonly parts: readonly string[];
  /** No instance is looked for after it. */
  readonly until: string;
}

/**
 * What dateutil and davit read differently: parts that dateutil is given besides, or that the rule is
 * not compared at all, where RFC 5545 has no doubt.
 */
const readings: readonly {
  readonly why: string;
  readonly concerns: (parts: ReadonlyMap<string, string>) => boolean;
  readonly add?: (start: string) => string;
}[] = [
  {
    why: "days of January in the last week of the year before; dateutil takes it for another one",
    concerns: (parts) => /-|5[23]/.test(parts.get("BYWEEKNO") ?? ""),
  },
  {
    why: "BYWEEKNO without a day is the weekday of DTSTART (§3.3.10), not the whole week",
    concerns: (parts) =>
      parts.has("BYWEEKNO") &&
      !["BYDAY", "BYMONTHDAY", "BYYEARDAY"].some((name) => parts.has(name)),
    add: (start) => `BYDAY=${days[new Date(msOf(start)).getUTCDay()]}`,
  },
  {
    why: "BYDAY=MO,2TU is every Monday and a Tuesday; dateutil takes days that are both",
    concerns: (parts) => {
      const ordinals = parts.get("BYDAY")?.split(",").map((day) => day.length > 2) ?? [];
      const nth = ["MONTHLY", "YEARLY"].includes(parts.get("FREQ") ?? "");
      return nth && ordinals.includes(true) && ordinals.includes(false);
    },
  },
  {
    why: "BYSETPOS counts from the begin of DTSTART's week, not from DTSTART",
    concerns: (parts) => parts.get("FREQ") === "WEEKLY" && parts.has("BYSETPOS"),
  },
];

Deno.test({
  name:
    "recurrence: rules have the instances that python-dateutil gives, but for the named readings",
  ignore: !await isInstalled(python, "-c", "import dateutil"),
  async fn() {
    const cases = [...seededCases(300, 6_000)].map(({ seed, random }) => randomCase(seed, random));
    const compared = cases.filter(({ parts }) => !readingOf(parts) || readingOf(parts)?.add);
    assert(compared.length > cases.length * 0.7, "most rules are compared");
    const expected = await expand(compared);
    const known = expected.filter((starts) => starts !== null);
    assert(known.length > compared.length * 0.9, "dateutil gave up on few");
    for (const [index, one] of compared.entries()) {
      const { seed, start, until, parts } = one;
      const given = expected[index];
      if (!given) continue;
      const matches = given.filter((at) => at > start && at <= until);
      const about = `DAVIT_SEED=${seed} DTSTART:${start} RRULE:${parts.join(";")} until ${until}`;
      const found = startsOf(one, { until });
      assertEquals(found.slice(0, most), [start, ...matches].slice(0, most), about);
      assertEquals(startsOf(one, { count: 7, until }), found.slice(0, 7), `${about}, COUNT=7`);
      const later = found[Math.floor(found.length / 2)] ?? start;
      const rest = found.filter((at) => at >= later).slice(0, 20);
      const again = startsOf(one, { from: later, until }).slice(0, rest.length);
      assertEquals(again, rest, `${about} from ${later}`);
    }
  },
});

const msOf = (digits: string): number => readDigits(digits)?.localMs ?? NaN;

const readingOf = (parts: readonly string[]) =>
  readings.find(({ concerns }) =>
    concerns(new Map(parts.map((part) => part.split("=") as [string, string])))
  );

async function expand(cases: readonly Case[]): Promise<readonly (readonly string[] | null)[]> {
  const script = new URL("expand_rules.py", import.meta.url).pathname;
  const child = new Deno.Command(python, {
    args: ["-B", script],
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  const asked = cases.map(({ start, parts, until }) => {
    const added = readingOf(parts)?.add?.(start) ?? [];
    return { start, rule: [...parts, `UNTIL=${until}`].concat(added).join(";"), most: most + 1 };
  });
  await writer.write(new TextEncoder().encode(JSON.stringify(asked)));
  await writer.close();
  const { success, stdout } = await child.output();
  assert(success);
  return JSON.parse(new TextDecoder().decode(stdout));
}

/** All up to `until`, as long as there are not too many. */
function startsOf(
  { start, parts }: Case,
  { from = start, until, count }: { from?: string; until: string; count?: number },
): string[] {
  const written = [...parts, ...count ? [`COUNT=${count}`] : []].join(";");
  const read = readRule(written, { localMs: msOf(start), isDate: false });
  const rule: Rule | undefined = read && counted(read);
  if (rule === undefined) return from <= start ? [start] : [];
  const ended = { ...rule, until: Math.min(rule.until, msOf(until) / 1000) };
  const budget = new Budget();
  const starts = new Starts(ended, msOf(from) / 1000, budget);
  const found: string[] = [];
  for (let at = starts.next(); at < Infinity && found.length < 3 * most; at = starts.next()) {
    found.push(new Date(at * 1000).toISOString().replaceAll(/[-:]|\.\d+Z/g, ""));
  }
  assert(!budget.exhausted);
  return found;
}

const days = ["SU", "MO", "TU", "WE", "TH", "FR", "SA"];

/** How far to look, in days: dateutil tries every period of a rule that never fits. */
const frequencies: Readonly<Record<string, number>> = {
  YEARLY: 366 * 120,
  MONTHLY: 366 * 40,
  WEEKLY: 366 * 15,
  DAILY: 366 * 8,
  HOURLY: 120,
  MINUTELY: 4,
  SECONDLY: 0.1,
};

function randomCase(seed: number, random: Random): Case {
  const freq = random.pick(Object.keys(frequencies));
  const start = Date.UTC(random.pick([1970, 1999, 2000, 2024]), 0) +
    random.int(730 * 24 * 4) * 15 * 60_000;
  const until = start + (frequencies[freq] ?? 0) * 86_400_000;
  const long = ["YEARLY", "MONTHLY"].includes(freq);
  const one = (below: number, from = 0) => from + random.int(below);
  const signed = (limit: number) => one(limit, 1) * (random.chance(0.7) ? 1 : -1);
  const nthDay = () =>
    (long && random.chance() ? String(signed(freq === "YEARLY" ? 20 : 5)) : "") + random.pick(days);
  const short = ["MINUTELY", "SECONDLY"].includes(freq);
  const rarely = short ? 0.03 : 0.2;
  /** Each with its likelihood. */
  const values: Readonly<Record<string, readonly [number, () => number | string]>> = {
    BYMONTH: [rarely, () => one(12, 1)],
    BYWEEKNO: [freq === "YEARLY" ? 0.2 : 0, () => signed(53)],
    BYYEARDAY: [freq === "YEARLY" ? 0.15 : 0.02, () => signed(366)],
    BYMONTHDAY: [freq === "WEEKLY" ? 0.02 : rarely, () => signed(31)],
    BYDAY: [short ? 0.1 : 0.4, nthDay],
    BYHOUR: [rarely, () => one(24)],
    BYMINUTE: [0.15, () => one(60)],
    BYSECOND: [0.1, () => one(60)],
    BYSETPOS: [short ? 0 : 0.15, () => signed(4)],
  };
  const parts = Object.entries(values).flatMap(([name, [likely, make]]) => {
    if (!random.chance(likely)) return [];
    const list = new Set(Array.from({ length: one(3, 1) }, make));
    return [`${name}=${[...list].join(",")}`];
  });
  const interval = random.chance() ? [`INTERVAL=${one(6, 1)}`] : [];
  const weekStart = random.chance(0.3) ? [`WKST=${random.pick(days)}`] : [];
  const digits = (ms: number) => new Date(ms).toISOString().replaceAll(/[-:]|\.\d+Z/g, "");
  return {
    seed,
    start: digits(start),
    parts: [`FREQ=${freq}`, ...interval, ...weekStart, ...parts],
    until: digits(until),
  };
}
