import { hashPassword } from "../access/passwords.ts";
import { firstAccount, firstAdministrator } from "../calendar/accounts.ts";
import type { Services } from "../services.ts";
import type { PrincipalEntry } from "../store/questions.ts";

/** What a server finds when it starts, or makes of it. */
export type FirstAdministrator =
  | { readonly kind: "made"; readonly password: string }
  | { readonly kind: "there" }
  /** There are accounts, and no administrator's among those that can log in. */
  | { readonly kind: "none" };

/** Makes an administrator where there is no account at all. */
export async function makeFirstAdministrator(
  { store, config, random, clock }: Services,
): Promise<FirstAdministrator> {
  const entries = await store.principals();
  if (entries.length > 0) {
    return { kind: entries.some(isAdministrator) ? "there" : "none" };
  }
  const password = random.secret();
  const hash = await hashPassword(password, config.passwordCost);
  const { rests, changes } = firstAdministrator(hash, { ids: random.id, now: clock() });
  return await store.commit(rests, changes) ? { kind: "made", password } : { kind: "there" };
}

const isAdministrator = ({ principal: { admin, disabled } }: PrincipalEntry): boolean =>
  admin && !disabled;

/**
 * What somebody who starts the server for the first time reads. `url`: without a slash at its end;
 * `named`: the options that name the database, as {@linkcode namesDatabase} gives them.
 */
export function welcome(url: string, password: string, named: readonly string[] = []): string {
  const lines = [
    "Welcome to davit. Nobody has an account yet, so here is the first one,",
    "an administrator. Give this to your calendar program:",
    "",
    `  Server    ${url.replace(/\/\/(0\.0\.0\.0|\[::\])/, "//localhost")}/`,
    `  User      ${firstAccount.name}`,
    `  Password  ${password}`,
    "",
    "The password is shown this once. Another one is set with",
    `  ${["davit user password", firstAccount.name, ...named, "--password-stdin"].join(" ")}`,
  ];
  const width = Math.max(...lines.map(({ length }) => length));
  const rule = "─".repeat(width + 2);
  const rows = lines.map((line) => `│ ${line.padEnd(width)} │\n`).join("");
  return `\n┌${rule}┐\n${rows}└${rule}┘\n\n`;
}
