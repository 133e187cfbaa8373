import { type Preferences, readPrefer } from "../http/prefer.ts";
import { calendarDataWriter, type CalendarPlaces } from "./calendar_data.ts";
import type { DavRequest, Look } from "./door.ts";
import type { Asked } from "./properties.ts";
import type { Splices } from "./splices.ts";
import { timezonesIn, variantIn } from "./variant.ts";

/** How a client wants the answer to PROPFIND or REPORT, by its headers. */
export const lookIn = (headers: Headers): Look & Preferences => ({
  ...readPrefer(headers),
  variant: variantIn(headers),
});

/**
 * As {@linkcode lookIn}, of a report on objects in these calendars, with the large values that its
 * answer is to hold; throws as {@linkcode calendarDataWriter}.
 */
export function objectsLook(
  { headers, origin }: Pick<DavRequest, "headers" | "origin">,
  asked: Asked,
  places: Omit<CalendarPlaces, "timezones" | "linksAt">,
): { readonly look: Look & Preferences; readonly splices: Splices } {
  const timezones = timezonesIn(headers);
  const look = lookIn(headers);
  const linksAt = look.variant?.linked ? origin : undefined;
  const { splices, ...writer } = calendarDataWriter(asked, { ...places, timezones, linksAt });
  return { look: { ...look, ...writer }, splices };
}
