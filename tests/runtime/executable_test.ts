import { assertEquals } from "@std/assert";
import config from "../../deno.json" with { type: "json" };
import { temporaryFolder } from "./folder.ts";
import { runCli } from "./harness.ts";
import { startProgram } from "./program.ts";

const executable = new URL("../../davit", import.meta.url);

/** "nobody", where the tests run as root. */
const uid = Deno.uid() === 0 ? 65534 : undefined;

Deno.test("executable: says its version", async () => {
  const { code, stdout } = await runCli(["--version"], { form: "executable" });
  assertEquals({ code, stdout }, { code: 0, stdout: `${config.version}\n` });
});

Deno.test("executable: serves from an empty folder, and not as root", async () => {
  await using installed = await temporaryFolder();
  await Deno.chmod(installed.path, 0o755);
  await Deno.copyFile(executable, `${installed.path}/davit`);
  await using data = await temporaryFolder();
  if (uid !== undefined) await Deno.chown(data.path, uid, null);

  await using server = await startProgram({
    program: `${installed.path}/davit`,
    args: ["serve", "--listen", "127.0.0.1:0"],
    dir: data.path,
    ...(uid !== undefined && { uid }),
    readyLine: /^davit listening on (\S+)$/,
  });
  const health = await fetch(new URL("healthz", server.ready));
  await health.body?.cancel();
  assertEquals(health.status, 200);
  const made = await Array.fromAsync(Deno.readDir(data.path), ({ name }) => name);
  assertEquals(made, ["davit-data"]);
  const { uid: owner } = await Deno.stat(`${data.path}/davit-data`);
  assertEquals(owner, uid ?? Deno.uid());
});
