import { neededPrivileges } from "../access/needed_privileges.ts";
import { type Privileges, privilegesOn, requirePrivilege } from "../access/privileges.ts";
import type { Collection, Fact, Principal } from "../model.ts";
import { Refusal } from "../refusal.ts";
import type { Question, Snapshot } from "../store/store.ts";
import { type DavRequest, type Door, type Method, methodsIn, methodsOn } from "./door.ts";
import type { CollectionResource, Resource } from "./resource.ts";
import { memberKind } from "./resource.ts";
import { hrefBelow } from "./target.ts";

/** The resource that a request names, or the place where one could be made. */
export type Opened = Mapped | Unmapped;

export interface Mapped {
  readonly state: "mapped";
  readonly resource: Resource;
  /** The collection that it is in, if that is one of the database. */
  readonly parent?: CollectionResource;
  readonly snapshot: Snapshot;
  /** What settled that the asker may; a commit rests on it. */
  readonly access: Fact;
}

export interface Unmapped {
  readonly state: "unmapped";
  readonly parent: CollectionResource;
  /** Decoded last segment. */
  readonly name: string;
  readonly snapshot: Snapshot;
  readonly access: Fact;
}

type Wants = Pick<Question, "body" | "properties" | "uid">;

/**
 * Loads what the request names in one round trip, and settles for all methods whether the asker is
 * still who they say, whether they may, and whether there is such a method.
 *
 * @throws {Refusal} 401, 403 DAV:need-privileges, 404, 405, or 409 where the parent is missing.
 */
export async function open(request: DavRequest, door: Door, wants: Wants = {}): Promise<Opened> {
  const snapshot = await loadAs(request, door, wants);
  const { target, row } = request;
  const { asker, owner } = snapshot;
  const privileges = privilegesOn(target.place.kind, asker, owner, door.services.config);
  const access: Fact = {
    kind: "access",
    principalId: asker.id,
    accessVersion: asker.accessVersion,
  };
  const opened = { ...place(request, snapshot, privileges), snapshot, access };
  require(row.name, privileges, opened);
  checkMethod(request, door, opened);
  if (opened.state === "missing") throw new Refusal(missingStatus(row));
  return opened;
}

type Signed = Snapshot & { readonly asker: Principal };

/** With a log-in that is right now: one that was right before may have been revoked since. */
async function loadAs(
  { login, address, target }: DavRequest,
  { authenticator, services: { store } }: Door,
  wants: Wants,
): Promise<Signed> {
  for (let attempt = 0; attempt < 2; attempt++) {
    const verified = await authenticator.authenticate(login, address);
    const asker = verified.principalId;
    const snapshot = await store.load({ asker, place: target.place, ...wants });
    const found = snapshot.asker;
    if (found && !found.disabled && found.credentialVersion === verified.credentialVersion) {
      return { ...snapshot, asker: found };
    }
    authenticator.forget(login);
  }
  throw new Refusal(401);
}

type Placed =
  | Pick<Mapped, "state" | "resource" | "parent">
  | Pick<Unmapped, "state" | "parent" | "name">
  | { readonly state: "missing"; readonly href: string };

function place({ target }: DavRequest, snapshot: Signed, privileges: Privileges): Placed {
  const { asker, owner, epoch } = snapshot;
  const common = { asker, privileges };
  if (target.kind !== "tree" && target.kind !== "principal") {
    return { state: "mapped", resource: { ...common, ...target, properties: [] } };
  }
  const href = target.kind === "tree" ? target.homeHref : target.href;
  if (!owner) return { state: "missing", href };
  if (target.kind === "principal") {
    const properties = snapshot.ownerProperties;
    const resource = { ...common, kind: target.kind, href, properties, principal: owner };
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
  };
  return { state: "mapped", resource, parent: last };
}

const collectionParts = (collection: Collection) => ({
  kind: collection.kind,
  collection,
  properties: collection.properties,
});

function require(method: Method["name"], privileges: Privileges, placed: Placed) {
  const needs = neededPrivileges[method][placed.state === "mapped" ? "existing" : "missing"];
  for (const { on, privilege } of needs) {
    if (on === "destination" || on === "destination-parent") continue;
    requirePrivilege(privileges, privilege, hrefFor(on, placed));
  }
}

function hrefFor(on: "resource" | "parent", placed: Placed): string {
  if (placed.state === "missing") return placed.href;
  if (placed.state === "unmapped") return placed.parent.href;
  return on === "parent" && placed.parent ? placed.parent.href : placed.resource.href;
}

function checkMethod({ row }: DavRequest, { tables }: Door, placed: Placed) {
  if (placed.state === "mapped" && !row.on.includes(placed.resource.kind)) {
    const allow = methodsOn(tables, placed.resource.kind);
    throw row.occupied?.() ?? new Refusal(405, undefined, { allow });
  }
  if (placed.state === "unmapped" && !row.creates.includes(placed.parent.kind)) {
    if (row.creates.length === 0) throw new Refusal(404);
    throw new Refusal(405, undefined, { allow: methodsIn(tables, placed.parent) });
  }
}

/** RFC 4918 §9.3.1, §9.7.1: what makes a resource needs its parent. */
const missingStatus = ({ name, creates }: Method): number =>
  creates.length > 0 && name !== "OPTIONS" ? 409 : 404;
