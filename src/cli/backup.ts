import type { Command } from "commander";
import { copyDatabase, isInUse, prepareRestored } from "../store/backup.ts";
import { configOf, databaseFile, type DatabaseOptions, exists, takesDatabase } from "./database.ts";
import { CommandError } from "./errors.ts";
import type { Io } from "./io.ts";

/** `davit backup` and `davit restore`. */
export function addBackupCommands(program: Command, io: Io): void {
  takesDatabase(program.command("backup"))
    .description("write the whole database into one file, also while the server runs")
    .argument("<file>", "a new file")
    .action((file: string, options: DatabaseOptions) => backup(file, options, io));

  takesDatabase(program.command("restore"))
    .description("put a backup in the place of the database; the server must be stopped")
    .argument("<file>", "what backup has written")
    .action((file: string, options: DatabaseOptions) => restore(file, options, io));
}

async function backup(file: string, options: DatabaseOptions, io: Io): Promise<void> {
  const path = await databaseFile(await configOf(options, io), "refuse");
  if (await exists(file)) throw new CommandError(`${file} is there already`);
  const partial = `${file}.partial`;
  await forget(partial);
  try {
    copyDatabase(path, partial);
    await synced(partial);
    await Deno.rename(partial, file);
  } catch (error) {
    await forget(partial);
    throw new CommandError(`no backup was made: ${reasonOf(error)}`);
  }
}

async function restore(file: string, options: DatabaseOptions, io: Io): Promise<void> {
  const path = await databaseFile(await configOf(options, io), "make");
  if (!await exists(file)) throw new CommandError(`there is no ${file}`);
  const scratch = `${path}.scratch`;
  const partial = `${path}.restored`;
  await forget(scratch);
  await forget(partial);
  try {
    await Deno.copyFile(file, scratch);
    await prepareRestored(scratch, partial);
    await synced(partial);
  } catch (error) {
    await forget(partial);
    throw new CommandError(`can't restore ${file}: ${reasonOf(error)}`);
  } finally {
    await forget(scratch);
  }
  if (await exists(path)) {
    if (isInUse(path)) {
      await forget(partial);
      throw new CommandError("the database is in use; stop davit first");
    }
    const before = `${path}.before-${new Date().toISOString().replace(/[^0-9]/g, "")}`;
    await Deno.rename(path, before);
    io.err(`davit: what was there is ${before} now\n`);
  }
  await Deno.rename(partial, path);
}

/** A database, with what SQLite keeps beside it. */
async function forget(path: string): Promise<void> {
  for (const suffix of ["", "-wal", "-shm", "-journal"]) {
    if (await exists(path + suffix)) await Deno.remove(path + suffix);
  }
}

/** On the disk, before it counts. */
async function synced(path: string): Promise<void> {
  using file = await Deno.open(path, { read: true, write: true });
  await file.sync();
}

const reasonOf = (error: unknown): string => error instanceof Error ? error.message : String(error);
