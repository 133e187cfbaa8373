import type { Principal } from "../model.ts";
import { Refusal } from "../refusal.ts";
import type { Place } from "../store/store.ts";
import { C, D, type XmlName } from "../xml/names.ts";

/** A privilege, and those that whoever has it has too (RFC 3744 §5.3). */
export interface SupportedPrivilege {
  readonly name: XmlName;
  /** English, for DAV:description. */
  readonly description: string;
  readonly contains: readonly SupportedPrivilege[];
}

/** DAV:supported-privilege-set: none is abstract, so that each could be granted. */
export const supportedPrivileges: SupportedPrivilege = privilege(D.all, "Do everything", [
  privilege(D.read, "Read the resource and what is in it", [
    privilege(C.readFreeBusy, "Ask when somebody is busy"), // RFC 4791 §6.1.1
    privilege(D.readCurrentUserPrivilegeSet, "Read one's own privileges"),
  ]),
  privilege(D.readAcl, "Read who may do what"),
  privilege(D.write, "Change the resource and what is in it", [
    privilege(D.writeProperties, "Change properties"),
    privilege(D.writeContent, "Change the content"),
    privilege(D.bind, "Add members to the collection"),
    privilege(D.unbind, "Remove members from the collection"),
  ]),
  privilege(D.writeAcl, "Change who may do what"),
  privilege(D.unlock, "Remove somebody else's lock"),
]);

/**
 * What somebody may do with a resource: the privileges with all that they contain, in the order of
 * DAV:current-user-privilege-set. BusyCal takes a set of DAV:all alone for read-only.
 */
export type Privileges = ReadonlySet<XmlName>;

/**
 * What `asker` may do at a place of this kind, and with everything below it. `owner`: whose home it
 * is, or who the principal is; undefined where nobody of that name exists.
 */
export function privilegesOn(
  kind: Place["kind"],
  asker: Pick<Principal, "id" | "admin">,
  owner: Pick<Principal, "id"> | undefined,
  settings: { readonly adminDav: boolean },
): Privileges {
  const own = owner?.id === asker.id;
  switch (kind) {
    case "fixed":
      return readOnly;
    case "principal":
      return own ? ownPrincipal : readOnly;
    case "tree":
      if (own || (asker.admin && settings.adminDav)) return everything;
      // There is nothing to hide in nobody's home: reading it comes to 404.
      return owner ? freeBusyOnly : readOnly;
  }
}

/**
 * @throws {Refusal} 403 DAV:need-privileges (RFC 3744 §7.1.1) where `needed` is not among them; `href`
 * is that of the resource on which it is needed.
 */
export function requirePrivilege(privileges: Privileges, needed: XmlName, href: string): void {
  if (privileges.has(needed)) return;
  throw new Refusal(403, D.needPrivileges, { href, names: [needed] });
}

const everything = privilegesFrom(D.all);
const readOnly = privilegesFrom(D.read);
const ownPrincipal = privilegesFrom(D.read, D.writeProperties);
const freeBusyOnly = privilegesFrom(C.readFreeBusy);

/** These privileges with all that they contain. */
function privilegesFrom(...granted: readonly XmlName[]): Privileges {
  const walk = ({ name, contains }: SupportedPrivilege, all: boolean): XmlName[] => {
    const held = all || granted.includes(name);
    return [...(held ? [name] : []), ...contains.flatMap((one) => walk(one, held))];
  };
  return new Set(walk(supportedPrivileges, false));
}

function privilege(
  name: XmlName,
  description: string,
  contains: readonly SupportedPrivilege[] = [],
): SupportedPrivilege {
  return { name, description, contains };
}
