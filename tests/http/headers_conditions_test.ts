import { assertEquals, assertThrows } from "@std/assert";
import { checkConditions, readConditions } from "../../src/http/conditions.ts";
import { httpDate } from "../../src/http/date.ts";
import { quoted } from "../../src/http/etag.ts";
import { Refusal } from "../../src/refusal.ts";
import { assertCpuBelow } from "../processor.ts";

const etag = quoted("now");
const lastModified = Date.UTC(2026, 10, 21, 12, 0, 0, 789);
const then = httpDate(lastModified);
const before = httpDate(lastModified - 1000);
const after = httpDate(lastModified + 1000);

interface Case {
  readonly name: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Null: nothing is there. */
  readonly etag?: string | null;
  /** For a method that changes something, and for GET. */
  readonly gives: readonly [unsafe: Outcome, safe: Outcome];
}
type Outcome = "proceed" | "not-modified" | 412 | 400;

const always: Case["gives"] = ["proceed", "proceed"];
const never: Case["gives"] = [412, 412];
const known: Case["gives"] = [412, "not-modified"];
const broken: Case["gives"] = [400, 400];

const cases: readonly Case[] = [
  { name: "none", headers: {}, gives: always },
  { name: "none, nothing there", headers: {}, etag: null, gives: always },

  { name: "If-Match", headers: { "If-Match": etag }, gives: always },
  { name: "If-Match, in a list", headers: { "If-Match": `"a",${etag} , "b"` }, gives: always },
  { name: "If-Match, another", headers: { "If-Match": `"a"` }, gives: never },
  { name: "If-Match, weak", headers: { "If-Match": `W/${etag}` }, gives: never },
  { name: "If-Match, case counts", headers: { "If-Match": `"NOW"` }, gives: never },
  { name: "If-Match, nothing there", headers: { "If-Match": etag }, etag: null, gives: never },
  { name: "If-Match: *", headers: { "If-Match": "*" }, gives: always },
  { name: "If-Match: *, nothing there", headers: { "If-Match": "*" }, etag: null, gives: never },
  {
    name: "If-Match, what is there is weak",
    headers: { "If-Match": `W/"a"` },
    etag: `W/"a"`,
    gives: never,
  },

  { name: "If-None-Match", headers: { "If-None-Match": etag }, gives: known },
  { name: "If-None-Match, weak", headers: { "If-None-Match": `"a", W/${etag}` }, gives: known },
  { name: "If-None-Match, another", headers: { "If-None-Match": `"a"` }, gives: always },
  { name: "If-None-Match: *", headers: { "If-None-Match": "*" }, gives: known },
  {
    name: "If-None-Match: *, nothing there",
    headers: { "If-None-Match": "*" },
    etag: null,
    gives: always,
  },
  {
    name: "If-Match comes before If-None-Match",
    headers: { "If-Match": `"a"`, "If-None-Match": etag },
    gives: never,
  },
  {
    name: "If-Match holds, then If-None-Match",
    headers: { "If-Match": etag, "If-None-Match": etag },
    gives: known,
  },

  {
    name: "not modified since",
    headers: { "If-Modified-Since": then },
    gives: ["proceed", "not-modified"],
  },
  { name: "modified since", headers: { "If-Modified-Since": before }, gives: always },
  {
    name: "If-None-Match counts, not If-Modified-Since",
    headers: { "If-None-Match": `"a"`, "If-Modified-Since": then },
    gives: always,
  },
  { name: "a date that is none", headers: { "If-Modified-Since": "today" }, gives: always },
  { name: "unmodified since", headers: { "If-Unmodified-Since": then }, gives: always },
  { name: "unmodified since later", headers: { "If-Unmodified-Since": after }, gives: always },
  { name: "modified after", headers: { "If-Unmodified-Since": before }, gives: never },
  {
    name: "If-Match counts, not If-Unmodified-Since",
    headers: { "If-Match": etag, "If-Unmodified-Since": before },
    gives: always,
  },

  { name: "no quotes", headers: { "If-Match": "now" }, gives: never },
  { name: "no quotes round two", headers: { "If-Match": "now,then" }, gives: broken },
  { name: "one quote", headers: { "If-Match": `"now` }, gives: broken },
  { name: "single quotes", headers: { "If-None-Match": "'now'" }, gives: broken },
  { name: "no comma", headers: { "If-Match": `"a" "b"` }, gives: broken },
  { name: "a blank within", headers: { "If-Match": `"a b"` }, gives: broken },
  { name: "a small w", headers: { "If-Match": `w/"a"` }, gives: broken },
  { name: "* among others", headers: { "If-None-Match": `"a", *` }, gives: broken },
  { name: "empty", headers: { "If-Match": "" }, gives: broken },
  { name: "commas alone", headers: { "If-Match": " , ," }, gives: broken },
  { name: "empty items between", headers: { "If-Match": `, ,${etag},` }, gives: always },
  {
    name: "an empty tag and a comma in one",
    headers: { "If-Match": `"","a,b",${etag}` },
    gives: always,
  },
];

for (const { name, headers, etag: given = etag, gives } of cases) {
  Deno.test(`conditions: ${name}`, () => {
    const outcome = (safe: boolean): Outcome => {
      try {
        const conditions = readConditions(new Headers(headers));
        const present = given === null ? undefined : { etag: given, lastModified };
        return checkConditions(conditions, present, { safe });
      } catch (error) {
        if (error instanceof Refusal) return error.status as Outcome;
        throw error;
      }
    };
    assertEquals([outcome(false), outcome(true)], [...gives]);
  });
}

Deno.test("conditions: several headers of one name are one list", () => {
  const headers = new Headers([["If-Match", `"a"`], ["If-Match", etag]]);
  assertEquals(readConditions(headers).ifMatch, [`"a"`, etag]);
});

Deno.test("conditions: dates are ignored where none is known", () => {
  const conditions = readConditions(
    new Headers({ "If-Unmodified-Since": before, "If-Modified-Since": after }),
  );
  assertEquals(checkConditions(conditions, { etag }, { safe: true }), "proceed");
});

Deno.test("conditions: a list as long as headers get is read in linear time", async () => {
  const headers = new Headers({ "If-Match": `"a" ,`.repeat(12_000) + "x" });
  await assertCpuBelow(1_000, () => {
    assertEquals(assertThrows(() => readConditions(headers), Refusal).status, 400);
  });
});
