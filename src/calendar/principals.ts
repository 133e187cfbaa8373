import { checkPrincipalName, foldName, normalMailAddress } from "../access/names.ts";
import { limits } from "../limits.ts";
import type { Change, Fact, Principal, PrincipalKind } from "../model.ts";
import { Refusal } from "../refusal.ts";
import type { PrincipalEntry } from "../store/store.ts";
import { provision } from "./provision.ts";

/** A principal as an administrator wants it. What is absent stays, or takes its default. */
export interface WantedPrincipal {
  /** Where it stands in its file, as `principals[3]`: refusals begin with it. */
  readonly at?: string;
  readonly kind: PrincipalKind;
  readonly name: string;
  /** Default: the name. */
  readonly displayName?: string;
  /** Mail addresses as people write them; they replace those that were. */
  readonly emails?: readonly string[];
  readonly admin?: boolean;
  /** Of a group: names, which replace those that were. They may stand later in the same list. */
  readonly members?: readonly string[];
  /** Of a password that differs from the one it has. */
  readonly passwordHash?: string;
}

/** What a decision takes from outside: fresh ids, and the time in UTC epoch milliseconds. */
export interface Given {
  readonly ids: () => number;
  readonly now: number;
}

export interface Upsert {
  readonly rests: readonly Fact[];
  readonly changes: readonly Change[];
  readonly created: number;
  readonly changed: number;
  readonly unchanged: number;
}

/**
 * Makes or changes principals so that they are as wanted, all in one commit. Names are one name
 * space over all kinds, addresses are unique over all principals, a name may not be another's
 * address, and no group is, by whatever way, a member of itself.
 *
 * @throws {Refusal} Its text names the place: `principals[3].members[0]: nobody is called bob`.
 */
export function upsertPrincipals(
  current: readonly PrincipalEntry[],
  wanted: readonly WantedPrincipal[],
  given: Given,
): Upsert {
  const entries = new Map(current.map((entry) => [foldName(entry.principal.name), entry]));
  const plans = wanted.map((one) => planOf(one, entries.get(foldName(one.name)), given));
  const names = checkNames(current, plans);
  const moved = checkAddresses(current, plans, names);
  const groups = checkMembers(current, plans, names);

  const written = plans.map((plan) => ({ plan, changes: changesOf(plan, given) }));
  const membership = [...groups].map(([groupId, members]): Change => {
    return { kind: "set-members", groupId, members };
  });
  const touched = new Set([
    ...written.filter(({ changes }) => changes.length > 0).map(({ plan }) => plan.id),
    ...groups.keys(),
  ]);
  const made = plans.filter(({ before }) => before === undefined);
  const changed = plans.filter(({ before, id }) => before !== undefined && touched.has(id));
  return {
    rests: [
      ...changed.flatMap(({ before }) => before ? [isAsRead(before.principal)] : []),
      ...(groups.size > 0 ? otherGroups(current, touched).map(isAsRead) : []),
      ...made.map(({ nameKey }): Fact => ({ kind: "name-free", nameKey })),
      ...plans.flatMap((plan) => newAddresses(plan, moved)),
    ],
    changes: [
      ...releases(plans, moved),
      ...written.flatMap(({ changes }) => changes),
      ...membership,
    ],
    created: made.length,
    changed: changed.length,
    unchanged: plans.length - made.length - changed.length,
  };
}

/** The principal is as it was when the decision was made. */
export const isAsRead = ({ id, accessVersion, credentialVersion }: Principal): Fact => ({
  kind: "principal",
  id,
  accessVersion,
  credentialVersion,
});

/** A wanted principal beside the one that there is, with what both come to. */
interface Plan {
  readonly wanted: WantedPrincipal;
  readonly before?: PrincipalEntry;
  readonly id: number;
  readonly nameKey: string;
  /** As it is stored. */
  readonly name: string;
  /** Those it has in the end. */
  readonly addresses: readonly string[];
}

function planOf(wanted: WantedPrincipal, before: PrincipalEntry | undefined, { ids }: Given): Plan {
  const { kind, name, displayName, emails, admin, members } = wanted;
  const nameProblem = before ? undefined : checkPrincipalName(name);
  if (nameProblem !== undefined) throw refused(wanted, "name", nameProblem);
  if (before && before.principal.kind !== kind) {
    throw refused(wanted, "kind", `${name} is of kind ${before.principal.kind}`);
  }
  if (displayName !== undefined) checkDisplayName(wanted, displayName);
  if (members && kind !== "group") throw refused(wanted, "members", "only a group has members");
  if (admin && kind !== "individual") {
    throw refused(wanted, "admin", "only an individual can be an administrator");
  }
  return {
    wanted,
    before,
    id: before?.principal.id ?? ids(),
    nameKey: foldName(name),
    name: before?.principal.name ?? name,
    addresses: emails
      ? [...new Set(emails.map((email, index) => addressOf(wanted, email, index)))]
      : before?.principal.addresses ?? [],
  };
}

function addressOf(wanted: WantedPrincipal, email: string, index: number): string {
  const address = normalMailAddress(email);
  if (address !== undefined) return address;
  throw refused(wanted, `emails[${index}]`, `${email} is no mail address`);
}

function checkDisplayName(wanted: WantedPrincipal, displayName: string): void {
  const problem = displayName.trim() === ""
    ? "must not be empty"
    : displayName.length > limits.displayNameCharacters
    ? `must not exceed ${limits.displayNameCharacters} characters`
    : unprintable.test(displayName)
    ? "must not hold control characters"
    : undefined;
  if (problem !== undefined) throw refused(wanted, "displayName", problem);
}

/** What XML could not carry, and line ends. */
const unprintable = /[\p{Cc}\p{Cs}\uFFFE\uFFFF]/u;

/** All names as they will be, folded, with what they are called and whom they name. */
type Names = ReadonlyMap<string, { readonly id: number; readonly name: string }>;

function checkNames(current: readonly PrincipalEntry[], plans: readonly Plan[]): Names {
  const names = new Map(
    current.map(({ principal: { id, name } }) => [foldName(name), { id, name }]),
  );
  const wanted = new Set<string>();
  for (const { wanted: one, id, name, nameKey } of plans) {
    if (wanted.has(nameKey)) throw refused(one, "name", `${one.name} is there twice`);
    wanted.add(nameKey);
    names.set(nameKey, { id, name });
  }
  return names;
}

/** Ids of those whose address another one gets, by that address. */
type Moved = ReadonlyMap<string, number>;

function checkAddresses(
  current: readonly PrincipalEntry[],
  plans: readonly Plan[],
  names: Names,
): Moved {
  const before = new Map(
    current.flatMap(({ principal }) => principal.addresses.map((one) => [one, principal.id])),
  );
  const planned = new Set(plans.map(({ id }) => id));
  const holders = new Map([...before].filter(([, id]) => !planned.has(id)));
  const moved = new Map<string, number>();
  for (const { id, wanted, addresses } of plans) {
    for (const address of addresses) {
      const path = `emails[${addresses.indexOf(address)}]`;
      const holder = holders.get(address) ?? id;
      if (holder !== id) {
        throw refused(wanted, path, `${address} is the address of another principal`);
      }
      const called = names.get(address);
      if (called && called.id !== id) {
        throw refused(wanted, path, `${address} is the name of another principal`);
      }
      holders.set(address, id);
      const had = before.get(address);
      if (had !== undefined && had !== id) moved.set(address, had);
    }
  }
  for (const plan of plans.filter((one) => one.before === undefined)) {
    const holder = before.get(plan.nameKey);
    if (holder === undefined) continue;
    throw refused(plan.wanted, "name", `${plan.name} is the address of another principal`);
  }
  return moved;
}
