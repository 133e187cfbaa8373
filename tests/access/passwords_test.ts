import { Buffer } from "node:buffer";
import { assert, assertEquals, assertMatch, assertNotEquals, assertRejects } from "@std/assert";
import {
  decoyHash,
  hashPassword,
  needsRehash,
  verifyPassword,
} from "../../src/access/passwords.ts";
import { limits } from "../../src/limits.ts";
import { Refusal } from "../../src/refusal.ts";

const salt = "AAAAAAAAAAAAAAAAAAAAAA";

Deno.test("a hash names its cost, and its salt is its own", async () => {
  const [one, other] = await Promise.all([hashPassword("lemon", 4), hashPassword("lemon", 4)]);
  assertMatch(one, /^\$scrypt\$ln=4,r=8,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/);
  assertNotEquals(one, other);
  assert(await verifyPassword("lemon", one) && await verifyPassword("lemon", other));
});

interface Pair {
  readonly name: string;
  readonly set: string;
  readonly typed: string;
  readonly right: boolean;
}

const pairs: Pair[] = [
  { name: "itself", set: "lemon", typed: "lemon", right: true },
  { name: "another letter case", set: "lemon", typed: "Lemon", right: false },
  { name: "a space behind", set: "lemon", typed: "lemon ", right: false },
  { name: "nothing", set: "lemon", typed: "", right: false },
  { name: "an accent that is composed", set: "cafe\u0301", typed: "caf\u00e9", right: true },
  { name: "an accent in parts", set: "caf\u00e9", typed: "cafe\u0301", right: true },
  { name: "a no-break space for a space", set: "a b", typed: "a\u00a0b", right: true },
  { name: "a compatible character", set: "a", typed: "\uff41", right: false },
  { name: "one with a colon", set: "a:b:c", typed: "a:b:c", right: true },
  { name: "all that is allowed", set: "x".repeat(1024), typed: "x".repeat(1024), right: true },
  { name: "more than is allowed", set: "x".repeat(1024), typed: "x".repeat(1025), right: false },
];

for (const { name, set, typed, right } of pairs) {
  Deno.test(`a password as ${name}: ${right}`, async () => {
    assertEquals(await verifyPassword(typed, await hashPassword(set, 4)), right);
  });
}

for (const password of ["", "x".repeat(limits.passwordChars + 1)]) {
  Deno.test(`a password of ${password.length} characters is refused`, async () => {
    const refusal = await assertRejects(() => hashPassword(password, 4), Refusal);
    assertEquals(refusal.status, 400);
  });
}

Deno.test("parameters are read from the hash: the third vector of RFC 7914 §12", async () => {
  const digest = "7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2" +
    "d5432955613f0fcf62d49705242a9af9e61e85dc0d651e40dfcf017b45575887";
  const [salt, hash] = [Buffer.from("SodiumChloride"), Buffer.from(digest, "hex")]
    .map((bytes) => bytes.toString("base64").replace(/=+$/, ""));
  assert(await verifyPassword("pleaseletmein", `$scrypt$ln=14,r=8,p=1$${salt}$${hash}`));
  assertEquals(
    await verifyPassword("pleaseletmein", `$scrypt$ln=13,r=8,p=1$${salt}$${hash}`),
    false,
  );
  assertEquals(
    await verifyPassword("pleaseletmein", `$scrypt$ln=14,r=8,p=2$${salt}$${hash}`),
    false,
  );
});

const malformed: string[] = [
  "",
  "lemon",
  "$scrypt$",
  `$scrypt$ln=4,r=8,p=1$${salt}$`,
  `$scrypt$ln=4,r=8,p=1$$${salt}`,
  `$scrypt$ln=4,r=8,p=1$${salt}$****************`,
  `$scrypt$ln=0,r=8,p=1$${salt}$${salt}`,
  `$scrypt$ln=4,r=0,p=1$${salt}$${salt}`,
  `$scrypt$ln=4,r=8,p=0$${salt}$${salt}`,
  `$scrypt$ln=-4,r=8,p=1$${salt}$${salt}`,
  `$scrypt$ln=4.5,r=8,p=1$${salt}$${salt}`,
  `$scrypt$ln=21,r=8,p=1$${salt}$${salt}`,
  `$scrypt$ln=20,r=8,p=2$${salt}$${salt}`,
  `$scrypt$ln=99,r=99,p=99$${salt}$${salt}`,
  `$argon2id$v=19$m=19456,t=2,p=1$${salt}$${salt}`,
  "$2b$10$N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhWy",
];

for (const hash of malformed) {
  Deno.test(`no password fits the hash ${hash || "that is empty"}`, async () => {
    assertEquals(await verifyPassword("lemon", hash), false);
    assert(needsRehash(hash, 4));
  });
}

Deno.test("a hash of another cost is due for a new one", async () => {
  const hash = await hashPassword("lemon", 5);
  assertEquals([4, 5, 6].map((cost) => needsRehash(hash, cost)), [true, false, true]);
});

Deno.test("a decoy costs what a real hash costs, and fits no password", async () => {
  const decoy = decoyHash(6);
  assertEquals(needsRehash(decoy, 6), false);
  assertEquals(await verifyPassword("lemon", decoy), false);
  assertNotEquals(decoyHash(6), decoy);
});
