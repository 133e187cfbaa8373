import { decidePutFile } from "../../calendar/decide_put_file.ts";
import { requireQuota } from "../../calendar/quota.ts";
import { transact } from "../../calendar/transact.ts";
import { Refusal } from "../../refusal.ts";
import { keepContent } from "../../dav/blob.ts";
import type { Method } from "../../dav/door.ts";
import { dynamicHeaders } from "../../dav/multistatus.ts";
import { open, type Opened } from "../../dav/open.ts";
import { isObject } from "../../dav/resource.ts";

/** PUT of a file, whatever its size: it goes into the database as it comes. */
export const putFile: Method = {
  name: "PUT",
  home: "files",
  on: ["file"],
  creates: ["files"],
  async handle(request, door) {
    const { headers, body } = request;
    const { services } = door;
    const { store, clock, random, config: { quotaBytes } } = services;
    const used = quotaBytes !== undefined;
    const placeOf = (opened: Opened, sizeBytes: number) => {
      const place = memberOf(opened);
      requireQuota({
        quota: quotaBytes,
        used: opened.snapshot.used,
        replaced: place.existing?.sizeBytes,
        added: sizeBytes,
      });
      return place;
    };
    const before = await open(request, door, { used });
    placeOf(before, body.declaredBytes ?? 0);
    const content = await keepContent(body.stream(), services, (size) => placeOf(before, size));
    const etag = random.etag();
    const contentType = headers.get("content-type") ?? "application/octet-stream";
    const { created } = await transact(
      store.commit,
      () => open(request, door, { used }),
      (opened) => {
        const { collectionId, name, existing } = placeOf(opened, content.sizeBytes);
        const file = { ...content, name, etag, contentType, at: clock() };
        const decision = decidePutFile(collectionId, existing, file);
        return { ...decision, rests: [...opened.settled, ...decision.rests] };
      },
    );
    return new Response(null, {
      status: created ? 201 : 204,
      headers: { ...dynamicHeaders, etag },
    });
  },
};

function memberOf(opened: Opened) {
  if (opened.state === "unmapped") {
    return { collectionId: opened.parent.collection.id, name: opened.name, existing: undefined };
  }
  const { resource } = opened;
  if (!isObject(resource)) throw new Refusal(405);
  const { collectionId, name } = resource.object;
  return { collectionId, name, existing: resource.object };
}
