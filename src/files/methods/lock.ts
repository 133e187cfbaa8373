import { covers, requireLockable } from "../../calendar/locks.ts";
import { transact } from "../../calendar/transact.ts";
import { readDepth } from "../../http/depth.ts";
import { readTimeout } from "../../http/timeout.ts";
import { limits } from "../../limits.ts";
import type { Change } from "../../change.ts";
import type { Lock } from "../../model.ts";
import { Refusal } from "../../refusal.ts";
import { D } from "../../xml/names.ts";
import { childNamed, el, type XmlElement } from "../../xml/tree.ts";
import { documentXml, storedXml } from "../../xml/write.ts";
import { readXmlRoot } from "../../dav/body.ts";
import type { DavRequest, Door, Method } from "../../dav/door.ts";
import { xmlHeaders } from "../../dav/multistatus.ts";
import { open, type Opened, type Unmapped } from "../../dav/open.ts";
import { hrefBelow } from "../../dav/target.ts";
import { decidePutFile } from "../../calendar/decide_put_file.ts";
import { activeLock } from "../properties.ts";

/**
 * LOCK (RFC 4918 §9.10): a new lock, on a URL without a resource also an empty file; without a body
 * the refresh of the one whose token is in `If`.
 */
export const lock: Method = {
  name: "LOCK",
  home: "files",
  on: ["files", "file"],
  creates: ["files"],
  async handle(request, door) {
    const body = await readXmlRoot(request, D.lockinfo);
    return body ? await take(body, request, door) : await refresh(request, door);
  },
};

async function take(body: XmlElement, request: DavRequest, door: Door): Promise<Response> {
  const scope = childNamed(body, D.lockscope);
  const exclusive = scope !== undefined && childNamed(scope, D.exclusive) !== undefined;
  const shared = scope !== undefined && childNamed(scope, D.shared) !== undefined;
  const type = childNamed(body, D.locktype);
  if (exclusive === shared || !type || !childNamed(type, D.write)) throw new Refusal(400);
  const depth = readDepth(request.headers, "infinity");
  if (depth === 1) throw new Refusal(400);
  const owner = childNamed(body, D.owner);
  const ownerXml = owner && storedXml(owner);
  if (ownerXml && ownerXml.length > limits.lockOwnerChars) {
    throw new Refusal(400, undefined, { text: "the owner of the lock is too long" });
  }
  const { store, clock, random } = door.services;
  const seconds = readTimeout(request.headers, limits.lockSeconds);
  const etag = random.etag();
  const token = `urn:uuid:${crypto.randomUUID()}`;
  const { taken, created } = await transact(
    store.commit,
    () => open(request, door),
    (opened) => {
      const at = clock();
      const { locks } = opened.snapshot;
      if (locks.length >= limits.locks) throw new Refusal(507);
      const taken: Lock = {
        token,
        href: hrefOf(request, opened),
        principalId: askerOf(opened),
        exclusive,
        deep: depth === "infinity",
        ownerXml,
        seconds,
        expires: at + seconds * 1000,
      };
      requireLockable(locks, taken);
      const file = opened.state === "unmapped" ? emptyFile(opened, etag, at) : undefined;
      const change: Change = { kind: "put-lock", homeId: homeOf(opened), lock: taken };
      return {
        rests: [...opened.settled, ...(file?.rests ?? [])],
        changes: [...(file?.changes ?? []), change],
        reply: { taken, created: file !== undefined },
      };
    },
  );
  return answer(taken, created ? 201 : 200, { "lock-token": `<${taken.token}>` });
}

/** A lock on a URL without a resource makes one (RFC 4918 §7.3). */
const emptyFile = ({ parent, name }: Unmapped, etag: string, at: number) =>
  decidePutFile(parent.collection.id, undefined, {
    name,
    etag,
    contentType: "application/octet-stream",
    body: "",
    blobs: [],
    sizeBytes: 0,
    at,
  });

/** @throws {Refusal} 412 DAV:lock-token-matches-request-uri (RFC 4918 §9.10.2, §9.11.1). */
async function refresh(request: DavRequest, door: Door): Promise<Response> {
  const { store, clock } = door.services;
  const seconds = readTimeout(request.headers, limits.lockSeconds);
  const lock = await transact(
    store.commit,
    () => open(request, door),
    (opened) => {
      const { snapshot: { locks }, submitted, settled } = opened;
      const [href, asker] = [hrefOf(request, opened), askerOf(opened)];
      if (submitted.size === 0) throw new Refusal(400, undefined, { text: "the token is missing" });
      const held = locks.find((one) =>
        submitted.has(one.token) && covers(one, href) && one.principalId === asker
      );
      if (!held) throw new Refusal(412, D.lockTokenMatchesRequestUri);
      const lock = { ...held, seconds, expires: clock() + seconds * 1000 };
      const change: Change = { kind: "put-lock", homeId: homeOf(opened), lock };
      return { rests: settled, changes: [change], reply: lock };
    },
  );
  return answer(lock, 200, {});
}

function answer(lock: Lock, status: number, headers: Readonly<Record<string, string>>): Response {
  const discovery = el(D.prop, [el(D.lockdiscovery, [activeLock(lock)])]);
  return new Response(documentXml(discovery), { status, headers: { ...xmlHeaders, ...headers } });
}

function hrefOf({ target }: DavRequest, opened: Opened): string {
  if (opened.state === "mapped") return opened.resource.href;
  if (target.kind !== "tree") throw new Refusal(405);
  return hrefBelow(target.homeHref, target.place.segments, false);
}

const askerOf = (opened: Opened): number =>
  (opened.state === "mapped" ? opened.resource : opened.parent).asker.id;

/** @throws {Refusal} 404 */
export function homeOf({ snapshot: { chain: [home] } }: Opened): number {
  if (!home) throw new Refusal(404);
  return home.id;
}
