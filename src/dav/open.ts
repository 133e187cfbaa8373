import { neededPrivileges } from "../access/needed_privileges.ts";
import { type Privileges, requirePrivilege } from "../access/privileges.ts";
import type { Fact } from "../change.ts";
import { locksAre, requireUnlocked, type Touched } from "../calendar/locks.ts";
import { checkConditions, type Present, readConditions } from "../http/conditions.ts";
import { readIf, submittedTokens } from "../http/if_header.ts";
import { requireService, type ServiceName, serviceOfHome } from "../access/switches.ts";
import { Refusal } from "../refusal.ts";
import type { Question, Snapshot } from "../store/questions.ts";
import type { XmlName } from "../xml/names.ts";
import { checkIf, taggedPlaces } from "./if_state.ts";
import {
  type DavRequest,
  type Door,
  type Method,
  methodsFor,
  methodsIn,
  methodsOn,
} from "./door.ts";
import { type Missing, place, type Placed, privilegesAt, type Signed } from "./placed.ts";
import { isCollection, isObject, type Resource } from "./resource.ts";
import { hasLocks, type Target } from "./target.ts";
import { versionConditions } from "./variant.ts";

/** The resource that a request names, or the place where one could be made. */
export type Opened = Mapped | Unmapped;

interface Settled {
  readonly snapshot: Snapshot;
  /** What settled that the asker may, and that no lock forbids it; a commit rests on it. */
  readonly settled: readonly Fact[];
  /** The state tokens in the `If` header. */
  readonly submitted: ReadonlySet<string>;
}

export type Mapped = Extract<Placed, { state: "mapped" }> & Settled;
export type Unmapped = Extract<Placed, { state: "unmapped" }> & Settled;

type Asked = "body" | "properties" | "uid" | "used" | "children" | "digests" | "attachments";

interface Wants extends Pick<Question, Asked> {
  /** Needed instead of those that the method needs. */
  readonly privilege?: XmlName;
}

/**
 * Loads what the request names in one round trip, and settles for all methods whether the asker is
 * still who they say, whether they may, whether there is such a method, whether the `If` header and
 * the conditions of a method that writes hold, and whether a lock forbids it.
 *
 * @throws {Refusal} 401, 403 DAV:need-privileges, 404, 405, 409 where the parent is missing, 412, or
 *   423 DAV:lock-token-submitted.
 */
export async function open(
  request: DavRequest,
  door: Door,
  { privilege, ...wants }: Wants = {},
): Promise<Opened> {
  const { target, row, headers } = request;
  const lists = readIf(headers);
  const tagged = taggedPlaces(lists);
  const locksAt = hasLocks(target) ? door.services.clock() : undefined;
  const also = tagged.map(({ place }) => place);
  const snapshot = await loadAs(request, door, { ...wants, also, locksAt });
  const { asker } = snapshot;
  const privileges = privilegesAt(target, snapshot, door.services.config);
  requireServicesAt(target, snapshot);
  const opened = place(request, snapshot, privileges);
  require(row.name, privilege, privileges, opened);
  checkMethod(request, door, opened);
  const submitted = submittedTokens(lists);
  if (opened.state === "missing") throw new Refusal(missingStatus(row));
  if (lists) checkIf(lists, opened, snapshot, tagged.map(({ resource }) => resource));
  if (writes.includes(row.name)) {
    const present = opened.state === "mapped" ? presentAt(opened.resource) : undefined;
    checkConditions(versionConditions(readConditions(headers)), present, { safe: false });
  }
  requireUnlocked(snapshot.locks, touchedBy(row.name, opened), submitted, asker.id);
  const access: Fact = {
    kind: "access",
    principalId: asker.id,
    accessVersion: asker.accessVersion,
  };
  const home = snapshot.chain[0];
  const unlocked = home && locksAt !== undefined
    ? [locksAre(home.id, snapshot.locks, locksAt)]
    : [];
  return { ...opened, snapshot, settled: [access, ...unlocked], submitted };
}

/** @throws {Refusal} 503 while something is switched off that the resource is part of. */
function requireServicesAt(target: Target, { switchedOff, asker }: Signed): void {
  const services: readonly ServiceName[] = target.kind === "tree"
    ? [serviceOfHome[target.place.home]]
    : target.kind === "attachment"
    ? ["caldav", "attachments"]
    : [];
  for (const service of services) requireService(service, switchedOff, asker);
}

/** A resource as conditions see it. */
function presentAt(resource: Resource): Present {
  if (isObject(resource)) {
    return { etag: resource.object.etag, lastModified: resource.object.modified };
  }
  return isCollection(resource) ? { lastModified: resource.collection.modified } : {};
}

/** With a log-in that is right now: one that was right before may have been revoked since. */
async function loadAs(
  { login, verified: remembered, address, target }: DavRequest,
  { authenticator, services: { store } }: Door,
  wants: Omit<Question, "asker" | "place">,
): Promise<Signed> {
  for (let attempt = 0; attempt < 2; attempt++) {
    const verified = attempt === 0 ? remembered : await authenticator.authenticate(login, address);
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

function require(
  method: Method["name"],
  instead: XmlName | undefined,
  privileges: Privileges,
  placed: Placed,
) {
  const needs = neededPrivileges[method][placed.state === "mapped" ? "existing" : "missing"];
  for (const { on, privilege } of needs) {
    if (on === "destination" || on === "destination-parent") continue;
    requirePrivilege(privileges, instead ?? privilege, hrefFor(on, placed));
  }
}

function hrefFor(on: "resource" | "parent", placed: Placed): string {
  if (placed.state === "missing") return placed.href;
  if (placed.state === "unmapped") return placed.parent.href;
  return on === "parent" && placed.parent ? placed.parent.href : placed.resource.href;
}

/** What a method changes, for the locks on it (RFC 4918 §7); COPY and MOVE see to the rest. */
function touchedBy(method: Method["name"], placed: Exclude<Placed, Missing>): Touched[] {
  const parent = placed.parent ? [{ href: placed.parent.href }] : [];
  if (placed.state === "unmapped") return makes.includes(method) ? parent : [];
  const { href } = placed.resource;
  if (removes.includes(method)) return [{ href, deep: true }, ...parent];
  return changes.includes(method) ? [{ href }] : [];
}

/** Those that write at the URL itself; others have no use for conditions (RFC 9110 §13.2.1). */
const writes: readonly Method["name"][] = [
  "PUT",
  "POST",
  "PROPPATCH",
  "MKCOL",
  "MKCALENDAR",
  "DELETE",
  "COPY",
  "MOVE",
  "LOCK",
];

const makes: readonly Method["name"][] = ["PUT", "MKCOL", "LOCK"];
const removes: readonly Method["name"][] = ["DELETE", "MOVE"];
const changes: readonly Method["name"][] = ["PUT", "PROPPATCH"];

function checkMethod({ row, target }: DavRequest, { tables }: Door, placed: Placed) {
  if (placed.state === "mapped" && !row.on.includes(placed.resource.kind)) {
    const allow = methodsOn(methodsFor(tables, target), placed.resource.kind);
    throw row.occupied?.() ?? new Refusal(405, undefined, { allow });
  }
  if (placed.state === "unmapped" && !row.creates.includes(placed.parent.kind)) {
    if (row.creates.length === 0 && row.on.length > 0) throw new Refusal(404);
    const allow = methodsIn(methodsFor(tables, target), placed.parent);
    throw new Refusal(405, undefined, { allow });
  }
}

/** RFC 4918 §9.3.1, §9.7.1: what makes a resource needs its parent. */
const missingStatus = ({ name, creates }: Method): number =>
  creates.length > 0 && name !== "OPTIONS" ? 409 : 404;
