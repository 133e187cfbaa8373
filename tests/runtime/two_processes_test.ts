import { assert, assertEquals } from "@std/assert";
import { D } from "../../src/xml/names.ts";
import type { XmlElement } from "../../src/xml/tree.ts";
import { documentXml } from "../../src/xml/write.ts";
import { propfind, syncCollection } from "../clients/bodies.ts";
import { event } from "../fixtures/events.ts";
import { basic, multistatusOf } from "../harness.ts";
import { temporaryFolder } from "./folder.ts";
import { runCli, startServer } from "./harness.ts";
import { forms, type Node, type Nodes } from "./nodes.ts";

const cheap = { DAVIT_PASSWORD_COST: "10" };

/** Two processes for one database, in each of the ways that there are. */
const onPair = (says: string, run: (nodes: Nodes["nodes"]) => Promise<void>) => {
  for (const { name, ignore, open } of forms) {
    Deno.test({
      name: `${name}: ${says}`,
      ignore,
      async fn() {
        await using house = await open(cheap);
        await house.cli(["user", "add", "alice", "--password-stdin"], "alice");
        await run(house.nodes);
      },
    });
  }
};

interface Sent {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | XmlElement;
}

const home = "/dav/calendars/alice/";
const calendar = `${home}calendar/`;

function ask(node: Node, method: string, path: string, sent: Sent = {}): Promise<Response> {
  const { body } = sent;
  const type = typeof body === "string" ? "text/calendar" : "application/xml";
  return node.fetch(path, {
    method,
    headers: {
      authorization: basic("alice", "alice"),
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

onPair("what is written through one is there through the other at once", async ([one, two]) => {
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

onPair("of two that make one name or one UID at once, one succeeds", async (nodes) => {
  const race = (names: readonly string[], uid: string, headers: Record<string, string>) =>
    Promise.all(nodes.map((node, index) =>
      status(
        ask(node, "PUT", `${calendar}${names[index]}`, { body: event({ uid }), headers }),
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

onPair("who follows the tokens through both ends with what the server has", async (nodes) => {
  const known = new Map<string, string>();
  let token = "";
  let reader = 0;
  const follow = async () => {
    const node = nodes[reader++ % 2] ?? nodes[0];
    const answer = await ask(node, "REPORT", calendar, { body: syncCollection(token) });
    const changes = await multistatusOf(answer);
    for (const one of changes.responses) {
      if (one.status === 404) known.delete(one.href);
      else known.set(one.href, one.text(D.getetag) ?? "");
    }
    token = changes.syncToken ?? "";
  };

  let writing = true;
  const writers = Promise.all(nodes.map(async (node, index) => {
    for (let count = 0; count < 100; count++) {
      const path = `${calendar}${index}-${count % 30}.ics`;
      const uid = `${index}-${count % 30}`;
      const remove = count % 7 === 6;
      const answer = remove
        ? ask(node, "DELETE", path)
        : ask(node, "PUT", path, { body: event({ uid, summary: `${count}` }) });
      assert([201, 204, 404].includes(await status(answer)));
    }
  })).finally(() => writing = false);
  let times = 0;
  for (; writing; times++) await follow();
  await writers;
  await follow();
  assert(times > 2, "nothing was followed while others wrote");

  const listing = await multistatusOf(
    await ask(nodes[0], "PROPFIND", calendar, {
      headers: { depth: "1" },
      body: propfind(D.getetag),
    }),
  );
  const held = listing.responses
    .filter(({ href }) => href !== calendar)
    .map((one) => [one.href, one.text(D.getetag) ?? ""]);
  assertEquals([...known].toSorted(), held.toSorted());
});
