import type { PreconditionName } from "../refusal.ts";

/** An expanded name in Clark notation, `{namespace}local`; compare with `===`. */
export type XmlName = PreconditionName;

/** The name for a namespace (empty: none) and a local name. */
export const nameOf = (namespace: string, local: string): XmlName => `{${namespace}}${local}`;

/** A namespace may hold `}`, a local name can't. */
export const namespaceOf = (name: XmlName): string => name.slice(1, name.lastIndexOf("}"));

export const localOf = (name: XmlName): string => name.slice(name.lastIndexOf("}") + 1);

/** Bound to the prefix `xml` without being declared (Namespaces in XML 1.0 §3). */
export const xmlNamespace = "http://www.w3.org/XML/1998/namespace";

/** The language of a property's text, which is stored with it (RFC 4918 §4.3). */
export const xmlLang: XmlName = `{${xmlNamespace}}lang`;

// In the tables below a key is the local name in camel case: `principal-URL` is `principalURL`.

/** `DAV:` (RFC 4918, 3253, 3744, 4331, 5397, 5689, 5842, 5995, 6578). */
export const D = {
  // RFC 4918 §14, elements of requests and answers.
  activelock: "{DAV:}activelock",
  allprop: "{DAV:}allprop",
  collection: "{DAV:}collection",
  depth: "{DAV:}depth",
  error: "{DAV:}error",
  exclusive: "{DAV:}exclusive",
  href: "{DAV:}href",
  include: "{DAV:}include",
  location: "{DAV:}location",
  lockentry: "{DAV:}lockentry",
  lockinfo: "{DAV:}lockinfo",
  lockroot: "{DAV:}lockroot",
  lockscope: "{DAV:}lockscope",
  locktoken: "{DAV:}locktoken",
  locktype: "{DAV:}locktype",
  multistatus: "{DAV:}multistatus",
  owner: "{DAV:}owner",
  prop: "{DAV:}prop",
  propertyupdate: "{DAV:}propertyupdate",
  propfind: "{DAV:}propfind",
  propname: "{DAV:}propname",
  propstat: "{DAV:}propstat",
  remove: "{DAV:}remove",
  response: "{DAV:}response",
  responsedescription: "{DAV:}responsedescription",
  set: "{DAV:}set",
  shared: "{DAV:}shared",
  status: "{DAV:}status",
  timeout: "{DAV:}timeout",
  write: "{DAV:}write",

  // RFC 4918 §15, properties.
  creationdate: "{DAV:}creationdate",
  displayname: "{DAV:}displayname",
  getcontentlanguage: "{DAV:}getcontentlanguage",
  getcontentlength: "{DAV:}getcontentlength",
  getcontenttype: "{DAV:}getcontenttype",
  getetag: "{DAV:}getetag",
  getlastmodified: "{DAV:}getlastmodified",
  lockdiscovery: "{DAV:}lockdiscovery",
  resourcetype: "{DAV:}resourcetype",
  supportedlock: "{DAV:}supportedlock",

  // RFC 4918 §16, conditions.
  cannotModifyProtectedProperty: "{DAV:}cannot-modify-protected-property",
  lockTokenMatchesRequestUri: "{DAV:}lock-token-matches-request-uri",
  lockTokenSubmitted: "{DAV:}lock-token-submitted",
  noConflictingLock: "{DAV:}no-conflicting-lock",
  noExternalEntities: "{DAV:}no-external-entities",
  preservedLiveProperties: "{DAV:}preserved-live-properties",
  propfindFiniteDepth: "{DAV:}propfind-finite-depth",

  // RFC 3253 §3.1, §3.6, §3.8, reports.
  expandProperty: "{DAV:}expand-property",
  property: "{DAV:}property",
  report: "{DAV:}report",
  resourceMustBeNull: "{DAV:}resource-must-be-null",
  supportedLiveProperty: "{DAV:}supported-live-property",
  supportedLivePropertySet: "{DAV:}supported-live-property-set",
  supportedMethod: "{DAV:}supported-method",
  supportedMethodSet: "{DAV:}supported-method-set",
  supportedReport: "{DAV:}supported-report",
  supportedReportSet: "{DAV:}supported-report-set",

  // RFC 3744 §3, privileges.
  all: "{DAV:}all",
  bind: "{DAV:}bind",
  read: "{DAV:}read",
  readAcl: "{DAV:}read-acl",
  readCurrentUserPrivilegeSet: "{DAV:}read-current-user-privilege-set",
  unbind: "{DAV:}unbind",
  unlock: "{DAV:}unlock",
  writeAcl: "{DAV:}write-acl",
  writeContent: "{DAV:}write-content",
  writeProperties: "{DAV:}write-properties",

  // RFC 3744 §4, §5, principals and access control properties.
  acl: "{DAV:}acl",
  aclRestrictions: "{DAV:}acl-restrictions",
  alternateURISet: "{DAV:}alternate-URI-set",
  currentUserPrivilegeSet: "{DAV:}current-user-privilege-set",
  group: "{DAV:}group",
  groupMemberSet: "{DAV:}group-member-set",
  groupMembership: "{DAV:}group-membership",
  inheritedAclSet: "{DAV:}inherited-acl-set",
  principal: "{DAV:}principal",
  principalCollectionSet: "{DAV:}principal-collection-set",
  principalURL: "{DAV:}principal-URL",
  supportedPrivilegeSet: "{DAV:}supported-privilege-set",

  // RFC 3744 §5.3 to §5.6, what these hold.
  abstract: "{DAV:}abstract",
  ace: "{DAV:}ace",
  authenticated: "{DAV:}authenticated",
  deny: "{DAV:}deny",
  denyBeforeGrant: "{DAV:}deny-before-grant",
  description: "{DAV:}description",
  grant: "{DAV:}grant",
  grantOnly: "{DAV:}grant-only",
  inherited: "{DAV:}inherited",
  invert: "{DAV:}invert",
  noInvert: "{DAV:}no-invert",
  privilege: "{DAV:}privilege",
  protected: "{DAV:}protected",
  requiredPrincipal: "{DAV:}required-principal",
  self: "{DAV:}self",
  supportedPrivilege: "{DAV:}supported-privilege",
  unauthenticated: "{DAV:}unauthenticated",

  // RFC 3744 §7, §8, §9, conditions.
  allowedPrincipal: "{DAV:}allowed-principal",
  limitedNumberOfAces: "{DAV:}limited-number-of-aces",
  missingRequiredPrincipal: "{DAV:}missing-required-principal",
  needPrivileges: "{DAV:}need-privileges",
  noAbstract: "{DAV:}no-abstract",
  noAceConflict: "{DAV:}no-ace-conflict",
  noInheritedAceConflict: "{DAV:}no-inherited-ace-conflict",
  noProtectedAceConflict: "{DAV:}no-protected-ace-conflict",
  notSupportedPrivilege: "{DAV:}not-supported-privilege",
  numberOfMatchesWithinLimits: "{DAV:}number-of-matches-within-limits",
  recognizedPrincipal: "{DAV:}recognized-principal",
  resource: "{DAV:}resource",

  // RFC 3744 §9, reports.
  aclPrincipalPropSet: "{DAV:}acl-principal-prop-set",
  applyToPrincipalCollectionSet: "{DAV:}apply-to-principal-collection-set",
  match: "{DAV:}match",
  principalMatch: "{DAV:}principal-match",
  principalProperty: "{DAV:}principal-property",
  principalPropertySearch: "{DAV:}principal-property-search",
  principalSearchProperty: "{DAV:}principal-search-property",
  principalSearchPropertySet: "{DAV:}principal-search-property-set",
  propertySearch: "{DAV:}property-search",

  // RFC 4331, quota.
  quotaAvailableBytes: "{DAV:}quota-available-bytes",
  quotaNotExceeded: "{DAV:}quota-not-exceeded",
  quotaUsedBytes: "{DAV:}quota-used-bytes",
  sufficientDiskSpace: "{DAV:}sufficient-disk-space",

  // RFC 5397, RFC 5842, RFC 5995.
  addMember: "{DAV:}add-member",
  allowClientDefinedURI: "{DAV:}allow-client-defined-URI",
  currentUserPrincipal: "{DAV:}current-user-principal",
  resourceId: "{DAV:}resource-id",

  // RFC 5689, extended MKCOL.
  mkcol: "{DAV:}mkcol",
  mkcolResponse: "{DAV:}mkcol-response",
  validResourcetype: "{DAV:}valid-resourcetype",

  // RFC 6578, synchronisation.
  limit: "{DAV:}limit",
  nresults: "{DAV:}nresults",
  syncCollection: "{DAV:}sync-collection",
  syncLevel: "{DAV:}sync-level",
  syncToken: "{DAV:}sync-token",
  syncTraversalSupported: "{DAV:}sync-traversal-supported",
  validSyncToken: "{DAV:}valid-sync-token",
} as const satisfies Record<string, XmlName>;

/** CalDAV (RFC 4791, 6638, 7529, 7809, 7953, 8607). */
export const C = {
  // RFC 4791 §4 to §6, resources, properties, privilege.
  calendar: "{urn:ietf:params:xml:ns:caldav}calendar",
  calendarDescription: "{urn:ietf:params:xml:ns:caldav}calendar-description",
  calendarHomeSet: "{urn:ietf:params:xml:ns:caldav}calendar-home-set",
  calendarTimezone: "{urn:ietf:params:xml:ns:caldav}calendar-timezone",
  comp: "{urn:ietf:params:xml:ns:caldav}comp",
  maxAttendeesPerInstance: "{urn:ietf:params:xml:ns:caldav}max-attendees-per-instance",
  maxDateTime: "{urn:ietf:params:xml:ns:caldav}max-date-time",
  maxInstances: "{urn:ietf:params:xml:ns:caldav}max-instances",
  maxResourceSize: "{urn:ietf:params:xml:ns:caldav}max-resource-size",
  minDateTime: "{urn:ietf:params:xml:ns:caldav}min-date-time",
  mkcalendar: "{urn:ietf:params:xml:ns:caldav}mkcalendar",
  mkcalendarResponse: "{urn:ietf:params:xml:ns:caldav}mkcalendar-response",
  readFreeBusy: "{urn:ietf:params:xml:ns:caldav}read-free-busy",
  supportedCalendarComponentSet: "{urn:ietf:params:xml:ns:caldav}supported-calendar-component-set",
  supportedCalendarData: "{urn:ietf:params:xml:ns:caldav}supported-calendar-data",
  supportedCollation: "{urn:ietf:params:xml:ns:caldav}supported-collation",
  supportedCollationSet: "{urn:ietf:params:xml:ns:caldav}supported-collation-set",

  // RFC 4791 §5.3, conditions.
  calendarCollectionLocationOk: "{urn:ietf:params:xml:ns:caldav}calendar-collection-location-ok",
  initializeCalendarCollection: "{urn:ietf:params:xml:ns:caldav}initialize-calendar-collection",
  noUidConflict: "{urn:ietf:params:xml:ns:caldav}no-uid-conflict",
  supportedCalendarComponent: "{urn:ietf:params:xml:ns:caldav}supported-calendar-component",
  supportedFilter: "{urn:ietf:params:xml:ns:caldav}supported-filter",
  validCalendarData: "{urn:ietf:params:xml:ns:caldav}valid-calendar-data",
  validCalendarObjectResource: "{urn:ietf:params:xml:ns:caldav}valid-calendar-object-resource",
  validFilter: "{urn:ietf:params:xml:ns:caldav}valid-filter",

  // RFC 4791 §7, §9, reports.
  allcomp: "{urn:ietf:params:xml:ns:caldav}allcomp",
  allprop: "{urn:ietf:params:xml:ns:caldav}allprop",
  calendarData: "{urn:ietf:params:xml:ns:caldav}calendar-data",
  calendarMultiget: "{urn:ietf:params:xml:ns:caldav}calendar-multiget",
  calendarQuery: "{urn:ietf:params:xml:ns:caldav}calendar-query",
  compFilter: "{urn:ietf:params:xml:ns:caldav}comp-filter",
  expand: "{urn:ietf:params:xml:ns:caldav}expand",
  filter: "{urn:ietf:params:xml:ns:caldav}filter",
  freeBusyQuery: "{urn:ietf:params:xml:ns:caldav}free-busy-query",
  isNotDefined: "{urn:ietf:params:xml:ns:caldav}is-not-defined",
  limitFreebusySet: "{urn:ietf:params:xml:ns:caldav}limit-freebusy-set",
  limitRecurrenceSet: "{urn:ietf:params:xml:ns:caldav}limit-recurrence-set",
  paramFilter: "{urn:ietf:params:xml:ns:caldav}param-filter",
  prop: "{urn:ietf:params:xml:ns:caldav}prop",
  propFilter: "{urn:ietf:params:xml:ns:caldav}prop-filter",
  textMatch: "{urn:ietf:params:xml:ns:caldav}text-match",
  timeRange: "{urn:ietf:params:xml:ns:caldav}time-range",
  timezone: "{urn:ietf:params:xml:ns:caldav}timezone",

  // RFC 6638 §2, §9, resources and properties.
  calendarUserAddressSet: "{urn:ietf:params:xml:ns:caldav}calendar-user-address-set",
  calendarUserType: "{urn:ietf:params:xml:ns:caldav}calendar-user-type",
  opaque: "{urn:ietf:params:xml:ns:caldav}opaque",
  scheduleCalendarTransp: "{urn:ietf:params:xml:ns:caldav}schedule-calendar-transp",
  scheduleDefaultCalendarURL: "{urn:ietf:params:xml:ns:caldav}schedule-default-calendar-URL",
  scheduleInbox: "{urn:ietf:params:xml:ns:caldav}schedule-inbox",
  scheduleInboxURL: "{urn:ietf:params:xml:ns:caldav}schedule-inbox-URL",
  scheduleOutbox: "{urn:ietf:params:xml:ns:caldav}schedule-outbox",
  scheduleOutboxURL: "{urn:ietf:params:xml:ns:caldav}schedule-outbox-URL",
  scheduleTag: "{urn:ietf:params:xml:ns:caldav}schedule-tag",
  transparent: "{urn:ietf:params:xml:ns:caldav}transparent",

  // RFC 6638 §6, privileges.
  scheduleDeliver: "{urn:ietf:params:xml:ns:caldav}schedule-deliver",
  scheduleDeliverInvite: "{urn:ietf:params:xml:ns:caldav}schedule-deliver-invite",
  scheduleDeliverReply: "{urn:ietf:params:xml:ns:caldav}schedule-deliver-reply",
  scheduleQueryFreebusy: "{urn:ietf:params:xml:ns:caldav}schedule-query-freebusy",
  scheduleSend: "{urn:ietf:params:xml:ns:caldav}schedule-send",
  scheduleSendFreebusy: "{urn:ietf:params:xml:ns:caldav}schedule-send-freebusy",
  scheduleSendInvite: "{urn:ietf:params:xml:ns:caldav}schedule-send-invite",
  scheduleSendReply: "{urn:ietf:params:xml:ns:caldav}schedule-send-reply",

  // RFC 6638 §10, the outbox's answer.
  recipient: "{urn:ietf:params:xml:ns:caldav}recipient",
  requestStatus: "{urn:ietf:params:xml:ns:caldav}request-status",
  response: "{urn:ietf:params:xml:ns:caldav}response",
  scheduleResponse: "{urn:ietf:params:xml:ns:caldav}schedule-response",

  // RFC 6638 §3.2.4, §4, §5, §9, conditions.
  allowedAttendeeSchedulingObjectChange:
    "{urn:ietf:params:xml:ns:caldav}allowed-attendee-scheduling-object-change",
  allowedOrganizerSchedulingObjectChange:
    "{urn:ietf:params:xml:ns:caldav}allowed-organizer-scheduling-object-change",
  defaultCalendarNeeded: "{urn:ietf:params:xml:ns:caldav}default-calendar-needed",
  sameOrganizerInAllComponents: "{urn:ietf:params:xml:ns:caldav}same-organizer-in-all-components",
  supportedCollection: "{urn:ietf:params:xml:ns:caldav}supported-collection",
  uniqueSchedulingObjectResource:
    "{urn:ietf:params:xml:ns:caldav}unique-scheduling-object-resource",
  validOrganizer: "{urn:ietf:params:xml:ns:caldav}valid-organizer",
  validScheduleDefaultCalendarURL:
    "{urn:ietf:params:xml:ns:caldav}valid-schedule-default-calendar-URL",
  validSchedulingMessage: "{urn:ietf:params:xml:ns:caldav}valid-scheduling-message",

  // RFC 7529, RFC 7953.
  calendarAvailability: "{urn:ietf:params:xml:ns:caldav}calendar-availability",
  supportedRscale: "{urn:ietf:params:xml:ns:caldav}supported-rscale",
  supportedRscaleSet: "{urn:ietf:params:xml:ns:caldav}supported-rscale-set",

  // RFC 7809, time zones by reference.
  calendarTimezoneId: "{urn:ietf:params:xml:ns:caldav}calendar-timezone-id",
  timezoneId: "{urn:ietf:params:xml:ns:caldav}timezone-id",
  timezoneServiceSet: "{urn:ietf:params:xml:ns:caldav}timezone-service-set",
  validTimezone: "{urn:ietf:params:xml:ns:caldav}valid-timezone",

  // RFC 8607, managed attachments.
  managedAttachmentsServerURL: "{urn:ietf:params:xml:ns:caldav}managed-attachments-server-URL",
  maxAttachmentSize: "{urn:ietf:params:xml:ns:caldav}max-attachment-size",
  maxAttachmentsPerResource: "{urn:ietf:params:xml:ns:caldav}max-attachments-per-resource",
  validActionParameter: "{urn:ietf:params:xml:ns:caldav}valid-action-parameter",
  validManagedId: "{urn:ietf:params:xml:ns:caldav}valid-managed-id",
  validManagedIdParameter: "{urn:ietf:params:xml:ns:caldav}valid-managed-id-parameter",
  validRidParameter: "{urn:ietf:params:xml:ns:caldav}valid-rid-parameter",

  // Drafts before RFC 6638, and Apple's: clients still write them.
  calendarFreeBusySet: "{urn:ietf:params:xml:ns:caldav}calendar-free-busy-set",
  calendarOrder: "{urn:ietf:params:xml:ns:caldav}calendar-order",
  defaultAlarmVeventDate: "{urn:ietf:params:xml:ns:caldav}default-alarm-vevent-date",
  defaultAlarmVeventDatetime: "{urn:ietf:params:xml:ns:caldav}default-alarm-vevent-datetime",
  defaultAlarmVtodoDate: "{urn:ietf:params:xml:ns:caldav}default-alarm-vtodo-date",
  defaultAlarmVtodoDatetime: "{urn:ietf:params:xml:ns:caldav}default-alarm-vtodo-datetime",
  supportedCalendarComponentSets:
    "{urn:ietf:params:xml:ns:caldav}supported-calendar-component-sets",
} as const satisfies Record<string, XmlName>;

/** calendarserver.org, as apple/ccs-calendarserver `doc/Extensions` has it. */
export const CS = {
  // caldav-ctag.
  getctag: "{http://calendarserver.org/ns/}getctag",

  // Principals.
  emailAddress: "{http://calendarserver.org/ns/}email-address",
  emailAddressSet: "{http://calendarserver.org/ns/}email-address-set",
  firstName: "{http://calendarserver.org/ns/}first-name",
  lastName: "{http://calendarserver.org/ns/}last-name",
  notification: "{http://calendarserver.org/ns/}notification",
  notificationURL: "{http://calendarserver.org/ns/}notification-URL",
  recordType: "{http://calendarserver.org/ns/}record-type",

  // caldav-proxy.
  calendarProxyRead: "{http://calendarserver.org/ns/}calendar-proxy-read",
  calendarProxyReadFor: "{http://calendarserver.org/ns/}calendar-proxy-read-for",
  calendarProxyWrite: "{http://calendarserver.org/ns/}calendar-proxy-write",
  calendarProxyWriteFor: "{http://calendarserver.org/ns/}calendar-proxy-write-for",

  // Subscriptions that the server keeps.
  source: "{http://calendarserver.org/ns/}source",
  subscribed: "{http://calendarserver.org/ns/}subscribed",
  subscribedStripAlarms: "{http://calendarserver.org/ns/}subscribed-strip-alarms",
  subscribedStripAttachments: "{http://calendarserver.org/ns/}subscribed-strip-attachments",
  subscribedStripTodos: "{http://calendarserver.org/ns/}subscribed-strip-todos",

  // Report that completes names.
  calendarserverPrincipalSearch: "{http://calendarserver.org/ns/}calendarserver-principal-search",
  limit: "{http://calendarserver.org/ns/}limit",
  nresults: "{http://calendarserver.org/ns/}nresults",
  searchToken: "{http://calendarserver.org/ns/}search-token",

  // Components that a home allows; availability before RFC 7953.
  allowedCalendarComponentSet: "{http://calendarserver.org/ns/}allowed-calendar-component-set",
  calendarAvailability: "{http://calendarserver.org/ns/}calendar-availability",
} as const satisfies Record<string, XmlName>;

/** This server's own. */
export const V = {
  attachments: "{urn:davit}attachments",
} as const satisfies Record<string, XmlName>;

/** Apple iCal: how a calendar looks in a list. */
export const A = {
  autoprovisioned: "{http://apple.com/ns/ical/}autoprovisioned",
  calendarColor: "{http://apple.com/ns/ical/}calendar-color",
  calendarOrder: "{http://apple.com/ns/ical/}calendar-order",
  languageCode: "{http://apple.com/ns/ical/}language-code",
  locationCode: "{http://apple.com/ns/ical/}location-code",
  refreshrate: "{http://apple.com/ns/ical/}refreshrate",
} as const satisfies Record<string, XmlName>;
