import { assert, assertEquals, assertMatch } from "@std/assert";
import { temporaryFolder } from "../runtime/folder.ts";
import { runCli, startServer } from "../runtime/harness.ts";
import { quick } from "./cli.ts";

Deno.test("davit as a process: input, output, exit codes", async () => {
  await using folder = await temporaryFolder();
  const at = { dir: folder.path, env: quick };
  const add = ["user", "add", "jürgen", "--password-stdin"];
  assertEquals(await runCli(add, { ...at, stdin: "secret\n" }), {
    code: 0,
    stdout: "",
    stderr: "",
  });
  assertEquals((await runCli(["user", "list"], at)).stdout, "jürgen\tindividual\tjürgen\t\t\n");
  assertEquals((await runCli(add, { ...at, stdin: "secret\n" })).code, 1);
  assertEquals((await runCli(["user", "add"], at)).code, 2);
  assert((await Deno.stat(`${folder.path}/davit-data/davit.db`)).isFile);
});

Deno.test("davit serve as a process: SIGTERM lets it end well", async () => {
  await using server = await startServer({ env: quick });
  assertMatch(server.url, /^http:\/\/127\.0\.0\.1:\d+$/);
  await (await fetch(`${server.url}/healthz`)).body?.cancel();
  assertEquals(await server.stop(), 0);
});
