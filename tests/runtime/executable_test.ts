import { assertEquals, assertMatch } from "@std/assert";
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

/** Where anybody may run it. */
async function installed() {
  const folder = await temporaryFolder();
  await Deno.chmod(folder.path, 0o755);
  await Deno.copyFile(executable, `${folder.path}/davit`);
  return folder;
}

/** Its end, as {@linkcode uid}; with what it says on stderr. */
async function endOf(program: string, args: readonly string[], env: Record<string, string> = {}) {
  const command = new Deno.Command(program, { args: [...args], uid, env, cwd: "/" });
  const { code, stderr } = await command.output();
  return { code, stderr: new TextDecoder().decode(stderr) };
}

Deno.test("executable: serves from an empty folder, and not as root", async () => {
  await using place = await installed();
  await using data = await temporaryFolder();
  if (uid !== undefined) await Deno.chown(data.path, uid, null);

  await using server = await startProgram({
    program: `${place.path}/davit`,
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

Deno.test("executable: a database that it can't write is refused at start, with what mends it", async () => {
  await using place = await installed();
  await using data = await temporaryFolder();
  const path = `${data.path}/davit.db`;
  const add = ["user", "add", "alice", "--data", data.path, "--password-stdin"];
  await runCli(add, { form: "executable", stdin: "secret", env: { DAVIT_PASSWORD_COST: "10" } });
  for (const suffix of ["-wal", "-shm"]) await Deno.remove(path + suffix);
  await Deno.chmod(path, 0o444);
  if (uid !== undefined) {
    await Deno.chown(data.path, uid, null);
    await Deno.chown(path, 0, null);
  }
  const serve = ["serve", "--listen", "127.0.0.1:0", "--data", data.path];
  const { code, stderr } = await endOf(`${place.path}/davit`, serve);
  const reason = "the database can't be written: attempt to write a readonly database";
  const mend = uid === undefined
    ? ""
    : `; ${path} belongs to user 0, and davit runs as user ${uid}: sudo chown -R ${uid} ${data.path}`;
  const says = `davit: can't open the database in ${data.path}: ${reason}${mend}\n`;
  assertEquals({ code, stderr }, { code: 1, stderr: says });
});

Deno.test("executable: where nothing can be unpacked, it says so in one line", async () => {
  await using place = await installed();
  await using temporary = await temporaryFolder();
  await Deno.chmod(temporary.path, 0o555);
  const env = { TMPDIR: temporary.path };
  const { code, stderr } = await endOf(`${place.path}/davit`, ["--version"], env);
  assertEquals(code, 1);
  assertMatch(stderr, /^davit: can't start: .+; TMPDIR must name a folder .+\n$/);
});
