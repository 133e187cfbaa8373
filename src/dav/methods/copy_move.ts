import { neededPrivileges } from "../../access/needed_privileges.ts";
import { privilegesOn, requirePrivilege } from "../../access/privileges.ts";
import { decideRelocate, type Destination, type Source } from "../../calendar/decide_relocate.ts";
import { locksOf, requireUnlocked } from "../../calendar/locks.ts";
import { transact } from "../../calendar/transact.ts";
import { checkConditions, readConditions } from "../../http/conditions.ts";
import { readDepth } from "../../http/depth.ts";
import { encodeSegment } from "../../http/path.ts";
import { limits } from "../../limits.ts";
import { Refusal } from "../../refusal.ts";
import type { Snapshot } from "../../store/store.ts";
import { readDestination, readOverwrite } from "../destination.ts";
import type { DavRequest, Door, Method } from "../door.ts";
import { dynamicHeaders } from "../multistatus.ts";
import { type Mapped, open } from "../open.ts";
import { isCollection, isObject } from "../resource.ts";
import { hrefBelow, type TreeTarget } from "../target.ts";

/** COPY (RFC 4918 §9.8). */
export const copy: Method = {
  name: "COPY",
  on: ["calendar", "calendar-object", "files", "file"],
  creates: [],
  handle: (request, door) => relocate("COPY", request, door),
};

/** MOVE (RFC 4918 §9.9): the object keeps its ETag, and is gone from where it was in one commit. */
export const move: Method = {
  ...copy,
  name: "MOVE",
  handle: (request, door) => relocate("MOVE", request, door),
};

interface Loaded extends Mapped {
  readonly source: Source;
  /** What is at the destination. */
  readonly there: Snapshot;
}

async function relocate(
  method: "COPY" | "MOVE",
  request: DavRequest,
  door: Door,
): Promise<Response> {
  const { services } = door;
  const { headers } = request;
  const conditions = readConditions(headers);
  const overwrite = readOverwrite(headers);
  const to = readDestination(request, services.config.baseUrl);
  const depth = readDepth(headers, "infinity");
  if (depth === 1 || (method === "MOVE" && depth === 0)) throw new Refusal(400);
  const load = async (): Promise<Loaded> => {
    const opened = await open(request, door) as Mapped;
    const { resource } = opened;
    const source = await sourceOf(opened, method === "COPY" && depth !== 0, door);
    const uid = isObject(resource) ? resource.object.uid : undefined;
    const asker = resource.asker.id;
    const there = await services.store.load({ asker, place: to.place, uid });
    return { ...opened, source, there };
  };
  const decide = ({ source, there, resource, snapshot, settled, submitted }: Loaded) => {
    const etag = isObject(resource) ? resource.object.etag : undefined;
    checkConditions(conditions, etag, { safe: false });
    checkAllowed(method, resource, to, there, door);
    const destination = destinationOf(to, there);
    const { href: from } = resource;
    const href = hrefBelow(to.homeHref, to.place.segments, isCollection(resource));
    if (`${href}/`.startsWith(from.replace(/\/?$/, "/"))) {
      throw new Refusal(403, undefined, { text: "the destination is in the source" });
    }
    const parentHref = hrefBelow(to.homeHref, to.place.segments.slice(0, -1), true);
    const { locks, asker } = { ...snapshot, asker: resource.asker.id };
    requireUnlocked(locks, [{ href, deep: true }, { href: parentHref }], submitted, asker);
    const at = services.clock();
    const { random } = services;
    const decision = decideRelocate(source, destination, {
      method,
      overwrite,
      at,
      newId: random.id,
      newEtag: random.etag,
      hrefOf: (name) => parentHref + encodeSegment(name),
    });
    const ended = method === "MOVE" ? locksOf(locks, from) : [];
    return {
      ...decision,
      rests: [...settled, ...decision.rests],
      changes: [...decision.changes, { kind: "delete-locks", tokens: ended } as const],
    };
  };
  const { created, etag } = await transact(services.store.commit, load, decide);
  const answer: Record<string, string> = etag === undefined ? {} : { etag };
  return new Response(null, {
    status: created ? 201 : 204,
    headers: { ...dynamicHeaders, ...answer },
  });
}

/** @throws {Refusal} 507 where a collection holds more than one commit should. */
async function sourceOf({ resource, parent }: Mapped, deep: boolean, door: Door): Promise<Source> {
  if (isObject(resource) && parent) {
    return { kind: "object", object: resource.object, parent: parent.collection };
  }
  if (!isCollection(resource) || !parent) {
    throw new Refusal(403, undefined, { text: "a home stays where it is" });
  }
  const { collection, asker } = resource;
  const below = deep
    ? await door.services.store.subtree(collection.id, asker.id, limits.copyMembers)
    : { collections: [], objects: [] };
  if (!below) throw new Refusal(507, undefined, { text: "too much to copy at once" });
  return { kind: "collection", collection, below };
}

/** @throws {Refusal} 409 where the destination's parent is missing (RFC 4918 §9.8.5). */
function destinationOf(to: TreeTarget, { chain, rest, object, uidHolder }: Snapshot): Destination {
  const name = to.place.segments.at(-1);
  const mapped = rest.length === 0;
  const parent = chain.at(mapped ? -2 : -1);
  if (name === undefined || rest.length > 1 || !parent || chain.length === 0) {
    throw new Refusal(name === undefined ? 403 : 409);
  }
  return { parent, name, object, collection: mapped ? chain.at(-1) : undefined, uidHolder };
}

function checkAllowed(
  method: "COPY" | "MOVE",
  { asker }: Mapped["resource"],
  to: TreeTarget,
  { owner }: Snapshot,
  { services }: Door,
): void {
  const privileges = privilegesOn("tree", asker, owner, services.config);
  for (const { on, privilege } of neededPrivileges[method].missing) {
    if (on === "destination-parent") requirePrivilege(privileges, privilege, to.homeHref);
  }
}
