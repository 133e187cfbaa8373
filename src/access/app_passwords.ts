import { Buffer } from "node:buffer";
import { createHash, timingSafeEqual } from "node:crypto";

/**
 * What is kept of an app password. A secret that is random needs no slow hash: there is nothing to
 * guess. Spaces, dashes and letter case are left out, as people type it from paper.
 */
export function fastHash(secret: string): string {
  return `${prefix}${digestOf(secret).toString("base64url")}`;
}

/** Whether `hash` is what `fastHash` gives for `secret`; takes equally long for right and wrong. */
export function isFastHashOf(hash: string, secret: string): boolean {
  const kept = Buffer.from(hash);
  const given = Buffer.from(fastHash(secret));
  return kept.length === given.length && timingSafeEqual(kept, given);
}

const prefix = "$sha256$";

/** Nothing else that davit hashes begins so: a hash stands for an app password, or for nothing. */
const purpose = "davit app password\n";

const digestOf = (secret: string) =>
  createHash("sha256").update(purpose + secret.replace(/[\s\p{Pd}]/gu, "").toLowerCase()).digest();
