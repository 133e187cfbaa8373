import type { Steps } from "../steps.ts";
import { timezoneText } from "./make_timezone.ts";
import { createZones, type Zones } from "./moment.ts";
import { ObjectZones } from "./object_zones.ts";
import { piecesOf } from "./stream.ts";
import { utcZone } from "./zone.ts";

/**
 * What is told of time zones that everybody knows by their names (RFC 7809): the VTIMEZONEs that were
 * written, also those that were not, or none.
 */
export type Timezones = "as-written" | "added" | "left-out";

/**
 * A calendar with its VTIMEZONEs told in this way; all else is as it was written.
 *
 * @param zones What has been worked out.
 */
export function* tellTimezones(
  text: string,
  timezones: Timezones,
  zones: Zones = createZones(utcZone),
): Steps<string> {
  if (timezones === "as-written") return text;
  const pieces = yield* piecesOf(text);
  const own = new ObjectZones(text, pieces, zones);
  if (timezones === "left-out") {
    const known = yield* own.wellKnown();
    let rest = "";
    let copied = 0;
    for (const { name, tzids: [tzid = ""], start, end } of pieces) {
      if (name !== "VTIMEZONE" || !known.has(tzid)) continue;
      rest += text.slice(copied, start);
      copied = end;
    }
    return rest + text.slice(copied);
  }
  const [first] = pieces;
  if (first === undefined) return text;
  const added = [...own.named].flatMap((tzid) => {
    const zone = own.definitions.has(tzid) ? undefined : zones.named(tzid);
    return zone ? timezoneText(tzid, zone) : [];
  });
  return text.slice(0, first.start) + added.join("") + text.slice(first.start);
}
