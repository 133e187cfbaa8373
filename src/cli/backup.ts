import type { Command } from "commander";
import { dirname } from "node:path";
import { copyDatabase } from "../store/backup.ts";
import { configOf, databaseFile, type DatabaseOptions, takesDatabase } from "./database.ts";
import { forget, synced } from "./database_files.ts";
import { CommandError, reasonOf, UsageError } from "./errors.ts";
import { exists } from "./file_info.ts";
import type { Io } from "./io.ts";
import { restore } from "./restore.ts";

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
  if (file === "-") throw new UsageError("a backup goes into a file, not to standard output");
  const path = await databaseFile(await configOf(options, io), "refuse");
  if (await exists(file)) throw new CommandError(`${file} is there already`);
  const folder = dirname(file);
  if (!await exists(folder)) throw new CommandError(`there is no folder ${folder}`);
  const partial = `${file}.partial`;
  try {
    await forget(partial);
    copyDatabase(path, partial);
    await synced(partial);
    await Deno.rename(partial, file);
  } catch (error) {
    await forget(partial);
    throw new CommandError(`no backup was made: ${reasonOf(error)}`);
  }
}
