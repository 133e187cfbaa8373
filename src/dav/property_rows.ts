import {
  type Privileges,
  type SupportedPrivilege,
  supportedPrivileges,
} from "../access/privileges.ts";
import { boundsOf } from "../calendar/quota.ts";
import type { Collection } from "../model.ts";
import type { PrincipalName } from "../store/questions.ts";
import { D } from "../xml/names.ts";
import { el, textOf, type XmlElement } from "../xml/tree.ts";
import { aclOf, inheritedFrom } from "./acl.ts";
import { type LiveProperty, type Look, methodsFor, methodsOn } from "./door.ts";
import { fieldHolds } from "./principal_fields.ts";
import { always, live, liveOfTag, type Tagged } from "./properties.ts";
import { allKinds, collectionKinds, fixedKinds, isCollection, objectKinds } from "./resource.ts";
import { currentToken } from "./sync_token.ts";
import { principalHref, principalsHref, targetOf } from "./target.ts";
import { hasVariants, jcalType, variantEtag } from "./variant.ts";

const href = (text: string): XmlElement => el(D.href, [text]);

const etagOf = ({ kind, object: { etag } }: Tagged, { variant }: Look): string =>
  variant && kind !== "file" ? variantEtag(etag, variant) : etag;

export const principalHrefOf = ({ kind, name }: PrincipalName): string => principalHref(kind, name);

/** The properties of RFC 4918, 3744, 3253, 5397 and 6578. */
export const davProperties: readonly LiveProperty[] = [
  live({
    name: D.creationdate, // RFC 4918 §15.1
    on: [...collectionKinds, ...objectKinds],
    allprop: true,
    get: (resource) => [
      new Date((isCollection(resource) ? resource.collection : resource.object).created)
        .toISOString().replace(/\.\d+Z$/, "Z"),
    ],
  }),
  live({
    name: D.displayname, // RFC 4918 §15.2
    on: ["principal"],
    allprop: true,
    get: ({ principal }) => [principal.displayName],
    search: { description: "Display name", condition: fieldHolds("display") },
  }),
  live({
    name: D.displayname,
    on: collectionKinds,
    allprop: true,
    get: ({ collection }) => {
      const shown = shownName(collection);
      return shown === undefined ? undefined : [shown];
    },
    set: (value, { holder, at }) => [{
      kind: "set-collection",
      id: holder.id,
      displayName: value && textOf(value),
      at,
    }],
  }),
  live({
    name: D.getcontentlength, // RFC 4918 §15.4
    on: objectKinds,
    allprop: true,
    get: ({ object }) => [String(object.sizeBytes)],
  }),
  live({
    name: D.getcontenttype, // RFC 4918 §15.5
    on: objectKinds,
    allprop: true,
    get: ({ object }, _door, _asked, { variant }) => [
      variant?.jcal && hasVariants(object) ? jcalType : object.contentType,
    ],
  }),
  liveOfTag({
    name: D.getetag, // RFC 4918 §15.6
    on: objectKinds,
    allprop: true,
    get: (resource, look) => [etagOf(resource, look)],
    written: etagOf, // There is nothing in it to be escaped.
  }),
  live({
    name: D.getlastmodified, // RFC 4918 §15.7
    on: [...collectionKinds, ...objectKinds],
    allprop: true,
    get: (resource) => [
      new Date((isCollection(resource) ? resource.collection : resource.object).modified)
        .toUTCString(),
    ],
  }),
  live({
    name: D.resourcetype, // RFC 4918 §15.9; what the calendar doors add is in their rows
    on: [...fixedKinds, "files"],
    allprop: true,
    get: always(el(D.collection)),
  }),
  live({
    name: D.resourcetype,
    on: ["principal"],
    allprop: true,
    get: always(el(D.collection), el(D.principal)),
  }),
  liveOfTag({
    name: D.resourcetype,
    on: objectKinds,
    allprop: true,
    get: always(),
  }),
  live({
    name: D.currentUserPrincipal, // RFC 5397 §3
    on: allKinds,
    allprop: false,
    get: ({ asker }) => [href(principalHrefOf(asker))],
  }),
  live({
    name: D.currentUserPrivilegeSet, // RFC 3744 §5.5
    on: allKinds,
    allprop: false,
    get: ({ privileges }) => privilegeElements(privileges),
  }),
  live({
    name: D.owner, // RFC 3744 §5.1
    on: [...collectionKinds, ...objectKinds],
    allprop: false,
    get: ({ owner }) => [href(principalHrefOf(owner))],
  }),
  live({
    name: D.owner,
    on: ["principal"],
    allprop: false,
    get: (resource) => [href(resource.href)],
  }),
  live({
    name: D.supportedPrivilegeSet, // RFC 3744 §5.3
    on: allKinds,
    allprop: false,
    get: always(supportedPrivilege(supportedPrivileges)),
  }),
  live({
    name: D.acl, // RFC 3744 §5.5
    on: allKinds,
    allprop: false,
    get: aclOf,
  }),
  live({
    name: D.aclRestrictions, // RFC 3744 §5.6
    on: allKinds,
    allprop: false,
    get: always(el(D.grantOnly), el(D.noInvert)),
  }),
  live({
    name: D.inheritedAclSet, // RFC 3744 §5.7
    on: allKinds,
    allprop: false,
    get(resource) {
      const home = inheritedFrom(resource);
      return home === undefined ? [] : [href(home)];
    },
  }),
  live({
    name: D.principalCollectionSet, // RFC 3744 §5.8
    on: allKinds,
    allprop: false,
    get: always(href(principalsHref)),
  }),
  live({
    name: D.principalURL, // RFC 3744 §4.2
    on: ["principal"],
    allprop: false,
    get: (resource) => [href(resource.href)],
  }),
  live({
    name: D.alternateURISet, // RFC 3744 §4.1
    on: ["principal"],
    allprop: false,
    get: always(),
  }),
  live({
    name: D.groupMembership, // RFC 3744 §4.4
    on: ["principal"],
    allprop: false,
    get: ({ kin }) => kin.groups.map((group) => href(principalHrefOf(group))),
  }),
  live({
    name: D.groupMemberSet, // RFC 3744 §4.3; of who is no group, empty
    on: ["principal"],
    allprop: false,
    get: ({ kin }) => kin.members.map((member) => href(principalHrefOf(member))),
  }),
  live({
    name: D.supportedMethodSet, // RFC 3253 §3.1.3
    on: allKinds,
    allprop: false,
    get(resource, { tables }) {
      const target = targetOf(resource.href);
      const names = target ? methodsOn(methodsFor(tables, target), resource.kind) : [];
      return names.map((name) => el(D.supportedMethod, [], { name }));
    },
  }),
  live({
    name: D.supportedReportSet, // RFC 3253 §3.1.5
    on: allKinds,
    allprop: false,
    get: ({ kind }, { tables: { reports } }) =>
      reports.filter(({ on }) => on.includes(kind))
        .map(({ name }) => el(D.supportedReport, [el(D.report, [el(name)])])),
  }),
  live({
    name: D.syncToken, // RFC 6578 §4
    on: ["calendar-home", "calendar", "inbox", "subscription"],
    allprop: false,
    get: ({ collection, epoch }) => [currentToken(collection, epoch)],
  }),
  live({
    name: D.quotaUsedBytes, // RFC 4331 §4: of all that counts together, whichever collection is asked
    on: collectionKinds,
    allprop: false,
    get: ({ used }) => used === undefined ? undefined : [String(used)],
  }),
  live({
    name: D.quotaAvailableBytes, // RFC 4331 §3
    on: collectionKinds,
    allprop: false,
    get({ used, owner }, { services: { config } }) {
      const { quotaBytes } = boundsOf(owner, config);
      if (used === undefined || quotaBytes === undefined) return undefined;
      return [String(Math.max(0, quotaBytes - used))];
    },
  }),
  live({
    name: D.resourceId, // RFC 5842 §3.1
    on: ["principal"],
    allprop: false,
    get: ({ principal }) => [href(`urn:uuid:${uuidOf(principal.id)}`)],
  }),
];

/** The Outlook add-in lists no calendar without a name: the last segment is one. */
const shownName = ({ kind, name, displayName }: Collection): string | undefined =>
  displayName ?? (kind === "calendar" || kind === "subscription" ? name : undefined);

/** The same elements for the same privileges: all members of a home have those. */
function privilegeElements(privileges: Privileges): readonly XmlElement[] {
  let elements = elementsOfPrivileges.get(privileges);
  if (elements === undefined) {
    elements = [...privileges].map((name) => el(D.privilege, [el(name)]));
    elementsOfPrivileges.set(privileges, elements);
  }
  return elements;
}

const elementsOfPrivileges = new WeakMap<Privileges, readonly XmlElement[]>();

function supportedPrivilege({ name, description, contains }: SupportedPrivilege): XmlElement {
  return el(D.supportedPrivilege, [
    el(D.privilege, [el(name)]),
    el(D.description, [description], { "{http://www.w3.org/XML/1998/namespace}lang": "en" }),
    ...contains.map(supportedPrivilege),
  ]);
}

/** A version 8 UUID (RFC 9562 §5.8) that says the same as the id. */
function uuidOf(id: number): string {
  const hex = id.toString(16).padStart(16, "0");
  return `00000000-0000-8000-8${hex.slice(1, 4)}-${hex.slice(4)}`;
}
