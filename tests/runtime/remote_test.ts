import { assert, assertEquals, assertRejects } from "@std/assert";
import { Refusal } from "../../src/refusal.ts";
import { statement } from "../../src/store/executor.ts";
import { remoteExecutor } from "../../src/store/remote.ts";
import { basic } from "../harness.ts";
import { startGate } from "./gate.ts";
import { runCli, startServer } from "./harness.ts";
import { hasSqld, startSqld } from "./sqld.ts";

Deno.test({
  name: "remote database: one that does not answer is given up, and asked again the next time",
  ignore: !hasSqld,
  async fn() {
    await using sqld = await startSqld();
    await using gate = startGate(sqld.url);
    const executor = remoteExecutor(gate.url, undefined, 3_000);
    gate.turn("hold");
    const error = await assertRejects(() => executor.read([statement("SELECT 1")]));
    assert(error instanceof Refusal);
    assertEquals([error.status, (error.cause as Error).name], [503, "TimeoutError"]);
    gate.turn("pass");
    assertEquals((await executor.read([statement("SELECT 1")])).length, 1);
    executor.close();
  },
});

Deno.test("remote database: the token goes with each request", async () => {
  const seen: (string | null)[] = [];
  await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, (ask) => {
    seen.push(ask.headers.get("authorization"));
    return new Response(null, { status: 401 });
  });
  const executor = remoteExecutor(`http://127.0.0.1:${server.addr.port}`, "secret");
  await assertRejects(() => executor.read([statement("SELECT 1")]));
  assert(seen.length > 0);
  assertEquals(new Set(seen), new Set(["Bearer secret"]));
  executor.close();
});

Deno.test({
  name: "remote database: while it is away, clients are told to come again",
  ignore: !hasSqld,
  async fn() {
    await using sqld = await startSqld();
    await using gate = startGate(sqld.url);
    const { code } = await runCli(
      ["user", "add", "alice", "--password-stdin", "--database", sqld.url],
      { stdin: "alice\n" },
    );
    assertEquals(code, 0);
    await using server = await startServer({ args: ["--database", gate.url] });
    const get = async () => {
      const response = await fetch(`${server.url}/dav/calendars/alice/calendar/a.ics`, {
        headers: { authorization: basic("alice", "alice") },
      });
      await response.body?.cancel();
      return [response.status, response.headers.get("retry-after")];
    };
    assertEquals(await get(), [404, null]);
    gate.turn("refuse");
    assertEquals(await get(), [503, "10"]);
    gate.turn("pass");
    assertEquals(await get(), [404, null]);
  },
});
