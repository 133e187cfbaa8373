import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { createVerifiedLogins } from "../../src/access/verified_logins.ts";

const alice = { principalId: 1, credentialVersion: 1, credentialId: 1 };

Deno.test("log-ins that differ anywhere have different keys, and no key shows what was typed", () => {
  const { keyOf } = createVerifiedLogins(9);
  const logins = [["alice", "lemon"], ["alicel", "emon"], ["", "alicelemon"], ["Alice", "lemon"]];
  const keys = logins.map(([name = "", password = ""]) => keyOf({ name, password }));
  assertEquals(new Set(keys).size, logins.length);
  assertEquals(keyOf({ name: "alice", password: "lemon" }), keys[0]);
  assert(keys.every((key) => !/alice|lemon/i.test(key)));
  const elsewhere = createVerifiedLogins(9).keyOf({ name: "alice", password: "lemon" });
  assertNotEquals(elsewhere, keys[0]);
});

Deno.test("the one not used for the longest time goes first", () => {
  const logins = createVerifiedLogins(2);
  logins.put("a", alice, 100);
  logins.put("b", alice, 100);
  logins.get("a", 0);
  logins.put("c", alice, 100);
  assertEquals(["a", "b", "c"].map((key) => logins.get(key, 0) !== undefined), [true, false, true]);
});

Deno.test("a log-in put again takes one place", () => {
  const logins = createVerifiedLogins(2);
  for (const key of ["a", "b", "b", "b"]) logins.put(key, alice, 100);
  assertEquals(logins.get("a", 0), alice);
});

Deno.test("nothing is remembered from its end on, or when it was dropped", () => {
  const logins = createVerifiedLogins(2);
  logins.put("a", alice, 100);
  assertEquals(logins.get("a", 99), alice);
  assertEquals(logins.get("a", 100), undefined);
  assertEquals(logins.get("a", 99), undefined);
  logins.put("b", alice, 100);
  logins.drop("b");
  assertEquals(logins.get("b", 0), undefined);
});
