import { limits } from "../limits.ts";
import { timeForm } from "./values.ts";

/**
 * What is wrong with a recurrence rule (RFC 5545 §3.3.10, RFC 7529 §4), as the end of a sentence,
 * or undefined. UNTIL may be of another type than DTSTART: clients write it so. An empty rule, which
 * BusyCal sends, is none. Values are upper case, as ical.js reads no others.
 */
export function ruleFault(rule: string): string | undefined {
  if (rule === "") return undefined;
  if (rule.length > limits.icalRuleCharacters) return "is too long";
  const seen = new Set<string>();
  for (const part of rule.split(";")) {
    if (part === "") continue;
    const [name = "", value = "", ...more] = part.split("=");
    const key = name.toUpperCase();
    const fits = key.startsWith("X-") ? anything : parts.get(key);
    if (fits === undefined) return `has an unknown part ${name.slice(0, 20)}`;
    if (more.length > 0 || !fits(value)) return `has a wrong ${key}`;
    if (seen.has(key)) return `has ${key} twice`;
    seen.add(key);
  }
  if (!seen.has("FREQ")) return "has no FREQ";
  return seen.has("COUNT") && seen.has("UNTIL") ? "has both COUNT and UNTIL" : undefined;
}

/** The parts of a rule by their names in upper case. */
export function ruleParts(rule: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const part of rule.split(";")) {
    const at = part.indexOf("=");
    if (at > 0) found.set(part.slice(0, at).toUpperCase(), part.slice(at + 1));
  }
  return found;
}

type Fits = (value: string) => boolean;

const anything: Fits = () => true;

const oneOf = (...values: readonly string[]): Fits => (value) => values.includes(value);

/** As many digits as are exact in a number. */
const positive: Fits = (value) => /^\d{1,15}$/.test(value) && Number(value) > 0;

const listOf = (fits: Fits): Fits => (value) => value.split(",").every(fits);

/** `+` may stand before any of them, as ical.js reads it. */
const from = (least: number, most: number): Fits => (value) =>
  /^\+?\d{1,3}$/.test(value) && Number(value) >= least && Number(value) <= most;

/** From either end, so that there is no 0. */
const ordinal = (most: number): Fits => (value) => from(1, most)(value.replace(/^-/, ""));

const day = oneOf("SU", "MO", "TU", "WE", "TH", "FR", "SA");

const parts: ReadonlyMap<string, Fits> = new Map([
  ["FREQ", oneOf("SECONDLY", "MINUTELY", "HOURLY", "DAILY", "WEEKLY", "MONTHLY", "YEARLY")],
  ["UNTIL", (value) => timeForm(value) !== undefined],
  ["COUNT", positive],
  ["INTERVAL", positive],
  ["BYSECOND", listOf(from(0, 60))],
  ["BYMINUTE", listOf(from(0, 59))],
  ["BYHOUR", listOf(from(0, 23))],
  [
    "BYDAY",
    listOf((value) => /^[+-]?(?:[1-9]|[1-4]\d|5[0-3])?(?:SU|MO|TU|WE|TH|FR|SA)$/.test(value)),
  ],
  ["BYMONTHDAY", listOf(ordinal(31))],
  ["BYYEARDAY", listOf(ordinal(366))],
  ["BYWEEKNO", listOf(ordinal(53))],
  ["BYMONTH", listOf(from(1, 12))],
  ["BYSETPOS", listOf(ordinal(366))],
  ["WKST", day],
  ["RSCALE", (value) => /^[A-Za-z0-9-]+$/.test(value)],
  ["SKIP", oneOf("OMIT", "BACKWARD", "FORWARD")],
]);
