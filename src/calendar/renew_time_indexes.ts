import { createZones } from "../ical/moment.ts";
import { createBreaks } from "../steps.ts";
import { readTimeIndex } from "../ical/read_time_index.ts";
import { timeZoneVersion } from "../ical/time_index.ts";
import { utcZone } from "../ical/zone.ts";
import { limits } from "../limits.ts";
import type { ObjectIndex } from "../store/questions.ts";
import type { Store } from "../store/store.ts";

/**
 * Makes time indexes anew where they were made with other time zone data than this runtime has, or
 * never. Gives how many it has made, `limits.renewedObjects` at most: then there may be more.
 */
export async function renewTimeIndexes(
  store: Pick<Store, "staleObjects" | "putTimeIndexes">,
): Promise<number> {
  const zones = createZones(utcZone);
  const breaks = createBreaks();
  let renewed = 0;
  while (renewed < limits.renewedObjects) {
    const objects = await store.staleObjects(timeZoneVersion(), limits.renewedAtOnce);
    if (objects.length === 0) break;
    const indexes: ObjectIndex[] = [];
    for (const stored of objects) {
      const timeIndex = await readTimeIndex(stored.body, zones);
      indexes.push({ id: stored.id, etag: stored.etag, timeIndex });
      await breaks();
    }
    await store.putTimeIndexes(indexes);
    renewed += objects.length;
  }
  return renewed;
}
