import { type Privileges, privilegesOn, privilegesOnAttachment } from "../access/privileges.ts";
import type { Collection, Principal } from "../model.ts";
import type { Snapshot } from "../store/questions.ts";
import type { DavRequest } from "./door.ts";
import { type CollectionResource, memberKind, type Resource } from "./resource.ts";
import { hrefBelow, type Target } from "./target.ts";

/** A snapshot whose asker is there. */
export type Signed = Snapshot & { readonly asker: Principal };

/** There is nothing, and nothing can be made there. */
export interface Missing {
  readonly state: "missing";
  readonly href: string;
}

/** What a URL names: a resource, or the place where one could be made, or neither. */
export type Placed =
  | {
    readonly state: "mapped";
    readonly resource: Resource;
    /** The collection that it is in, if that is one of the database. */
    readonly parent?: CollectionResource;
  }
  | {
    readonly state: "unmapped";
    readonly parent: CollectionResource;
    /** Decoded last segment. */
    readonly name: string;
  }
  | Missing;

/** What the asker may do with what a URL names, and with all below it. */
export function privilegesAt(
  { place }: Target,
  { asker, owner, attachments }: Signed,
  config: Parameters<typeof privilegesOn>[3],
): Privileges {
  if (place.kind !== "attachment") return privilegesOn(place.kind, asker, owner, config);
  return privilegesOnAttachment(asker, attachments[0]?.owners ?? [], config);
}

/** Reads a snapshot as resources. */
export function place(
  { target }: Pick<DavRequest, "target">,
  snapshot: Signed,
  privileges: Privileges,
): Placed {
  const { asker, owner, epoch } = snapshot;
  const common = { asker, privileges };
  if (target.kind === "attachment") {
    const { kind, href } = target;
    const [attachment] = snapshot.attachments;
    if (!attachment) return { state: "missing", href };
    return { state: "mapped", resource: { ...common, kind, href, properties: [], attachment } };
  }
  if (target.kind !== "tree" && target.kind !== "principal") {
    return { state: "mapped", resource: { ...common, ...target, properties: [] } };
  }
  const href = target.kind === "tree" ? target.homeHref : target.href;
  if (!owner) return { state: "missing", href };
  if (target.kind === "principal") {
    const { ownerProperties: properties, ownerKin: kin } = snapshot;
    const resource = { ...common, kind: target.kind, href, properties, principal: owner, kin };
    return { state: "mapped", resource };
  }
  const { segments } = target.place;
  const { chain, rest, object } = snapshot;
  const collectionAt = (depth: number): CollectionResource | undefined => {
    const collection = chain[depth];
    if (!collection) return undefined;
    return {
      ...common,
      ...collectionParts(collection),
      href: hrefBelow(href, segments.slice(0, depth), true),
      owner,
      epoch,
      locks: snapshot.locks,
      used: snapshot.used,
    };
  };
  const last = collectionAt(chain.length - 1);
  const [name, ...further] = rest;
  if (!last) return { state: "missing", href };
  if (name === undefined) {
    return { state: "mapped", resource: last, parent: collectionAt(chain.length - 2) };
  }
  if (further.length > 0) return { state: "missing", href: last.href };
  if (!object) return { state: "unmapped", parent: last, name };
  const resource: Resource = {
    ...common,
    kind: memberKind[last.kind],
    href: hrefBelow(href, segments, false),
    properties: object.properties,
    object,
    content: snapshot.content,
    owner,
    locks: snapshot.locks,
  };
  return { state: "mapped", resource, parent: last };
}

const collectionParts = (collection: Collection) => ({
  kind: collection.kind,
  collection,
  properties: collection.properties,
});
