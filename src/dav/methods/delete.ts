import { decideDeleteCollection, decideDeleteObject } from "../../calendar/decide_delete.ts";
import { locksOf } from "../../calendar/locks.ts";
import { transact } from "../../calendar/transact.ts";
import { Refusal } from "../../refusal.ts";
import type { Method } from "../door.ts";
import { dynamicHeaders } from "../multistatus.ts";
import { type Mapped, open } from "../open.ts";
import { collectionKinds, isCollection, isObject, objectKinds } from "../resource.ts";

/** DELETE (RFC 4918 §9.6). Never 207 on success: DAVx5 takes it for a failure. */
export const deleteMethod: Method = {
  name: "DELETE",
  on: [...collectionKinds, ...objectKinds],
  creates: [],
  async handle(request, door) {
    const { store, clock } = door.services;
    await transact(
      store.commit,
      async () => await open(request, door) as Mapped,
      ({ resource, settled, snapshot }) => {
        const decision = isObject(resource)
          ? decideDeleteObject(resource.object, clock())
          : decideDeleteCollection(collectionOf(resource), clock());
        const tokens = locksOf(snapshot.locks, resource.href);
        const changes = [...decision.changes, { kind: "delete-locks", tokens } as const];
        return { ...decision, changes, rests: [...settled, ...decision.rests] };
      },
    );
    return new Response(null, { status: 204, headers: dynamicHeaders });
  },
};

function collectionOf(resource: Mapped["resource"]) {
  if (isCollection(resource)) return resource.collection;
  throw new Refusal(403);
}
