import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { fastHash, isFastHashOf } from "../../src/access/app_passwords.ts";
import { random } from "../../src/services.ts";

const secret = "abcdef-ghijkm-npqrst-uvwxyz";

interface Typed {
  readonly typed: string;
  readonly right: boolean;
}

const cases: Typed[] = [
  { typed: secret, right: true },
  { typed: "abcdefghijkmnpqrstuvwxyz", right: true },
  { typed: "ABCDEF GHIJKM NPQRST UVWXYZ", right: true },
  { typed: " abcdef-ghijkm\u2011npqrst\u2013uvwxyz\n", right: true },
  { typed: "abcdef-ghijkm-npqrst-uvwxy2", right: false },
  { typed: "abcdef-ghijkm-npqrst", right: false },
  { typed: "abcdef_ghijkm_npqrst_uvwxyz", right: false },
  { typed: "", right: false },
];

for (const { typed, right } of cases) {
  Deno.test(`an app password typed as ${JSON.stringify(typed)}: ${right}`, () => {
    assertEquals(isFastHashOf(fastHash(secret), typed), right);
  });
}

Deno.test("secrets that davit makes verify, each against its own hash alone", () => {
  const [one, other] = [random.secret(), random.secret()];
  assert(isFastHashOf(fastHash(one), one));
  assert(!isFastHashOf(fastHash(one), other));
  assertNotEquals(fastHash(one), fastHash(other));
});

Deno.test("what is kept stays as it is: hashes in databases depend on it", () => {
  assertEquals(fastHash(secret), "$sha256$Vj4a7l8xJY3zM-rxWE4-QovPGWi7EsF8Vyfa3d-SxPU");
});

Deno.test("another kind of hash fits no app password", () => {
  for (const hash of ["", "$sha256$", "$scrypt$ln=4,r=8,p=1$AAAA$AAAA", secret]) {
    assertEquals(isFastHashOf(hash, secret), false, hash);
  }
});
