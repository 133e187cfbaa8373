import { readPrefer } from "../../http/prefer.ts";
import { requirePropertyRoom } from "../../calendar/quota.ts";
import { transact } from "../../calendar/transact.ts";
import type { PropertyHolder } from "../../change.ts";
import { Refusal } from "../../refusal.ts";
import { D } from "../../xml/names.ts";
import { readXmlRoot } from "../body.ts";
import { withLocation } from "../content_location.ts";
import type { Method } from "../door.ts";
import { carryOut, settingsIn } from "../instructions.ts";
import { dynamicHeaders, multistatus, propstatResponse } from "../multistatus.ts";
import { type Mapped, open } from "../open.ts";
import { preferHeaders } from "../prefer_headers.ts";
import {
  collectionKinds,
  isCollection,
  isObject,
  objectKinds,
  type Resource,
} from "../resource.ts";

/** PROPPATCH (RFC 4918 §9.2): all instructions in document order, or none. */
export const proppatch: Method = {
  name: "PROPPATCH",
  on: ["principal", ...collectionKinds, ...objectKinds],
  creates: [],
  async handle(request, door) {
    const body = await readXmlRoot(request, D.propertyupdate);
    const settings = settingsIn(body);
    if (settings.length === 0) throw new Refusal(400, undefined, { text: "nothing is to be set" });
    const { store, clock } = door.services;
    const at = clock();
    const { resource, outcome } = await transact(
      store.commit,
      async () => await open(request, door, { properties: true }) as Mapped,
      ({ resource, settled }) => {
        const { kind, asker } = resource;
        const holder = holderOf(resource);
        const outcome = carryOut(settings, { kind, holder, asker: asker.id, at }, door);
        const { changes } = outcome;
        requirePropertyRoom(resource.properties, changes);
        return {
          rests: [...settled, ...stillThere(resource)],
          changes,
          reply: { resource, outcome },
        };
      },
    );
    const prefer = readPrefer(request.headers);
    const headers = preferHeaders(prefer);
    if (prefer.minimal && !outcome.refused) {
      const done = new Response(null, { status: 200, headers: { ...dynamicHeaders, ...headers } });
      return withLocation(done, request, resource);
    }
    const told = [propstatResponse(resource.href, outcome.propstats)];
    return withLocation(await multistatus(told, { headers }), request, resource);
  },
};

function holderOf(resource: Resource): PropertyHolder {
  if (isCollection(resource)) return { kind: "collection", id: resource.collection.id };
  if (isObject(resource)) return { kind: "object", id: resource.object.id };
  if (resource.kind === "principal") return { kind: "principal", id: resource.principal.id };
  throw new Refusal(403);
}

/** A property of what has been deleted meanwhile must not stay behind. */
function stillThere(resource: Resource) {
  if (isCollection(resource)) {
    const { id, settings } = resource.collection;
    return [{ kind: "collection", id, settings } as const];
  }
  if (!isObject(resource)) return [];
  const { collectionId, name, etag } = resource.object;
  return [{ kind: "member", collectionId, name, etag } as const];
}
