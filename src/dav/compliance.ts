import { C, CS, D, type XmlName } from "../xml/names.ts";
import type { GuardedMethod } from "../access/needed_privileges.ts";
import type { HomeKind } from "../model.ts";
import type { Tables } from "./door.ts";

/** A token of the `DAV` header, and what must be in the tables for it to be true. */
interface Token {
  readonly name: string;
  /** The tree that it is true of; without it, every URL. */
  readonly home?: HomeKind;
  readonly methods?: readonly GuardedMethod[];
  readonly reports?: readonly XmlName[];
  readonly properties?: readonly XmlName[];
}

/** In the order in which they are announced: Thunderbird drops the first one unseen. */
const tokens: readonly Token[] = [
  { name: "1", methods: ["OPTIONS", "PROPFIND", "PROPPATCH", "DELETE", "PUT", "MKCOL"] },
  {
    name: "2",
    home: "files",
    methods: ["LOCK", "UNLOCK"],
    properties: [D.lockdiscovery, D.supportedlock],
  },
  { name: "3" },
  {
    name: "access-control",
    reports: [
      D.expandProperty,
      D.principalMatch,
      D.principalPropertySearch,
      D.principalSearchPropertySet,
      D.aclPrincipalPropSet,
    ],
    properties: [D.currentUserPrivilegeSet, D.owner, D.principalURL],
  },
  { name: "extended-mkcol", methods: ["MKCOL"] },
  {
    name: "calendar-access",
    methods: ["MKCALENDAR", "REPORT"],
    reports: [C.calendarMultiget, C.calendarQuery, C.freeBusyQuery],
    properties: [C.calendarHomeSet, C.supportedCalendarComponentSet],
  },
  {
    name: "calendar-no-timezone",
    reports: [C.calendarMultiget, C.calendarQuery],
    properties: [C.calendarTimezoneId, C.timezoneServiceSet],
  },
  { name: "calendar-query-extended", reports: [C.calendarQuery] },
  {
    name: "calendar-managed-attachments",
    methods: ["POST"],
    properties: [
      C.managedAttachmentsServerURL,
      C.maxAttachmentSize,
      C.maxAttachmentsPerResource,
    ],
  },
  { name: "calendarserver-principal-property-search", reports: [D.principalPropertySearch] },
  { name: "calendarserver-principal-search", reports: [CS.calendarserverPrincipalSearch] },
  { name: "calendarserver-home-sync", reports: [D.syncCollection] },
  { name: "calendarserver-subscribed", methods: ["MKCALENDAR"] },
  { name: "calendar-default-alarms", methods: ["PROPPATCH"] },
];

/** The `DAV` header (RFC 4918 §10.1) in this tree: what the tables serve, and no more. */
export function davHeader(
  { methods, reports, properties }: Tables,
  home: HomeKind | undefined,
): string {
  const has = <T>(wanted: readonly T[] | undefined, rows: readonly { readonly name: T }[]) =>
    wanted === undefined || wanted.every((name) => rows.some((row) => row.name === name));
  return tokens
    .filter((token) =>
      (token.home === undefined || token.home === home) &&
      has(token.methods, methods) && has<XmlName>(token.reports, reports) &&
      has<XmlName>(token.properties, properties)
    )
    .map(({ name }) => name)
    .join(", ");
}
