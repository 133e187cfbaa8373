import type { Fact } from "../change.ts";
import type { Lock } from "../model.ts";
import { Refusal } from "../refusal.ts";
import { D } from "../xml/names.ts";

/** A resource that a request changes. */
export interface Touched {
  /** Canonical. */
  readonly href: string;
  /** With all that is below it. */
  readonly deep?: boolean;
}

/** Whether a lock holds for the resource (RFC 4918 §6.1): on itself, or on a collection above. */
export const covers = (lock: Lock, href: string): boolean =>
  sameResource(lock.href, href) ||
  (lock.deep && lock.href.endsWith("/") && href.startsWith(lock.href));

const isBelow = (href: string, above: string): boolean =>
  above.endsWith("/") && href.startsWith(above);

/** With or without the slash: a lock may have been taken before there was a collection. */
const sameResource = (a: string, b: string): boolean => bare(a) === bare(b);
const bare = (href: string): string => href.endsWith("/") ? href.slice(0, -1) : href;

/**
 * Each resource that is touched must be free, or the client must show the token of one lock on it,
 * one of the asker's own (RFC 4918 §7).
 *
 * @throws {Refusal} 423 DAV:lock-token-submitted with the root of the lock.
 */
export function requireUnlocked(
  locks: readonly Lock[],
  touched: readonly Touched[],
  submitted: ReadonlySet<string>,
  asker: number,
): void {
  const open = ({ token, principalId }: Lock) => submitted.has(token) && principalId === asker;
  const refuse = ({ href }: Lock) => new Refusal(423, D.lockTokenSubmitted, { href });
  for (const { href, deep } of touched) {
    const [first, ...others] = locks.filter((lock) => covers(lock, href));
    if (first && ![first, ...others].some(open)) throw refuse(first);
    const inside = deep ? locks.filter((lock) => isBelow(lock.href, href) && !open(lock)) : [];
    if (inside[0]) throw refuse(inside[0]);
  }
}

/**
 * @throws {Refusal} 423 DAV:no-conflicting-lock (RFC 4918 §9.10.5): two locks stand together only
 *   where both are shared.
 */
export function requireLockable(locks: readonly Lock[], wanted: Lock): void {
  const conflict = locks.find((lock) =>
    (lock.exclusive || wanted.exclusive) &&
    (covers(lock, wanted.href) || covers(wanted, lock.href))
  );
  if (conflict) throw new Refusal(423, D.noConflictingLock, { href: conflict.href });
}

/** The locks that end when the resource, with what is below it, is no longer there. */
export const locksOf = (locks: readonly Lock[], href: string): readonly string[] =>
  locks.filter((lock) => sameResource(lock.href, href) || isBelow(lock.href, href))
    .map(({ token }) => token);

/** That the locks of a home are those that a decision has seen. */
export const locksAre = (homeId: number, locks: readonly Lock[], at: number): Fact => ({
  kind: "locks",
  homeId,
  tokens: locks.map(({ token }) => token),
  at,
});
