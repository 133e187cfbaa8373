import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { Refusal } from "../../src/refusal.ts";
import { connect } from "../../src/store/connection.ts";
import { statement } from "../../src/store/executor.ts";
import { remoteExecutor } from "../../src/store/remote.ts";
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

Deno.test({
  name: "sqld: while another has its file, the database is away, and nothing has been written",
  ignore: !hasSqld,
  async fn() {
    await using sqld = await startSqld();
    const server = remoteExecutor(sqld.url);
    await server.script("CREATE TABLE t (a)");
    const write = () => server.write([statement("INSERT INTO t VALUES (?1)", 1)]);
    const beside = connect(sqld.file);
    beside.exec("BEGIN EXCLUSIVE");
    const refusal = await assertRejects(write, Refusal);
    assertEquals([refusal.status, refusal.detail.retryAfterSeconds], [503, 10]);
    beside.exec("ROLLBACK");
    beside.close();
    await write();
    const [rows = []] = await server.read([statement("SELECT a FROM t")]);
    assertEquals(rows.map((row) => row[0]), [1]);
    server.close();
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
