import { assertEquals } from "@std/assert";
import { event } from "../fixtures/events.ts";
import { type House, openHouse } from "../harness.ts";

const home = "/dav/calendars/alice/";
const calendar = `${home}calendar/`;
const existing = `${calendar}a.ics`;
const free = `${calendar}b.ics`;
const modified = Date.UTC(2026, 0, 5, 9, 0, 0, 500);
const day = 86_400_000;
const date = (offsetMs: number) => new Date(modified + offsetMs).toUTCString();

const rename = `<propertyupdate xmlns="DAV:"><set><prop><displayname>x</displayname></prop></set>` +
  `</propertyupdate>`;

interface Case {
  readonly method: string;
  /** By default the object that is there. */
  readonly path?: string;
  /** Where `ETAG` stands for the one that is there. */
  readonly headers: Readonly<Record<string, string>>;
  readonly status: number;
}

const cases: readonly Case[] = [
  { method: "PUT", headers: { "if-match": "ETAG" }, status: 204 },
  { method: "PUT", headers: { "if-match": '"other", ETAG' }, status: 204 },
  { method: "PUT", headers: { "if-match": "*" }, status: 204 },
  { method: "PUT", headers: { "if-match": '"other"' }, status: 412 },
  { method: "PUT", headers: { "if-match": "W/ETAG" }, status: 412 },
  { method: "PUT", headers: { "if-match": "no quotes" }, status: 400 },
  { method: "PUT", headers: { "if-none-match": "*" }, status: 412 },
  { method: "PUT", headers: { "if-none-match": "ETAG" }, status: 412 },
  { method: "PUT", headers: { "if-none-match": '"other"' }, status: 204 },
  { method: "PUT", headers: { "if-match": "ETAG", "if-none-match": "*" }, status: 412 },
  { method: "PUT", path: free, headers: { "if-match": "*" }, status: 412 },
  { method: "PUT", path: free, headers: { "if-match": '"other"' }, status: 412 },
  { method: "PUT", path: free, headers: { "if-none-match": "*" }, status: 201 },
  { method: "PUT", path: free, headers: { "if-none-match": '"other"' }, status: 201 },
  { method: "DELETE", headers: { "if-match": "ETAG" }, status: 204 },
  { method: "DELETE", headers: { "if-match": '"other"' }, status: 412 },
  { method: "DELETE", headers: { "if-none-match": "ETAG" }, status: 412 },
  { method: "DELETE", path: free, headers: { "if-match": "*" }, status: 404 },
  { method: "GET", headers: { "if-none-match": "ETAG" }, status: 304 },
  { method: "GET", headers: { "if-none-match": "W/ETAG" }, status: 304 },
  { method: "GET", headers: { "if-none-match": '"other"' }, status: 200 },
  { method: "GET", headers: { "if-match": "ETAG" }, status: 200 },
  { method: "GET", headers: { "if-match": '"other"' }, status: 412 },
  { method: "GET", headers: { "if-modified-since": date(0) }, status: 304 },
  { method: "GET", headers: { "if-modified-since": date(-day) }, status: 200 },
  { method: "GET", headers: { "if-modified-since": "yesterday" }, status: 200 },
  {
    method: "GET",
    headers: { "if-modified-since": date(day), "if-none-match": '"other"' },
    status: 200,
  },
  { method: "GET", headers: { "if-unmodified-since": date(-day) }, status: 412 },
  { method: "GET", headers: { "if-unmodified-since": date(0) }, status: 200 },
  { method: "HEAD", headers: { "if-none-match": "ETAG" }, status: 304 },
  { method: "HEAD", headers: { "if-match": '"other"' }, status: 412 },
  { method: "GET", path: free, headers: { "if-none-match": "ETAG" }, status: 404 },
  { method: "PUT", headers: { "if-unmodified-since": date(-day) }, status: 412 },
  { method: "PUT", headers: { "if-unmodified-since": date(0) }, status: 204 },
  { method: "DELETE", headers: { "if-unmodified-since": date(-day) }, status: 412 },
  { method: "PROPPATCH", headers: { "if-match": '"other"' }, status: 412 },
  { method: "PROPPATCH", headers: { "if-match": "ETAG" }, status: 207 },
  { method: "MOVE", headers: { destination: free, "if-match": '"other"' }, status: 412 },
  { method: "MOVE", headers: { destination: free, "if-match": "ETAG" }, status: 201 },
  { method: "DELETE", path: calendar, headers: { "if-none-match": "*" }, status: 412 },
  { method: "DELETE", path: calendar, headers: { "if-match": "*" }, status: 204 },
  { method: "MKCALENDAR", path: `${home}new/`, headers: { "if-none-match": "*" }, status: 201 },
  { method: "MKCALENDAR", path: `${home}new/`, headers: { "if-match": "*" }, status: 412 },
];

const bodies: Readonly<Record<string, (path: string) => string | undefined>> = {
  PUT: (path) => event({ uid: path === existing ? "a" : "b", summary: "New" }),
  PROPPATCH: () => rename,
};

async function put(house: House): Promise<string> {
  const headers = { "content-type": "text/calendar" };
  const response = await house.ask("PUT", existing, { headers, body: event({ uid: "a" }) });
  return response.headers.get("etag") ?? "";
}

for (const { method, path = existing, headers, status } of cases) {
  const said = Object.entries(headers).map(([name, value]) => `${name}: ${value}`).join(", ");
  const where = path === existing ? "what is there" : path.slice(home.length);

  Deno.test(`conditions: ${method} of ${where} with ${said} is ${status}`, async () => {
    await using house = await openHouse({ clock: () => modified });
    const etag = await put(house);
    const filled = Object.entries(headers).map(([name, value]) =>
      [name, value.replaceAll("ETAG", etag)] as const
    );
    const response = await house.ask(method, path, {
      headers: { "content-type": "text/calendar", ...Object.fromEntries(filled) },
      body: bodies[method]?.(path),
    });
    const text = await response.text();
    assertEquals(response.status, status, text);
    if (status === 304) assertEquals([text, response.headers.get("etag")], ["", etag]);
    if (status !== 412 && status !== 400) return;
    const after = await house.ask("GET", existing);
    assertEquals([after.headers.get("etag"), await after.text()], [etag, event({ uid: "a" })]);
  });
}

Deno.test("conditions: of two who change one version, the second is told", async () => {
  await using house = await openHouse();
  const etag = await put(house);
  const change = async (summary: string) => {
    const response = await house.ask("PUT", existing, {
      headers: { "content-type": "text/calendar", "if-match": etag },
      body: event({ uid: "a", summary }),
    });
    return response.status;
  };
  const answers = await Promise.all(["one", "two", "three"].map(change));
  assertEquals(answers.sort(), [204, 412, 412]);
});

Deno.test("conditions: of many who make one name, one does", async () => {
  await using house = await openHouse();
  const make = async (index: number) => {
    const response = await house.ask("PUT", existing, {
      headers: { "content-type": "text/calendar", "if-none-match": "*" },
      body: event({ uid: `uid-${index}` }),
    });
    return response.status;
  };
  const answers = await Promise.all(Array.from({ length: 10 }, (_, index) => make(index)));
  assertEquals(answers.sort(), [201, ...Array.from({ length: 9 }, () => 412)]);
});
