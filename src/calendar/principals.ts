import { displayKey, foldName } from "../access/names.ts";
import type { Change, Fact } from "../change.ts";
import type { Principal } from "../model.ts";
import type { PrincipalEntry } from "../store/questions.ts";
import { checkAddresses, type Holders, holdersOf, membersAfter, namesAfter } from "./directory.ts";
import { type Plan, planOf, type WantedPrincipal } from "./principal_plan.ts";
import { provision } from "./provision.ts";
import type { Decision } from "./transact.ts";

/** What a decision takes from outside: fresh ids, and the time in UTC epoch milliseconds. */
export interface Given {
  readonly ids: () => number;
  readonly now: number;
}

/** What became of the principals that were wanted. */
export interface Summary {
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
): Decision<Summary> {
  const entries = new Map(current.map((entry) => [foldName(entry.principal.name), entry]));
  const plans = wanted.map((one) => planOf(one, entries.get(foldName(one.name)), given.ids));
  const names = namesAfter(current, plans);
  const holders = holdersOf(current);
  checkAddresses(plans, holders, names);
  const members = membersAfter(current, plans, names);

  const steps = plans.map((plan) => changesOf(plan, members.get(plan.id), given));
  const made = plans.filter(({ before }) => before === undefined);
  const changed = plans.filter(({ before }, index) => before && steps[index]?.length);
  return {
    rests: [
      ...made.map(({ nameKey }): Fact => ({ kind: "name-free", nameKey })),
      ...asRead(current, new Set(changed.map(({ id }) => id)), members.size > 0),
      ...newAddresses(plans, holders),
    ],
    changes: inOrder([...releases(plans, holders), ...steps.flat()]),
    reply: {
      created: made.length,
      changed: changed.length,
      unchanged: plans.length - made.length - changed.length,
    },
  };
}

/** The principal is as it was when the decision was made. */
export const isAsRead = ({ id, accessVersion, credentialVersion }: Principal): Fact => ({
  kind: "principal",
  id,
  accessVersion,
  credentialVersion,
});

function changesOf(plan: Plan, members: readonly string[] | undefined, given: Given): Change[] {
  const { before, wanted: { passwordHash }, id } = plan;
  return [
    ...(before ? setPrincipal(plan, before.principal) : makePrincipal(plan, given)),
    ...setAddresses(plan),
    ...(passwordHash === undefined ? [] : [
      { kind: "set-password", principalId: id, hash: passwordHash, created: given.now } as const,
    ]),
    ...(members === undefined ? [] : [{ kind: "set-members", groupId: id, members } as const]),
  ];
}

function makePrincipal({ wanted, id, name, nameKey }: Plan, { ids, now }: Given): Change[] {
  const { kind, displayName = name, admin = false } = wanted;
  const principal = { id, kind, name, displayName, admin, disabled: false };
  return [
    {
      kind: "make-principal",
      principal,
      nameKey,
      displayKey: displayKey(displayName),
      created: now,
    },
    ...provision(principal, ids, now),
  ];
}

function setPrincipal({ wanted, id }: Plan, before: Principal): Change[] {
  const displayName = wanted.displayName === before.displayName ? undefined : wanted.displayName;
  const admin = wanted.admin === before.admin ? undefined : wanted.admin;
  if (displayName === undefined && admin === undefined) return [];
  const key = displayName === undefined ? undefined : displayKey(displayName);
  return [{ kind: "set-principal", id, displayName, displayKey: key, admin }];
}

function setAddresses({ before, id, addresses }: Plan): Change[] {
  const wanted = [...new Set(addresses)];
  const had = before?.principal.addresses ?? [];
  const same = wanted.length === had.length && wanted.every((one, index) => one === had[index]);
  if (addresses === undefined || same) return [];
  return [{ kind: "set-addresses", principalId: id, addresses: wanted }];
}

/** Two changes of memberships that are each right can make a circle: then all groups count. */
function asRead(
  current: readonly PrincipalEntry[],
  changed: ReadonlySet<number>,
  membership: boolean,
): Fact[] {
  return current
    .map(({ principal }) => principal)
    .filter(({ id, kind }) => changed.has(id) || membership && kind === "group")
    .map(isAsRead);
}

/** An address that goes over within the plans is not free; its holder's being as read covers it. */
function newAddresses(plans: readonly Plan[], holders: Holders): Fact[] {
  const planned = new Set(plans.map(({ id }) => id));
  return plans.flatMap(({ id, addresses = [] }) =>
    addresses
      .filter((address) => !planned.has(holders.get(address) ?? 0))
      .map((address): Fact => ({ kind: "address-free", address, principalId: id }))
  );
}

/** Whoever gives an address to another one gives it up before anybody gets one. */
function releases(plans: readonly Plan[], holders: Holders): Change[] {
  const given = new Set(
    plans.flatMap(({ id, addresses = [] }) =>
      addresses.filter((address) => (holders.get(address) ?? id) !== id)
    ),
  );
  return plans.flatMap(({ before, id }): Change[] => {
    const had = before?.principal.addresses ?? [];
    const kept = had.filter((address) => !given.has(address));
    if (kept.length === had.length) return [];
    return [{ kind: "set-addresses", principalId: id, addresses: kept }];
  });
}

/** Members are found by name, so everybody is made first. */
const inOrder = (changes: readonly Change[]): Change[] => [
  ...changes.filter(({ kind }) => kind !== "set-members"),
  ...changes.filter(({ kind }) => kind === "set-members"),
];
