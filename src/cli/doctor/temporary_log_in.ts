import { fastHash } from "../../access/app_passwords.ts";
import { addAppPassword, revokeAppPassword } from "../../calendar/accounts.ts";
import { type Decision, transact } from "../../calendar/transact.ts";
import type { Credential, Principal } from "../../model.ts";
import { random } from "../../services.ts";
import type { Store } from "../../store/store.ts";
import { principalNamed } from "../people.ts";

/** A log-in for a moment. */
export interface TemporaryLogIn extends AsyncDisposable {
  /** As the account is called. */
  readonly name: string;
  readonly password: string;
}

/** Gives an account an app password, which ends when this is disposed of. */
export async function temporaryLogIn(store: Store, user: string): Promise<TemporaryLogIn> {
  const password = random.secret();
  const label = `davit doctor ${crypto.randomUUID()}`;
  const change = <R>(
    decide: (principal: Principal, existing: readonly Credential[]) => Decision<R>,
  ): Promise<Principal> =>
    transact(
      store.commit,
      async () => {
        const { principal } = await principalNamed(store, user);
        return { principal, existing: await store.appPasswords(principal.id) };
      },
      ({ principal, existing }) => ({ ...decide(principal, existing), reply: principal }),
    );
  const app = { hash: fastHash(password), created: Date.now(), label };
  const { name } = await change((principal, existing) => addAppPassword(principal, existing, app));
  return {
    name,
    password,
    async [Symbol.asyncDispose]() {
      await change((principal, existing) => revokeAppPassword(principal, existing, label));
    },
  };
}
