import { refuse } from "../../calendar/refuse.ts";
import { Refusal } from "../../refusal.ts";
import type { Method } from "../../dav/door.ts";
import { addMemberName } from "../add_member.ts";
import { attach } from "../attach.ts";
import { readAttachmentAction } from "../attachment_action.ts";
import { writeObject } from "../write_object.ts";

/**
 * POST to a calendar's add-member URL (RFC 5995): an object under a name that the server makes; to a
 * calendar object with an action: its attachments (RFC 8607).
 */
export const post: Method = {
  name: "POST",
  home: "calendar-home",
  on: ["calendar-object"],
  creates: ["calendar"],
  handle(request, door) {
    const action = readAttachmentAction(request.url);
    if (action) return attach(request, door, action);
    const name = `${door.services.random.secret()}.ics`;
    return writeObject(request, door, (opened) => {
      if (opened.state === "mapped") throw refuse.validActionParameter();
      if (opened.name !== addMemberName) throw new Refusal(404);
      return { parent: opened.parent, name };
    });
  },
};
