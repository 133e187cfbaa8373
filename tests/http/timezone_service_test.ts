import { assert, assertEquals } from "@std/assert";
import { jcalOf } from "../../src/ical/jcal/write.ts";
import { readCalendarTimezone, readTimezone } from "../../src/ical/timezone.ts";
import { openHouse } from "../harness.ts";

const path = "/timezones";

async function ask(at: string, headers: Readonly<Record<string, string>> = {}) {
  await using house = await openHouse();
  const response = await house.ask("GET", at, { as: null, headers });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text };
}

const jsonOf = async (at: string) => JSON.parse((await ask(at)).text);

Deno.test("time zone service: the well-known URL leads to it", async () => {
  const { status, headers } = await ask("/.well-known/timezone");
  assertEquals([status, headers.get("location")], [301, path]);
});

Deno.test("time zone service: its actions are those that it serves", async () => {
  const { version, info, actions } = await jsonOf(`${path}/capabilities`);
  assertEquals(version, 1);
  assertEquals(info.formats, ["text/calendar", "application/calendar+json"]);
  const templates = Object.fromEntries(
    actions.map((one: { name: string; "uri-template": string }) => [one.name, one["uri-template"]]),
  );
  const values: Readonly<Record<string, string>> = {
    "{?changedsince}": "",
    "{?start,end}": "",
    "{/tzid}/observances{?start,end}":
      "/Europe%2FVienna/observances?start=2026-01-01T00:00:00Z&end=2027-01-01T00:00:00Z",
    "{/tzid}": "/Europe%2FVienna",
    "{?pattern}": "?pattern=*vienna",
  };
  assertEquals(Object.keys(templates), ["capabilities", "list", "get", "expand", "find"]);
  for (const template of Object.values(templates) as string[]) {
    const url = template.replace(
      /\{.*\}/,
      (all) => values[all] ?? all.replace(/\{[^}]*\}/g, (one) => values[one] ?? ""),
    );
    assertEquals((await ask(url)).status, 200, url);
  }
});

Deno.test("time zone service: a list of the zones, and those that are looked for", async () => {
  const names = async (query: string): Promise<string[]> =>
    (await jsonOf(`${path}/zones${query}`)).timezones.map(({ tzid }: { tzid: string }) => tzid);
  const all = await names("");
  assert(all.length > 300 && all.includes("Europe/Vienna"));
  assertEquals(await names("?pattern=europe/vi*"), ["Europe/Vienna", "Europe/Vilnius"]);
  assertEquals(await names("?pattern=*new+york"), ["America/New_York"]);
  assertEquals(await names("?pattern=*lord+h*"), ["Australia/Lord_Howe"]);
  assertEquals(await names("?pattern=Europe/Vienna&pattern=asia/tokyo"), [
    "Asia/Tokyo",
    "Europe/Vienna",
  ]);
  assertEquals(await names("?pattern=nothing*"), []);
  const { synctoken, timezones } = await jsonOf(`${path}/zones`);
  assertEquals(await names(`?changedsince=${encodeURIComponent(synctoken)}`), []);
  assertEquals((await names("?changedsince=1-before")).length, all.length);
  const { etag, "last-modified": modified } = timezones[0];
  assertEquals(
    (await ask(`${path}/zones/${encodeURIComponent(all[0] ?? "")}`)).headers.get("etag"),
    etag,
  );
  assert(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(modified));
});

Deno.test("time zone service: a zone, by its name and by another one", async () => {
  const { status, headers, text } = await ask(`${path}/zones/America%2FNew_York`);
  assertEquals([status, headers.get("content-type")], [200, "text/calendar; charset=utf-8"]);
  assertEquals(readCalendarTimezone(text), text);
  assertEquals(readTimezone(text).toUtc(Date.UTC(2026, 6, 1)), Date.UTC(2026, 6, 1, 4));
  const plain = await ask(`${path}/zones/America/New_York`);
  assertEquals(plain.text, text);
  const eastern = await ask(`${path}/zones/US%2FEastern`);
  assertEquals(eastern.text, text.replace("TZID:America/New_York", "TZID:US/Eastern"));
  const json = await ask(`${path}/zones/America%2FNew_York`, {
    accept: "application/calendar+json",
  });
  assertEquals(json.headers.get("content-type"), "application/calendar+json");
  assertEquals(json.text, jcalOf(text));
  for (const one of [headers, json.headers]) {
    const etag = one.get("etag") ?? "";
    const accept = one.get("content-type")?.split(";")[0] ?? "";
    const known = { "if-none-match": etag, accept };
    assertEquals((await ask(`${path}/zones/America%2FNew_York`, known)).status, 304);
  }
});

Deno.test("time zone service: the changes of a zone in a time", async () => {
  const url = `${path}/zones/Europe%2FVienna/observances`;
  const { observances } = await jsonOf(
    `${url}?start=2026-01-01T00:00:00Z&end=2026-12-31T00:00:00Z`,
  );
  assertEquals(observances, [
    {
      name: "Standard",
      onset: "2026-01-01T00:00:00Z",
      "utc-offset-from": 3600,
      "utc-offset-to": 3600,
    },
    {
      name: "Daylight",
      onset: "2026-03-29T01:00:00Z",
      "utc-offset-from": 3600,
      "utc-offset-to": 7200,
    },
    {
      name: "Standard",
      onset: "2026-10-25T01:00:00Z",
      "utc-offset-from": 7200,
      "utc-offset-to": 3600,
    },
  ]);
});

const vienna = `${path}/zones/Europe%2FVienna`;
const wrong: readonly (readonly [url: string, status: number, error: string])[] = [
  [`${path}/`, 400, "invalid-action"],
  [`${path}/leapseconds`, 400, "invalid-action"],
  [`${path}/capabilities/x`, 400, "invalid-action"],
  [`${path}/zones/Middle%2FEarth`, 404, "tzid-not-found"],
  [`${path}/zones/%FF`, 404, "tzid-not-found"],
  [`${path}/zones/+01:00`, 404, "tzid-not-found"],
  [`${path}/zones?changedsince=`, 400, "invalid-changedsince"],
  [`${path}/zones?changedsince=foo`, 400, "invalid-changedsince"],
  [`${path}/zones?changedsince=1-abc&changedsince=1-abc`, 400, "invalid-changedsince"],
  [`${path}/zones?changedsince=1-abc&pattern=b`, 400, "invalid-changedsince"],
  [`${path}/zones?pattern=`, 400, "invalid-pattern"],
  [`${path}/zones?pattern=**`, 400, "invalid-pattern"],
  [`${path}/zones?pattern=a*b`, 400, "invalid-pattern"],
  [`${vienna}?start=2026-01-01T00:00:00Z`, 400, "invalid-start"],
  [`${vienna}?end=2026-01-01T00:00:00Z`, 400, "invalid-end"],
  [`${vienna}/observances`, 400, "invalid-start"],
  [`${vienna}/observances?start=yesterday`, 400, "invalid-start"],
  [`${vienna}/observances?start=2026-01-01T00:00:00Z`, 400, "invalid-end"],
  [
    `${vienna}/observances?start=2026-01-01T00:00:00Z&end=2026-01-01T00:00:00Z`,
    400,
    "invalid-end",
  ],
  [
    `${vienna}/observances?start=0001-01-01T00:00:00Z&end=9999-01-01T00:00:00Z`,
    400,
    "invalid-end",
  ],
];

for (const [url, status, error] of wrong) {
  Deno.test(`time zone service: ${url} is ${error}`, async () => {
    const answer = await ask(url);
    assertEquals(answer.status, status);
    assertEquals(answer.headers.get("content-type"), "application/problem+json");
    assertEquals(JSON.parse(answer.text).type, `urn:ietf:params:tzdist:error:${error}`);
  });
}
