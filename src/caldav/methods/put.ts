import { Refusal } from "../../refusal.ts";
import type { Method } from "../../dav/door.ts";
import type { Opened } from "../../dav/open.ts";
import { isObject } from "../../dav/resource.ts";
import { addMemberName } from "../add_member.ts";
import type { ObjectPlace } from "../object_place.ts";
import { writeObject } from "../write_object.ts";

/**
 * PUT of a calendar object resource (RFC 4791 §5.3.2), or of a file in a plain collection beside the
 * calendars.
 */
export const put: Method = {
  name: "PUT",
  home: "calendar-home",
  on: ["calendar-object", "file"],
  creates: ["calendar", "files"],
  handle: (request, door) => writeObject(request, door, placeOf),
};

function placeOf(opened: Opened): ObjectPlace {
  if (opened.state === "unmapped") {
    const { parent, name } = opened;
    if (name === addMemberName && parent.kind === "calendar") {
      throw new Refusal(405, undefined, { allow: ["OPTIONS", "POST"] });
    }
    return { parent, name };
  }
  const { resource, parent } = opened;
  if (!parent || !isObject(resource)) throw new Refusal(405);
  return { parent, name: resource.object.name, existing: resource.object };
}
