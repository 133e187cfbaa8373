import { assert, assertEquals } from "@std/assert";
import { fastHash } from "../../src/access/app_passwords.ts";
import { hashPassword } from "../../src/access/passwords.ts";
import { createApp } from "../../src/app.ts";
import type { Config } from "../../src/config.ts";
import type { Change } from "../../src/change.ts";
import { fileExecutor } from "../../src/store/file.ts";
import { openStore } from "../../src/store/libsql_store.ts";
import type { Store } from "../../src/store/store.ts";
import { basic, type House, openHouse } from "../harness.ts";

const home = "/dav/calendars/alice/";
const secret = "abcdef-ghijkm-npqrst-uvwxyz";

/** A request with these credentials; `from`: address of the peer. */
async function knock(house: House, password: string, from?: string, name = "alice") {
  const headers = { authorization: basic(name, password) };
  const response = await house.ask("OPTIONS", home, { as: null, headers, from });
  await response.body?.cancel();
  return response;
}

const statusOf = async (...asked: Parameters<typeof knock>) => (await knock(...asked)).status;

async function aliceIn(store: Store): Promise<number> {
  const alice = await store.principalNamed("alice");
  if (!alice) throw new Error("alice is gone");
  return alice.principal.id;
}

const addApp = async (house: House, principalId: number) => {
  const made = { label: "Phone", hash: fastHash(secret), created: 0 };
  await house.store.commit([], [{ kind: "add-app-password", principalId, ...made }]);
};

/** What ends a log-in, for alice. */
const endings: readonly {
  readonly name: string;
  /** What she logs in with, by default her password. */
  readonly password?: string;
  readonly change: (principalId: number) => Promise<Change> | Change;
}[] = [
  {
    name: "an app password that is revoked",
    password: secret,
    change: (principalId) => ({ kind: "revoke-app-password", principalId, label: "Phone" }),
  },
  {
    name: "a user that is disabled",
    change: (id) => ({ kind: "set-principal", id, disabled: true }),
  },
  {
    name: "a user that is disabled, with an app password",
    password: secret,
    change: (id) => ({ kind: "set-principal", id, disabled: true }),
  },
  {
    name: "a password that is changed",
    change: async (principalId) => ({
      kind: "set-password",
      principalId,
      hash: await hashPassword("other", 4),
      created: 1,
    }),
  },
];

for (const { name, password = "alice", change } of endings) {
  for (const where of ["here", "through another store on the same file"]) {
    Deno.test(`login: ${name} ${where} ends with the next request`, async () => {
      await using house = await openHouse();
      const id = await aliceIn(house.store);
      await addApp(house, id);
      for (let count = 0; count < 2; count++) assertEquals(await statusOf(house, password), 200);
      const store = where === "here" ? house.store : await openStore(fileExecutor(house.file));
      assert(await store.commit([], [await change(id)]));
      if (store !== house.store) store.close();
      assertEquals(await statusOf(house, password), 401);
      assertEquals(await statusOf(house, "bob", undefined, "bob"), 403, "others are let in");
    });
  }
}

Deno.test("login: what is given anew counts with the next request", async () => {
  await using house = await openHouse();
  const id = await aliceIn(house.store);
  const commit = (change: Change) => house.store.commit([], [change]);
  assertEquals(await statusOf(house, "alice"), 200);
  await commit({ kind: "set-principal", id, disabled: true });
  assertEquals(await statusOf(house, "alice"), 401);
  await commit({ kind: "set-principal", id, disabled: false });
  assertEquals(await statusOf(house, "alice"), 200);
  const hash = await hashPassword("other", 4);
  await commit({ kind: "set-password", principalId: id, hash, created: 1 });
  assertEquals([await statusOf(house, "alice"), await statusOf(house, "other")], [401, 200]);
  await addApp(house, id);
  assertEquals([await statusOf(house, secret), await statusOf(house, "other")], [200, 200]);
});

Deno.test("login: whoever is made an administrator is one with the next request", async () => {
  await using house = await openHouse();
  const { principal: { id } } = await house.store.principalNamed("bob") ?? { principal: { id: 0 } };
  const asBob = () => statusOf(house, "bob", undefined, "bob");
  assertEquals(await asBob(), 403);
  await house.store.commit([], [{ kind: "set-principal", id, admin: true }]);
  assertEquals(await asBob(), 200);
  await house.store.commit([], [{ kind: "set-principal", id, admin: false }]);
  assertEquals(await asBob(), 403);
});

const elsewhere = "198.51.100.7";
const tls: Partial<Config> = { allowPlainHttp: true, loginFailures: 3 };

Deno.test("login: too many wrong passwords are 429, and tell when to come again", async () => {
  let now = Date.UTC(2026, 0, 5);
  await using house = await openHouse({ settings: tls, clock: () => now });
  for (let count = 0; count < 3; count++) {
    assertEquals(await statusOf(house, `wrong ${count}`, elsewhere), 401);
    now += 1_000;
  }
  for (const password of ["wrong", "alice"]) {
    const throttled = await knock(house, password, elsewhere);
    assertEquals([throttled.status, throttled.headers.get("retry-after")], [429, "57"]);
  }
  assertEquals(await statusOf(house, "bob", elsewhere, "bob"), 403, "another account");
  now += 57_000;
  assertEquals(await statusOf(house, "wrong", elsewhere), 401, "the first is forgotten");
  assertEquals(await statusOf(house, "alice", elsewhere), 429);
  assertEquals(await statusOf(house, "alice", "198.51.100.8"), 200, "from another address");
  assertEquals(await statusOf(house, "alice", elsewhere), 200, "known to be right");
});

Deno.test("login: an app password that is right never meets 429", async () => {
  await using house = await openHouse({ settings: tls });
  await addApp(house, await aliceIn(house.store));
  for (let count = 0; count < 3; count++) await statusOf(house, `wrong ${count}`, elsewhere);
  assertEquals(await statusOf(house, "alice", elsewhere), 429);
  assertEquals(await statusOf(house, secret, elsewhere), 200);
});

Deno.test("login: names and addresses of one account are throttled together", async () => {
  await using house = await openHouse({ settings: tls });
  for (const login of ["alice", "ALICE", "alice@example.test"]) {
    assertEquals(await statusOf(house, "wrong", elsewhere, login), 401);
  }
  assertEquals(await statusOf(house, "wrong", elsewhere, "alice@example.test"), 429);
});

Deno.test("login: a name that nobody has is throttled as well", async () => {
  await using house = await openHouse({ settings: tls });
  const answers = [];
  for (let count = 0; count < 5; count++) {
    answers.push(await statusOf(house, "wrong", elsewhere, "nobody"));
  }
  assertEquals(answers, [401, 401, 401, 429, 429]);
});

Deno.test("login: requests without credentials never count", async () => {
  await using house = await openHouse({ settings: tls });
  for (let count = 0; count < 10; count++) {
    const challenge = await house.ask("OPTIONS", home, { as: null, from: elsewhere });
    assertEquals(challenge.status, 401);
    assert(challenge.headers.has("www-authenticate"));
  }
  assertEquals(await statusOf(house, "alice", elsewhere), 200);
});

Deno.test("login: with the count switched off, any number may be wrong", async () => {
  await using house = await openHouse({ settings: { allowPlainHttp: true, loginFailures: 0 } });
  for (let count = 0; count < 15; count++) {
    assertEquals(await statusOf(house, `wrong ${count}`, elsewhere), 401);
  }
  assertEquals(await statusOf(house, "alice", elsewhere), 200);
});

const proxy = { trustedProxies: ["10.0.0.0/8"] };

const connections: readonly {
  readonly name: string;
  readonly settings?: Partial<Config>;
  readonly url?: string;
  readonly from: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly status: number;
}[] = [
  { name: "plain HTTP from this machine", from: "127.0.0.1", status: 200 },
  { name: "plain HTTP from this machine over IPv6", from: "::1", status: 200 },
  { name: "plain HTTP from elsewhere", from: elsewhere, status: 403 },
  { name: "TLS from elsewhere", url: "https://cal.example.test", from: elsewhere, status: 200 },
  {
    name: "plain HTTP from elsewhere where it is allowed",
    settings: { allowPlainHttp: true },
    from: elsewhere,
    status: 200,
  },
  {
    name: "a trusted proxy that says https",
    settings: proxy,
    from: "10.1.2.3",
    headers: { "x-forwarded-for": elsewhere, "x-forwarded-proto": "https" },
    status: 200,
  },
  {
    name: "a trusted proxy that says https by Forwarded",
    settings: proxy,
    from: "10.1.2.3",
    headers: { forwarded: `for=${elsewhere};proto=https` },
    status: 200,
  },
  {
    name: "a trusted proxy that says http",
    settings: proxy,
    from: "10.1.2.3",
    headers: { "x-forwarded-for": elsewhere, "x-forwarded-proto": "http" },
    status: 403,
  },
  {
    name: "somebody else who says https",
    settings: proxy,
    from: elsewhere,
    headers: { "x-forwarded-for": "127.0.0.1", "x-forwarded-proto": "https" },
    status: 403,
  },
  {
    name: "a trusted proxy on this machine for somebody elsewhere",
    settings: { trustedProxies: ["127.0.0.1"] },
    from: "127.0.0.1",
    headers: { "x-forwarded-for": elsewhere },
    status: 403,
  },
];

for (const { name, settings, url = "http://localhost", from, headers, status } of connections) {
  Deno.test(`login: over ${name} is ${status}`, async () => {
    await using house = await openHouse({ settings });
    const request = new Request(url + home, {
      method: "OPTIONS",
      headers: { authorization: basic("alice", "alice"), ...headers },
    });
    const response = await createApp(house.services).fetch(request, { remoteAddress: from });
    await response.body?.cancel();
    assertEquals(response.status, status);
  });
}

Deno.test("login: over plain HTTP from elsewhere no password is looked at", async () => {
  await using house = await openHouse({ settings: { loginFailures: 1 } });
  for (let count = 0; count < 3; count++) {
    assertEquals(await statusOf(house, "wrong", elsewhere), 403);
  }
  assertEquals(house.lines.filter(({ event }) => event === "login-failed"), []);
});

Deno.test("login: failures are counted for the client behind a trusted proxy", async () => {
  await using house = await openHouse({ settings: { ...proxy, loginFailures: 2 } });
  const through = async (client: string, password: string) => {
    const headers = {
      authorization: basic("alice", password),
      "x-forwarded-for": client,
      "x-forwarded-proto": "https",
    };
    const response = await house.ask("OPTIONS", home, { as: null, from: "10.1.2.3", headers });
    return response.status;
  };
  for (let count = 0; count < 2; count++) assertEquals(await through(elsewhere, "wrong"), 401);
  assertEquals(await through(elsewhere, "alice"), 429);
  assertEquals(await through("198.51.100.8", "alice"), 200);
});
