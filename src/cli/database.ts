import { type Command, Option } from "commander";
import { type Config, ConfigError, type ConfigSources, readConfig } from "../config.ts";
import { openFileStore } from "../store/file.ts";
import { openRemoteStore } from "../store/remote.ts";
import type { Store } from "../store/store.ts";
import { giveToOwnerOf, ownerHint } from "./database_files.ts";
import { CommandError, reasonOf } from "./errors.ts";
import { exists } from "./file_info.ts";
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

/** The options by which another command gets the same database: none where it would anyway. */
export function namesDatabase({ data, databaseUrl }: Config): readonly string[] {
  if (databaseUrl !== undefined) return ["--database", quoted(databaseUrl)];
  return data === readConfig({ env: {} }).data ? [] : ["--data", quoted(data)];
}

/** As a shell takes it. */
const quoted = (word: string): string =>
  /^[\w./:@%+,=-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;

/**
 * What becomes of a folder that holds no database: none is what a slip of the pen names. What may make
 * one needs to write, and is refused where it can't.
 */
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
  const checked = async (store: Store): Promise<Store> => {
    try {
      if (whenAbsent === "make") await store.check();
      return store;
    } catch (error) {
      store.close();
      throw error;
    }
  };
  if (databaseUrl !== undefined) {
    const open = async () => await checked(await openRemoteStore(databaseUrl, databaseToken));
    return await opened(`on ${new URL(databaseUrl).host}`, open, () => Promise.resolve(""));
  }
  const path = await databaseFile({ data }, whenAbsent);
  const isNew = !await exists(path);
  const open = async () => {
    const store = await openFileStore(path, { onBusy });
    if (isNew) await giveToOwnerOf(data, path);
    return await checked(store);
  };
  return await opened(`in ${data}`, open, () => ownerHint(data, path));
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
  else if (!await opened(`in ${data}`, () => exists(path), () => ownerHint(data, path))) {
    throw new CommandError(`there is no database in ${data}; --data names another folder`);
  }
  return path;
}

/** What goes wrong is said with the place, which the database does not know, and what mends it. */
async function opened<T>(
  where: string,
  open: () => Promise<T>,
  hint: () => Promise<string>,
): Promise<T> {
  try {
    return await open();
  } catch (error) {
    throw new CommandError(`can't open the database ${where}: ${reasonOf(error)}${await hint()}`);
  }
}
