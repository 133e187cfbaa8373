import type { Principal, PrincipalKind } from "../model.ts";
import { Refusal } from "../refusal.ts";
import type { PrincipalCondition, TextPlace } from "../store/questions.ts";
import type { LiveProperty } from "../dav/door.ts";
import { fieldHolds, kindHolds, nobody } from "../dav/principal_fields.ts";
import { live } from "../dav/properties.ts";
import { principalHrefOf } from "../dav/property_rows.ts";
import { homeHref, targetOfHref } from "../dav/target.ts";
import { C, CS, D } from "../xml/names.ts";
import { el, type XmlElement } from "../xml/tree.ts";

/** CALDAV:calendar-user-type. */
const userTypes: Readonly<Record<PrincipalKind, string>> = {
  individual: "INDIVIDUAL",
  group: "GROUP",
  room: "ROOM",
  resource: "RESOURCE",
};

/** CS:record-type. */
const recordTypes: Readonly<Record<PrincipalKind, string>> = {
  individual: "users",
  group: "groups",
  room: "locations",
  resource: "resources",
};

/** What principals have as calendar users: RFC 4791, RFC 6638, and Apple's. */
export const principalProperties: readonly LiveProperty[] = [
  live({
    name: C.calendarHomeSet, // RFC 4791 §6.2.1; Apple takes one href only
    on: ["principal"],
    allprop: false,
    get: ({ principal: { kind, name } }) =>
      kind === "group" ? undefined : [el(D.href, [homeHref("calendar-home", name)])],
    // Thunderbird looks for whose home it is.
    search: { description: "URL of the calendar home", condition: ownsHome },
  }),
  live({
    name: C.calendarUserAddressSet, // RFC 6638 §2.4.1
    on: ["principal"],
    allprop: false,
    get: ({ principal }) => addressHrefs(principal),
    search: { description: "Calendar user address", condition: hasAddress },
  }),
  live({
    name: C.calendarUserType, // RFC 6638 §2.4.2
    on: ["principal"],
    allprop: false,
    get: ({ principal }) => [userTypes[principal.kind]],
    search: { description: "Kind of calendar user", condition: kindHolds(userTypes) },
  }),
  live({
    name: CS.emailAddressSet,
    on: ["principal"],
    allprop: false,
    get: ({ principal }) => principal.addresses.map((address) => el(CS.emailAddress, [address])),
    search: { description: "Mail address", condition: fieldHolds("address") },
  }),
  live({
    name: CS.firstName,
    on: ["principal"],
    allprop: false,
    get: ({ principal }) => nameParts(principal)?.slice(0, 1),
    search: { description: "First name", condition: fieldHolds("first") },
  }),
  live({
    name: CS.lastName,
    on: ["principal"],
    allprop: false,
    get: ({ principal }) => nameParts(principal)?.slice(1),
    search: { description: "Last name", condition: fieldHolds("last") },
  }),
  live({
    name: CS.recordType,
    on: ["principal"],
    allprop: false,
    get: ({ principal }) => [recordTypes[principal.kind]],
    search: { description: "Kind of record", condition: kindHolds(recordTypes) },
  }),
];

/** The preferred one first and again last: Thunderbird took the last one, and now the first. */
function addressHrefs(principal: Principal): XmlElement[] {
  const [preferred, ...others] = principal.addresses.map((address) => `mailto:${address}`);
  const own = [principalHrefOf(principal)];
  if (preferred === undefined) return own.map((text) => el(D.href, [text]));
  return [
    ...[preferred, ...others, ...own].map((text) => el(D.href, [text])),
    el(D.href, [preferred], { preferred: "1" }),
  ];
}

/**
 * A mail address, within `mailto:`, or the URL of the principal as a whole.
 *
 * @throws {Refusal} 400 where no address begins so, as CalDAVTester has it.
 */
function hasAddress(text: string, place: TextPlace): PrincipalCondition {
  const wanted = text.trim();
  const begins = place === "equals" || place === "starts-with";
  if (begins && !/^\/|:/.test(wanted) && !"mailto:".startsWith(wanted.toLowerCase())) {
    throw new Refusal(400, undefined, { text: "no calendar user address begins so" });
  }
  const address = fieldHolds("mailto")(wanted, place);
  const target = targetOfHref(wanted);
  if (target?.kind !== "principal") return address;
  const { name, principalKind } = target.place;
  const own: PrincipalCondition[] = [{ kind: "name", name }, {
    kind: "kinds",
    kinds: [principalKind],
  }];
  return { kind: "any", of: [address, { kind: "all", of: own }] };
}

/** The URL of a home as a whole. */
function ownsHome(text: string): PrincipalCondition {
  const target = targetOfHref(text.trim());
  const isHome = target?.kind === "tree" && target.place.home === "calendar-home" &&
    target.place.segments.length === 0;
  return isHome ? { kind: "name", name: target.place.owner } : nobody;
}

/**
 * The first name, and the last one if there are two: a person's display name is all that is known,
 * and Apple's programs ask for its parts.
 */
function nameParts({ kind, displayName }: Principal): string[] | undefined {
  if (kind !== "individual") return undefined;
  const words = displayName.trim().split(/\s+/);
  return words.length < 2 ? words : [words.slice(0, -1).join(" "), ...words.slice(-1)];
}
