import { assertEquals } from "@std/assert";
import { event } from "../fixtures/events.ts";
import { type House, openHouse } from "../harness.ts";
import { large } from "./large.ts";

const calendar = "/dav/calendars/alice/calendar/";
const path = `${calendar}a.ics`;
const preferring = { "content-type": "text/calendar", prefer: "return=representation" };
const first = event({ uid: "a", summary: "First" });
const second = event({ uid: "a", summary: "Second" });

/** What of an answer tells of the representation in it. */
async function told(response: Response) {
  const header = (name: string) => response.headers.get(name);
  return {
    status: response.status,
    body: await response.text(),
    type: header("content-type"),
    location: header("content-location"),
    applied: header("preference-applied"),
    vary: header("vary"),
  };
}

const held = (status: number, body: string) => ({
  status,
  body,
  type: "text/calendar; charset=utf-8",
  location: path,
  applied: "return=representation",
  vary: "Prefer, User-Agent",
});

const bare = (status: number) => ({
  status,
  body: "",
  type: null,
  location: null,
  applied: null,
  vary: null,
});

const put = (house: House, body: string, headers: Record<string, string> = {}) =>
  house.ask("PUT", path, { body, headers: { ...preferring, ...headers } });

Deno.test("Prefer: PUT answers with what is there now, and the ETag of that", async () => {
  await using house = await openHouse();
  const third = large(600_000, "a");
  for (const [sent, status] of [[first, 201], [second, 200], [third, 200]] as const) {
    const response = await put(house, sent);
    const etag = response.headers.get("etag");
    assertEquals(await told(response), held(status, sent));
    const got = await house.ask("GET", path);
    assertEquals([await got.text(), got.headers.get("etag")], [sent, etag]);
  }
});

const others: readonly Record<string, string>[] = [
  {},
  { prefer: "x-foo" },
  { prefer: "return=minimal" },
];

for (const headers of others) {
  Deno.test(`Prefer: PUT with ${JSON.stringify(headers)} answers without a body`, async () => {
    await using house = await openHouse();
    const ask = (body: string) =>
      house.ask("PUT", path, { body, headers: { "content-type": "text/calendar", ...headers } });
    assertEquals(await told(await ask(first)), bare(201));
    assertEquals(await told(await ask(second)), bare(204));
  });
}

Deno.test("Prefer: POST answers with the new object at its own URL", async () => {
  await using house = await openHouse();
  const response = await house.ask("POST", `${calendar};add-member`, {
    body: first,
    headers: preferring,
  });
  const location = response.headers.get("location");
  assertEquals(await told(response), { ...held(201, first), location });
});

const conditions: readonly Record<string, string>[] = [
  { "if-match": `"other"` },
  { "if-match": "1234" },
  { "if-none-match": "*" },
  { "if-unmodified-since": "Sun, 06 Nov 1994 08:49:37 GMT" },
];

for (const condition of conditions) {
  Deno.test(`Prefer: with 412 of ${JSON.stringify(condition)} comes what is there`, async () => {
    await using house = await openHouse();
    const etag = (await put(house, first)).headers.get("etag");
    const response = await put(house, second, condition);
    assertEquals(response.headers.get("etag"), etag);
    assertEquals(await told(response), held(412, first));
    const plain = await put(house, second, { ...condition, prefer: "return=minimal" });
    assertEquals(await told(plain), bare(412));
    assertEquals(await (await house.ask("GET", path)).text(), first);
  });
}

Deno.test("Prefer: with 412 of an object that is not there comes nothing", async () => {
  await using house = await openHouse();
  assertEquals(await told(await put(house, first, { "if-match": `"gone"` })), bare(412));
});

Deno.test("Prefer: what is refused otherwise is told as without it", async () => {
  await using house = await openHouse();
  await put(house, first);
  const response = await house.ask("PUT", path, { body: second, headers: preferring, as: "bob" });
  const { status, body, location } = await told(response);
  assertEquals([status, body.includes("need-privileges"), location], [403, true, null]);
});

const home = "/dav/calendars/alice/";
const files = "/dav/files/alice/";

for (const method of ["COPY", "MOVE"]) {
  const relocate = (house: House, from: string, to: string, headers = {}) =>
    house.ask(method, from, { headers: { ...preferring, destination: to, ...headers } });

  Deno.test(`Prefer: ${method} answers with what is at the destination now (RFC 8144 §3.1)`, async () => {
    await using house = await openHouse();
    await house.ask("MKCALENDAR", `${home}work/`);
    for (const text of [first, large(600_000, "a")]) {
      for (const [to, over] of [["b.ics", undefined], ["c.ics", first]] as const) {
        await put(house, text);
        const moved = `${home}work/${to}`;
        if (over) await house.ask("PUT", moved, { body: over, headers: preferring });
        const response = await relocate(house, path, moved);
        const etag = response.headers.get("etag");
        assertEquals(await told(response), { ...held(over ? 200 : 201, text), location: moved });
        const got = await house.ask("GET", moved);
        assertEquals([await got.text(), got.headers.get("etag")], [text, etag]);
        await house.ask("DELETE", moved);
      }
    }
  });

  Deno.test(`Prefer: ${method} to another kind of collection answers with what it is there`, async () => {
    await using house = await openHouse();
    const texts = [first, large(600_000, "a")];
    for (const text of texts) {
      await house.ask("PUT", `${files}a`, { body: text, headers: { "content-type": "text/x-a" } });
      const response = await relocate(house, `${files}a`, path);
      assertEquals(await told(response), held(201, text));
      const back = await relocate(house, path, `${files}b`);
      assertEquals(await told(back), { ...held(201, text), location: `${files}b` });
      for (const left of [path, `${files}a`, `${files}b`]) await house.ask("DELETE", left);
    }
  });

  Deno.test(`Prefer: ${method} without it, refused or of a collection answers without a body`, async () => {
    await using house = await openHouse();
    await put(house, first);
    const [other, more] = [`${home}other/`, `${home}more/`];
    await house.ask("MKCALENDAR", other);
    assertEquals(await told(await relocate(house, other, more)), bare(201));
    const minimal = { prefer: "return=minimal" };
    assertEquals(await told(await relocate(house, path, `${more}a.ics`, minimal)), bare(201));
    await put(house, first);
    const refused = await relocate(house, path, `${more}a.ics`, { overwrite: "F" });
    assertEquals(await told(refused), bare(412));
  });
}
