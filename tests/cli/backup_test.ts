import { assert, assertEquals, assertMatch } from "@std/assert";
import { connect } from "../../src/store/connection.ts";
import { type Cli, davit, temporaryCli } from "./cli.ts";

/** A backup with alice in it, beside the folder `data`. */
async function withBackup(): Promise<Cli & { readonly path: string; readonly backup: string }> {
  const cli = await temporaryCli();
  const backup = `${cli.folder}/backup`;
  await cli.ok(["user", "add", "alice", "--password-stdin"], "secret");
  await cli.ok(["backup", backup]);
  const path = `${cli.folder}/data/davit.db`;
  await renew(path, await Deno.readFile(path));
  return { ...cli, path, backup };
}

/** Another file than the one that this process had open: of that, the library keeps locks. */
async function renew(path: string, content: Uint8Array): Promise<void> {
  for (const suffix of ["-wal", "-shm"]) await Deno.remove(path + suffix).catch(() => {});
  await Deno.remove(path);
  await Deno.writeFile(path, content);
}

const alice = "alice\tindividual\talice\t\t\n";

const namesIn = async (folder: string): Promise<string[]> =>
  (await Array.fromAsync(Deno.readDir(folder), ({ name }) => name)).toSorted();

/** As a process leaves them that is killed: what it has written is in the log. */
async function leaveLog(path: string, name: string): Promise<void> {
  const left = await (async () => {
    const db = connect(path);
    try {
      db.exec(`UPDATE principals SET display_name = '${name}'`);
      return {
        database: await Deno.readFile(path),
        log: await Deno.readFile(`${path}-wal`),
        index: await Deno.readFile(`${path}-shm`),
      };
    } finally {
      db.close();
    }
  })();
  await renew(path, left.database);
  await Deno.writeFile(`${path}-wal`, left.log);
  await Deno.writeFile(`${path}-shm`, left.index);
}

const gone: { name: string; suffixes: readonly string[] }[] = [
  { name: "beside the database", suffixes: [] },
  { name: "without the database", suffixes: ["", "-shm"] },
  { name: "and its index, without the database", suffixes: [""] },
];

for (const { name, suffixes } of gone) {
  Deno.test(`restore: a log that is left, ${name}, does not get into what is restored`, async () => {
    await using cli = await withBackup();
    await leaveLog(cli.path, "Once");
    assertEquals(await cli.ok(["user", "list"]), alice.replace("\talice\t", "\tOnce\t"));
    await leaveLog(cli.path, "Twice");
    for (const suffix of suffixes) await Deno.remove(cli.path + suffix);
    assertEquals((await cli.run(["restore", cli.backup])).code, 0);
    assertEquals(await cli.ok(["user", "list"]), alice);
    const [aside = ""] = await namesIn(`${cli.folder}/data`);
    assertMatch(aside, /^davit\.db/);
  });
}

const damages: { name: string; damage: (bytes: Uint8Array) => Uint8Array }[] = [
  { name: "at its beginning", damage: (bytes) => bytes.fill(42, 0, 65_536) },
  { name: "behind its header", damage: (bytes) => bytes.fill(42, 100, 8_192) },
  { name: "in its middle", damage: (bytes) => bytes.fill(42, 8_192) },
  { name: "cut off", damage: (bytes) => bytes.subarray(0, 20_000) },
  { name: "empty", damage: (bytes) => bytes.subarray(0, 0) },
];

for (const { name, damage } of damages) {
  Deno.test(`restore: in the place of a database that is damaged, ${name}`, async () => {
    await using cli = await withBackup();
    const damaged = damage(await Deno.readFile(cli.path));
    await renew(cli.path, damaged);
    const { code, err } = await cli.run(["restore", cli.backup]);
    assertEquals(code, 0, err);
    assertEquals(await cli.ok(["user", "list"]), alice);
    const [, before = ""] = /^davit: what was there is (.+) now\n$/.exec(err) ?? [];
    assert((await Deno.stat(before)).isFile);
  });
}

Deno.test("restore: what is refused leaves nothing behind", async () => {
  await using cli = await withBackup();
  const before = await namesIn(`${cli.folder}/data`);
  const held = connect(cli.path);
  const { code, err } = await cli.run(["restore", cli.backup]);
  held.close();
  assertEquals([code, err], [1, "davit: the database is in use; stop davit first\n"]);
  const junk = await cli.write("junk", "no database");
  assertEquals((await cli.run(["restore", junk])).code, 1);
  const isBeside = (name: string) => name.endsWith("-wal") || name.endsWith("-shm");
  const after = await namesIn(`${cli.folder}/data`);
  assertEquals(after.filter((name) => !isBeside(name)), before.filter((name) => !isBeside(name)));

  const data = `${cli.folder}/new`;
  const missing = await davit(["restore", `${cli.folder}/missing`, "--data", data]);
  assertEquals(missing.err, `davit: there is no ${cli.folder}/missing\n`);
  assert(!(await namesIn(cli.folder)).includes("new"));
});

const isRoot = Deno.uid() === 0;
const windows = Deno.build.os === "windows";

Deno.test({
  name: "restore: what is restored belongs to whom it did, or to whom the folder does",
  ignore: windows,
  async fn() {
    await using cli = await withBackup();
    await Deno.chmod(cli.backup, 0o444);
    const ownerOf = async (path: string) => {
      const { uid, gid, mode } = await Deno.stat(path);
      return [uid, gid, (mode ?? 0) & 0o777];
    };
    const [own, group] = isRoot ? [65534, 65533] : [Deno.uid(), Deno.gid()];
    if (isRoot) await Deno.chown(cli.path, own, group);
    await Deno.chmod(cli.path, 0o640);
    await cli.ok(["restore", cli.backup]);
    assertEquals(await ownerOf(cli.path), [own, group, 0o640]);

    const folder = `${cli.folder}/other`;
    await Deno.mkdir(folder);
    if (isRoot) await Deno.chown(folder, own, group);
    await Deno.chmod(folder, 0o700);
    assertEquals((await davit(["restore", cli.backup, "--data", folder])).code, 0);
    assertEquals(await ownerOf(`${folder}/davit.db`), [own, group, 0o600]);
  },
});

Deno.test({
  name: "user add as root, in a folder of the server's user: the database is the server's",
  ignore: !isRoot,
  async fn() {
    await using cli = await temporaryCli();
    await Deno.mkdir(`${cli.folder}/data`);
    await Deno.chown(`${cli.folder}/data`, 65534, 65533);
    await cli.ok(["user", "add", "alice", "--password-stdin"], "secret");
    for await (const { name } of Deno.readDir(`${cli.folder}/data`)) {
      const { uid, gid } = await Deno.stat(`${cli.folder}/data/${name}`);
      assertEquals([name, uid, gid], [name, 65534, 65533]);
    }
  },
});

const wrong: { file: string; code: number; says: (folder: string) => string }[] = [
  { file: "-", code: 2, says: () => "a backup goes into a file, not to standard output" },
  { file: "nowhere/x", code: 1, says: (folder) => `there is no folder ${folder}/nowhere` },
  { file: "backup", code: 1, says: (folder) => `${folder}/backup is there already` },
];

for (const { file, code, says } of wrong) {
  Deno.test(`backup ${file} is refused`, async () => {
    await using cli = await withBackup();
    const outcome = await cli.run(["backup", file === "-" ? file : `${cli.folder}/${file}`]);
    assertEquals(outcome, { code, out: "", err: `davit: ${says(cli.folder)}\n` });
  });
}
