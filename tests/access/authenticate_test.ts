import { assert, assertEquals, assertGreater } from "@std/assert";
import {
  type Authenticator,
  type AuthenticatorServices,
  createAuthenticator,
} from "../../src/access/authenticate.ts";
import { decoyHash, verifyPassword } from "../../src/access/passwords.ts";
import type { Change } from "../../src/change.ts";
import { Refusal } from "../../src/refusal.ts";
import type { Log } from "../../src/services.ts";
import type { Store } from "../../src/store/store.ts";
import { type Account, testCost, withAccounts } from "./accounts.ts";
import { cpuMsOf } from "../processor.ts";

const appSecret = "abcdef-ghijkm-npqrst-uvwxyz";

const accounts: readonly Account[] = [
  {
    name: "alice",
    id: 1,
    emails: ["alice@example.test", "al@example.test"],
    password: "lemon",
    apps: { phone: appSecret },
  },
  { name: "J\u00f6rg M\u00fcller", id: 2, emails: ["joerg@example.test"], password: "caf\u00e9" },
  { name: "carol@example.test", id: 3, emails: ["carol@example.test"], password: "quince" },
  { name: "gone", id: 4, password: "plum", apps: { old: appSecret }, disabled: true },
  { name: "appless", id: 5, apps: { only: "23456789abcdefghijkmnpqr" } },
  { name: "staff", id: 6, kind: "group" },
  { name: "hall", id: 7, kind: "room", password: "projector" },
];

/** The name, the password, and who it is or the status; with the seconds of Retry-After. */
type Step = readonly [
  name: string,
  password: string,
  gives: number | "401" | "429" | `429 for ${number}`,
  from?: { readonly address?: string; readonly atMs?: number },
];

interface Case {
  readonly name: string;
  readonly loginFailures?: number;
  readonly steps: readonly Step[];
}

const cases: Case[] = [
  { name: "by name", steps: [["alice", "lemon", 1]] },
  {
    name: "by any address",
    steps: [["alice@example.test", "lemon", 1], ["al@example.test", "lemon", 1]],
  },
  { name: "in any letter case", steps: [["ALICE", "lemon", 1], ["Al@Example.Test", "lemon", 1]] },
  {
    name: "by a name with a space and an umlaut",
    steps: [["J\u00f6rg M\u00fcller", "caf\u00e9", 2]],
  },
  { name: "composed otherwise", steps: [["Jo\u0308rg Mu\u0308ller", "cafe\u0301", 2]] },
  { name: "by a name that is an address", steps: [["carol@example.test", "quince", 3]] },
  { name: "a room with a password", steps: [["hall", "projector", 7]] },
  { name: "a group without credentials", steps: [["staff", "", "401"], ["staff", "lemon", "401"]] },
  { name: "wrong", steps: [["alice", "Lemon", "401"], ["alice", "", "401"]] },
  {
    name: "wrong, then right, then wrong again",
    steps: [
      ["alice", "melon", "401"],
      ["alice", "lemon", 1],
      ["alice", "melon", "401"],
    ],
  },
  { name: "somebody else's password", steps: [["alice", "quince", "401"]] },
  { name: "unknown", steps: [["nobody", "lemon", "401"], ["", "lemon", "401"]] },
  { name: "a name longer than any", steps: [["a".repeat(1_000_000), "lemon", "401"]] },
  { name: "a password longer than any", steps: [["alice", "a".repeat(60_000), "401"]] },
  { name: "an app password", steps: [["alice", appSecret, 1], ["al@example.test", appSecret, 1]] },
  {
    name: "an app password as people type it",
    steps: [["alice", "ABCDEF GHIJKM NPQRST UVWXYZ", 1]],
  },
  { name: "an app password of another", steps: [["appless", appSecret, "401"]] },
  {
    name: "only an app password",
    steps: [["appless", "23456789-abcdefgh-ijkmnpqr", 5], ["appless", "", "401"]],
  },
  { name: "disabled", steps: [["gone", "plum", "401"], ["gone", appSecret, "401"]] },
  {
    name: "what is right of a disabled account does not count",
    loginFailures: 1,
    steps: [["gone", "plum", "401"], ["gone", appSecret, "401"], ["gone", "plum", "401"]],
  },
  {
    name: "too many, wrong and right alike",
    loginFailures: 2,
    steps: [
      ["alice", "a", "401"],
      ["alice", "b", "401"],
      ["alice", "c", "429 for 60"],
      ["alice", "lemon", "429 for 60"],
    ],
  },
  {
    name: "too many, but an app password is let in",
    loginFailures: 1,
    steps: [["alice", "a", "401"], ["alice", "b", "429"], ["alice", appSecret, 1]],
  },
  {
    name: "too many, but who was in stays in",
    loginFailures: 1,
    steps: [["alice", "lemon", 1], ["alice", "a", "401"], ["alice", "lemon", 1], [
      "alice",
      "b",
      "429",
    ]],
  },
  {
    name: "an app password that is wrong counts",
    loginFailures: 1,
    steps: [["appless", appSecret, "401"], ["appless", appSecret, "429"]],
  },
  {
    name: "per account",
    loginFailures: 1,
    steps: [["alice", "a", "401"], ["carol@example.test", "quince", 3], ["alice", "lemon", "429"]],
  },
  {
    name: "per address",
    loginFailures: 1,
    steps: [
      ["alice", "a", "401"],
      ["alice", "lemon", "429"],
      ["alice", "lemon", 1, { address: "192.0.2.2" }],
    ],
  },
  {
    name: "whichever way an account is spelled",
    loginFailures: 4,
    steps: [
      ["alice", "a", "401"],
      ["ALICE", "a", "401"],
      ["alice@example.test", "a", "401"],
      ["Al@Example.Test", "a", "401"],
      ["aLice", "a", "429"],
      ["AL@example.test", "a", "429"],
    ],
  },
  {
    name: "unknown accounts too",
    loginFailures: 2,
    steps: [["nobody", "a", "401"], ["Nobody", "b", "401"], ["NOBODY", "c", "429"]],
  },
  {
    name: "what was refused by 429 does not count, and the window ends",
    loginFailures: 2,
    steps: [
      ["alice", "a", "401", { atMs: 0 }],
      ["alice", "b", "401", { atMs: 10_000 }],
      ["alice", "lemon", "429 for 40", { atMs: 20_000 }],
      ["alice", "c", "429 for 1", { atMs: 59_999 }],
      ["alice", "d", "401", { atMs: 60_000 }],
      ["alice", "lemon", "429 for 10", { atMs: 60_000 }],
      ["alice", "lemon", 1, { atMs: 70_000 }],
    ],
  },
  {
    name: "right ones never count",
    loginFailures: 1,
    steps: [["alice", "lemon", 1], ["Alice", "lemon", 1], ["ALICE", appSecret, 1], [
      "aLICE",
      "lemon",
      1,
    ]],
  },
  {
    name: "0: any number",
    loginFailures: 0,
    steps: [..."abcdefghijklm"].map((wrong): Step => ["alice", wrong, "401"])
      .concat([["alice", "lemon", 1]]),
  },
];

for (const { name, loginFailures, steps } of cases) {
  Deno.test(`log-in: ${name}`, () =>
    withAccounts(accounts, async (store) => {
      let now = start;
      const authenticator = authenticatorOn(store, { loginFailures, clock: () => now });
      for (const [login, password, gives, { address, atMs = 0 } = {}] of steps) {
        now = Math.max(now, start + atMs);
        const told = await outcome(authenticator, login, password, address);
        const shown = `${login.slice(0, 40)} with ${password.slice(0, 40)}`;
        assertEquals(gives === "429" ? told.slice(0, 3) : told, String(gives), shown);
      }
    }));
}

Deno.test("the answer names the credential and its version", () =>
  withAccounts(accounts, async (store) => {
    const authenticator = authenticatorOn(store);
    const [{ id: appId } = { id: 0 }] = await store.appPasswords(1);
    const byApp = await authenticator.authenticate({ name: "alice", password: appSecret }, here);
    assertEquals(byApp.credentialId, appId);
    const { principal } = await store.loginFacts("alice", here, start);
    assertEquals(byApp.credentialVersion, principal?.credentialVersion);
    const login = { name: "alice", password: "lemon" };
    const byPassword = await authenticator.authenticate(login, here);
    assertEquals(byPassword.credentialVersion, principal?.credentialVersion);
    assert(byPassword.credentialId !== appId);
  }));

Deno.test("a burst of wrong guesses does not pass the limit", () =>
  withAccounts(accounts, async (store) => {
    const authenticator = authenticatorOn(store, { loginFailures: 5 });
    const names = ["alice", "Alice", "al@example.test"];
    const told = await Promise.all(
      Array.from(
        { length: 30 },
        (_, n) => outcome(authenticator, names[n % names.length] ?? "", `guess ${n}`),
      ),
    );
    assertEquals(told.filter((one) => one === "401").length, 5);
    assertEquals(told.filter((one) => one.startsWith("429")).length, 25);
    assertEquals(await failuresOf(store, "alice"), 5);
  }));

Deno.test("two wrong guesses at once: one is checked", () =>
  withAccounts(accounts, async (store) => {
    const authenticator = authenticatorOn(store, { loginFailures: 1 });
    const told = ["a", "b"].map((guess) => outcome(authenticator, "alice", guess));
    assertEquals((await Promise.all(told)).toSorted(), ["401", "429 for 60"]);
  }));

Deno.test("where other processes let more pass, the wait is until one more may be tried", () =>
  withAccounts(accounts, async (store) => {
    for (const agoMs of [50_000, 30_000, 20_000]) {
      await store.recordLoginFailure("alice", here, start - agoMs);
    }
    const authenticator = authenticatorOn(store, { loginFailures: 2 });
    assertEquals(await outcome(authenticator, "alice", "lemon"), "429 for 30");
  }));

Deno.test("equal log-ins at once are checked once", () =>
  withAccounts(accounts, async (store) => {
    const authenticator = authenticatorOn(store);
    const wrong = Array.from({ length: 8 }, () => outcome(authenticator, "alice", "a"));
    assertEquals(new Set(await Promise.all(wrong)), new Set(["401"]));
    assertEquals(await failuresOf(store, "alice"), 1);
    const right = Array.from({ length: 8 }, () => outcome(authenticator, "alice", "lemon"));
    assertEquals(new Set(await Promise.all(right)), new Set(["1"]));
    assertEquals(await outcome(authenticator, "alice", "a"), "401");
    assertEquals(await failuresOf(store, "alice"), 2);
  }));

Deno.test("what was right asks the database no more, for an hour; an app password for 15 minutes", () =>
  withAccounts(accounts, async (store) => {
    let now = start;
    const authenticator = authenticatorOn(store, { clock: () => now });
    const logins = ["lemon", appSecret].map((password) => ({ name: "alice", password }));
    for (const login of logins) await authenticator.authenticate(login, here);
    store.close();
    const stillIn = async (minutes: number) => {
      now = start + minutes * 60_000 - 1;
      const answers = logins.map((login) => authenticator.authenticate(login, "203.0.113.9"));
      return (await Promise.allSettled(answers)).map(({ status }) => status === "fulfilled");
    };
    assertEquals(await stillIn(15), [true, true]);
    assertEquals(await stillIn(16), [true, false]);
    assertEquals(await stillIn(60), [true, false]);
    assertEquals(await stillIn(61), [false, false]);
  }));

interface Withdrawal {
  readonly name: string;
  readonly password: string;
  readonly change: Change;
}

const withdrawals: Withdrawal[] = [
  {
    name: "its revocation",
    password: appSecret,
    change: { kind: "revoke-app-password", principalId: 1, label: "phone" },
  },
  {
    name: "another password",
    password: "lemon",
    change: { kind: "set-password", principalId: 1, hash: "$none$", created: 0 },
  },
  {
    name: "disabling the principal",
    password: "lemon",
    change: { kind: "set-principal", id: 1, disabled: true },
  },
];

for (const { name, password, change } of withdrawals) {
  Deno.test(`a log-in ends with ${name}, once the caller saw the version move`, () =>
    withAccounts(accounts, async (store) => {
      const authenticator = authenticatorOn(store);
      const login = { name: "alice", password };
      const { credentialVersion } = await authenticator.authenticate(login, here);
      assert(await store.commit([], [change]));
      const { principal } = await store.loginFacts("alice", here, start);
      assertGreater(principal?.credentialVersion ?? 0, credentialVersion);
      authenticator.forget(login);
      assertEquals(await outcome(authenticator, "alice", password), "401");
    }));
}

Deno.test("an app password remembers when it was last used, to some minutes", () =>
  withAccounts(accounts, async (store) => {
    let now = start;
    const lastUsed = async () => (await store.appPasswords(1))[0]?.lastUsed;
    const logIn = async (minutes: number) => {
      now = start + minutes * 60_000;
      await authenticatorOn(store, { clock: () => now })
        .authenticate({ name: "alice", password: appSecret }, here);
      return ((await lastUsed()) ?? NaN) - start;
    };
    assertEquals(await lastUsed(), undefined);
    assertEquals(await logIn(0), 0);
    assertEquals(await logIn(4), 0);
    assertEquals(await logIn(5), 5 * 60_000);
  }));

Deno.test("nobody is kept out because the last use could not be written", () =>
  withAccounts(accounts, async (store) => {
    const full = { ...store, touchCredential: () => Promise.reject(new Error("disk full")) };
    const lines: string[] = [];
    const log: Log = (level, event) => void lines.push(`${level} ${event}`);
    assertEquals(await outcome(authenticatorOn(full, { log }), "alice", appSecret), "1");
    assertEquals(lines, ["warn credential-not-touched"]);
  }));

Deno.test("a failure is logged without what was typed as password", () =>
  withAccounts(accounts, async (store) => {
    const lines: unknown[] = [];
    const log: Log = (...line) => void lines.push(line);
    const authenticator = authenticatorOn(store, { log });
    assertEquals(await outcome(authenticator, "AL@example.test", "melon"), "401");
    assertEquals(await outcome(authenticator, "nobody-or-a-password", "melon"), "401");
    assertEquals(lines, [
      ["info", "login-failed", { account: "alice", address: here }],
      ["info", "login-failed", { account: undefined, address: here }],
    ]);
  }));

Deno.test("who is nobody, or has no password, is told so no sooner than who typed a wrong one", () =>
  withAccounts(accounts, async (store) => {
    const passwordCost = 15;
    const authenticator = authenticatorOn(store, { passwordCost });
    const decoy = decoyHash(passwordCost);
    const hashing = [];
    for (let n = 0; n < 3; n++) hashing.push(await cpuMsOf(() => verifyPassword("melon", decoy)));
    for (const name of ["nobody", "staff"]) {
      const taken = await cpuMsOf(() => outcome(authenticator, name, "melon"));
      assertGreater(taken, Math.min(...hashing) / 2, name);
    }
  }));

const start = Date.UTC(2026, 0, 5, 9);
const here = "192.0.2.1";

interface Settings extends Partial<Pick<AuthenticatorServices, "clock" | "log">> {
  readonly loginFailures?: number;
  readonly passwordCost?: number;
}

function authenticatorOn(store: Store, settings: Settings = {}): Authenticator {
  const { loginFailures = 10, passwordCost = testCost, clock = () => start, log = () => {} } =
    settings;
  return createAuthenticator({ store, clock, log, config: { loginFailures, passwordCost } });
}

/** The principal's id, or the status of the refusal and its Retry-After. */
async function outcome(
  authenticator: Authenticator,
  name: string,
  password: string,
  address: string = here,
): Promise<string> {
  try {
    return String((await authenticator.authenticate({ name, password }, address)).principalId);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const { retryAfterSeconds } = error.detail;
    return `${error.status}${retryAfterSeconds === undefined ? "" : ` for ${retryAfterSeconds}`}`;
  }
}

const failuresOf = async (store: Store, account: string): Promise<number> =>
  (await store.loginFacts(account, here, start - 60_000)).failures.length;
