import { assert, assertEquals, assertMatch } from "@std/assert";
import { temporaryFolder } from "../runtime/folder.ts";
import { commandLine, runCli, startServer } from "../runtime/harness.ts";
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

Deno.test("davit as a process: whoever has read enough, such as head, may go", async () => {
  await using folder = await temporaryFolder();
  const at = { dir: folder.path, env: quick };
  const people = Array.from({ length: 3000 }, (_, index) => ({
    kind: "individual",
    name: `somebody-${index}`,
    displayName: "x".repeat(100),
  }));
  const stdin = JSON.stringify({ principals: people });
  assertEquals((await runCli(["principals", "import", "-"], { ...at, stdin })).code, 0);
  const { program, args } = commandLine("source", ["user", "list"]);
  const list = new Deno.Command(program, {
    args: [...args],
    cwd: folder.path,
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const reader = list.stdout.getReader();
  assertEquals((await reader.read()).done, false);
  await reader.cancel();
  assertEquals([(await list.status).code, await new Response(list.stderr).text()], [141, ""]);
});

Deno.test("davit serve as a process: SIGTERM lets it end well", async () => {
  await using server = await startServer({ env: quick });
  assertMatch(server.url, /^http:\/\/127\.0\.0\.1:\d+$/);
  await (await fetch(`${server.url}/healthz`)).body?.cancel();
  assertEquals(await server.stop(), 0);
});
