import type { Command } from "commander";
import * as v from "valibot";
import { foldName } from "../access/names.ts";
import { hashPassword, verifyPassword } from "../access/passwords.ts";
import type { WantedPrincipal } from "../calendar/principal_plan.ts";
import { type Summary, upsertPrincipals } from "../calendar/principals.ts";
import { transact } from "../calendar/transact.ts";
import { limits } from "../limits.ts";
import { shaped, ShapeError } from "../shape.ts";
import type { PrincipalEntry } from "../store/questions.ts";
import type { Store } from "../store/store.ts";
import { configOf, type DatabaseOptions, takesDatabase, withStore } from "./database.ts";
import { CommandError } from "./errors.ts";
import { named, readJson } from "./input.ts";
import type { Io } from "./io.ts";
import { given } from "./people.ts";

/** `davit principals …`: users, groups, rooms and resources, many at once. */
export function addPrincipalsCommands(program: Command, io: Io): void {
  const principals = program.command("principals").description("users, groups, rooms, resources");

  takesDatabase(principals.command("import"))
    .description("make or change the principals that a JSON file lists, all or none")
    .argument("<file>", "- for standard input")
    .action((file: string, options: DatabaseOptions) => importFile(file, options, io));
}

async function importFile(path: string, options: DatabaseOptions, io: Io): Promise<void> {
  const config = await configOf(options, io);
  const wanted = readPrincipals(await readJson(path, io), named(path));
  const { created, changed, unchanged } = await withStore(
    config,
    "make",
    (store) => importPrincipals(store, wanted, config.passwordCost),
  );
  io.out(`created ${created}, changed ${changed}, unchanged ${unchanged}\n`);
}

type Listed = WantedPrincipal & { readonly password?: string };

const text = v.string("must be a text");
const texts = v.array(text, "must be a list");
const kinds = ["individual", "group", "room", "resource"] as const;

const fileSchema = v.strictObject({
  principals: v.array(
    v.strictObject({
      kind: v.picklist(kinds, `must be one of ${kinds.join(", ")}`),
      name: text,
      displayName: v.optional(text),
      emails: v.optional(texts),
      password: v.optional(v.pipe(text, v.nonEmpty("must not be empty"))),
      admin: v.optional(v.boolean("must be true or false")),
      members: v.optional(texts),
    }, "must be an object"),
    "must be a list",
  ),
}, "must be an object");

/**
 * What a file of principals asks for.
 *
 * @throws {CommandError} It names `source` and what is wrong, in one line.
 */
export function readPrincipals(json: unknown, source: string): Listed[] {
  try {
    const { principals } = shaped(fileSchema, json);
    return principals.map((one, index) => ({ ...one, at: `principals[${index}]` }));
  } catch (error) {
    if (error instanceof ShapeError) throw new CommandError(`${source}: ${error.message}`);
    throw error;
  }
}

function importPrincipals(store: Store, listed: readonly Listed[], cost: number): Promise<Summary> {
  return transact(
    store.commit,
    async () => {
      const current = await store.principals();
      upsertPrincipals(current, listed, given()); // What is refused is so before the slow hashing.
      return { current, wanted: await withHashes(current, listed, cost) };
    },
    ({ current, wanted }) => upsertPrincipals(current, wanted, given()),
  );
}

/** Some passwords at once, each with a new hash only where it is not the one that is known. */
async function withHashes(
  current: readonly PrincipalEntry[],
  listed: readonly Listed[],
  cost: number,
): Promise<WantedPrincipal[]> {
  const known = new Map(
    current.map(({ principal, passwordHash }) => [foldName(principal.name), passwordHash]),
  );
  const wanted: WantedPrincipal[] = [...listed];
  const open = listed.entries();
  const work = async () => {
    for (const [index, one] of open) {
      const hash = await newHash(one.password, known.get(foldName(one.name)), cost);
      wanted[index] = { ...one, passwordHash: hash };
    }
  };
  await Promise.all(Array.from({ length: limits.passwordChecks.atOnce }, work));
  return wanted;
}

async function newHash(
  password: string | undefined,
  known: string | undefined,
  cost: number,
): Promise<string | undefined> {
  if (password === undefined) return undefined;
  if (known !== undefined && await verifyPassword(password, known)) return undefined;
  return await hashPassword(password, cost);
}
