import { assert, assertEquals, assertMatch } from "@std/assert";
import { createApp } from "../../src/app.ts";
import type { Config } from "../../src/config.ts";
import { createMeter, type Metric } from "../../src/cli/meter.ts";
import { statement } from "../../src/store/executor.ts";
import { fileExecutor } from "../../src/store/file.ts";
import { basic, openHouse } from "../harness.ts";
import { temporaryFolder } from "../runtime/folder.ts";
import { event } from "../fixtures/events.ts";

/** The lines of an exposition that have this name, without it, and without what changes by itself. */
const linesOf = (text: string, name: string): string[] =>
  text.split("\n").filter((line) => line.startsWith(name)).map((line) => line.slice(name.length));

/** The app of a house with a meter, on its database. */
async function metered(settings = {}) {
  const house = await openHouse({ settings });
  const meter = createMeter();
  const { services } = house;
  const app = createApp({ ...services, store: meter.counted(services.store), meter });
  const ask = async (
    method: string,
    path: string,
    { password = "alice", body = undefined as string | undefined } = {},
  ) => {
    const headers = {
      "authorization": basic("alice", password),
      "depth": "0",
      ...(body !== undefined && { "content-type": "text/calendar" }),
    };
    const request = new Request(`http://localhost${path}`, { method, headers, body });
    const answer = await app.fetch(request, { remoteAddress: "127.0.0.1" });
    return { status: answer.status, headers: answer.headers, text: await answer.text() };
  };
  const metricsFrom = async (remoteAddress: string, headers: HeadersInit = {}) =>
    await app.fetch(new Request("http://localhost/metrics", { headers }), { remoteAddress });
  return { ask, metricsFrom, [Symbol.asyncDispose]: () => house[Symbol.asyncDispose]() };
}

Deno.test("metrics: requests, commits and log-ins are counted, and nobody is named", async () => {
  await using place = await metered();
  const { ask } = place;
  await ask("PROPFIND", "/dav/calendars/alice/");
  await ask("PROPFIND", "/dav/calendars/alice/");
  await ask("PROPFIND", "/dav/calendars/alice/", { password: "wrong" });
  await ask("PUT", "/dav/calendars/alice/calendar/x.ics", { body: event({ uid: "x" }) });
  await ask("BREW", "/dav/");
  const { status, headers, text } = await ask("GET", "/metrics");
  assertEquals(status, 200);
  assertMatch(headers.get("content-type") ?? "", /^text\/plain; version=0\.0\.4/);
  assertEquals(linesOf(text, "davit_requests_total").toSorted(), [
    '{method="PROPFIND",status="207"} 2',
    '{method="PROPFIND",status="401"} 1',
    '{method="PUT",status="201"} 1',
    '{method="other",status="501"} 1',
  ]);
  assertEquals(linesOf(text, "davit_request_duration_seconds_count"), [
    '{method="PROPFIND"} 3',
    '{method="PUT"} 1',
    '{method="other"} 1',
  ]);
  assertEquals(linesOf(text, 'davit_request_duration_seconds_bucket{le="+Inf"'), [
    ',method="PROPFIND"} 3',
    ',method="PUT"} 1',
    ',method="other"} 1',
  ]);
  assertEquals(linesOf(text, "davit_requests_in_flight"), [" 1"]); // This very one.
  assertEquals(linesOf(text, "davit_commits_total"), ['{outcome="written"} 1']);
  assertEquals(linesOf(text, "davit_login_failures_total"), [" 1"]);
  assertMatch(text, /^process_resident_memory_bytes \d+$/m);
  assertMatch(text, /^process_cpu_seconds_total [\d.]+$/m);
  assert(!text.includes("alice"));
});

const readers: readonly {
  readonly settings?: Partial<Config>;
  readonly from: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly gives: number;
}[] = [
  { from: "127.0.0.1", gives: 200 },
  { from: "::1", gives: 200 },
  { from: "::ffff:127.0.0.1", gives: 200 },
  { from: "192.0.2.1", gives: 403 },
  { settings: { metricsFrom: ["192.0.2.0/24"] }, from: "192.0.2.1", gives: 200 },
  { settings: { metricsFrom: ["192.0.2.0/24"] }, from: "127.0.0.1", gives: 403 },
  { settings: { metricsFrom: [] }, from: "127.0.0.1", gives: 403 },
  {
    settings: { trustedProxies: ["127.0.0.1"] },
    from: "127.0.0.1",
    headers: { "x-forwarded-for": "192.0.2.1" },
    gives: 403,
  },
  { from: "192.0.2.1", headers: { "x-forwarded-for": "127.0.0.1" }, gives: 403 },
  { from: "127.0.0.1", headers: { "x-forwarded-for": "192.0.2.1" }, gives: 403 },
  { from: "::ffff:127.0.0.1", headers: { forwarded: "for=192.0.2.1" }, gives: 403 },
  {
    settings: { trustedProxies: ["127.0.0.1"] },
    from: "127.0.0.1",
    headers: { "x-forwarded-for": "192.0.2.1", "forwarded": "for=192.0.2.7" },
    gives: 403,
  },
  {
    settings: { trustedProxies: ["127.0.0.1"], metricsFrom: ["192.0.2.0/24"] },
    from: "127.0.0.1",
    headers: { "x-forwarded-for": "192.0.2.1" },
    gives: 200,
  },
];

for (const { settings = {}, from, headers, gives } of readers) {
  const how = JSON.stringify({ ...settings, ...headers });
  Deno.test(`metrics: ${gives} for ${from}, ${how}`, async () => {
    await using place = await metered(settings);
    const answer = await place.metricsFrom(from, headers);
    await answer.text();
    assertEquals(answer.status, gives);
  });
}

Deno.test("metrics: where nobody counts, there are none", async () => {
  await using house = await openHouse();
  assertEquals((await house.ask("GET", "/metrics")).status, 404);
});

Deno.test("metrics: of several processes, each with its label", async () => {
  const others = [1, 2].map((worker) => createMeter({ labels: { worker: String(worker) } }));
  others.forEach((meter, index) => {
    for (let count = 0; count <= index; count++) meter.begin("GET")(200);
    meter.databaseBusy();
  });
  const sent: Metric[][] = JSON.parse(JSON.stringify(others.map((meter) => meter.metrics())));
  const { text } = await createMeter({ gather: () => Promise.resolve(sent) }).exposition();
  assertEquals(linesOf(text, "davit_requests_total"), [
    '{method="GET",status="200",worker="1"} 1',
    '{method="GET",status="200",worker="2"} 2',
  ]);
  assertEquals(linesOf(text, "davit_database_busy_total"), ['{worker="1"} 1', '{worker="2"} 1']);
});

Deno.test("metrics: durations fall into buckets", () => {
  const meter = createMeter();
  meter.begin("GET")(200);
  const durations = meter.metrics().find(({ name }) => name === "davit_request_duration_seconds");
  const buckets = durations?.values.filter(({ metricName }) => metricName?.endsWith("_bucket"));
  assertEquals(buckets?.map(({ labels }) => labels.le), [
    ..."0.005 0.01 0.025 0.05 0.1 0.25 0.5 1 2.5 5 10 +Inf".split(" "),
  ]);
  assertEquals(new Set(buckets?.map(({ value }) => value)), new Set([1]));
});

Deno.test("metrics: a database that another process holds is counted", async () => {
  await using folder = await temporaryFolder();
  const meter = createMeter();
  const other = fileExecutor(`${folder.path}/x.db`);
  await other.script("CREATE TABLE x (y); BEGIN IMMEDIATE");
  const held = Promise.withResolvers<void>();
  const own = fileExecutor(`${folder.path}/x.db`, {
    onBusy() {
      meter.databaseBusy();
      held.resolve();
    },
  });
  const written = own.write([statement("INSERT INTO x VALUES (1)")]);
  await held.promise;
  await other.script("COMMIT");
  await written;
  const busy = meter.metrics().find(({ name }) => name === "davit_database_busy_total");
  assert((busy?.values[0]?.value ?? 0) >= 1);
  own.close();
  other.close();
});
