import { limits } from "../limits.ts";
import type { Credential, Principal } from "../model.ts";
import { Refusal } from "../refusal.ts";
import type { Services } from "../services.ts";
import { isFastHashOf } from "./app_passwords.ts";
import { foldName } from "./names.ts";
import { decoyHash, verifyPassword } from "./passwords.ts";
import { createTurns } from "../turns.ts";
import { createVerifiedLogins, type Login, type Verified } from "./verified_logins.ts";

export type { Login, Verified } from "./verified_logins.ts";

export interface Authenticator {
  /**
   * Whose log-in it is; `address` is the client's. Costs no round trip where the same one was right
   * within the last hour, so the caller compares the credential version with that of its load batch.
   *
   * @throws {Refusal} 401 if it is wrong or the principal is disabled; 429 if too many of the account
   * were wrong from this address, which an app password that is right never meets; 503 if too many
   * wait to be checked.
   */
  authenticate(login: Login, address: string): Promise<Verified>;
  /** For one whose credential version has moved: the next `authenticate` asks the database. */
  forget(login: Login): void;
}

/** What an authenticator needs of the services. */
export interface AuthenticatorServices extends Pick<Services, "store" | "clock" | "log"> {
  readonly config: Pick<Services["config"], "loginFailures" | "passwordCost">;
}

/** Failures count for this long. */
const windowMs = 60_000;

/**
 * How long a log-in is not checked again. An app password costs little to check, and each check
 * renews its time of last use.
 */
const rememberedMs = { password: 60 * 60_000, app: 15 * 60_000 };

/** A time of last use is not written again while it is younger than this. */
const touchAfterMs = 5 * 60_000;

export function createAuthenticator(services: AuthenticatorServices): Authenticator {
  const { store, clock, log, config } = services;
  const remembered = createVerifiedLogins(limits.verifiedLogins);
  const underWay = new Map<string, Promise<Verified>>();
  const takeTurn = createTurns(limits.passwordChecks);

  const factsOf = (account: string, address: string) =>
    store.loginFacts(account, address, clock() - windowMs);

  async function check({ name, password }: Login, address: string, key: string) {
    const login = foldName(name);
    if (login.length > limits.mailAddressBytes) throw new Refusal(401);
    const { principal, credentials } = await factsOf(login, address);
    const app = credentials.find(({ kind, hash }) =>
      kind === "app" && isFastHashOf(hash, password)
    );
    if (principal && app) return remember(key, principal, app);
    const account = principal ? foldName(principal.name) : login;
    return takeTurn(`${address} ${account}`, () => checkPassword(account, address, password, key));
  }

  /**
   * The account is asked for anew, as others of it may have failed while this one waited. A principal
   * has one account, whichever of its names and addresses was typed.
   */
  async function checkPassword(account: string, address: string, password: string, key: string) {
    const { principal, credentials, failures } = await factsOf(account, address);
    refuseTooMany(failures);
    const credential = credentials.find(({ kind }) => kind === "password");
    const hash = credential?.hash ?? decoyHash(config.passwordCost);
    if (!await verifyPassword(password, hash) || !principal || !credential) {
      await store.recordLoginFailure(account, address, clock());
      // What is nobody's name may be a password in the wrong field.
      log("info", "login-failed", { account: principal && account, address });
      throw new Refusal(401);
    }
    return remember(key, principal, credential);
  }

  /** `failures`: UTC epoch milliseconds, ascending. */
  function refuseTooMany(failures: readonly number[]) {
    if (config.loginFailures === 0) return;
    const decisive = failures.at(-config.loginFailures);
    if (decisive === undefined) return;
    const waitMs = decisive + windowMs - clock();
    throw new Refusal(429, undefined, { retryAfterSeconds: Math.max(1, Math.ceil(waitMs / 1000)) });
  }

  async function remember(key: string, principal: Principal, credential: Credential) {
    if (principal.disabled) throw new Refusal(401);
    const { id: credentialId, kind, lastUsed } = credential;
    const now = clock();
    if (kind === "app" && now - (lastUsed ?? 0) >= touchAfterMs) await touch(credentialId, now);
    const { id: principalId, credentialVersion } = principal;
    const verified: Verified = { principalId, credentialVersion, credentialId };
    remembered.put(key, verified, now + rememberedMs[kind]);
    return verified;
  }

  /** Nobody is kept out because this one could not be written. */
  async function touch(credentialId: number, now: number) {
    try {
      await store.touchCredential(credentialId, now);
    } catch (error) {
      log("warn", "credential-not-touched", { credentialId, error: String(error) });
    }
  }

  return {
    async authenticate(login, address) {
      const key = remembered.keyOf(login);
      const known = remembered.get(key, clock());
      if (known) return known;

      const attempt = `${key} ${address}`;
      let checked = underWay.get(attempt);
      if (checked === undefined) {
        checked = check(login, address, key).finally(() => underWay.delete(attempt));
        underWay.set(attempt, checked);
      }
      return await checked;
    },
    forget: (login) => remembered.drop(remembered.keyOf(login)),
  };
}
