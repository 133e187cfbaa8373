import { covers } from "../../calendar/locks.ts";
import { transact } from "../../calendar/transact.ts";
import { Refusal } from "../../refusal.ts";
import { D } from "../../xml/names.ts";
import type { Method } from "../../dav/door.ts";
import { dynamicHeaders } from "../../dav/multistatus.ts";
import { type Mapped, open } from "../../dav/open.ts";

/** UNLOCK (RFC 4918 §9.11). */
export const unlock: Method = {
  name: "UNLOCK",
  home: "files",
  on: ["files", "file"],
  creates: [],
  async handle(request, door) {
    const token = /^\s*<([^<>]+)>\s*$/.exec(request.headers.get("lock-token") ?? "")?.[1];
    if (token === undefined) throw new Refusal(400, undefined, { text: "Lock-Token is missing" });
    await transact(
      door.services.store.commit,
      async () => await open(request, door) as Mapped,
      ({ snapshot, settled, resource }) => {
        const held = snapshot.locks.find((one) => one.token === token);
        if (!held || !covers(held, resource.href)) {
          throw new Refusal(409, D.lockTokenMatchesRequestUri);
        }
        const changes = [{ kind: "delete-locks", tokens: [token] } as const];
        return { rests: settled, changes, reply: null };
      },
    );
    return new Response(null, { status: 204, headers: dynamicHeaders });
  },
};
