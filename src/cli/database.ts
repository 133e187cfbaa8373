import { type Command, Option } from "commander";
import { type Config, ConfigError, type ConfigSources, readConfig } from "../config.ts";
import { openFileStore } from "../store/file.ts";
import { openRemoteStore } from "../store/remote.ts";
import type { Store } from "../store/store.ts";
import { CommandError } from "./errors.ts";
import { readJson } from "./input.ts";
import type { Io } from "./io.ts";

/** Which database, and with which settings: the same for every command. */
export interface DatabaseOptions {
  readonly data?: string;
  readonly database?: string;
  readonly config?: string;
}

/** Adds the options that {@linkcode DatabaseOptions} holds. */
export const takesDatabase = (command: Command): Command =>
  command
    .addOption(new Option("--data <dir>", "folder with the database").conflicts("database"))
    .addOption(new Option("--database <url>", "libSQL server instead of a folder"))
    .addOption(new Option("--config <file>", "JSON file with settings"));

/** The settings in force; `flags` are those that a command takes besides. */
export const configOf = async (
  options: DatabaseOptions,
  io: Io,
  flags: ConfigSources["flags"] = {},
): Promise<Config> => configFrom(await sourcesOf(options, io, flags), options);

/** Where {@linkcode configOf} has the settings from. */
export async function sourcesOf(
  options: DatabaseOptions,
  io: Io,
  flags: ConfigSources["flags"] = {},
): Promise<ConfigSources> {
  const file = options.config === undefined ? undefined : await readJson(options.config, io);
  const { data, database: databaseUrl } = options;
  return { file, env: io.env, flags: { ...flags, data, databaseUrl } };
}

/** The settings in force, by sources that {@linkcode sourcesOf} gave for the options. */
export function configFrom(sources: ConfigSources, options: DatabaseOptions): Config {
  try {
    return readConfig(sources);
  } catch (error) {
    if (!(error instanceof ConfigError) || error.source !== "file") throw error;
    throw new CommandError(`${options.config}: ${error.message}`);
  }
}

/** What becomes of a folder that holds no database: none is what a slip of the pen names. */
export type WhenAbsent = "make" | "refuse";

/**
 * Runs `use` on the store that the settings name, and closes it behind. `onBusy` is told when a file
 * is held by another process.
 */
export async function withStore<T>(
  config: Config,
  whenAbsent: WhenAbsent,
  use: (store: Store) => Promise<T>,
  onBusy?: () => void,
): Promise<T> {
  const store = await openStore(config, whenAbsent, onBusy);
  try {
    return await use(store);
  } finally {
    store.close();
  }
}

async function openStore(
  { data, databaseUrl, databaseToken }: Config,
  whenAbsent: WhenAbsent,
  onBusy?: () => void,
): Promise<Store> {
  if (databaseUrl !== undefined) {
    const server = new URL(databaseUrl).host;
    return await opened(`on ${server}`, () => openRemoteStore(databaseUrl, databaseToken));
  }
  const path = await databaseFile({ data }, whenAbsent);
  return await opened(`in ${data}`, () => openFileStore(path, { onBusy }));
}

/** Path of the database in the data folder. Refused for one on a server. */
export async function databaseFile(
  { data, databaseUrl }: Pick<Config, "data" | "databaseUrl">,
  whenAbsent: WhenAbsent,
): Promise<string> {
  if (databaseUrl !== undefined) {
    throw new CommandError("this is for a data folder; a libSQL server has its own means");
  }
  const path = `${data}/davit.db`;
  if (whenAbsent === "make") await Deno.mkdir(data, { recursive: true, mode: 0o700 });
  else if (!await exists(path)) throw new CommandError(`there is no database in ${data}`);
  return path;
}

/** What goes wrong is said with the place, which the database does not know. */
async function opened(where: string, open: () => Promise<Store>): Promise<Store> {
  try {
    return await open();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new CommandError(`can't open the database ${where}: ${reason}`);
  }
}

export async function exists(path: string): Promise<boolean> {
  try {
    await Deno.stat(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
