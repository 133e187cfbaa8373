import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { startProgram } from "./program.ts";
import { hasSqld, startSqld } from "./sqld.ts";

Deno.test({
  name: "sqld: a libSQL server of our own answers, and is gone afterwards",
  ignore: !hasSqld,
  async fn() {
    const sqld = await startSqld();
    const answer = await fetch(`${sqld.url}/v2/pipeline`, {
      method: "POST",
      body: JSON.stringify({ requests: [{ type: "execute", stmt: { sql: "SELECT 1" } }] }),
    });
    assertMatch(await answer.text(), /"value":"1"/);
    await sqld[Symbol.asyncDispose]();
    await assertRejects(() => fetch(sqld.url), TypeError);
  },
});

const shell = (script: string) => ({
  program: "sh",
  args: ["-c", script],
  dir: "/",
  readyLine: /^ready (.*)$/,
});

Deno.test("program: what it says, and its stderr", async () => {
  await using program = await startProgram(
    shell("echo one; echo two >&2; echo ready now; exec sleep 60"),
  );
  assertEquals(program.ready, "now");
  assertEquals(await program.stderr(), ["two"]);
});

Deno.test("program: that ends at once is an error, with what it wrote", async () => {
  const started = () => startProgram(shell("echo reason >&2; exit 1"));
  await assertRejects(started, Error, "reason");
});
