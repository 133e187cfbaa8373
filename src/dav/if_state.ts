import { holdsIf, type IfList, type ResourceState } from "../http/if_header.ts";
import { covers } from "../calendar/locks.ts";
import { Refusal } from "../refusal.ts";
import type { Located, Snapshot, TreePlace } from "../store/questions.ts";
import type { Placed } from "./placed.ts";
import { isCollection, isObject } from "./resource.ts";
import { currentToken } from "./sync_token.ts";
import { homeHref, hrefBelow, targetOfHref } from "./target.ts";

/** The resources that lists are tagged with, and where they are; others match nothing. */
export function taggedPlaces(
  lists: readonly IfList[] | undefined,
): readonly { readonly resource: string; readonly place: TreePlace }[] {
  const resources = new Set(lists?.flatMap(({ resource }) => resource ?? []));
  return [...resources].flatMap((resource) => {
    const target = targetOfHref(resource);
    return target?.kind === "tree" ? [{ resource, place: target.place }] : [];
  });
}

/**
 * @param tagged The resources of `taggedPlaces`, in the order of `snapshot.also`.
 * @throws {Refusal} 412 where no list of the `If` header holds.
 */
export function checkIf(
  lists: readonly IfList[],
  placed: Placed,
  snapshot: Snapshot,
  tagged: readonly string[],
): void {
  const holds = holdsIf(lists, (resource) => {
    if (resource === undefined) return ownState(placed, snapshot);
    const found = snapshot.also[tagged.indexOf(resource)];
    return found ? stateOf(found, snapshot) : nothing;
  });
  if (!holds) throw new Refusal(412);
}

const nothing: ResourceState = { tokens: [] };

function ownState(placed: Placed, { locks, epoch }: Snapshot): ResourceState {
  if (placed.state !== "mapped") return nothing;
  const { resource } = placed;
  const tokens = tokensOn(resource.href, locks);
  if (isObject(resource)) return { etag: resource.object.etag, tokens };
  if (!isCollection(resource)) return { tokens };
  return { tokens: [...tokens, currentToken(resource.collection, epoch)] };
}

function stateOf({ owner, chain, rest, object }: Located, snapshot: Snapshot): ResourceState {
  const [home] = chain;
  const last = chain.at(-1);
  if (!home || !last || !owner || rest.length > 1 || (rest.length === 1 && !object)) return nothing;
  const names = [...chain.slice(1).map(({ name }) => name), ...rest];
  const root = homeHref(home.kind === "files" ? "files" : "calendar-home", owner.name);
  const tokens = tokensOn(hrefBelow(root, names, !object), snapshot.locks);
  if (object) return { etag: object.etag, tokens };
  return { tokens: [...tokens, currentToken(last, snapshot.epoch)] };
}

const tokensOn = (href: string, locks: Snapshot["locks"]): string[] =>
  locks.filter((lock) => covers(lock, href)).map(({ token }) => token);
