import type { Command } from "commander";
import { textsOf } from "../dav/contents.ts";
import { Splices, valueTexts } from "../dav/splices.ts";
import { joinCalendars } from "../ical/join.ts";
import type { Collection } from "../model.ts";
import type { Store } from "../store/store.ts";
import { calendarNamed, calendarsOf } from "./calendars.ts";
import { configOf, type DatabaseOptions, takesDatabase, withStore } from "./database.ts";
import { CommandError, reasonOf, UsageError } from "./errors.ts";
import { infoOf } from "./file_info.ts";
import type { Io } from "./io.ts";

interface ExportOptions extends DatabaseOptions {
  readonly output?: string;
}

/** `davit calendar export`. */
export function addCalendarExport(calendar: Command, io: Io): void {
  takesDatabase(calendar.command("export"))
    .description(
      "write calendars as iCalendar: one to standard output or a file, others to a folder",
    )
    .argument("<name>", "whose")
    .argument("[calendars...]", "their names in URLs; default: all")
    .option("--output <path>", "a file for one calendar, a folder for several")
    .action((name: string, calendars: readonly string[], options: ExportOptions) =>
      exportCalendars(name, calendars, options, io)
    );
}

async function exportCalendars(
  name: string,
  wanted: readonly string[],
  options: ExportOptions,
  io: Io,
): Promise<void> {
  const { output = "-" } = options;
  const config = await configOf(options, io);
  const [only, ...others] = wanted;
  const one = others.length === 0 ? only : undefined;
  if (one === undefined && output === "-") {
    throw new UsageError("several calendars go into a folder: name it with --output");
  }
  await withStore(config, "refuse", async (store) => {
    if (one !== undefined && output === "-") {
      for await (const chunk of textOf(store, await calendarNamed(store, name, one))) io.out(chunk);
    } else if (one !== undefined && !await isFolder(output)) {
      await writeWhole(output, textOf(store, await calendarNamed(store, name, one)));
    } else {
      const calendars = only === undefined
        ? await calendarsOf(store, name)
        : await Promise.all(wanted.map((one) => calendarNamed(store, name, one)));
      await Deno.mkdir(output, { recursive: true });
      for (const calendar of calendars) {
        const path = `${output.replace(/\/+$/, "")}/${fileName(calendar.name)}`;
        await writeWhole(path, textOf(store, calendar));
        io.err(`davit: ${calendar.displayName ?? calendar.name} is ${path}\n`);
      }
    }
  });
}

function textOf(store: Store, { id, displayName }: Collection): AsyncGenerator<string> {
  const splices = new Splices(store, valueTexts.withCrlf);
  return splices.into(joinCalendars(textsOf(store, id, splices), { name: displayName }));
}

async function isFolder(path: string): Promise<boolean> {
  if (path.endsWith("/")) return true;
  const info = await infoOf(path);
  return info?.isDirectory ?? false;
}

/**
 * An export from before stays until the new one is whole. What is no file, such as a pipe, is written
 * as it is.
 */
async function writeWhole(path: string, chunks: AsyncIterable<string>): Promise<void> {
  const isFile = (await infoOf(path))?.isFile ?? true;
  const partial = isFile ? `${path}.partial` : path;
  try {
    await Deno.writeTextFile(partial, ReadableStream.from(chunks));
    if (isFile) await Deno.rename(partial, path);
  } catch (error) {
    if (isFile) await Deno.remove(partial).catch(() => {});
    throw new CommandError(`${path} was not written: ${reasonOf(error)}`);
  }
}

/** Of a name that a client has chosen: a file in this folder on any system, not hidden. */
const fileName = (name: string): string =>
  `${
    // deno-lint-ignore no-control-regex
    name.replace(/^\.|[\x00-\x1f\x7f/\\:*?"<>|%]/g, escaped)}.ics`;

const escaped = (character: string): string =>
  `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`;
