import type { Command } from "commander";
import { joinCalendars } from "../ical/split.ts";
import type { Body, Collection } from "../model.ts";
import { addCalendarImport } from "./calendar_import.ts";
import { calendarNamed, calendarsOf, contentOf, membersOf } from "./calendars.ts";
import { configOf, type DatabaseOptions, takesDatabase, withStore } from "./database.ts";
import type { Io } from "./io.ts";

/** `davit calendar …`: what is in people's calendars, as files. */
export function addCalendarCommands(program: Command, io: Io): void {
  const calendar = program.command("calendar").description("calendars as files");

  takesDatabase(calendar.command("list"))
    .description("list someone's calendars: name in URLs, display name, components")
    .argument("<name>", "whose")
    .option("--json", "as a JSON array")
    .action((name: string, options: ListOptions) => list(name, options, io));

  addCalendarImport(calendar, io);

  takesDatabase(calendar.command("export"))
    .description("write a calendar as one iCalendar file")
    .argument("<name>", "whose")
    .argument("<calendar>", "its name in URLs")
    .argument("[file]", "default: standard output")
    .action((name: string, calendar: string, file: string | undefined, options: DatabaseOptions) =>
      exportTo(file, { name, calendar }, options, io)
    );
}

interface ListOptions extends DatabaseOptions {
  readonly json?: boolean;
}

async function list(name: string, options: ListOptions, io: Io): Promise<void> {
  const config = await configOf(options, io);
  const calendars = await withStore(config, "refuse", (store) => calendarsOf(store, name));
  if (options.json) io.out(`${JSON.stringify(calendars.map(shown), null, 2)}\n`);
  else io.out(calendars.map(shown).map(row).join(""));
}

type Shown = ReturnType<typeof shown>;

const shown = ({ name, displayName, components }: Collection) => ({
  name,
  displayName: displayName ?? name,
  components: components ?? null,
});

const row = ({ name, displayName, components }: Shown): string =>
  `${[name, displayName, components?.join(",") ?? "any"].join("\t")}\n`;

async function exportTo(
  file: string | undefined,
  from: { readonly name: string; readonly calendar: string },
  options: DatabaseOptions,
  io: Io,
): Promise<void> {
  const config = await configOf(options, io);
  await withStore(config, "refuse", async (store) => {
    const calendar = await calendarNamed(store, from.name, from.calendar);
    const names = await Array.fromAsync(membersOf(store, calendar), ({ name }) => name);
    const bodies: Body[] = [];
    for await (const [, object] of store.objectsNamed(calendar.id, names)) {
      if (object) bodies.push(await contentOf(store, object));
    }
    const { displayName } = calendar;
    const chunks = joinCalendars(bodies, { name: displayName });
    if (file === undefined || file === "-") { for (const chunk of chunks) io.out(chunk); }
    else await Deno.writeTextFile(file, ReadableStream.from(chunks));
  });
}
