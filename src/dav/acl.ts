import { type Ace, aces, requirePrivilege } from "../access/privileges.ts";
import { D } from "../xml/names.ts";
import { el, type XmlElement } from "../xml/tree.ts";
import { fixedKinds, type Resource } from "./resource.ts";
import { type Target, targetOf } from "./target.ts";

/** The rules for a resource. */
export const acesOn = ({ kind }: Resource): readonly Ace[] => {
  if (kind === "principal") return aces.principal;
  return (fixedKinds as readonly string[]).includes(kind) ? aces.fixed : aces.tree;
};

/** The href of the resource from which one has its rules: of what is in a home, the home. */
export function inheritedFrom({ href }: Resource): string | undefined {
  const target: Target | undefined = targetOf(href);
  return target?.kind === "tree" && target.homeHref !== href ? target.homeHref : undefined;
}

/**
 * The content of DAV:acl (RFC 3744 §5.5).
 *
 * @throws {Refusal} 403 DAV:need-privileges: who may read a resource may not see its rules by that.
 */
export function aclOf(resource: Resource): XmlElement[] {
  requirePrivilege(resource.privileges, D.readAcl, resource.href);
  const home = inheritedFrom(resource);
  return acesOn(resource).map(({ to, privileges }) =>
    el(D.ace, [
      el(D.principal, [to === "owner" ? el(D.property, [el(D.owner)]) : el(D.authenticated)]),
      el(D.grant, privileges.map((name) => el(D.privilege, [el(name)]))),
      el(D.protected),
      ...(home === undefined ? [] : [el(D.inherited, [el(D.href, [home])])]),
    ])
  );
}
