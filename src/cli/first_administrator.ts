import { hashPassword } from "../access/passwords.ts";
import { firstAccount, firstAdministrator } from "../calendar/accounts.ts";
import type { Services } from "../services.ts";

/** Makes an account where there is none, and gives its password; undefined: there is one. */
export async function makeFirstAdministrator(
  { store, config, random, clock }: Services,
): Promise<string | undefined> {
  if ((await store.principals()).length > 0) return undefined;
  const password = random.secret();
  const hash = await hashPassword(password, config.passwordCost);
  const { rests, changes } = firstAdministrator(hash, { ids: random.id, now: clock() });
  return await store.commit(rests, changes) ? password : undefined;
}

/** What somebody who starts the server for the first time reads. `url`: without a slash at its end. */
export function welcome(url: string, password: string): string {
  const lines = [
    "Welcome to davit. Nobody has an account yet, so here is the first one,",
    "an administrator. Give this to your calendar program:",
    "",
    `  Server    ${url.replace(/\/\/(0\.0\.0\.0|\[::\])/, "//localhost")}/`,
    `  User      ${firstAccount.name}`,
    `  Password  ${password}`,
    "",
    "The password is shown this once. Another one is set with",
    `  davit user password ${firstAccount.name} --password-stdin`,
  ];
  const width = Math.max(...lines.map(({ length }) => length));
  const rule = "─".repeat(width + 2);
  const rows = lines.map((line) => `│ ${line.padEnd(width)} │\n`).join("");
  return `\n┌${rule}┐\n${rows}└${rule}┘\n\n`;
}
