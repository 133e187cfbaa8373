import type { Command } from "commander";
import { hashPassword } from "../access/passwords.ts";
import { addPrincipal, setBounds, setDisabled, setPassword } from "../calendar/accounts.ts";
import { transact } from "../calendar/transact.ts";
import { bytesOf } from "../setting_schemas.ts";
import type { PrincipalEntry } from "../store/questions.ts";
import { addAppPasswordCommands } from "./app_password.ts";
import { configOf, type DatabaseOptions, takesDatabase, withStore } from "./database.ts";
import { UsageError } from "./errors.ts";
import { passwordOption, readPassword } from "./input.ts";
import type { Io } from "./io.ts";
import { changeOne, given } from "./people.ts";

/** `davit user …`: accounts, one by one. */
export function addUserCommands(program: Command, io: Io): void {
  const user = program.command("user").description("accounts and their passwords");

  takesDatabase(user.command("add"))
    .description("make an account, with a calendar and a task list")
    .argument("<name>")
    .option("--email <address>", "mail address; may be repeated", collect, [])
    .option("--display-name <text>", "name for people (default: the name)")
    .option("--admin", "may administer the server")
    .option(...passwordOption)
    .action((name: string, options: AddOptions) => add(name, options, io));

  takesDatabase(user.command("list"))
    .description("list all principals: name, kind, display name, addresses, state")
    .option("--json", "as a JSON array")
    .action((options: ListOptions) => list(options, io));

  takesDatabase(user.command("password"))
    .description("set the password")
    .argument("<name>")
    .option(...passwordOption)
    .action((name: string, options: PasswordOptions) => password(name, options, io));

  for (const [verb, disabled] of [["disable", true], ["enable", false]] as const) {
    takesDatabase(user.command(verb))
      .description(disabled ? "let the account log in no more" : "let the account log in again")
      .argument("<name>")
      .action((name: string, options: DatabaseOptions) => enable(name, disabled, options, io));
  }

  takesDatabase(user.command("limit"))
    .description("bound what the account may store; without options, as for everybody")
    .argument("<name>")
    .option("--quota <bytes>", "all of it together: 5000000000, or 5GiB")
    .option("--resource <bytes>", "each event, attachment or file, where that is less than for all")
    .action((name: string, options: LimitOptions) => limit(name, options, io));

  addAppPasswordCommands(user, io);
}

interface LimitOptions extends DatabaseOptions {
  readonly quota?: string;
  readonly resource?: string;
}

interface PasswordOptions extends DatabaseOptions {
  readonly passwordStdin?: boolean;
}

interface AddOptions extends PasswordOptions {
  readonly email: readonly string[];
  readonly displayName?: string;
  readonly admin?: boolean;
}

interface ListOptions extends DatabaseOptions {
  readonly json?: boolean;
}

const collect = (value: string, before: readonly string[]) => [...before, value];

async function add(name: string, options: AddOptions, io: Io): Promise<void> {
  const config = await configOf(options, io);
  const plain = await readPassword(options, io);
  const { email: emails, displayName, admin } = options;
  await withStore(config, "make", async (store) => {
    const passwordHash = await hashPassword(plain, config.passwordCost);
    const wanted = { kind: "individual", name, displayName, emails, admin, passwordHash } as const;
    await transact(
      store.commit,
      () => store.principals(),
      (current) => addPrincipal(current, wanted, given()),
    );
  });
}

async function list(options: ListOptions, io: Io): Promise<void> {
  const entries = await withStore(
    await configOf(options, io),
    "refuse",
    (store) => store.principals(),
  );
  if (options.json) io.out(`${JSON.stringify(entries.map(shown), null, 2)}\n`);
  else io.out(entries.map(shown).map(row).join(""));
}

type Shown = ReturnType<typeof shown>;

const shown = ({ principal, members }: PrincipalEntry) => {
  const { name, kind, displayName, addresses: emails, admin, disabled } = principal;
  const common = { name, kind, displayName, emails, admin, disabled };
  return kind === "group" ? { ...common, members } : common;
};

function row({ name, kind, displayName, emails, admin, disabled }: Shown): string {
  const state = [admin ? "admin" : [], disabled ? "disabled" : []].flat();
  return `${[name, kind, displayName, emails.join(","), state.join(",")].join("\t")}\n`;
}

async function password(name: string, options: PasswordOptions, io: Io): Promise<void> {
  const config = await configOf(options, io);
  const plain = await readPassword(options, io);
  await withStore(config, "refuse", async (store) => {
    const hash = await hashPassword(plain, config.passwordCost);
    await changeOne(store, name, ({ principal }) => setPassword(principal, hash, given().now));
  });
}

async function limit(name: string, options: LimitOptions, io: Io): Promise<void> {
  const quotaBytes = bytesIn("--quota", options.quota);
  const resourceBytes = bytesIn("--resource", options.resource);
  await withStore(
    await configOf(options, io),
    "refuse",
    (store) =>
      changeOne(
        store,
        name,
        ({ principal }) => setBounds(principal, { quotaBytes, resourceBytes }),
      ),
  );
}

function bytesIn(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const bytes = bytesOf(text);
  if (bytes !== undefined) return bytes;
  throw new UsageError(`${option} must be a number of bytes, such as 5000000000 or 5 GiB`);
}

async function enable(
  name: string,
  disabled: boolean,
  options: DatabaseOptions,
  io: Io,
): Promise<void> {
  await withStore(
    await configOf(options, io),
    "refuse",
    (store) => changeOne(store, name, ({ principal }) => setDisabled(principal, disabled)),
  );
}
