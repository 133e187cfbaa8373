import { assertEquals, assertMatch, assertNotEquals } from "@std/assert";
import { limits } from "../../src/limits.ts";
import { D } from "../../src/xml/names.ts";
import { childNamed, elementsOf, hrefTextOf, textOf } from "../../src/xml/tree.ts";
import { type Ask, openHouse, preconditionOf, xmlOf } from "../harness.ts";
import { activeIn, home, lockinfo, said, status, take, tokensOn, withIf } from "./locks.ts";

/** Locks on files and folders (RFC 4918 §6, §7, §9.10, §9.11, §10.4). */

Deno.test("LOCK says what has been locked, for whom and for how long", async () => {
  await using house = await openHouse();
  await house.ask("PUT", `${home}x`, { body: "1" });
  const { token, response, active } = await take(house, "x", { headers: { timeout: "Second-60" } });
  assertEquals(response.status, 200);
  assertMatch(token, /^urn:uuid:[0-9a-f-]{36}$/);
  assertEquals(said(active), {
    scope: D.exclusive,
    depth: "infinity",
    timeout: "Second-60",
    token,
    root: `${home}x`,
    owner: "me",
  });
  assertEquals(await tokensOn(house, "x"), [token]);
});

const timeouts: Readonly<Record<string, string>> = {
  "Second-60": "Second-60",
  "Infinite, Second-60": `Second-${limits.lockSeconds}`,
  "Second-4100000000": `Second-${limits.lockSeconds}`,
  "Second-99999999999999999999999999": `Second-${limits.lockSeconds}`,
  "Minute-1, Second-5": "Second-5",
  "Second-0": "Second-1",
  "Second--5": `Second-${limits.lockSeconds}`,
  "soon": `Second-${limits.lockSeconds}`,
};

Deno.test("LOCK: the timeout is as asked, in bounds", async () => {
  await using house = await openHouse();
  for (const [asked, given] of Object.entries(timeouts)) {
    const { token, active } = await take(house, "x", { headers: { timeout: asked } });
    assertEquals(said(active).timeout, given, asked);
    await house.ask("UNLOCK", `${home}x`, { headers: { "lock-token": `<${token}>` } });
  }
});

Deno.test("LOCK of a URL without a resource makes an empty file", async () => {
  await using house = await openHouse();
  const { token, response } = await take(house, "new");
  assertEquals(response.status, 201);
  const got = await house.ask("GET", `${home}new`);
  assertEquals([got.status, await got.text()], [200, ""]);
  assertEquals(await status(house, "PUT", "new", { body: "1" }), 423);
  assertEquals(await status(house, "PUT", "new", withIf(`(<${token}>)`, { body: "1" })), 204);
  assertEquals(await status(house, "LOCK", "no/new", { body: lockinfo("exclusive") }), 409);
});

Deno.test("LOCK refreshes by If without a body", async () => {
  let now = Date.UTC(2026, 0, 1);
  await using house = await openHouse({ clock: () => now });
  const { token } = await take(house, "x", { headers: { timeout: "Second-60" } });
  now += 50_000;
  const headers = { timeout: "Second-90", if: `(<${token}>)` };
  const refreshed = await house.ask("LOCK", `${home}x`, { headers });
  assertEquals([refreshed.status, refreshed.headers.get("lock-token")], [200, null]);
  assertEquals(said(await activeIn(refreshed)).timeout, "Second-90");
  now += 89_000;
  assertEquals(await tokensOn(house, "x"), [token]);
  now += 2_000;
  assertEquals(await tokensOn(house, "x"), []);
  assertEquals(await status(house, "LOCK", "x", { headers }), 412);
});

Deno.test("LOCK without a body needs the token of a lock of one's own", async () => {
  await using house = await openHouse();
  const { token } = await take(house, "x");
  await house.ask("PUT", `${home}y`, { body: "1" });
  assertEquals(await status(house, "LOCK", "x"), 400);
  assertEquals(await status(house, "LOCK", "y", withIf(`<${home}x> (<${token}>)`)), 412);
  const other = await house.ask("LOCK", `${home}x`, withIf(`(<${token}>)`, { as: "root" }));
  assertEquals([other.status, await preconditionOf(other)], [412, D.lockTokenMatchesRequestUri]);
});

Deno.test("LOCK refreshes also by a URL without a resource below the lock, and makes none", async () => {
  await using house = await openHouse();
  await house.ask("MKCOL", `${home}docs/`);
  const { token } = await take(house, "docs/");
  const refresh = (path: string) =>
    house.ask("LOCK", home + path, {
      headers: { if: `<${home}docs/> (<${token}>)`, timeout: "Second-90" },
    });
  const refreshed = await refresh("docs/none");
  assertEquals([refreshed.status, said(await activeIn(refreshed)).timeout], [200, "Second-90"]);
  assertEquals((await house.ask("GET", `${home}docs/none`)).status, 404);
  assertEquals((await refresh("none")).status, 412);
});

Deno.test("an expired lock holds nobody up, and its token is worth nothing", async () => {
  let now = Date.UTC(2026, 0, 1);
  await using house = await openHouse({ clock: () => now });
  const { token } = await take(house, "x", { headers: { timeout: "Second-10" } });
  now += 9_000;
  assertEquals(await status(house, "PUT", "x", { body: "1" }), 423);
  now += 2_000;
  assertEquals(await status(house, "PUT", "x", withIf(`(<${token}>)`, { body: "1" })), 412);
  assertEquals(await status(house, "PUT", "x", { body: "1" }), 204);
  const unlock = await house.ask("UNLOCK", `${home}x`, { headers: { "lock-token": `<${token}>` } });
  assertEquals([unlock.status, await preconditionOf(unlock)], [409, D.lockTokenMatchesRequestUri]);
  await take(house, "x");
});

interface Pair {
  readonly first: string;
  readonly second: string;
  /** Paths of the two locks. */
  readonly on: readonly [string, string];
  readonly depth?: string;
  readonly together: boolean;
}

const pairs: readonly Pair[] = [
  { first: "shared", second: "shared", on: ["a/x", "a/x"], together: true },
  { first: "shared", second: "exclusive", on: ["a/x", "a/x"], together: false },
  { first: "exclusive", second: "shared", on: ["a/x", "a/x"], together: false },
  { first: "exclusive", second: "exclusive", on: ["a/x", "a/x"], together: false },
  { first: "exclusive", second: "exclusive", on: ["a/x", "a/y"], together: true },
  { first: "exclusive", second: "exclusive", on: ["a/", "a/x"], together: false },
  { first: "exclusive", second: "exclusive", on: ["a/x", "a/"], together: false },
  { first: "exclusive", second: "exclusive", on: ["a/", "a/x"], depth: "0", together: true },
  { first: "exclusive", second: "exclusive", on: ["a/x", "a/"], depth: "0", together: true },
  { first: "shared", second: "shared", on: ["a/", "a/x"], together: true },
  { first: "shared", second: "exclusive", on: ["a/", "a/x"], together: false },
];

for (const { first, second, on: [one, other], depth, together } of pairs) {
  const name = `a ${second} lock on ${other} beside a ${first} one on ${one}, Depth ${
    depth ?? "∞"
  }`;
  Deno.test(`${name}: ${together ? 200 : 423}`, async () => {
    await using house = await openHouse();
    await house.ask("MKCOL", `${home}a/`);
    for (const file of ["x", "y"]) await house.ask("PUT", `${home}a/${file}`, { body: "1" });
    const headers: Ask["headers"] = depth === undefined ? {} : { depth };
    const { token } = await take(house, one, { scope: first, headers });
    const response = await house.ask("LOCK", home + other, { body: lockinfo(second), headers });
    if (together) {
      assertEquals(response.status, 200);
      const tokens = await tokensOn(house, other);
      assertEquals(tokens.includes(token), one === other || (depth === undefined && one === "a/"));
    } else {
      assertEquals([response.status, await preconditionOf(response)], [423, D.noConflictingLock]);
    }
  });
}

interface Change {
  readonly method: string;
  readonly path: string;
  readonly ask?: Ask;
  /** With the token of the lock. */
  readonly status: number;
}

const set =
  `<propertyupdate xmlns="DAV:"><set><prop><x xmlns="u:">1</x></prop></set></propertyupdate>`;
const to = (path: string): Ask => ({ headers: { destination: home + path } });

/** All that a lock of Depth infinity on a/ forbids. */
const changes: readonly Change[] = [
  { method: "PUT", path: "a/x", ask: { body: "2" }, status: 204 },
  { method: "PUT", path: "a/new", ask: { body: "2" }, status: 201 },
  { method: "MKCOL", path: "a/new/", status: 201 },
  { method: "PROPPATCH", path: "a/x", ask: { body: set }, status: 207 },
  { method: "PROPPATCH", path: "a/", ask: { body: set }, status: 207 },
  { method: "DELETE", path: "a/x", status: 204 },
  { method: "DELETE", path: "a/", status: 204 },
  { method: "COPY", path: "y", ask: to("a/x"), status: 204 },
  { method: "COPY", path: "y", ask: to("a/new"), status: 201 },
  { method: "MOVE", path: "y", ask: to("a/new"), status: 201 },
  { method: "MOVE", path: "a/x", ask: to("z"), status: 201 },
  { method: "MOVE", path: "a/", ask: to("b/"), status: 201 },
  { method: "LOCK", path: "a/new", ask: { body: lockinfo("shared") }, status: 423 },
];

for (const { method, path, ask = {}, status: allowed } of changes) {
  const about = ask.headers?.destination ? ` to ${ask.headers.destination.slice(home.length)}` : "";
  Deno.test(`a locked folder: ${method} ${path}${about}: 423, and ${allowed} with the token`, async () => {
    await using house = await openHouse();
    await house.ask("MKCOL", `${home}a/`);
    for (const file of ["a/x", "y"]) await house.ask("PUT", home + file, { body: "1" });
    const { token } = await take(house, "a/");
    const refused = await house.ask(method, home + path, ask);
    assertEquals(refused.status, 423);
    const told = await xmlOf(refused);
    const [element] = elementsOf(told);
    assertEquals(element?.name, D.lockTokenSubmitted);
    assertEquals(hrefTextOf(childNamed(element ?? told, D.href) ?? told), `${home}a/`);
    const tagged = withIf(`<${home}a/> (<${token}>)`, ask);
    assertEquals(await status(house, method, path, tagged), allowed);
  });
}

Deno.test("reading and copying from a locked folder needs no token", async () => {
  await using house = await openHouse();
  await house.ask("MKCOL", `${home}a/`);
  await house.ask("PUT", `${home}a/x`, { body: "1" });
  await take(house, "a/");
  assertEquals(await status(house, "GET", "a/x"), 200);
  assertEquals(await status(house, "PROPFIND", "a/"), 207);
  assertEquals(await status(house, "COPY", "a/", to("b/")), 201);
  assertEquals(await tokensOn(house, "b/"), []); // RFC 4918 §7.6: a lock is not copied
  assertEquals(await status(house, "PUT", "b/x", { body: "2" }), 204);
});

Deno.test("a lock does not go along with MOVE, nor outlive DELETE", async () => {
  await using house = await openHouse();
  const { token } = await take(house, "x");
  assertEquals(await status(house, "MOVE", "x", withIf(`(<${token}>)`, to("y"))), 201);
  assertEquals(await tokensOn(house, "y"), []);
  assertEquals(await status(house, "PUT", "x", { body: "1" }), 201);
  const again = await take(house, "x");
  assertNotEquals(again.token, token);
  assertEquals(await status(house, "DELETE", "x", withIf(`(<${again.token}>)`)), 204);
  assertEquals(await status(house, "PUT", "x", { body: "1" }), 201);
  assertEquals(await tokensOn(house, "x"), []);
});

Deno.test("a lock of Depth 0 on a folder holds its members, not what is in them", async () => {
  await using house = await openHouse();
  await house.ask("MKCOL", `${home}a/`);
  await house.ask("PUT", `${home}a/x`, { body: "1" });
  await take(house, "a/", { headers: { depth: "0" } });
  assertEquals(await status(house, "PUT", "a/x", { body: "2" }), 204);
  assertEquals(await status(house, "PUT", "a/new", { body: "2" }), 423);
  assertEquals(await status(house, "DELETE", "a/x"), 423);
  assertEquals(await status(house, "PROPPATCH", "a/", { body: set }), 423);
});

Deno.test("somebody else's token opens nothing, though one may write there", async () => {
  await using house = await openHouse();
  const { token } = await take(house, "x");
  const other: Ask = withIf(`(<${token}>)`, { as: "root", body: "2" });
  const response = await house.ask("PUT", `${home}x`, other);
  assertEquals([response.status, await preconditionOf(response)], [423, D.lockTokenSubmitted]);
});

Deno.test("with shared locks, one's own token is enough", async () => {
  await using house = await openHouse();
  const mine = await take(house, "x", { scope: "shared" });
  const theirs = await take(house, "x", { scope: "shared", as: "root" });
  const put = (token: string) => status(house, "PUT", "x", withIf(`(<${token}>)`, { body: "1" }));
  assertEquals([await put(mine.token), await put(theirs.token)], [204, 423]);
  const unlock: Ask = { headers: { "lock-token": `<${mine.token}>` } };
  assertEquals(await status(house, "UNLOCK", "x", unlock), 204);
  assertEquals(await tokensOn(house, "x"), [theirs.token]);
});

Deno.test("UNLOCK: the owner of the home removes somebody else's lock, others may not", async () => {
  await using house = await openHouse();
  const theirs = await take(house, "x", { as: "root" });
  const unlock: Ask = { headers: { "lock-token": `<${theirs.token}>` } };
  assertEquals(await status(house, "UNLOCK", "x", { ...unlock, as: "bob" }), 403);
  assertEquals(await status(house, "UNLOCK", "x", unlock), 204);
});

Deno.test("UNLOCK: of what is not locked, without a token, or at another place", async () => {
  await using house = await openHouse();
  const { token } = await take(house, "x");
  await house.ask("PUT", `${home}y`, { body: "1" });
  assertEquals(await status(house, "UNLOCK", "x"), 400);
  assertEquals(await status(house, "UNLOCK", "x", { headers: { "lock-token": token } }), 400);
  for (const [path, given] of [["y", token], ["x", "urn:uuid:none"]] as const) {
    const ask = { headers: { "lock-token": `<${given}>` } };
    const response = await house.ask("UNLOCK", home + path, ask);
    assertEquals([response.status, await preconditionOf(response)], [
      409,
      D.lockTokenMatchesRequestUri,
    ]);
  }
  assertEquals(await tokensOn(house, "x"), [token]);
});

Deno.test("UNLOCK: by the URL of anything that the lock is on", async () => {
  await using house = await openHouse();
  await house.ask("MKCOL", `${home}a/`);
  await house.ask("PUT", `${home}a/x`, { body: "1" });
  const { token } = await take(house, "a/");
  assertEquals(
    await status(house, "UNLOCK", "a/x", { headers: { "lock-token": `<${token}>` } }),
    204,
  );
  assertEquals(await tokensOn(house, "a/"), []);
});

const wrong: Readonly<Record<string, Ask>> = {
  "no scope": { body: `<lockinfo xmlns="DAV:"><locktype><write/></locktype></lockinfo>` },
  "no type": { body: `<lockinfo xmlns="DAV:"><lockscope><shared/></lockscope></lockinfo>` },
  "two scopes": { body: lockinfo("shared/><exclusive") },
  "another scope": { body: lockinfo("local") },
  "another root": { body: `<propfind xmlns="DAV:"/>` },
  "Depth 1": { body: lockinfo("shared"), headers: { depth: "1" } },
  "an owner of many pages": { body: lockinfo("shared", `<owner>${"x".repeat(10_000)}</owner>`) },
};

for (const [name, ask] of Object.entries(wrong)) {
  Deno.test(`LOCK with ${name}: 400, and nothing is locked or made`, async () => {
    await using house = await openHouse();
    assertEquals(await status(house, "LOCK", "x", ask), 400);
    assertEquals(await status(house, "GET", "x"), 404);
  });
}

Deno.test("LOCK: of calendars there is none, nor of what one may not write", async () => {
  await using house = await openHouse();
  const ask = { body: lockinfo("exclusive") };
  const calendar = await house.ask("LOCK", "/dav/calendars/alice/calendar/", ask);
  assertEquals([calendar.status, calendar.headers.get("allow")?.includes("LOCK")], [405, false]);
  const others = await house.ask("LOCK", `${home}x`, { ...ask, as: "bob" });
  assertEquals([others.status, await preconditionOf(others)], [403, D.needPrivileges]);
  for (const path of [home, "/dav/calendars/alice/"]) {
    const { headers } = await house.ask("OPTIONS", path);
    const classes = (headers.get("dav") ?? "").split(", ");
    assertEquals(classes.includes("2"), path === home, path);
  }
});

Deno.test("LOCK keeps the owner's XML", async () => {
  await using house = await openHouse();
  const owner =
    `<D:owner xmlns:D="DAV:" xml:lang="de"><x xmlns="urn:x" a="1">ü &amp; </x></D:owner>`;
  const { active } = await take(house, "x", { body: lockinfo("exclusive", owner) });
  const kept = childNamed(active, D.owner);
  const [inner] = elementsOf(kept ?? active);
  assertEquals([inner?.name, inner && textOf(inner), inner?.attributes], [
    "{urn:x}x",
    "ü & ",
    { a: "1" },
  ]);
});
