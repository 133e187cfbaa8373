import { assert, assertEquals, assertMatch } from "@std/assert";
import { basic } from "../harness.ts";
import { temporaryFolder } from "./folder.ts";
import { type Form, runCli, type Server, startServer } from "./harness.ts";
import { childrenOf, isRunning } from "./processes.ts";
import { tlsArguments, tlsFixture } from "./tls.ts";
import { until } from "./until.ts";

const forms = ["source", "executable"] as const satisfies Form[];
const quick = { DAVIT_PASSWORD_COST: "10" };
const workers = ["--workers", "3"];

/** A request on a connection of its own, so that the system chooses who answers. */
async function ask(
  url: string,
  init: RequestInit = {},
): Promise<{ readonly status: number; readonly text: string }> {
  using client = Deno.createHttpClient({ poolMaxIdlePerHost: 0 });
  const answer = await fetch(url, { ...init, client });
  return { status: answer.status, text: await answer.text() };
}

async function logged(server: Server, event: string): Promise<Record<string, unknown>[]> {
  const lines = (await server.stderr()).filter((line) => line.startsWith("{"));
  return lines.map((line) => JSON.parse(line)).filter((line) => line.event === event);
}

/** The values of a metric, by the worker that it is of. */
async function counted(url: string, name: string): Promise<Map<string, number>> {
  const { status, text } = await ask(`${url}/metrics`);
  assertEquals(status, 200);
  const sums = new Map<string, number>();
  for (const line of text.split("\n").filter((line) => line.startsWith(`${name}{`))) {
    const worker = /worker="(\d+)"/.exec(line)?.[1] ?? "none";
    sums.set(worker, (sums.get(worker) ?? 0) + Number(line.split(" ").at(-1)));
  }
  return sums;
}

for (const form of forms) {
  Deno.test(`${form}: workers share a port, and one that dies is replaced`, async () => {
    await using folder = await temporaryFolder();
    const dir = folder.path;
    const user = ["user", "add", "alice", "--password-stdin"];
    await runCli(user, { form, dir, stdin: "alice", env: quick });
    await using server = await startServer({ form, dir, args: workers });
    assertMatch(server.url, /^http:\/\/127\.0\.0\.1:[1-9]\d*$/);
    const first = await childrenOf(server.pid);
    assertEquals(first.length, 3);

    await until("each has answered", async () => {
      await ask(`${server.url}/healthz`);
      const answering = await logged(server, "request");
      return new Set(answering.map(({ worker }) => worker)).size === 3;
    });
    // A line of the log may come late, as may what a worker has counted.
    await until("what is logged is counted", async () => {
      const requests = await logged(server, "request");
      const counts = [...(await counted(server.url, "davit_requests_total")).values()];
      return counts.reduce((sum, value) => sum + value, 0) === requests.length;
    });

    const [victim = 0] = first;
    Deno.kill(victim, "SIGKILL");
    await until("another takes its place", async () => {
      const now = await childrenOf(server.pid);
      return now.length === 3 && !now.includes(victim);
    });
    assertEquals((await logged(server, "worker-ended")).map(({ outcome }) => outcome), ["SIGKILL"]);
    const counters = async () => (await counted(server.url, "davit_requests_total")).size;
    await until("all three count", async () => await counters() === 3);

    const authorization = basic("alice", "alice");
    const calendar = `${server.url}/dav/calendars/alice/calendar/`;
    const reads = Array.from(
      { length: 20 },
      () => ask(calendar, { method: "PROPFIND", headers: { authorization, depth: "0" } }),
    );
    assertEquals(new Set((await Promise.all(reads)).map(({ status }) => status)), new Set([207]));

    const last = await childrenOf(server.pid);
    assertEquals(await server.stop(), 0);
    for (const pid of last) assert(!await isRunning(pid), `${pid} still runs`);
  });

  Deno.test(`${form}: workers end when the process that started them is gone`, async () => {
    await using server = await startServer({ form, args: workers, env: quick });
    const children = await childrenOf(server.pid);
    Deno.kill(server.pid, "SIGKILL");
    for (const pid of children) await until(`${pid} ends`, async () => !await isRunning(pid));
  });
}

Deno.test("workers: the first administrator is made once", async () => {
  await using folder = await temporaryFolder();
  const dir = folder.path;
  const welcomes: string[] = [];
  for (const _ of [1, 2]) {
    await using server = await startServer({ dir, args: workers, env: quick });
    welcomes.push(...(await server.stderr()).filter((line) => line.includes("Password ")));
    assertEquals(await server.stop(), 0);
  }
  assertEquals(welcomes.length, 1);
  const { stdout } = await runCli(["user", "list"], { dir });
  assertEquals(stdout.split("\n").filter(Boolean).length, 1);
});

Deno.test("workers: TLS", async () => {
  await using server = await startServer({ args: [...workers, ...tlsArguments("a")], env: quick });
  assertMatch(server.url, /^https:/);
  using client = Deno.createHttpClient({ caCerts: [tlsFixture("a").cert] });
  const answer = await fetch(`${server.url}/healthz`, { client });
  assertEquals([answer.status, await answer.text()], [200, "ok\n"]);
});

Deno.test("workers: an address that is taken is refused, once", async () => {
  await using server = await startServer({ args: workers, env: quick });
  const listen = new URL(server.url).host;
  const args = ["serve", ...workers, "--listen", listen];
  const { code, stdout, stderr } = await runCli(args, { dir: server.dir });
  assertEquals([code, stdout], [1, ""]);
  assertMatch(stderr, new RegExp(`^davit: can't listen on ${listen}: .+\n$`));
});
