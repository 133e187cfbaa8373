import { createHash, randomBytes } from "node:crypto";

/** What a person, or their program, gives to be let in. */
export interface Login {
  /** A principal's name or one of its mail addresses, in any letter case. */
  readonly name: string;
  readonly password: string;
}

/** Who a log-in is. */
export interface Verified {
  readonly principalId: number;
  /** The principal's when the log-in was checked; once it has moved, check again. */
  readonly credentialVersion: number;
  /** Of the password, or of the app password. */
  readonly credentialId: number;
}

/** Log-ins that were right, without what was typed: the keys are digests. */
export interface VerifiedLogins {
  keyOf(login: Login): string;
  get(key: string, now: number): Verified | undefined;
  /** `until`: UTC epoch milliseconds from which on it counts as forgotten. */
  put(key: string, verified: Verified, until: number): void;
  drop(key: string): void;
}

/** Remembers at most `size` log-ins; the one that was not used for the longest time goes first. */
export function createVerifiedLogins(size: number): VerifiedLogins {
  const entries = new Map<string, { readonly verified: Verified; readonly until: number }>();
  let secret: string | undefined;

  return {
    /**
     * Keyed with what only this process knows, so that a memory dump gives no password away. SHA-256
     * behind a secret does here, where no digest is ever shown: node:crypto's HMAC prints a warning
     * in Deno 2.4. The secret is made when it is first needed, as workerd has no random at start.
     */
    keyOf({ name, password }) {
      secret ??= randomBytes(32).toString("base64");
      const text = `${secret}${name.length}:${name}${password}`;
      return createHash("sha256").update(text).digest("base64");
    },
    get(key, now) {
      const entry = entries.get(key);
      if (entry === undefined) return undefined;
      entries.delete(key);
      if (now >= entry.until) return undefined;
      entries.set(key, entry); // A Map keeps the order of insertion: now it is the newest.
      return entry.verified;
    },
    put(key, verified, until) {
      entries.delete(key);
      entries.set(key, { verified, until });
      if (entries.size <= size) return;
      for (const oldest of entries.keys()) {
        entries.delete(oldest);
        break;
      }
    },
    drop(key) {
      entries.delete(key);
    },
  };
}
