import { assert, assertEquals } from "@std/assert";
import type { Config } from "../../src/config.ts";
import { limits } from "../../src/limits.ts";
import { type Ask, basic, type House, openHouse } from "../harness.ts";
import { event } from "../fixtures/events.ts";

/** Where it stands, a log has no business with it. */
const secret = "s3cr3t-4711";

const inEvent = event({ uid: "x", lines: [`DESCRIPTION:${secret}`] });

const requests: readonly { says: string; method: string; path: string; ask: Ask }[] = [
  { says: "a wrong password", method: "GET", path: "/dav/", ask: wrongly("alice", secret) },
  { says: "a password as a name", method: "GET", path: "/dav/", ask: wrongly(secret, "alice") },
  {
    says: "the link of an attachment",
    method: "GET",
    path: `/attachments/${secret}/a.txt`,
    ask: { as: null },
  },
  {
    says: "credentials of another scheme",
    method: "GET",
    path: "/dav/",
    ask: { as: null, headers: { authorization: `Bearer ${secret}` } },
  },
  {
    says: "credentials that are no Basic",
    method: "GET",
    path: "/dav/",
    ask: { as: null, headers: { authorization: `Basic ${secret}` } },
  },
  {
    says: "a query",
    method: "GET",
    path: `/dav/calendars/alice/calendar/?password=${secret}`,
    ask: {},
  },
  {
    says: "a query that is not decoded",
    method: "GET",
    path: `/healthz?password=${secret}%zz`,
    ask: {},
  },
  { says: "a header", method: "GET", path: "/dav/", ask: { headers: { cookie: secret } } },
  {
    says: "a header that is wrong",
    method: "MOVE",
    path: "/dav/files/alice/a",
    ask: { headers: { destination: `http://x:${secret}@[/`, if: `(<${secret}` } },
  },
  {
    says: "a body of XML that is wrong",
    method: "PROPFIND",
    path: "/dav/",
    ask: { body: `<${secret}` },
  },
  {
    says: "an event",
    method: "PUT",
    path: "/dav/calendars/alice/calendar/x.ics",
    ask: { body: inEvent, headers: { "content-type": "text/calendar" } },
  },
  {
    says: "an event that is wrong",
    method: "PUT",
    path: "/dav/calendars/alice/calendar/y.ics",
    ask: { body: inEvent.replace("DTSTART", secret), headers: { "content-type": "text/calendar" } },
  },
  { says: "a file", method: "PUT", path: "/dav/files/alice/x", ask: { body: secret } },
];

for (const broken of [false, true]) {
  for (const { says, method, path, ask } of requests) {
    Deno.test(`log: ${says}${broken ? ", while the database fails" : ""}`, async () => {
      await using house = await houseWith(broken);
      await (await house.ask(method, path, ask)).body?.cancel();
      const lines = house.lines.map((line) => JSON.stringify(line));
      assert(lines.some((line) => line.includes('"request"')));
      assertEquals(lines.filter((line) => line.includes(secret)), []);
      assertEquals(lines.filter((line) => line.includes(btoa(secret).slice(1, 9))), []);
    });
  }
}

/** What a line says of who asked. */
async function visitOf(path: string, ask: Ask, settings = {}) {
  await using house = await openHouse({ settings });
  await (await house.ask("PROPFIND", path, ask)).body?.cancel();
  const line: Record<string, unknown> | undefined = house.lines.find(({ event }) =>
    event === "request"
  );
  return { status: line?.status, address: line?.address, user: line?.user, path: line?.path };
}

const home = "/dav/calendars/alice/";
const visits: readonly {
  readonly says: string;
  readonly settings?: Partial<Config>;
  readonly ask: Ask;
  readonly gives: {
    readonly status: number;
    readonly address: string;
    readonly user: string | undefined;
  };
}[] = [
  { says: "who asked", ask: {}, gives: { status: 207, address: "127.0.0.1", user: "alice" } },
  {
    says: "nobody who failed to log in",
    ask: wrongly("alice", "wrong"),
    gives: { status: 401, address: "127.0.0.1", user: undefined },
  },
  {
    says: "the client behind a proxy of ours",
    settings: { trustedProxies: ["10.0.0.1"] },
    ask: {
      from: "10.0.0.1",
      headers: { "x-forwarded-for": "203.0.113.9", "x-forwarded-proto": "https" },
    },
    gives: { status: 207, address: "203.0.113.9", user: "alice" },
  },
  {
    says: "no other proxy's client",
    ask: { headers: { "x-forwarded-for": "203.0.113.9" } },
    gives: { status: 207, address: "127.0.0.1", user: "alice" },
  },
];

for (const { says, ask, settings, gives } of visits) {
  Deno.test(`log: a request names ${says}`, async () => {
    assertEquals(await visitOf(home, ask, settings), { path: home, ...gives });
  });
}

Deno.test("log: what a client makes up at any length is cut", async () => {
  const path = `/dav/${"x".repeat(5000)}`;
  const visit = await visitOf(path, {});
  assertEquals(visit.path, path.slice(0, limits.loggedCharacters));
});

/** With the right name, and nothing else right. */
function wrongly(name: string, password: string): Ask {
  return { as: null, headers: { authorization: basic(name, password) } };
}

/** Where `broken`, every answer of the database is an error, once all accounts are made. */
async function houseWith(broken: boolean): Promise<House> {
  let fails = false;
  const house = await openHouse({
    executor: (real) => ({
      ...real,
      read: (statements) => fails ? Promise.reject(new Error("broken")) : real.read(statements),
      write: (statements) => fails ? Promise.reject(new Error("broken")) : real.write(statements),
    }),
  });
  await (await house.ask("PROPFIND", "/dav/")).body?.cancel(); // Alice's log-in is known by now.
  fails = broken;
  return house;
}
