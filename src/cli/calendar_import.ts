import type { Command } from "commander";
import { splitCalendar } from "../ical/split/split.ts";
import { configOf, type DatabaseOptions, takesDatabase, withStore } from "./database.ts";
import { CommandError } from "./errors.ts";
import { importAll, type Into, type Skipped } from "./import_objects.ts";
import { named } from "./input.ts";
import type { Io } from "./io.ts";
import { openOctets } from "./octet_file.ts";
import { progressOn } from "./progress.ts";

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
  const items = await splitCalendar(file);
  const progress = progressOn(io, items.length, "objects");
  const reasons = new Map<string, number>();
  const skip = ({ what, reason }: Skipped) => {
    reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
    progress.say(`davit: skipped ${what}: ${reason}`);
  };
  const { imported, changed, unchanged, read } = await withStore(
    config,
    "refuse",
    (store) => importAll(store, into, items, { skip, at: progress.at }),
  ).finally(progress.end);
  if (read === 0) throw new CommandError(`${named(path)}: there is no calendar object in it`);
  const skipped = [...reasons.values()].reduce((sum, count) => sum + count, 0);
  if (reasons.size < skipped) summaryOf(reasons).forEach(io.err);
  io.out(`imported ${imported}, changed ${changed}, unchanged ${unchanged}, skipped ${skipped}\n`);
}

/** The reasons by how often there was each. */
const summaryOf = (reasons: ReadonlyMap<string, number>): string[] =>
  [...reasons]
    .toSorted(([, a], [, b]) => b - a)
    .map(([reason, count]) => `davit: skipped in all ${count}: ${reason}\n`);
