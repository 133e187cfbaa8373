import { type Command, Option } from "commander";
import type { AttachmentForm, Collection } from "../model.ts";
import { addCalendarExport } from "./calendar_export.ts";
import { addCalendarImport } from "./calendar_import.ts";
import { calendarNamed, calendarsOf } from "./calendars.ts";
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

  takesDatabase(calendar.command("set"))
    .description("change what a calendar does")
    .argument("<name>", "whose")
    .argument("<calendar>", "its name in URLs")
    .addOption(
      new Option("--attachments <form>", "what comes inside of events: stays there, or is managed")
        .choices(["inline", "managed"])
        .makeOptionMandatory(),
    )
    .action((name: string, calendar: string, options: SetOptions) =>
      set(name, calendar, options, io)
    );

  addCalendarImport(calendar, io);
  addCalendarExport(calendar, io);
}

interface SetOptions extends DatabaseOptions {
  readonly attachments: AttachmentForm;
}

async function set(
  name: string,
  calendar: string,
  { attachments, ...options }: SetOptions,
  io: Io,
): Promise<void> {
  await withStore(await configOf(options, io), "refuse", async (store) => {
    const { id } = await calendarNamed(store, name, calendar);
    await store.commit([], [{ kind: "set-collection", id, attachments, at: Date.now() }]);
  });
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
