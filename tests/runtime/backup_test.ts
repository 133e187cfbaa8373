import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { D } from "../../src/xml/names.ts";
import { event } from "../fixtures/events.ts";
import { basic, multistatusOf, preconditionOf } from "../harness.ts";
import { temporaryFolder } from "./folder.ts";
import { runCli, type Server, startServer } from "./harness.ts";
import { until } from "./until.ts";

const calendar = "/dav/calendars/alice/calendar/";

const ask = (
  server: Server,
  method: string,
  path: string,
  { body, to }: { readonly body?: string; readonly to?: string } = {},
) =>
  fetch(server.url + path, {
    method,
    headers: {
      "authorization": basic("alice", "alice"),
      "content-type": "text/calendar",
      ...(to !== undefined && { destination: server.url + to }),
    },
    body,
  });

function sync(server: Server, token = ""): Promise<Response> {
  const body =
    `<sync-collection xmlns="DAV:"><sync-token>${token}</sync-token><sync-level>1</sync-level>
      <prop><getetag/></prop></sync-collection>`;
  return ask(server, "REPORT", calendar, { body });
}

async function done(answer: Promise<Response>): Promise<void> {
  const { ok, status, body } = await answer;
  await body?.cancel();
  assert(ok, String(status));
}

/** Each round counts in two events, one after the other, and moves a third one. */
class Writer {
  /** Rounds that have begun, and that were acknowledged. */
  begun = 0;
  rounds = 0;

  constructor(readonly server: Server, readonly name: string) {}

  async write(goesOn: () => boolean): Promise<void> {
    const { server } = this;
    await this.#count("moved-0", 0);
    for (; goesOn(); this.rounds++) {
      const round = ++this.begun;
      await this.#count("first", round);
      await this.#count("second", round);
      const to = this.href(`moved-${round}`);
      await done(ask(server, "MOVE", this.href(`moved-${round - 1}`), { to }));
    }
  }

  href(name: string): string {
    return `${calendar}${this.name}-${name}.ics`;
  }

  event(name: string, count: number): string {
    return event({ uid: `${this.name}-${name}`, summary: String(count) });
  }

  async #count(name: string, count: number): Promise<void> {
    await done(ask(this.server, "PUT", this.href(name), { body: this.event(name, count) }));
  }
}

async function withAlice(dir: string): Promise<void> {
  const { code } = await runCli(["user", "add", "alice", "--password-stdin"], {
    dir,
    stdin: "alice\n",
  });
  assertEquals(code, 0);
}

Deno.test("a backup made under load is of one moment; behind a restore, old tokens are refused", async () => {
  await using folder = await temporaryFolder();
  const { path: dir } = folder;
  await withAlice(dir);
  const tokens: (string | undefined)[] = [];
  let writers: readonly Writer[] = [];
  let before: readonly number[] = [];
  {
    await using server = await startServer({ dir, args: ["--workers", "2"] });
    writers = ["a", "b", "c", "d"].map((name) => new Writer(server, name));
    let stopping = false;
    const writing = Promise.all(writers.map((writer) => writer.write(() => !stopping)));
    const roundsMore = async (more: number) => {
      const all = writers.map((writer) => ({ writer, enough: writer.rounds + more }));
      const isEnough = () => all.every(({ writer, enough }) => writer.rounds >= enough);
      await Promise.race([writing, until("some rounds are written", isEnough)]);
    };

    await roundsMore(5);
    tokens.push((await multistatusOf(await sync(server))).syncToken);
    before = writers.map(({ rounds }) => rounds);
    assertEquals((await runCli(["backup", "copy.db"], { dir })).code, 0);
    await roundsMore(5);
    tokens.push((await multistatusOf(await sync(server))).syncToken);
    stopping = true;
    await writing;

    const refused = await runCli(["restore", "copy.db"], { dir });
    assertEquals([refused.code, refused.stdout], [1, ""]);
    assertStringIncludes(refused.stderr, "in use");
    assertEquals((await runCli(["backup", "copy.db"], { dir })).code, 1); // never over another file
  }
  const restored = await runCli(["restore", "copy.db"], { dir });
  assertEquals(restored.code, 0, restored.stderr);
  assertMatch(restored.stderr, /davit\.db\.before-\d+/);

  await using server = await startServer({ dir });
  for (const token of tokens) {
    const old = await sync(server, token);
    assertEquals([old.status, await preconditionOf(old)], [403, D.validSyncToken]);
  }
  const { hrefs } = await multistatusOf(await sync(server));
  assertEquals(hrefs.length, 3 * writers.length);
  const held = async (href: string) => await (await ask(server, "GET", href)).text();
  for (const [index, writer] of writers.entries()) {
    const counted = async (name: string) => {
      const text = await held(writer.href(name));
      const count = Number(/^SUMMARY:(\d+)\r$/m.exec(text)?.[1]);
      assertEquals(text, writer.event(name, count));
      return count;
    };
    const [first, second] = [await counted("first"), await counted("second")];
    const round = Array.from({ length: writer.begun + 1 }, (_, round) => round)
      .find((round) => hrefs.includes(writer.href(`moved-${round}`))) ?? NaN;
    assertEquals(await held(writer.href(`moved-${round}`)), writer.event("moved-0", 0));
    const order = [before[index] ?? NaN, round, second, first, Math.min(round + 1, writer.begun)];
    assertEquals(order, order.toSorted((a, b) => a - b));
  }
});

for (const workers of [1, 2]) {
  Deno.test(`${workers} at work: after SIGTERM, all is in the database's file itself`, async () => {
    await using folder = await temporaryFolder();
    const { path: dir } = folder;
    await withAlice(dir);
    const hrefs = Array.from({ length: 200 }, (_, index) => `${calendar}${index}.ics`);
    {
      await using server = await startServer({ dir, args: ["--workers", String(workers)] });
      await Promise.all(hrefs.map((href, index) => {
        const body = event({ uid: String(index), summary: "x".repeat(2_000) });
        return done(ask(server, "PUT", href, { body }));
      }));
      assertEquals(await server.stop(), 0);
    }
    await Deno.copyFile(`${dir}/davit-data/davit.db`, `${dir}/alone.db`);
    const restored = await runCli(["restore", "alone.db", "--data", "elsewhere"], { dir });
    assertEquals(restored, { code: 0, stdout: "", stderr: "" });
    await using server = await startServer({ dir, args: ["--data", "elsewhere"] });
    const { hrefs: found } = await multistatusOf(await sync(server));
    assertEquals(found.toSorted(), hrefs.toSorted());
  });
}

Deno.test({
  name: "what davit makes, only its user reads",
  ignore: Deno.build.os === "windows",
  async fn() {
    await using folder = await temporaryFolder();
    const { path: dir } = folder;
    await Deno.mkdir(`${dir}/davit-data`, { mode: 0o755 });
    await withAlice(dir);
    await using _server = await startServer({ dir });
    const commands = [
      ["backup", "copy.db"],
      ["restore", "copy.db", "--data", "new"],
      ["calendar", "export", "alice", "calendar", "--output", "one.ics"],
      ["calendar", "export", "alice", "--output", "all/"],
    ];
    for (const command of commands) assertEquals((await runCli(command, { dir })).code, 0);
    const files = ["", "-wal", "-shm"].map((suffix) => `davit-data/davit.db${suffix}`);
    const all = [...files, "copy.db", "new/davit.db", "one.ics", "all/calendar.ics"];
    for (const name of all) {
      const { mode } = await Deno.stat(`${dir}/${name}`);
      assertEquals([name, (mode ?? 0) & 0o777], [name, 0o600]);
    }
  },
});

for (const [name, content] of [["text", "no database"], ["nothing", ""]] as const) {
  Deno.test(`restore refuses a file with ${name} in it, and leaves what is there`, async () => {
    await using folder = await temporaryFolder();
    const { path: dir } = folder;
    await withAlice(dir);
    await Deno.writeTextFile(`${dir}/junk`, content);
    const { code, stderr } = await runCli(["restore", "junk"], { dir });
    assertEquals(code, 1);
    assertStringIncludes(stderr, "can't restore junk");
    const { stdout } = await runCli(["user", "list"], { dir });
    assertStringIncludes(stdout, "alice");
  });
}
