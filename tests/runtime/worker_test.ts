import { assert, assertEquals, assertMatch, assertStrictEquals } from "@std/assert";
import { C, D } from "../../src/xml/names.ts";
import { el, type XmlElement } from "../../src/xml/tree.ts";
import { documentXml } from "../../src/xml/write.ts";
import worker from "../../src/worker.ts";
import { mkcol, multiget, propfind, syncCollection } from "../clients/bodies.ts";
import { event } from "../fixtures/events.ts";
import { basic, multistatusOf } from "../harness.ts";
import { type BundleMeta, bundleWorker, type Edge, type Settings } from "./edge.ts";
import { startDenoServe, startWorkerd } from "./edge.ts";
import { type Gate, startGate } from "./gate.ts";
import { runCli } from "./harness.ts";
import { hasSqld, type Sqld, startSqld } from "./sqld.ts";
import { until } from "./until.ts";

Deno.test("worker: the bundle holds no native code", async () => {
  await using bundle = await bundleWorker();
  assertEquals(nativeIn(bundle.meta), []);
  assert(!/\.node["']|dlopen|createRequire|process\.binding/.test(bundle.text));
  const builtins = Object.values(bundle.meta.outputs).flatMap(({ imports }) => imports);
  const names = new Set(builtins.map(({ path }) => path));
  assertEquals([...names].toSorted(), [
    "node:buffer",
    "node:crypto",
    "node:process",
    "node:timers",
  ]);
});

Deno.test("worker: native code would be found in a bundle", () => {
  const inputs = { "src/app.ts": {}, "x/node_modules/libsql/index.js": {}, "y/addon.node": {} };
  const found = ["x/node_modules/libsql/index.js", "y/addon.node"];
  assertEquals(nativeIn({ inputs, outputs: {} }), found);
});

Deno.test("worker: the bundle holds the migrations", async () => {
  await using bundle = await bundleWorker();
  assertMatch(bundle.text, /CREATE TABLE principals/);
});

Deno.test({
  name: "worker: workerd is asked to finish a request also when its client has gone",
  ignore: !hasSqld,
  async fn() {
    await using sqld = await startSqld();
    await using gate = startGate(sqld.url);
    gate.turn("hold");
    const begun: Promise<unknown>[] = [];
    const bindings = { DAVIT_DATABASE_URL: gate.url, DAVIT_LOG_LEVEL: "error" };
    const request = new Request("https://davit.example/readyz");
    const answer = worker.fetch(request, bindings, { waitUntil: (work) => void begun.push(work) });
    await gate.waiting();
    assertEquals(begun.length, 1);
    gate.turn("pass");
    const [finished] = await Promise.all(begun);
    assertEquals(await (await answer).text(), "ok\n");
    assertStrictEquals(finished, await answer);
  },
});

interface Form {
  readonly name: string;
  readonly start: (settings: Settings) => Promise<Edge>;
  readonly ignore?: boolean;
}

const workerd: Form = { name: "workerd", start: startWorkerd };
const denoServe: Form = { name: "deno serve", start: startDenoServe };

/** Alice's account on an empty database, the worker, and a gate between the two. */
interface Place {
  readonly sqld: Sqld;
  readonly gate: Gate;
  readonly ask: Ask;
  readonly cli: (args: readonly string[], stdin?: string) => Promise<string>;
}

type Ask = (
  method: string,
  path: string,
  sent?: {
    readonly password?: string;
    readonly headers?: Readonly<Record<string, string>>;
    readonly body?: string | XmlElement;
    readonly signal?: AbortSignal;
  },
) => Promise<Response>;

const on = ({ name, start }: Form, says: string, run: (place: Place) => Promise<void>) =>
  Deno.test({
    name: `${name}: ${says}`,
    ignore: !hasSqld,
    async fn() {
      await using sqld = await startSqld();
      await using gate = startGate(sqld.url);
      const cli: Place["cli"] = async (args, stdin) => {
        const env = { DAVIT_DATABASE_URL: sqld.url, DAVIT_PASSWORD_COST: "10" };
        const { code, stdout, stderr } = await runCli(args, { stdin, env });
        assertEquals(code, 0, stderr);
        return stdout;
      };
      await cli(["user", "add", "alice", "--email", "a@example.test", "--password-stdin"], "old");
      await using edge = await start({ DAVIT_DATABASE_URL: gate.url });
      const ask: Ask = (method, path, { password = "old", headers, body, signal } = {}) =>
        fetch(edge.url + path, {
          method,
          headers: { authorization: basic("alice", password), ...typeOf(body), ...headers },
          body: typeof body === "object" ? documentXml(body) : body,
          signal,
          redirect: "manual",
        });
      await run({ sqld, gate, ask, cli });
    },
  });

const typeOf = (body?: string | XmlElement): Record<string, string> =>
  body === undefined
    ? {}
    : { "content-type": typeof body === "string" ? "text/calendar" : "application/xml" };

const status = async (answer: Promise<Response>): Promise<number> => {
  const response = await answer;
  await response.body?.cancel();
  return response.status;
};

const home = "/dav/calendars/alice/";

for (const form of [workerd, denoServe]) {
  on(form, "a calendar is made, filled, read and synchronised", async ({ ask }) => {
    assertEquals(await status(ask("GET", "/readyz")), 200);
    assertEquals(
      await status(ask("MKCOL", `${home}work/`, { body: mkcol(...calendarNamed("Work")) })),
      201,
    );

    const first = event({ uid: "1" });
    const put = await ask("PUT", `${home}work/1.ics`, { body: first });
    assertEquals([put.status, await put.text()], [201, ""]);
    const etag = put.headers.get("etag");
    const got = await ask("GET", `${home}work/1.ics`);
    assertEquals([got.headers.get("etag"), await got.text()], [etag, first]);

    const listed = await multistatusOf(
      await ask("PROPFIND", `${home}work/`, {
        headers: { depth: "1" },
        body: propfind(D.displayname, D.getetag),
      }),
    );
    assertEquals(listed.at(`${home}work/`)?.text(D.displayname), "Work");
    assertEquals(listed.at(`${home}work/1.ics`)?.text(D.getetag), etag);

    const body = multiget([`${home}work/1.ics`]);
    const multi = await multistatusOf(await ask("REPORT", `${home}work/`, { body }));
    const data = multi.at(`${home}work/1.ics`)?.text(C.calendarData);
    assertEquals(data?.replaceAll(/\r?\n/g, "\r\n"), first.trim());

    const sync = async (token: string) =>
      await multistatusOf(await ask("REPORT", `${home}work/`, { body: syncCollection(token) }));
    const before = await sync("");
    assertEquals(before.hrefs, [`${home}work/1.ics`]);
    assertEquals(await status(ask("DELETE", `${home}work/1.ics`)), 204);
    assertEquals(await status(ask("PUT", `${home}work/2.ics`, { body: event({ uid: "2" }) })), 201);
    const after = await sync(before.syncToken ?? "");
    const seen = after.responses.map((one) => [one.href, one.status]);
    assertEquals(seen.toSorted(), [[`${home}work/1.ics`, 404], [`${home}work/2.ics`, undefined]]);
  });

  on(form, "a large object goes out and comes back as it was", async ({ ask }) => {
    const large = event({ uid: "large", lines: [`DESCRIPTION:${"ö".repeat(400_000)}`] });
    assertEquals(await status(ask("PUT", `${home}calendar/l.ics`, { body: large })), 201);
    assert(await (await ask("GET", `${home}calendar/l.ics`)).text() === large);
  });

  on(form, "a password ends with the next request", async ({ ask, cli }) => {
    const options = (password: string) => status(ask("OPTIONS", home, { password }));
    const read = (password: string) => status(ask("PROPFIND", home, { password }));
    assertEquals([await read("old"), await options("old")], [207, 200]);
    await cli(["user", "password", "alice", "--password-stdin"], "new");
    assertEquals([await read("old"), await read("new")], [401, 207]);
    const app = (await cli(["user", "app-password", "add", "alice", "--name", "phone"])).trim();
    assertEquals(await read(app), 207);
    await cli(["user", "app-password", "revoke", "alice", "--name", "phone"]);
    assertEquals([await read(app), await read("new")], [401, 207]);
    await cli(["user", "disable", "alice"]);
    assertEquals(await read("new"), 401);
  });

  on(form, "while the database is away it says so, and goes on afterwards", async (place) => {
    const { ask, gate } = place;
    gate.turn("refuse");
    const refused = await ask("GET", "/readyz");
    assertEquals([refused.status, refused.headers.get("retry-after")], [503, "10"]);
    await refused.body?.cancel();
    gate.turn("pass");
    assertEquals(await status(ask("GET", "/readyz")), 200);
    gate.turn("refuse");
    assertEquals(await status(ask("GET", "/readyz")), 503);
    gate.turn("pass");
    assertEquals(await status(ask("PROPFIND", home)), 207);
  });

  on(form, "a client that goes away keeps nobody waiting", async ({ ask, gate }) => {
    assertEquals(await status(ask("GET", "/readyz")), 200);
    gate.turn("hold");
    const leaving = new AbortController();
    const left = ask("PROPFIND", home, { signal: leaving.signal }).catch(({ name }) => name);
    await gate.waiting();
    leaving.abort();
    assertEquals(await left, "AbortError");
    const waiting = ask("PROPFIND", home); // For the log-in that the first one began to check.
    for (let beat = 0; beat < 5; beat++) assertEquals(await status(ask("GET", "/healthz")), 200);
    gate.turn("pass");
    assertEquals(await status(waiting), 207);
  });
}

on(workerd, "MKCALENDAR does not reach the worker", async ({ ask }) => {
  assertEquals(await status(ask("MKCALENDAR", `${home}work/`)), 501);
});

on(denoServe, "MKCALENDAR makes a calendar", async ({ ask }) => {
  assertEquals(await status(ask("MKCALENDAR", `${home}work/`)), 201);
});

on(workerd, "upkeep runs when it is scheduled", async ({ ask, sqld }) => {
  await sql(sqld, "INSERT INTO login_failures (account, address, at) VALUES ('x', 'y', 0)");
  assertEquals(await status(ask("GET", "/cdn-cgi/handler/scheduled")), 200);
  assertEquals(await sql(sqld, "SELECT count(*) FROM login_failures"), "0");
});

on(workerd, "time indexes of other time zone data are made anew when it is scheduled", async ({
  ask,
  sqld,
}) => {
  const zoned = { tzid: "Europe/Vienna", start: "20260105T090000", end: "20260105T100000" };
  const headers = { "content-type": "text/calendar" };
  const body = event({ uid: "zoned", ...zoned });
  assertEquals(await status(ask("PUT", `${home}calendar/zoned.ics`, { headers, body })), 201);
  const index = `SELECT zone_version || ' ' || first_start FROM objects WHERE uid = 'zoned'`;
  const before = await sql(sqld, index);
  assertMatch(before ?? "", / 1767600000000$/);
  const spoil = "UPDATE objects SET zone_version = 'old', span = NULL, first_start = NULL";
  await sql(sqld, `${spoil} WHERE uid = 'zoned'`);
  assertEquals(await status(ask("GET", "/cdn-cgi/handler/scheduled")), 200);
  assertEquals(await sql(sqld, index), before);
});

on(denoServe, "upkeep runs from the first request on", async ({ ask, sqld }) => {
  await sql(sqld, "INSERT INTO login_failures (account, address, at) VALUES ('x', 'y', 0)");
  assertEquals(await status(ask("GET", "/readyz")), 200);
  const failures = () => sql(sqld, "SELECT count(*) FROM login_failures");
  await until("upkeep has run", async () => await failures() === "0");
});

/** What could run outside the sandbox: addons, and the packages that load them. */
const nativeIn = ({ inputs }: BundleMeta): string[] =>
  Object.keys(inputs).filter((path) =>
    /\.node$|node_modules\/(libsql|@libsql\/(linux|darwin|win32)|@neon-rs|detect-libc)/.test(path)
  );

const calendarNamed = (name: string): readonly XmlElement[] => [
  el(D.resourcetype, [el(D.collection), el(C.calendar)]),
  el(D.displayname, [name]),
];

/** The first value of the first row, as text. */
async function sql({ url }: Sqld, text: string): Promise<string | undefined> {
  const requests = [{ type: "execute", stmt: { sql: text } }, { type: "close" }];
  const answer = await fetch(`${url}/v2/pipeline`, {
    method: "POST",
    body: JSON.stringify({ requests }),
  });
  const { results: [{ type, response, error }] } = await answer.json();
  if (type !== "ok") throw new Error(error.message);
  return response.result.rows[0]?.[0].value;
}
