import { decidePutFile } from "../../calendar/decide_put_file.ts";
import { boundsOf, requireQuota, requireSize } from "../../calendar/quota.ts";
import { digestsOf, shareBlobs } from "../../calendar/shared_blobs.ts";
import { transact } from "../../calendar/transact.ts";
import { Refusal } from "../../refusal.ts";
import type { Method } from "../../dav/door.ts";
import { keepFile } from "../../dav/kept_content.ts";
import { dynamicHeaders } from "../../dav/multistatus.ts";
import { open, type Opened } from "../../dav/open.ts";
import { isObject } from "../../dav/resource.ts";
import { uploading } from "../../dav/uploads.ts";

/** PUT of a file, whatever its size: it goes into the database as it comes. */
export const putFile: Method = {
  name: "PUT",
  home: "files",
  on: ["file"],
  creates: ["files"],
  async handle(request, door) {
    const { headers, body } = request;
    const { services } = door;
    const { store, clock, random, config } = services;
    const used = config.quotaBytes !== undefined;
    const roomOf = (opened: Opened, added: number) => {
      const { collection: { ownerId }, existing } = memberOf(opened);
      const { used, owner } = opened.snapshot;
      const { quotaBytes: quota, fileBytes } = boundsOf(owner, config);
      requireSize(added, fileBytes);
      return requireQuota({ quota, ownerId, used, replaced: existing?.sizeBytes, added });
    };
    const before = await open(request, door, { used });
    roomOf(before, body.declaredBytes ?? 0);
    const etag = random.etag();
    const contentType = headers.get("content-type") ?? "application/octet-stream";
    const { created } = await uploading(services, async (uploads) => {
      const content = await keepFile(body, uploads, (sizeBytes) => roomOf(before, sizeBytes));
      const digests = digestsOf(content.blobs);
      return await transact(
        store.commit,
        () => open(request, door, { used, digests }),
        (opened) => {
          const room = roomOf(opened, content.sizeBytes);
          const { collection, name, existing } = memberOf(opened);
          const { blobs, ...shared } = shareBlobs(content.blobs, opened.snapshot.sameContent);
          const file = { ...content, blobs, name, etag, contentType, at: clock() };
          const { rests, changes, reply } = decidePutFile(collection.id, existing, file);
          return {
            rests: [...opened.settled, ...rests, ...room, ...shared.rests],
            changes: [...changes, ...shared.changes],
            reply,
          };
        },
      );
    });
    return new Response(null, {
      status: created ? 201 : 204,
      headers: { ...dynamicHeaders, etag },
    });
  },
};

function memberOf(opened: Opened) {
  if (opened.state === "unmapped") {
    return { collection: opened.parent.collection, name: opened.name, existing: undefined };
  }
  const { resource, parent } = opened;
  if (!isObject(resource) || !parent) throw new Refusal(405);
  return { collection: parent.collection, name: resource.object.name, existing: resource.object };
}
