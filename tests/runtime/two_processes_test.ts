import { assert, assertEquals } from "@std/assert";
import { D } from "../../src/xml/names.ts";
import type { XmlElement } from "../../src/xml/tree.ts";
import { documentXml } from "../../src/xml/write.ts";
import { propfind, syncCollection } from "../clients/bodies.ts";
import { event } from "../fixtures/events.ts";
import { basic, multistatusOf } from "../harness.ts";
import { temporaryFolder } from "./folder.ts";
import { runCli, type Server, startServer } from "./harness.ts";

/** Two servers on one data folder. */
interface Pair {
  readonly servers: readonly [Server, Server];
  /** Runs a command on that folder, and gives its output. */
  cli(args: readonly string[], stdin?: string): Promise<string>;
}

const cheap = { DAVIT_PASSWORD_COST: "10" };

const onPair = (says: string, run: (pair: Pair) => Promise<void>) =>
  Deno.test(`two processes: ${says}`, async () => {
    await using folder = await temporaryFolder();
    const dir = folder.path;
    const [left, right] = await Promise.all([
      startServer({ dir, env: cheap }),
      startServer({ dir, env: cheap }),
    ]);
    await using one = left;
    await using two = right;
    const cli: Pair["cli"] = async (args, stdin) => {
      const { code, stdout, stderr } = await runCli(args, { dir, stdin, env: cheap });
      assertEquals(code, 0, stderr);
      return stdout;
    };
    await cli(["user", "add", "alice", "--email", "a@example.test", "--password-stdin"], "first");
    await run({ servers: [one, two], cli });
  });

interface Sent {
  readonly password?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | XmlElement;
}

const home = "/dav/calendars/alice/";
const calendar = `${home}calendar/`;

function ask(server: Server, method: string, path: string, sent: Sent = {}): Promise<Response> {
  const { password = "first", body } = sent;
  const type = typeof body === "string" ? "text/calendar" : "application/xml";
  return fetch(server.url + path, {
    method,
    headers: {
      authorization: basic("alice", password),
      ...(body === undefined ? {} : { "content-type": type }),
      ...sent.headers,
    },
    body: typeof body === "object" ? documentXml(body) : body,
  });
}

async function status(answer: Promise<Response>): Promise<number> {
  const { status, body } = await answer;
  await body?.cancel();
  return status;
}

const statuses = (servers: Pair["servers"], password: string) =>
  Promise.all(servers.map((server) => status(ask(server, "PROPFIND", home, { password }))));

Deno.test("two processes: only one of two that start at once makes the first administrator", async () => {
  await using folder = await temporaryFolder();
  const start = () => startServer({ dir: folder.path, env: cheap });
  const [left, right] = await Promise.all([start(), start()]);
  await using one = left;
  await using two = right;
  const said = [...await one.stderr(), ...await two.stderr()];
  assertEquals(said.filter((line) => line.includes("Welcome to davit")).length, 1);
  const { stdout } = await runCli(["user", "list", "--json"], { dir: folder.path });
  assertEquals(JSON.parse(stdout).length, 1);
});

onPair("a password that is changed counts in both from the next request on", async (pair) => {
  const { servers, cli } = pair;
  assertEquals(await statuses(servers, "first"), [207, 207]);
  await cli(["user", "password", "alice", "--password-stdin"], "second");
  assertEquals(await statuses(servers, "first"), [401, 401]);
  assertEquals(await statuses(servers, "second"), [207, 207]);
});

onPair("an app password counts in both, and no more once it is revoked", async (pair) => {
  const { servers, cli } = pair;
  const secret = (await cli(["user", "app-password", "add", "alice", "--name", "phone"])).trim();
  assertEquals(await statuses(servers, secret), [207, 207]);
  await cli(["user", "app-password", "revoke", "alice", "--name", "phone"]);
  assertEquals(await statuses(servers, secret), [401, 401]);
  assertEquals(await statuses(servers, "first"), [207, 207]);
});

onPair("an account that is disabled has no access by either, until it is enabled", async (pair) => {
  const { servers, cli } = pair;
  assertEquals(await statuses(servers, "first"), [207, 207]);
  await cli(["user", "disable", "alice"]);
  assertEquals(await statuses(servers, "first"), [401, 401]);
  await cli(["user", "enable", "alice"]);
  assertEquals(await statuses(servers, "first"), [207, 207]);
});

onPair("what is written through one is there through the other at once", async ({ servers }) => {
  const [one, two] = servers;
  for (let turn = 0; turn < 20; turn++) {
    const [writer, reader] = turn % 2 === 0 ? [one, two] : [two, one];
    const body = event({ uid: "shared", summary: `turn ${turn}` });
    const put = await ask(writer, "PUT", `${calendar}shared.ics`, { body });
    assertEquals(await put.text(), "");
    const got = await ask(reader, "GET", `${calendar}shared.ics`);
    assertEquals([got.headers.get("etag"), await got.text()], [put.headers.get("etag"), body]);
  }
  assertEquals(await status(ask(one, "DELETE", `${calendar}shared.ics`)), 204);
  assertEquals(await status(ask(two, "GET", `${calendar}shared.ics`)), 404);
});

onPair("of two that make one name or one UID at once, one succeeds", async ({ servers }) => {
  const race = (names: readonly string[], uid: string, headers: Record<string, string>) =>
    Promise.all(servers.map((server, index) =>
      status(
        ask(server, "PUT", `${calendar}${names[index]}`, { body: event({ uid }), headers }),
      )
    ));
  for (let round = 0; round < 20; round++) {
    const name = `name${round}.ics`;
    const byName = await race([name, name], `n${round}`, { "if-none-match": "*" });
    assertEquals(byName.toSorted(), [201, 412]);
    const byUid = await race([`x${round}.ics`, `y${round}.ics`], `u${round}`, {});
    assertEquals(byUid.toSorted(), [201, 403]);
  }
});

onPair("who follows the tokens through both ends with what the server has", async ({ servers }) => {
  const known = new Map<string, string>();
  let token = "";
  let reader = 0;
  const follow = async () => {
    const server = servers[reader++ % 2] ?? servers[0];
    const answer = await ask(server, "REPORT", calendar, { body: syncCollection(token) });
    const changes = await multistatusOf(answer);
    for (const one of changes.responses) {
      if (one.status === 404) known.delete(one.href);
      else known.set(one.href, one.text(D.getetag) ?? "");
    }
    token = changes.syncToken ?? "";
  };

  let writing = true;
  const writers = Promise.all(servers.map(async (server, index) => {
    for (let count = 0; count < 100; count++) {
      const path = `${calendar}${index}-${count % 30}.ics`;
      const uid = `${index}-${count % 30}`;
      const remove = count % 7 === 6;
      const answer = remove
        ? ask(server, "DELETE", path)
        : ask(server, "PUT", path, { body: event({ uid, summary: `${count}` }) });
      assert([201, 204, 404].includes(await status(answer)));
    }
  })).finally(() => writing = false);
  let times = 0;
  for (; writing; times++) await follow();
  await writers;
  await follow();
  assert(times > 2, "nothing was followed while others wrote");

  const listing = await multistatusOf(
    await ask(servers[0], "PROPFIND", calendar, {
      headers: { depth: "1" },
      body: propfind(D.getetag),
    }),
  );
  const held = listing.responses
    .filter(({ href }) => href !== calendar)
    .map((one) => [one.href, one.text(D.getetag) ?? ""]);
  assertEquals([...known].toSorted(), held.toSorted());
});
