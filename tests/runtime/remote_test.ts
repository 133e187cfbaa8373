import { assert, assertEquals, assertRejects } from "@std/assert";
import { statement } from "../../src/store/executor.ts";
import { remoteExecutor } from "../../src/store/remote.ts";
import { startGate } from "./gate.ts";
import { hasSqld, startSqld } from "./sqld.ts";

Deno.test({
  name: "remote database: one that does not answer is given up, and asked again the next time",
  ignore: !hasSqld,
  async fn() {
    await using sqld = await startSqld();
    await using gate = startGate(sqld.url);
    const executor = remoteExecutor(gate.url, undefined, 200);
    gate.turn("hold");
    const error = await assertRejects(() => executor.read([statement("SELECT 1")]));
    assertEquals((error as Error).name, "TimeoutError");
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
