import type { Command } from "commander";
import { splitCalendar } from "../ical/split/split.ts";
import { configOf, type DatabaseOptions, takesDatabase, withStore } from "./database.ts";
import { CommandError } from "./errors.ts";
import { importAll, type Into } from "./import_objects.ts";
import { named } from "./input.ts";
import type { Io } from "./io.ts";
import { openOctets } from "./octet_file.ts";
import { progressOn } from "./progress.ts";
import { Skips } from "./skips.ts";

/** `davit calendar import`. */
export function addCalendarImport(calendar: Command, io: Io): void {
  takesDatabase(calendar.command("import"))
    .description("put the objects of an iCalendar file into a calendar; nobody is told")
    .argument("<name>", "whose")
    .argument("<calendar>", "its name in URLs")
    .argument("<file>", "- for standard input")
    .action((name: string, calendar: string, file: string, options: DatabaseOptions) =>
      importFile(file, { name, calendar }, options, io)
    );
}

async function importFile(
  path: string,
  into: Into,
  options: DatabaseOptions,
  io: Io,
): Promise<void> {
  const config = await configOf(options, io);
  await using file = await openOctets(path, io);
  const { items, hasCalendar, olderVersions } = await splitCalendar(file);
  const progress = progressOn(io, items.length, "objects");
  const skips = new Skips(progress.say);
  const { imported, changed, unchanged } = await withStore(
    config,
    "refuse",
    (store) => importAll(store, into, items, config, { skip: skips.add, at: progress.at }),
  ).finally(progress.end);
  skips.summary().forEach((line) => io.err(`${line}\n`));
  if (!hasCalendar) throw new CommandError(`${named(path)}: there is no calendar object in it`);
  const older = olderVersions > 0 ? `, older versions ${olderVersions}` : "";
  const counts = `imported ${imported}, changed ${changed}, unchanged ${unchanged}`;
  io.out(`${counts}, skipped ${skips.count}${older}\n`);
  if (skips.hasFaults) throw new CommandError(`${named(path)}: not all of it could be imported`);
}
