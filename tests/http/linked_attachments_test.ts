import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { limits } from "../../src/limits.ts";
import { C, D } from "../../src/xml/names.ts";
import { event } from "../fixtures/events.ts";
import { type Ask, type House, multistatusOf, openHouse } from "../harness.ts";
import { attached, attachesIn, calendar, path, pathOf, put, status, text } from "./attaching.ts";

/** What programs on phones are told of large events, and that no edit there loses an attachment. */

const phone = { "user-agent": "DAVx5/4.4.1-ose (dav4jvm; okhttp/4.12.0) Android/14" };
const onPhone = { headers: phone };

/** Different content for each, folded as programs do. */
const content = (of: string, sizeBytes = 9_000): string =>
  Array.from({ length: sizeBytes / 10 }, (_, at) => `${of}${at}`.padStart(10)).join("");
const binary = (value: string, params = ";FMTTYPE=text/plain;FILENAME=a.txt"): string =>
  `ATTACH${params};ENCODING=BASE64;VALUE=BINARY:\r\n ` +
  (btoa(value).match(/.{1,73}/g) ?? []).join("\r\n ");

const one = binary(content("one"));
const simple = event({ uid: "a", lines: [one] });
const override = ["RECURRENCE-ID:20260106T090000Z", "DTSTART:20260106T100000Z"];
const recurring = event({
  uid: "a",
  lines: ["RRULE:FREQ=DAILY", one],
  overrides: [[...override, binary(content("two"))]],
});

/** What is attached inside of all components together, each that is known by its name. */
const contentsOf = (object: string): string[] =>
  attachesIn(object).filter(({ ENCODING }) => ENCODING).map(({ value }) => {
    const found = atob(String(value));
    return ["one", "two"].find((name) => content(name) === found) ?? found.slice(0, 40);
  }).sort();

const namespaces = `xmlns="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"`;

Deno.test("linked: a phone gets a link in place of what is inside, that opens it", async () => {
  await using house = await openHouse();
  await put(house, path, simple);
  const object = await text(house, path, onPhone);
  const [link, ...more] = attachesIn(object);
  assertEquals(more, []);
  const { value, ...params } = link ?? {};
  assertEquals(params, { FMTTYPE: "text/plain", FILENAME: "a.txt" });
  assert(object.length < 1_000);
  assertEquals(object.replace(/ATTACH[^]*?(?=SUMMARY|END)/, ""), simple.replace(`${one}\r\n`, ""));
  const file = await house.ask("GET", pathOf(String(value)), { headers: { range: "bytes=0-1" } });
  const { headers } = file;
  assertEquals([file.status, await file.text()], [200, content("one")]);
  assertEquals(headers.get("content-type"), "text/plain");
  assertEquals(
    headers.get("content-disposition"),
    `attachment; filename="a.txt"; filename*=UTF-8''a.txt`,
  );
  assertEquals(headers.get("content-security-policy"), "default-src 'none'; sandbox");
  const known = { headers: { "if-none-match": headers.get("etag") ?? "" } };
  assertEquals(await status(house.ask("GET", pathOf(String(value)), known)), 304);
  for (const as of ["bob", null] as const) {
    const gives = await status(house.ask("GET", pathOf(String(value)), { as }));
    assertEquals(gives, as ? 403 : 401);
  }
  assertEquals(await status(house.ask("GET", `${path}?attachment=hx`)), 404);
  assertEquals(await text(house, path), simple);
});

Deno.test("linked: everywhere the same content and ETag, which is its own", async () => {
  await using house = await openHouse();
  const etag = (await put(house, path, simple)).headers.get("etag");
  const got = await house.ask("GET", path, onPhone);
  const own = got.headers.get("etag");
  const object = await got.text();
  assertNotEquals(own, etag);
  assertEquals(got.headers.get("vary"), "Accept, CalDAV-Timezones, User-Agent");
  assertEquals((await house.ask("HEAD", path, onPhone)).headers.get("etag"), own);
  const prop = `<prop><getetag/><C:calendar-data/></prop>`;
  const asked = [
    `<C:calendar-multiget ${namespaces}>${prop}<href>${path}</href></C:calendar-multiget>`,
    `<C:calendar-query ${namespaces}>${prop}<C:filter><C:comp-filter name="VCALENDAR"/></C:filter>` +
    `</C:calendar-query>`,
    `<sync-collection ${namespaces}><sync-token/><sync-level>1</sync-level>${prop}</sync-collection>`,
  ];
  for (const body of asked) {
    const ask = { headers: { ...phone, depth: "1" }, body };
    const response = await house.ask("REPORT", calendar, ask);
    assert(response.headers.get("vary")?.includes("User-Agent"));
    const found = (await multistatusOf(response)).at(path);
    assertEquals([found?.text(D.getetag), found?.text(C.calendarData)], [own, object.trim()]);
  }
  const body = `<propfind ${namespaces}><prop><getetag/></prop></propfind>`;
  const ask = { headers: { ...phone, depth: "1" }, body };
  const found = await multistatusOf(await house.ask("PROPFIND", calendar, ask));
  assertEquals(found.at(path)?.text(D.getetag), own);
  const whole = await text(house, calendar, onPhone);
  assertEquals(
    attachesIn(whole).map(({ value }) => value),
    attachesIn(object).map(({ value }) => value),
  );
  const other = await house.ask("GET", path, { headers: { "if-none-match": own ?? "" } });
  assertEquals([other.status, await other.text()], [200, simple]);
});

interface Edit {
  readonly name: string;
  readonly before: string;
  /** Of what the phone has been told. */
  readonly edit: (told: string) => string;
  /** Sorted. */
  readonly keeps: readonly string[];
}

/** As programs write that keep only what they know. */
const withoutAttach = (object: string) => object.replace(/ATTACH[^]*?\r\n(?! )/g, "");
const renamed = (object: string) => object.replaceAll("SUMMARY:Item", "SUMMARY:Changed");
const first = content("one");
/** The component of an override. */
const overridden = /BEGIN:VEVENT(?:(?!END:VEVENT)[^])*RECURRENCE-ID[^]*?END:VEVENT\r\n/;

const edits: readonly Edit[] = [
  { name: "the title is changed", before: simple, edit: renamed, keeps: ["one"] },
  {
    name: "the link is dropped",
    before: simple,
    edit: (told) => withoutAttach(renamed(told)),
    keeps: ["one"],
  },
  {
    name: "one has links and the other not, and both have changed",
    before: recurring,
    edit: (told) => {
      const [other = ""] = overridden.exec(told) ?? [];
      assertEquals(attachesIn(other).length, 1);
      return withoutAttach(renamed(told)).replace(overridden, renamed(other));
    },
    keeps: ["one", "two"],
  },
  {
    name: "the override's time is written in another way",
    before: recurring,
    edit: (told) =>
      withoutAttach(told).replace(
        "RECURRENCE-ID:20260106T090000Z",
        "RECURRENCE-ID;TZID=Europe/Vienna:20260106T100000",
      ),
    keeps: ["one", "two"],
  },
  {
    name: "an override is removed",
    before: recurring,
    edit: (told) => told.replace(overridden, ""),
    keeps: ["one"],
  },
  {
    name: "an instance is changed",
    before: simple.replace("SUMMARY:", "RRULE:FREQ=DAILY\r\nSUMMARY:"),
    edit: (told) =>
      told.replace(
        "END:VCALENDAR",
        "BEGIN:VEVENT\r\nUID:a\r\nRECURRENCE-ID:20260107T090000Z\r\n" +
          "DTSTART:20260107T120000Z\r\nEND:VEVENT\r\nEND:VCALENDAR",
      ),
    keeps: ["one", "one"],
  },
  {
    name: "something is attached on the phone",
    before: simple,
    edit: (told) => told.replace("SUMMARY:", `${binary("new")}\r\nSUMMARY:`),
    keeps: ["new", "one"],
  },
  {
    name: "what is inside is sent once more",
    before: simple,
    edit: () => renamed(simple),
    keeps: ["one"],
  },
];

for (const { name, before, edit, keeps } of edits) {
  for (const isConditional of [true, false]) {
    Deno.test(`linked: nothing is lost where ${name}${isConditional ? "" : ", unseen"}`, async () => {
      await using house = await openHouse();
      await put(house, path, before);
      const got = await house.ask("GET", path, onPhone);
      const etag = got.headers.get("etag") ?? "";
      const condition: Ask["headers"] = isConditional ? { "if-match": etag } : {};
      const sent = edit(await got.text());
      const response = await put(house, path, sent, { headers: { ...phone, ...condition } });
      assertEquals([response.status, response.headers.get("etag")], [204, null]);
      const after = await text(house, path);
      assertEquals(contentsOf(after), keeps);
      assertEquals(attachesIn(after).filter(({ ENCODING }) => !ENCODING), []);
      assertEquals(after.includes("Changed"), sent.includes("Changed"));
      const told = await house.ask("GET", path, onPhone);
      assertEquals(contentsOf(await told.text()), []);
      if (isConditional) {
        const again = await put(house, path, sent, { headers: { ...phone, ...condition } });
        assertEquals(again.status, 412);
      }
    });
  }
}

Deno.test("linked: all octets of what the phone does not see stay", async () => {
  await using house = await openHouse();
  const odd = one.replaceAll("\r\n ", "\n\t ").replace("FILENAME=a.txt", `X-B="ü;:";FILENAME=ü`);
  const before = event({ uid: "a", lines: [odd] });
  await put(house, path, before);
  const told = await text(house, path, onPhone);
  await put(house, path, told, onPhone);
  assertEquals(await text(house, path), before);
});

Deno.test("linked: events of any size, read and edited without what is large", async () => {
  await using house = await openHouse();
  const large = binary(content("large", 1_000_000));
  const before = event({ uid: "a", lines: [large, one] });
  await put(house, path, before);
  const told = await text(house, path, onPhone);
  assert(told.length < 1_000);
  const files = attachesIn(told).map(({ value }) => pathOf(String(value)));
  assert(await text(house, files[0] ?? "") === content("large", 1_000_000));
  assert(await text(house, files[1] ?? "") === first);
  await put(house, path, renamed(withoutAttach(told)), onPhone);
  const after = await text(house, path);
  assert(after.length === renamed(before).length);
  for (const line of [large, one, "SUMMARY:Changed"]) assert(after.includes(`${line}`));
});

Deno.test("linked: what is small, or has nothing inside, is told as it is and gets an ETag", async () => {
  await using house = await openHouse();
  const small = event({ uid: "a", lines: [binary("small")] });
  const long = event({ uid: "a", lines: [`DESCRIPTION:${"x".repeat(limits.linkedObjectBytes)}`] });
  for (const object of [small, long]) {
    const response = await put(house, path, object, onPhone);
    const got = await house.ask("GET", path, onPhone);
    assertEquals(response.headers.get("etag"), got.headers.get("etag"));
    assertEquals(await got.text(), object);
  }
});

Deno.test("linked: what is managed is a link already, for all alike", async () => {
  await using house = await openHouse();
  await put(house, path, simple);
  const { id, at } = await attached(house);
  const told = attachesIn(await text(house, path, onPhone));
  assertEquals(told.map((attach) => attach["MANAGED-ID"]), [undefined, id]);
  const sent = renamed(await text(house, path, onPhone));
  await put(house, path, sent, onPhone);
  assertEquals(attachesIn(await text(house, path)).map(({ SIZE }) => SIZE), [undefined, "5"]);
  assertEquals(await text(house, at), "hello");
});

Deno.test("linked: whoever prefers a representation gets their own", async () => {
  await using house = await openHouse();
  await put(house, path, simple);
  const headers = { ...phone, prefer: "return=representation" };
  const told = await text(house, path, onPhone);
  const response = await put(house, path, renamed(told), { headers });
  assertEquals(await response.text(), renamed(told));
  const own = (await house.ask("HEAD", path, onPhone)).headers.get("etag");
  assertEquals(response.headers.get("etag"), own);
  const failed = await put(house, path, told, { headers: { ...headers, "if-match": '"x"' } });
  assertEquals([failed.status, failed.headers.get("etag"), await failed.text()], [
    412,
    own,
    renamed(told),
  ]);
});

Deno.test("linked: as jCal, too", async () => {
  await using house = await openHouse();
  await put(house, path, simple);
  const headers = { ...phone, accept: "application/calendar+json" };
  const response = await house.ask("GET", path, { headers });
  const told = await response.text();
  assert(told.length < 1_000 && told.includes("?attachment="), told);
  const etags = [phone, { accept: headers.accept }, headers].map(async (each) =>
    (await house.ask("HEAD", path, { headers: each })).headers.get("etag")
  );
  assertEquals(new Set(await Promise.all(etags)).size, 3);
  const condition = { "if-match": response.headers.get("etag") ?? "" };
  assertEquals(await status(put(house, path, simple, { headers: condition })), 204);
});

const agents: readonly (readonly [agent: string, isLinked: boolean])[] = [
  ["DAVx5/4.3.14.1-gplay (2024/05/13; dav4jvm; okhttp/4.12.0) Android/13", true],
  ["DAVdroid/2.6 (2019/08/23; dav4jvm; okhttp/3.14.2) Android/9", true],
  ["Managed DAVx5/4.4 (dav4jvm; okhttp/4.12.0) Android/14", true],
  ["iOS/17.5 (21F79) dataaccessd/1.0", false],
  ["Mozilla/5.0 Thunderbird/128.0", false],
  ["MyDAVx5client/1.0", false],
];

for (const [agent, isLinked] of agents) {
  Deno.test(`linked: ${isLinked ? "for" : "not for"} ${agent}`, async () => {
    await using house: House = await openHouse();
    await put(house, path, simple);
    const object = await text(house, path, { headers: { "user-agent": agent } });
    assertEquals(object !== simple, isLinked);
  });
}
