import { A, C, CS, D, localOf, nameOf, namespaceOf, type XmlName } from "../../src/xml/names.ts";
import type { XmlElement } from "../../src/xml/tree.ts";
import { escapeAttribute, escapeText } from "../../src/xml/write.ts";
import type { Manner } from "./client.ts";

/** What macOS and iOS share (clients/apple-common.md). */

/** A program of Apple's; `agent` is its User-Agent. */
export const apple = (agent: string): Manner => ({
  headers: {
    "accept": "*/*",
    "accept-language": "en-us",
    "accept-encoding": "gzip, deflate",
    "brief": "t",
    "prefer": "return=minimal",
    "user-agent": agent,
  },
  xml: appleXml,
});

export const agents = {
  elCapitan: "Mac+OS+X/10.11.1 (15B42) CalendarAgent/361",
  sierra: "Mac+OS+X/10.12.5 (16F73) CalendarAgent/386",
  sequoia: "macOS/15.2 (24C101) dataaccessd/1.0",
  accountsd: "iOS/10.3.3 (14G60) accountsd/1.0",
  dataaccessd: "iOS/18.1.1 (22B91) dataaccessd/1.0",
  remindd: "iOS/26.3.1 (23D8133) remindd/3900.1",
};

/** The first PROPFIND of an account. */
export const whoAmI: readonly XmlName[] = [D.currentUserPrincipal, D.principalURL, D.resourcetype];

/** Of the principal; those of 10.11, and the one that 10.7 and iOS 5 add. */
export const principalList: readonly XmlName[] = [
  C.calendarHomeSet,
  C.calendarUserAddressSet,
  D.currentUserPrincipal,
  D.displayname,
  cs("dropbox-home-URL"),
  CS.emailAddressSet,
  CS.notificationURL,
  D.principalCollectionSet,
  D.principalURL,
  D.resourceId,
  C.scheduleInboxURL,
  C.scheduleOutboxURL,
  D.supportedReportSet,
  CS.allowedCalendarComponentSet,
];

/** Of the home with Depth 1, by 10.11. */
export const homeList: readonly XmlName[] = [
  D.addMember,
  cs("allowed-sharing-modes"),
  A.autoprovisioned,
  "{http://me.com/_namespace/}bulk-requests",
  c("calendar-alarm"),
  A.calendarColor,
  C.calendarDescription,
  C.calendarFreeBusySet,
  A.calendarOrder,
  C.calendarTimezone,
  D.currentUserPrivilegeSet,
  C.defaultAlarmVeventDate,
  C.defaultAlarmVeventDatetime,
  D.displayname,
  CS.getctag,
  cs("invite"),
  A.languageCode,
  A.locationCode,
  C.managedAttachmentsServerURL,
  D.owner,
  cs("pre-publish-url"),
  cs("publish-url"),
  cs("push-transports"),
  cs("pushkey"),
  D.quotaAvailableBytes,
  D.quotaUsedBytes,
  A.refreshrate,
  D.resourceId,
  D.resourcetype,
  C.scheduleCalendarTransp,
  C.scheduleDefaultCalendarURL,
  CS.source,
  CS.subscribedStripAlarms,
  CS.subscribedStripAttachments,
  CS.subscribedStripTodos,
  C.supportedCalendarComponentSet,
  C.supportedCalendarComponentSets,
  D.supportedReportSet,
  D.syncToken,
  C.maxAttendeesPerInstance,
];

/** Of the home with Depth 1, by iOS 5 and OS X 10.7. */
export const oldHomeList: readonly XmlName[] = [
  A.calendarColor,
  C.calendarDescription,
  C.calendarFreeBusySet,
  A.calendarOrder,
  C.calendarTimezone,
  D.currentUserPrivilegeSet,
  D.displayname,
  CS.getctag,
  "{urn:ietf:params:xml:ns:carddav}max-image-size",
  "{urn:ietf:params:xml:ns:carddav}max-resource-size",
  cs("me-card"),
  D.owner,
  cs("push-transports"),
  cs("pushkey"),
  D.quotaAvailableBytes,
  D.quotaUsedBytes,
  A.refreshrate,
  D.resourceId,
  D.resourcetype,
  C.scheduleCalendarTransp,
  C.scheduleDefaultCalendarURL,
  CS.source,
  C.supportedCalendarComponentSet,
  C.supportedCalendarComponentSets,
  D.supportedReportSet,
  D.syncToken,
  cs("xmpp-server"),
  cs("xmpp-uri"),
];

/** As Apple writes XML: a namespace is declared on each element that uses it, not on the root. */
function appleXml(root: XmlElement): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n${elementXml(root, [])}\n`;
}

/** `declared`: namespaces of the elements above, the first one with prefix A. */
function elementXml(element: XmlElement, declared: readonly string[]): string {
  const namespace = namespaceOf(element.name);
  const isNew = namespace !== "" && !declared.includes(namespace);
  const inside = isNew ? [...declared, namespace] : declared;
  const prefix = String.fromCharCode("A".charCodeAt(0) + inside.indexOf(namespace));
  const tag = namespace === "" ? localOf(element.name) : `${prefix}:${localOf(element.name)}`;
  const attributes = Object.entries(element.attributes)
    .map(([name, value]) => ` ${name}="${escapeAttribute(value)}"`).join("");
  const declaration = isNew ? ` xmlns:${prefix}="${namespace}"` : "";
  const content = element.children
    .map((child) => typeof child === "string" ? escapeText(child) : elementXml(child, inside))
    .join("");
  return `<${tag}${declaration}${attributes}>${content}</${tag}>`;
}

function c(local: string): XmlName {
  return nameOf(namespaceOf(C.calendar), local);
}

function cs(local: string): XmlName {
  return nameOf(namespaceOf(CS.getctag), local);
}
