import { type Preferences, readPrefer } from "../http/prefer.ts";
import type { Zone } from "../ical/zone.ts";
import { calendarDataWriter } from "./calendar_data.ts";
import type { Look } from "./door.ts";
import type { Asked } from "./properties.ts";
import type { CollectionResource } from "./resource.ts";
import { timezonesIn, variantIn } from "./variant.ts";

/** How a client wants the answer to PROPFIND or REPORT, by its headers. */
export const lookIn = (headers: Headers): Look & Preferences => ({
  ...readPrefer(headers),
  variant: variantIn(headers),
});

/** As {@linkcode lookIn}, of a report on objects in these calendars; throws as the writer's maker. */
export const objectsLook = (
  headers: Headers,
  asked: Asked,
  parents: readonly CollectionResource[],
  zone?: Zone,
): Look & Preferences => ({
  ...lookIn(headers),
  calendarData: calendarDataWriter(asked, { parents, zone, timezones: timezonesIn(headers) }),
});
