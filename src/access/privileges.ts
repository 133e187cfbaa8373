import type { Principal } from "../model.ts";
import { Refusal } from "../refusal.ts";
import type { Place } from "../store/questions.ts";
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
 * Whom an ACE is about (RFC 3744 §5.5.1): whoever has logged in, or whoever DAV:owner of the resource
 * names; of a principal that is the principal itself.
 */
export type AceSubject = "authenticated" | "owner";

/** A rule that grants privileges. All of them are protected: no client sets others. */
export interface Ace {
  readonly to: AceSubject;
  readonly privileges: readonly XmlName[];
}

/** A place that has rules of its own: an attachment has those of the objects that refer to it. */
export type RuledPlace = Exclude<Place["kind"], "attachment">;

/**
 * The rules: what DAV:acl tells, and what decides. What administrators may do beyond that comes from
 * the configuration, and is no ACE.
 */
export const aces: Readonly<Record<RuledPlace, readonly Ace[]>> = {
  fixed: [{ to: "authenticated", privileges: [D.read] }],
  principal: [
    { to: "owner", privileges: [D.writeProperties, D.readAcl] },
    { to: "authenticated", privileges: [D.read] },
  ],
  tree: [
    { to: "owner", privileges: [D.all] },
    { to: "authenticated", privileges: [C.readFreeBusy] },
  ],
};

/**
 * What `asker` may do at a place of this kind, and with everything below it. `owner`: whose home it
 * is, or who the principal is; undefined where nobody of that name exists.
 */
export function privilegesOn(
  kind: RuledPlace,
  asker: Pick<Principal, "id" | "admin">,
  owner: Pick<Principal, "id"> | undefined,
  settings: { readonly adminDav: boolean },
): Privileges {
  if (kind === "tree") {
    if (asker.admin && settings.adminDav) return everything;
    // There is nothing to hide in nobody's home: reading it comes to 404.
    if (!owner) return readOnly;
  }
  return granted[kind][owner?.id === asker.id ? "owner" : "authenticated"];
}

/**
 * Whether `asker` may read an attachment (RFC 8607 §3.12.2): whoever may read an object that refers to
 * it. `owners`: ids of those in whose calendars such objects are.
 */
export const mayReadAttachment = (
  asker: Pick<Principal, "id" | "admin">,
  owners: readonly number[],
  settings: { readonly adminDav: boolean },
): boolean => owners.some((id) => privilegesOn("tree", asker, { id }, settings).has(D.read));

/** What {@linkcode mayReadAttachment} comes to: nobody ever writes to an attachment. */
export const privilegesOnAttachment = (
  ...asked: Parameters<typeof mayReadAttachment>
): Privileges => mayReadAttachment(...asked) ? readOnly : nothing;

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
const nothing = privilegesFrom();

/** What the rules of each kind come to; the owner has logged in, too. */
const granted: Readonly<Record<RuledPlace, Readonly<Record<AceSubject, Privileges>>>> = {
  fixed: grantedBy(aces.fixed),
  principal: grantedBy(aces.principal),
  tree: grantedBy(aces.tree),
};

function grantedBy(rules: readonly Ace[]): Readonly<Record<AceSubject, Privileges>> {
  const all = rules.flatMap(({ privileges }) => privileges);
  const others = rules.filter(({ to }) => to === "authenticated");
  return {
    owner: privilegesFrom(...all),
    authenticated: privilegesFrom(...others.flatMap(({ privileges }) => privileges)),
  };
}

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
