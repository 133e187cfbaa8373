import { fastHash } from "../../src/access/app_passwords.ts";
import { displayKey, foldName } from "../../src/access/names.ts";
import { hashPassword } from "../../src/access/passwords.ts";
import type { Change } from "../../src/change.ts";
import type { PrincipalKind } from "../../src/model.ts";
import { openFileStore } from "../../src/store/file.ts";
import type { Store } from "../../src/store/store.ts";

/** A principal of a test; it has an e-mail address `name@example.test` unless others are given. */
export interface Account {
  readonly name: string;
  readonly id: number;
  readonly kind?: PrincipalKind;
  readonly emails?: readonly string[];
  readonly password?: string;
  /** App passwords by their labels. */
  readonly apps?: Readonly<Record<string, string>>;
  readonly disabled?: boolean;
}

/** Cheap enough for hundreds of log-ins in a test. */
export const testCost = 4;

/** A store in a file of its own with these accounts in it, while `run` runs. */
export async function withAccounts(
  accounts: readonly Account[],
  run: (store: Store) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  const store = await openFileStore(`${folder}/davit.db`);
  try {
    await store.commit([], (await Promise.all(accounts.map(changesFor))).flat());
    await run(store);
  } finally {
    store.close();
    await Deno.remove(folder, { recursive: true });
  }
}

async function changesFor(account: Account): Promise<Change[]> {
  const { id, name, kind = "individual", password, apps = {}, disabled = false } = account;
  const { emails = [`${name}@example.test`] } = account;
  const principal = { id, kind, name, displayName: name, admin: false, disabled };
  const created = Date.UTC(2026, 0, 5);
  const changes: Change[] = [
    {
      kind: "make-principal",
      principal,
      nameKey: foldName(name),
      displayKey: displayKey(name),
      created,
    },
    { kind: "set-addresses", principalId: id, addresses: emails },
  ];
  if (password !== undefined) {
    const hash = await hashPassword(password, testCost);
    changes.push({ kind: "set-password", principalId: id, hash, created });
  }
  for (const [label, secret] of Object.entries(apps)) {
    const hash = fastHash(secret);
    changes.push({ kind: "add-app-password", principalId: id, label, hash, created });
  }
  return changes;
}
