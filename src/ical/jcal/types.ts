/** How the value of a property is read where it has no VALUE (RFC 5545 §3.2.20). */
export interface PropertyType {
  /** In lower case, as jCal has it. */
  readonly type: string;
  /** Values stand beside each other with commas, or one has several parts, with semicolons. */
  readonly holds?: "list" | "parts";
}

/**
 * The type of a property by its name in upper case. What is neither of a known RFC nor made up (`X-`)
 * is of the type `unknown`, whose value is kept as it is written (RFC 7265 §5); so are those that have
 * no type but the one that VALUE tells, which must always be there.
 */
export const propertyType = (name: string): PropertyType => types.get(name) ?? unknown;

const unknown: PropertyType = { type: "unknown" };

const named = (type: string, names: string, holds?: PropertyType["holds"]) =>
  names.split(" ").map((name) => [name, { type, holds }] as const);

/**
 * Of RFC 5545, 7529, 7808, 7986, 9073, 9074, 9253 and 6638; what Apple and Microsoft add has no type.
 * CONFERENCE, IMAGE, REFRESH-INTERVAL and SOURCE (RFC 7986 §5), STRUCTURED-DATA and
 * STYLED-DESCRIPTION (RFC 9073 §6), and LINK (RFC 9253 §8) are not here: they have no default type.
 */
const types: ReadonlyMap<string, PropertyType> = new Map([
  ...named("text", "CATEGORIES RESOURCES", "list"),
  ...named("text", "REQUEST-STATUS", "parts"),
  ...named(
    "text",
    "CALSCALE METHOD PRODID VERSION CLASS COMMENT DESCRIPTION LOCATION STATUS SUMMARY TRANSP TZID " +
      "TZNAME CONTACT RELATED-TO UID ACTION NAME COLOR PARTICIPANT-TYPE LOCATION-TYPE " +
      "RESOURCE-TYPE PROXIMITY REFID BUSYTYPE TZID-ALIAS-OF",
  ),
  ...named("uri", "ATTACH TZURL URL CONCEPT"),
  ...named("cal-address", "ATTENDEE ORGANIZER CALENDAR-ADDRESS"),
  ...named(
    "date-time",
    "COMPLETED CREATED DTEND DTSTAMP DTSTART DUE LAST-MODIFIED RECURRENCE-ID ACKNOWLEDGED TZUNTIL",
  ),
  ...named("date-time", "EXDATE RDATE", "list"),
  ...named("duration", "DURATION TRIGGER"),
  ...named("float", "GEO", "parts"),
  ...named("integer", "PERCENT-COMPLETE PRIORITY REPEAT SEQUENCE"),
  ...named("period", "FREEBUSY", "list"),
  ...named("recur", "EXRULE RRULE"),
  ...named("utc-offset", "TZOFFSETFROM TZOFFSETTO"),
]);
