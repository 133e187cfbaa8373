import { limits } from "../limits.ts";
import type { Change, Fact } from "../change.ts";
import type { Principal, StoredProperty } from "../model.ts";
import { type PreconditionName, Refusal } from "../refusal.ts";
import { D } from "../xml/names.ts";

/** What holds for everybody, in bytes. */
interface CommonBounds {
  readonly quotaBytes?: number;
  readonly calendarObjectBytes: number;
  readonly attachmentBytes: number;
  readonly fileBytes: number;
}

/** What holds in the homes of this principal. */
export function boundsOf<B extends CommonBounds>(owner: Principal | undefined, common: B): B {
  const own = owner?.bounds;
  if (!own) return common;
  const { quotaBytes = common.quotaBytes, resourceBytes = Infinity } = own;
  const most = (bytes: number) => Math.min(bytes, resourceBytes);
  return {
    ...common,
    quotaBytes,
    calendarObjectBytes: most(common.calendarObjectBytes),
    attachmentBytes: most(common.attachmentBytes),
    fileBytes: most(common.fileBytes),
  };
}

/** @throws {Refusal} 413, with this precondition. */
export function requireSize(
  sizeBytes: number,
  mostBytes: number,
  precondition?: PreconditionName,
): void {
  if (sizeBytes > mostBytes) throw new Refusal(413, precondition);
}

/** All in bytes. */
export interface QuotaFacts {
  /** Undefined: no bound. */
  readonly quota: number | undefined;
  /** Whose it is. */
  readonly ownerId: number;
  /** What the owner has stored. */
  readonly used: number | undefined;
  /** What of it is replaced. */
  readonly replaced: number | undefined;
  /** What comes. */
  readonly added: number;
}

/**
 * Gives what a commit rests on, so that two at once do not take the same room.
 *
 * @throws {Refusal} 507 DAV:quota-not-exceeded (RFC 4331 §6).
 */
export function requireQuota(
  { quota, ownerId, used = 0, replaced = 0, added }: QuotaFacts,
): readonly Fact[] {
  if (quota === undefined) return [];
  const bytes = quota + replaced - added;
  if (used <= bytes) return [{ kind: "stored-most", ownerId, bytes }];
  throw new Refusal(507, D.quotaNotExceeded, { text: "there is no room left for this" });
}

/** Room for one thing after the other that a single commit writes, as {@linkcode requireQuota} has it. */
export class Room {
  readonly #facts: Pick<QuotaFacts, "quota" | "ownerId" | "used">;
  #replaced = 0;
  #added = 0;
  /** Of the thing that asks most of what is stored before. */
  #mostBytes = Infinity;

  constructor(facts: Pick<QuotaFacts, "quota" | "ownerId" | "used">) {
    this.#facts = facts;
  }

  /** @throws {Refusal} 507: there is none for this one, and for others there is as before. */
  take(addedBytes: number, replacedBytes = 0): void {
    const replaced = this.#replaced + replacedBytes;
    const added = this.#added + addedBytes;
    requireQuota({ ...this.#facts, replaced, added });
    this.#replaced = replaced;
    this.#added = added;
    const { quota = Infinity } = this.#facts;
    this.#mostBytes = Math.min(this.#mostBytes, quota + replaced - added);
  }

  /** What the commit rests on. */
  get rests(): readonly Fact[] {
    const { ownerId } = this.#facts;
    const bytes = this.#mostBytes;
    return bytes === Infinity ? [] : [{ kind: "stored-most", ownerId, bytes }];
  }
}

/**
 * What clients set on one resource is bounded, whatever room there is for objects.
 *
 * @throws {Refusal} 507 (RFC 4918 §9.2.1)
 */
export function requirePropertyRoom(
  stored: readonly StoredProperty[],
  changes: readonly Change[],
): void {
  const after = new Map(stored.map(({ name, xml }) => [name, xml.length]));
  for (const change of changes) {
    if (change.kind !== "set-property") continue;
    if (change.xml === null) after.delete(change.name);
    else after.set(change.name, change.xml.length);
  }
  const chars = [...after.values()].reduce((sum, length) => sum + length, 0);
  if (after.size <= limits.properties && chars <= limits.propertyChars) return;
  throw new Refusal(507, undefined, { text: "there are too many properties on this resource" });
}
