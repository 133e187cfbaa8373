import { Refusal } from "../refusal.ts";
import { D } from "../xml/names.ts";

/** All in bytes. */
export interface QuotaFacts {
  /** Undefined: no bound. */
  readonly quota: number | undefined;
  /** What the owner has stored. */
  readonly used: number | undefined;
  /** What of it is replaced. */
  readonly replaced: number | undefined;
  /** What comes. */
  readonly added: number;
}

/** @throws {Refusal} 507 DAV:quota-not-exceeded (RFC 4331 §6). */
export function requireQuota({ quota, used = 0, replaced = 0, added }: QuotaFacts): void {
  if (quota === undefined || used - replaced + added <= quota) return;
  throw new Refusal(507, D.quotaNotExceeded, { text: "there is no room left for this" });
}
