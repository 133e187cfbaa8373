import { foldName } from "../access/names.ts";
import type { PrincipalEntry } from "../store/questions.ts";
import { type Plan, refused } from "./principal_plan.ts";

/** How principals are called in the end, by folded name. */
export type Names = ReadonlyMap<string, Pick<Plan, "id" | "name">>;

/** Names are one name space over all kinds. */
export function namesAfter(current: readonly PrincipalEntry[], plans: readonly Plan[]): Names {
  const names = new Map<string, Pick<Plan, "id" | "name">>(
    current.map(({ principal }) => [foldName(principal.name), principal]),
  );
  const planned = new Set<string>();
  for (const { wanted, id, name, nameKey } of plans) {
    if (planned.has(nameKey)) throw refused(wanted, "name", `${name} is there twice`);
    planned.add(nameKey);
    names.set(nameKey, { id, name });
  }
  return names;
}

/** Ids of those who have an address, by address. */
export type Holders = ReadonlyMap<string, number>;

export const holdersOf = (current: readonly PrincipalEntry[]): Holders =>
  new Map(current.flatMap(({ principal: { addresses, id } }) => addresses.map((one) => [one, id])));

/**
 * An address reaches one principal, and whoever is called as another is reached could log in as
 * neither. An address may go from one principal to another within the same plans.
 */
export function checkAddresses(plans: readonly Plan[], before: Holders, names: Names): void {
  const replaced = new Set(plans.filter(({ addresses }) => addresses).map(({ id }) => id));
  const holders = new Map([...before].filter(([, id]) => !replaced.has(id)));
  for (const { wanted, id, addresses = [] } of plans) {
    for (const [index, address] of addresses.entries()) {
      const others = [
        ["address", holders.get(address)],
        ["name", names.get(address)?.id],
      ] as const;
      for (const [what, other] of others) {
        if (other === undefined || other === id) continue;
        throw refused(wanted, `emails[${index}]`, `${address} is the ${what} of another principal`);
      }
      holders.set(address, id);
    }
  }
  for (const { wanted, id, name, nameKey } of plans) {
    if ((before.get(nameKey) ?? id) === id) continue;
    throw refused(wanted, "name", `${name} is the address of another principal`);
  }
}

/** Members of the groups whose members change, by the group's id, as their names are stored. */
export function membersAfter(
  current: readonly PrincipalEntry[],
  plans: readonly Plan[],
  names: Names,
): ReadonlyMap<number, readonly string[]> {
  const wanted = new Map(
    plans.flatMap((plan) => plan.wanted.members ? [[plan.id, membersOf(plan, names)]] : []),
  );
  checkCircles(current, plans, wanted);
  const before = new Map(current.map(({ principal, members }) => [principal.id, members]));
  return new Map([...wanted].filter(([id, members]) => !sameSet(members, before.get(id) ?? [])));
}

function membersOf({ wanted }: Plan, names: Names): readonly string[] {
  const members = (wanted.members ?? []).map((member, index) => {
    const known = names.get(foldName(member));
    if (known) return known.name;
    throw refused(wanted, `members[${index}]`, `nobody is called ${member}`);
  });
  return [...new Set(members)];
}

/** No group is, by whatever way, a member of itself. */
function checkCircles(
  current: readonly PrincipalEntry[],
  plans: readonly Plan[],
  wanted: ReadonlyMap<number, readonly string[]>,
): void {
  const members = new Map<string, readonly string[]>([
    ...current.map((entry) => [entry.principal.name, entry.members] as const),
    ...plans.flatMap(({ id, name }) => {
      const list = wanted.get(id);
      return list ? [[name, list] as const] : [];
    }),
  ]);
  for (const { wanted: group, id, name } of plans) {
    if (!wanted.has(id) || !reaches(members, name)) continue;
    throw refused(group, "members", `${name} would be a member of itself`);
  }
}

/** Whether one comes back to `name` by going from group to member. */
function reaches(members: ReadonlyMap<string, readonly string[]>, name: string): boolean {
  const seen = new Set<string>();
  const open = [...members.get(name) ?? []];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (next === name) return true;
    if (seen.has(next)) continue;
    seen.add(next);
    open.push(...members.get(next) ?? []);
  }
  return false;
}

function sameSet(some: readonly string[], others: readonly string[]): boolean {
  const set = new Set(others);
  return some.length === set.size && some.every((one) => set.has(one));
}
