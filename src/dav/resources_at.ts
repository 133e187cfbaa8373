import { privilegesOn } from "../access/privileges.ts";
import type { Principal } from "../model.ts";
import type { FoundPrincipal } from "../store/questions.ts";
import type { Door } from "./door.ts";
import { place, type Placed, privilegesAt } from "./placed.ts";
import { type Asked, wantsQuota } from "./properties.ts";
import { principalHrefOf } from "./property_rows.ts";
import type { Resource } from "./resource.ts";
import { hasLocks, type Target } from "./target.ts";

/** What is at a URL, whether the asker may read it or not. */
export interface Looked {
  readonly placed: Placed;
  /** Services that are off for the asker. */
  readonly switchedOff: readonly string[];
}

/** What there is at these URLs, in their order, with all properties; one round trip. */
export async function resourcesAt(
  targets: readonly Target[],
  asker: Principal,
  { services: { store, config, clock } }: Door,
  asked: Asked,
): Promise<Looked[]> {
  const snapshots = await store.loadAll(targets.map((target) => ({
    asker: asker.id,
    place: target.place,
    properties: true,
    used: wantsQuota(asked),
    locksAt: hasLocks(target) ? clock() : undefined,
  })));
  return targets.flatMap((target, index) => {
    const snapshot = snapshots[index];
    if (!snapshot) return [];
    const signed = { ...snapshot, asker };
    const placed = place({ target }, signed, privilegesAt(target, signed, config));
    return [{ placed, switchedOff: snapshot.switchedOff }];
  });
}

/** A principal that a search has found. */
export const principalResource = (
  { principal, properties, kin }: FoundPrincipal,
  asker: Principal,
  { services: { config } }: Door,
): Resource<"principal"> => ({
  kind: "principal",
  href: principalHrefOf(principal),
  asker,
  privileges: privilegesOn("principal", asker, principal, config),
  properties,
  principal,
  kin,
});
