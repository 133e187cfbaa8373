import type { Command } from "commander";
import { fastHash } from "../access/app_passwords.ts";
import { addAppPassword, revokeAppPassword } from "../calendar/accounts.ts";
import { type Decision, transact } from "../calendar/transact.ts";
import type { Credential, Principal } from "../model.ts";
import { random } from "../services.ts";
import { configOf, type DatabaseOptions, takesDatabase, withStore } from "./database.ts";
import { UsageError } from "./errors.ts";
import type { Io } from "./io.ts";
import { principalNamed } from "./people.ts";

/** `davit user app-password …`: random passwords, one for each device, that end one by one. */
export function addAppPasswordCommands(user: Command, io: Io): void {
  const command = user.command("app-password").description("passwords for single devices");

  takesDatabase(command.command("add"))
    .description("make an app password and print it, this once")
    .argument("<name>")
    .option("--name <label>", "what the person calls it (default: app password 1, 2 …)")
    .action((name: string, options: Options) => add(name, options, io));

  takesDatabase(command.command("list"))
    .description("list the app passwords: label, made, last used")
    .argument("<name>")
    .action((name: string, options: Options) => list(name, options, io));

  takesDatabase(command.command("revoke"))
    .description("end an app password")
    .argument("<name>")
    .option("--name <label>", "which one")
    .action((name: string, options: Options) => revoke(name, options, io));
}

interface Options extends DatabaseOptions {
  readonly name?: string;
}

async function add(name: string, options: Options, io: Io): Promise<void> {
  const secret = random.secret();
  const app = { hash: fastHash(secret), created: Date.now() };
  const label = await change(name, options, io, (principal, existing) => {
    const label = options.name ?? freeLabel(existing);
    return { ...addAppPassword(principal, existing, { ...app, label }), reply: label };
  });
  io.err(`The app password "${label}" of ${name}, shown this once:\n`);
  io.out(`${secret}\n`);
}

async function list(name: string, options: Options, io: Io): Promise<void> {
  const config = await configOf(options, io);
  const credentials = await withStore(config, "refuse", async (store) => {
    const { principal } = await principalNamed(store, name);
    return await store.appPasswords(principal.id);
  });
  io.out(credentials.map(row).join(""));
}

async function revoke(name: string, options: Options, io: Io): Promise<void> {
  const { name: label } = options;
  if (label === undefined) throw new UsageError("say which app password, with --name");
  await change(
    name,
    options,
    io,
    (principal, existing) => revokeAppPassword(principal, existing, label),
  );
}

async function change<R>(
  name: string,
  options: Options,
  io: Io,
  decide: (principal: Principal, existing: readonly Credential[]) => Decision<R>,
): Promise<R> {
  const config = await configOf(options, io);
  return await withStore(config, "refuse", (store) =>
    transact(
      store.commit,
      async () => {
        const { principal } = await principalNamed(store, name);
        return { principal, existing: await store.appPasswords(principal.id) };
      },
      ({ principal, existing }) => decide(principal, existing),
    ));
}

function freeLabel(existing: readonly Credential[]): string {
  const taken = new Set(existing.map(({ label }) => label));
  let number = 1;
  while (taken.has(`app password ${number}`)) number++;
  return `app password ${number}`;
}

function row({ label, created, lastUsed }: Credential): string {
  const used = lastUsed === undefined ? "never" : instant(lastUsed);
  return `${[label, instant(created), used].join("\t")}\n`;
}

const instant = (ms: number): string => new Date(ms).toISOString();
