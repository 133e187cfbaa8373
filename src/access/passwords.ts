import { Buffer } from "node:buffer";
import { randomBytes, scrypt, timingSafeEqual } from "node:crypto";
import { limits } from "../limits.ts";
import { Refusal } from "../refusal.ts";

/**
 * A slow hash of a password, with all that it takes to check one, in the PHC string format:
 * `$scrypt$ln=15,r=8,p=1$salt$hash`. `cost` is the binary logarithm of scrypt's N (RFC 7914), so a
 * hash takes 2^(cost + 10) bytes of memory. Works off the thread.
 *
 * @throws {Refusal} 400 for a password that is empty or beyond `limits.passwordChars`.
 */
export async function hashPassword(password: string, cost: number): Promise<string> {
  if (password === "") throw new Refusal(400, undefined, { text: "The password is empty." });
  if (password.length > limits.passwordChars) {
    throw new Refusal(400, undefined, { text: "The password is too long." });
  }
  const parameters: Parameters = { ln: cost, r: 8, p: 1 };
  const salt = randomBytes(saltBytes);
  return phc(parameters, salt, await derive(password, parameters, salt, hashBytes));
}

/**
 * Whether `hash` is one of `password`, at the cost that the hash names. Takes equally long for right
 * and wrong; a hash that is malformed or dearer than `limits` allow fits no password.
 */
export async function verifyPassword(password: string, hash: string): Promise<boolean> {
  const known = parsePhc(hash);
  if (known === undefined || password.length > limits.passwordChars) return false;
  const { parameters, salt, digest } = known;
  return timingSafeEqual(await derive(password, parameters, salt, digest.length), digest);
}

/** Whether a new hash of the same password would be of another cost. */
export function needsRehash(hash: string, cost: number): boolean {
  return parsePhc(hash)?.parameters.ln !== cost;
}

/** A hash of no password at all, so that checking against nobody takes as long as against somebody. */
export function decoyHash(cost: number): string {
  return phc({ ln: cost, r: 8, p: 1 }, randomBytes(saltBytes), randomBytes(hashBytes));
}

/** RFC 7914 §2, with N as its binary logarithm. */
interface Parameters {
  readonly ln: number;
  readonly r: number;
  readonly p: number;
}

const saltBytes = 16;
const hashBytes = 32;

/** Salt and hash of 8 to 96 bytes, in base64 without padding. */
const phcForm =
  /^\$scrypt\$ln=(\d{1,2}),r=(\d{1,2}),p=(\d{1,2})\$([A-Za-z0-9+/]{11,128})\$([A-Za-z0-9+/]{11,128})$/;

function parsePhc(text: string) {
  const [, ln, r, p, salt, digest] = phcForm.exec(text) ?? [];
  if (salt === undefined || digest === undefined) return undefined;
  const parameters: Parameters = { ln: Number(ln), r: Number(r), p: Number(p) };
  if (Object.values(parameters).includes(0)) return undefined;
  if (memoryBytes(parameters) * parameters.p > limits.passwordHashBytes) return undefined;
  return { parameters, salt: Buffer.from(salt, "base64"), digest: Buffer.from(digest, "base64") };
}

function phc({ ln, r, p }: Parameters, salt: Buffer, digest: Buffer): string {
  return `$scrypt$ln=${ln},r=${r},p=${p}$${unpadded(salt)}$${unpadded(digest)}`;
}

function derive(password: string, parameters: Parameters, salt: Buffer, length: number) {
  const { ln, r, p } = parameters;
  const settings = { N: 2 ** ln, r, p, maxmem: 2 * memoryBytes(parameters) };
  return new Promise<Buffer>((resolve, reject) => {
    scrypt(prepared(password), salt, length, settings, (error, key) => {
      if (error) reject(error);
      else resolve(key);
    });
  });
}

/** The same password from every keyboard: OpaqueString (RFC 8265 §4.2.2). */
const prepared = (password: string): string => password.replace(/\p{Zs}/gu, " ").normalize("NFC");

const memoryBytes = ({ ln, r }: Parameters): number => 128 * r * 2 ** ln;
const unpadded = (bytes: Buffer): string => bytes.toString("base64").replace(/=+$/, "");
