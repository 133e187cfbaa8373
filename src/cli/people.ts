import { foldName } from "../access/names.ts";
import { type Decision, transact } from "../calendar/transact.ts";
import type { Given } from "../calendar/principals.ts";
import { random } from "../services.ts";
import type { PrincipalEntry } from "../store/questions.ts";
import type { Store } from "../store/store.ts";
import { CommandError } from "./errors.ts";

/** What decisions take from outside. */
export const given = (): Given => ({ ids: random.id, now: Date.now() });

/** The principal of that name or mail address, found as one who logs in is. */
export async function principalNamed(store: Store, name: string): Promise<PrincipalEntry> {
  const { principal } = await store.loginFacts(foldName(name), "", 0);
  const entry = principal && await store.principalNamed(principal.name);
  if (entry === undefined) throw new CommandError(`nobody is called ${name}`);
  return entry;
}

/** Changes one principal, and decides anew where somebody else changes it meanwhile. */
export const changeOne = <R>(
  store: Store,
  name: string,
  decide: (entry: PrincipalEntry) => Decision<R>,
): Promise<R> => transact(store.commit, () => principalNamed(store, name), decide);
