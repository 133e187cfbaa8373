import { neededPrivileges } from "../../access/needed_privileges.ts";
import { privilegesOn, requirePrivilege } from "../../access/privileges.ts";
import { requireService, serviceOfHome } from "../../access/switches.ts";
import {
  decideRelocate,
  type Destination,
  type NewContent,
  type Source,
} from "../../calendar/decide_relocate.ts";
import { locksAre, locksOf, requireUnlocked } from "../../calendar/locks.ts";
import { boundsOf, requireQuota } from "../../calendar/quota.ts";
import { digestsOf, shareBlobs } from "../../calendar/shared_blobs.ts";
import { transact } from "../../calendar/transact.ts";
import { readDepth } from "../../http/depth.ts";
import { encodeSegment } from "../../http/path.ts";
import { readPrefer } from "../../http/prefer.ts";
import { limits } from "../../limits.ts";
import type { CollectionKind, NewBlob, ObjectInfo, Principal } from "../../model.ts";
import { Refusal } from "../../refusal.ts";
import type { Services } from "../../services.ts";
import type { Snapshot } from "../../store/questions.ts";
import { contentIn, differs } from "../content_in.ts";
import { readDestination, readOverwrite } from "../destination.ts";
import type { DavRequest, Door, Method } from "../door.ts";
import { dynamicHeaders } from "../multistatus.ts";
import { type Mapped, open } from "../open.ts";
import { relocatedObject } from "../relocated_object.ts";
import { representationAnswer } from "../representation.ts";
import { isCollection, isObject } from "../resource.ts";
import { hasLocks, hrefBelow, type TreeTarget } from "../target.ts";
import { uploading } from "../uploads.ts";

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
  /** UTC epoch milliseconds. */
  readonly at: number;
}

async function relocate(
  method: "COPY" | "MOVE",
  request: DavRequest,
  door: Door,
): Promise<Response> {
  const { services } = door;
  const wanted = readWanted(method, request, services.config.baseUrl);
  const { created, etag, told } = await uploading(services, (uploads) => {
    const convert = once((kind, object, asker) =>
      contentIn(kind, object, { services, uploads, asker, origin: request.origin })
    );
    return transact(
      services.store.commit,
      () => load(wanted, request, door, convert),
      (loaded) => decide(wanted, loaded, services),
    );
  });
  if (told) return representationAnswer(created ? 201 : 200, request, told, services.store);
  const answer: Record<string, string> = etag === undefined ? {} : { etag };
  return new Response(null, {
    status: created ? 201 : 204,
    headers: { ...dynamicHeaders, ...answer },
  });
}

type Convert = (
  kind: CollectionKind,
  object: ObjectInfo,
  asker: Principal,
) => Promise<NewContent | Refusal>;

/** Does not do again for the same version what may take its time. */
function once(convert: Convert): Convert {
  let last: { readonly kind: CollectionKind; readonly etag: string } | undefined;
  let content: ReturnType<Convert> | undefined;
  return (kind, object, asker) => {
    if (content && last?.kind === kind && last.etag === object.etag) return content;
    last = { kind, etag: object.etag };
    return content = convert(kind, object, asker);
  };
}

interface Wanted {
  readonly method: "COPY" | "MOVE";
  readonly to: TreeTarget;
  readonly overwrite: boolean;
  /** With what is in the collection. */
  readonly deep: boolean;
  /** `Prefer: return=representation` */
  readonly representation: boolean;
}

function readWanted(
  method: Wanted["method"],
  request: DavRequest,
  baseUrl: string | undefined,
): Wanted {
  const { headers } = request;
  const depth = readDepth(headers, "infinity");
  if (depth === 1 || (method === "MOVE" && depth === 0)) throw new Refusal(400);
  return {
    method,
    to: readDestination(request, baseUrl),
    overwrite: readOverwrite(headers),
    deep: method === "COPY" && depth === "infinity",
    representation: readPrefer(headers).representation,
  };
}

async function load(
  { method, to, deep, representation }: Wanted,
  request: DavRequest,
  door: Door,
  convert: Convert,
): Promise<Loaded> {
  const opened = await open(request, door, { body: representation }) as Mapped;
  const { resource } = opened;
  const source = await sourceOf(opened, deep, door);
  const { store, clock, config: { quotaBytes } } = door.services;
  const at = clock();
  const asker = resource.asker.id;
  const locksAt = hasLocks(to) ? at : undefined;
  const used = method === "COPY" && quotaBytes !== undefined;
  const locate = (uid: string | undefined, blobs: readonly NewBlob[] = []) =>
    store.load({ asker, place: to.place, uid, locksAt, used, digests: digestsOf(blobs) });
  const there = await locate(isObject(resource) ? resource.object.uid : undefined);
  const parent = there.chain.at(there.rest.length === 0 ? -2 : -1);
  if (source.kind === "collection" || !parent || !differs(source.parent.kind, parent.kind)) {
    return { ...opened, source, there, at };
  }
  const becomes = await convert(parent.kind, source.object, resource.asker);
  if (becomes instanceof Refusal) return { ...opened, source: { ...source, becomes }, there, at };
  const { uid, blobs } = becomes;
  return { ...opened, source: { ...source, becomes }, there: await locate(uid, blobs), at };
}

function decide(
  { method, to, overwrite, representation }: Wanted,
  { source, there, at, resource, snapshot, settled, submitted }: Loaded,
  { config, random }: Services,
) {
  const { asker, href: from } = resource;
  requireService(serviceOfHome[to.place.home], there.switchedOff, asker);
  const parentHref = hrefBelow(to.homeHref, to.place.segments.slice(0, -1), true);
  const privileges = privilegesOn("tree", asker, there.owner, config);
  for (const { on, privilege } of neededPrivileges[method].missing) {
    if (on === "destination-parent") requirePrivilege(privileges, privilege, parentHref);
  }
  const destination = destinationOf(to, there);
  const href = hrefBelow(to.homeHref, to.place.segments, isCollection(resource));
  if (isWithin(href, from) || isWithin(from, href)) {
    throw new Refusal(403, undefined, { text: "source and destination are in each other" });
  }
  requireUnlocked(
    there.locks,
    [{ href, deep: true }, { href: parentHref }],
    submitted,
    asker.id,
  );
  const { source: shared, ...sharing } = withSharedBlobs(source, there.sameContent);
  const { rests, changes, reply } = decideRelocate(shared, destination, {
    method,
    overwrite,
    at,
    newId: random.id,
    newEtag: random.etag,
    hrefOf: (name) => parentHref + encodeSegment(name),
  });
  const room = method === "MOVE" ? [] : requireQuota({
    quota: boundsOf(there.owner, config).quotaBytes,
    ownerId: destination.parent.ownerId,
    used: there.used,
    replaced: destination.object && bytesOf(destination.object),
    added: sizeOf(source),
  });
  const home = hasLocks(to) ? there.chain[0] : undefined;
  const tokens = method === "MOVE" ? locksOf(snapshot.locks, from) : [];
  return {
    rests: [
      ...settled,
      ...rests,
      ...room,
      ...sharing.rests,
      ...(home ? [locksAre(home.id, there.locks, at)] : []),
    ],
    changes: [...changes, ...sharing.changes, { kind: "delete-locks", tokens } as const],
    reply: {
      ...reply,
      told: representation
        ? relocatedObject({ href, etag: reply.etag }, shared, resource)
        : undefined,
    },
  };
}

/** What becomes something else may have been uploaded anew. */
function withSharedBlobs(source: Source, sameContent: Snapshot["sameContent"]) {
  const becomes = source.kind === "object" ? source.becomes : undefined;
  if (source.kind !== "object" || !becomes || becomes instanceof Refusal) {
    return { source, rests: [], changes: [] };
  }
  const uploads = becomes.blobs.filter(({ digest }) => digest !== undefined);
  if (uploads.length === 0) return { source, rests: [], changes: [] };
  const { blobs, ...sharing } = shareBlobs(uploads, sameContent);
  return { source: { ...source, becomes: { ...becomes, blobs } }, ...sharing };
}

const sizeOf = (source: Source): number =>
  source.kind === "object"
    ? bytesOf(source.object)
    : source.below.objects.reduce((sum, one) => sum + bytesOf(one), 0);

/** With its attachments. */
const bytesOf = ({ sizeBytes, attachedBytes }: ObjectInfo): number => sizeBytes + attachedBytes;

/** Or the same: what is replaced, goes with all that is in it. */
const isWithin = (href: string, above: string): boolean =>
  `${href}/`.startsWith(above.replace(/\/?$/, "/"));

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
