import { isInUse, prepareRestored } from "../store/backup.ts";
import { configOf, databaseFile, type DatabaseOptions } from "./database.ts";
import { forget, moveAside, shareLike, synced } from "./database_files.ts";
import { CommandError, reasonOf } from "./errors.ts";
import { exists, infoOf } from "./file_info.ts";
import type { Io } from "./io.ts";

/**
 * `davit restore`: what was there is moved aside with all that SQLite keeps beside it, as a log that is
 * left over would be read into the new file.
 */
export async function restore(file: string, options: DatabaseOptions, io: Io): Promise<void> {
  const config = await configOf(options, io);
  if (!await exists(file)) throw new CommandError(`there is no ${file}`);
  const path = await databaseFile(config, "make");
  const partial = `${path}.restored`;
  try {
    await prepare(file, `${path}.scratch`, partial);
    await shareLike(partial, await infoOf(path) ?? await Deno.stat(config.data));
    await synced(partial);
    if (await exists(path) && isInUse(path)) {
      throw new CommandError("the database is in use; stop davit first");
    }
    const before = await moveAside(path);
    if (before !== undefined) io.err(`davit: what was there is ${before} now\n`);
    await Deno.rename(partial, path);
  } catch (error) {
    await forget(partial);
    if (error instanceof CommandError) throw error;
    throw new CommandError(`can't restore ${file}: ${reasonOf(error)}`);
  }
}

/** `scratch` is a copy of the backup, which itself stays as it is. */
async function prepare(file: string, scratch: string, to: string): Promise<void> {
  await forget(scratch);
  await forget(to);
  try {
    await Deno.copyFile(file, scratch);
    if (Deno.build.os !== "windows") await Deno.chmod(scratch, 0o600);
    await prepareRestored(scratch, to);
  } finally {
    await forget(scratch);
  }
}
