import { Refusal } from "../../refusal.ts";
import type { Method } from "../../dav/door.ts";
import { addMemberName } from "../add_member.ts";
import { writeObject } from "../write_object.ts";

/** POST to a calendar's add-member URL (RFC 5995): an object under a name that the server makes. */
export const post: Method = {
  name: "POST",
  home: "calendar-home",
  on: [],
  creates: ["calendar"],
  handle(request, door) {
    const name = `${door.services.random.secret()}.ics`;
    return writeObject(request, door, (opened) => {
      if (opened.state !== "unmapped" || opened.name !== addMemberName) throw new Refusal(404);
      return { parent: opened.parent, name };
    });
  },
};
