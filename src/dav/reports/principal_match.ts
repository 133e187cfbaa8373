import { limits } from "../../limits.ts";
import type { Principal } from "../../model.ts";
import { Refusal } from "../../refusal.ts";
import type { FoundPrincipal, PrincipalCondition } from "../../store/questions.ts";
import { D, type XmlName } from "../../xml/names.ts";
import { childNamed, elementsOf, hrefTextOf, type XmlElement } from "../../xml/tree.ts";
import type { Door, Report } from "../door.ts";
import { subtreeOf } from "../members.ts";
import { lookIn } from "../look.ts";
import { multistatus } from "../multistatus.ts";
import { preferHeaders } from "../prefer_headers.ts";
import { propertyOf, responseWriter } from "../property_response.ts";
import { principalHrefOf } from "../property_rows.ts";
import { askedOnce, requireDepthZero } from "../report_parts.ts";
import { collectionKinds, isCollection, memberKind, type Resource } from "../resource.ts";
import { principalResource } from "../resources_at.ts";
import { principalKindsBelow, targetOfHref } from "../target.ts";

/**
 * The members of a collection, at whatever depth, that are the asker or a group with the asker in it
 * (`self`), or have a property that names one of these (RFC 3744 §9.3).
 */
export const principalMatch: Report = {
  name: D.principalMatch,
  on: ["principals", "principal", ...collectionKinds],
  async run(body, resource, request, door) {
    requireDepthZero(request.headers);
    const asked = askedOnce(body);
    const property = propertyIn(body);
    const found = property === undefined
      ? await identities(resource, door)
      : await naming(property, resource, door);
    const look = lookIn(request.headers);
    return multistatus(found.map(responseWriter(asked, door, look)), {
      headers: preferHeaders(look),
    });
  },
};

/** Of DAV:principal-property; undefined where DAV:self stands instead. @throws {Refusal} 400 */
function propertyIn(body: XmlElement): XmlName | undefined {
  const property = childNamed(body, D.principalProperty);
  if ((property === undefined) === (childNamed(body, D.self) === undefined)) throw bad();
  if (!property) return undefined;
  const [first, ...more] = elementsOf(property);
  if (!first || more.length > 0) throw bad();
  return first.name;
}

const bad = () => new Refusal(400, undefined, { text: "there is self or one principal-property" });

/** The principals below that are the asker, or hold the asker. */
const identities = ({ href, asker }: Resource, door: Door): Promise<Resource[]> =>
  principals({ kind: "identity", id: asker.id }, href, asker, door);

/** What is below and has a property that names the asker, or what holds the asker. */
async function naming(name: XmlName, resource: Resource, door: Door): Promise<Resource[]> {
  const { asker, href } = resource;
  const below = isCollection(resource)
    ? await belowCollection(resource, name, door)
    : await principals({ kind: "all", of: [] }, href, asker, door);
  const named = below.map((one) => ({ one, hrefs: principalHrefsIn(one, name, door) }));
  const own = principalHrefOf(asker);
  const others = named.some(({ hrefs }) => hrefs.some((one) => one !== own));
  const asking = new Set(
    others
      ? (await holding(asker, door)).map(({ principal }) => principalHrefOf(principal))
      : [own],
  );
  return named.filter(({ hrefs }) => hrefs.some((one) => asking.has(one))).map(({ one }) => one);
}

/** Objects come into question by a live property, or where a client has set the property. */
async function belowCollection(
  resource: Extract<Resource, { collection: unknown }>,
  name: XmlName,
  door: Door,
): Promise<Resource[]> {
  const { collection, asker } = resource;
  const isLive = Object.values(memberKind).some((kind) => door.propertiesOn(kind).has(name));
  const { store } = door.services;
  const having = isLive ? undefined : name;
  const below = await store.subtree(collection.id, asker.id, limits.infinityMembers, having);
  if (!below) throw tooMany();
  return subtreeOf(resource, below);
}

/** Those that meet the condition, of the kinds that there are below. */
async function principals(
  condition: PrincipalCondition,
  href: string,
  asker: Principal,
  door: Door,
): Promise<Resource[]> {
  const kinds = principalKindsBelow(href);
  if (kinds.length === 0) return [];
  const wanted = { kind: "all", of: [{ kind: "kinds", kinds }, condition] } as const;
  return (await allFound(wanted, asker, door)).map((one) => principalResource(one, asker, door));
}

const holding = (asker: Principal, door: Door): Promise<FoundPrincipal[]> =>
  allFound({ kind: "identity", id: asker.id }, asker, door);

async function allFound(
  condition: PrincipalCondition,
  { id }: Principal,
  door: Door,
): Promise<FoundPrincipal[]> {
  const limit = limits.infinityMembers;
  const { items, more } = await door.services.store.findPrincipals(condition, { asker: id, limit });
  if (more) throw tooMany();
  return [...items];
}

const tooMany = () => new Refusal(507, D.numberOfMatchesWithinLimits);

/** Canonical. */
function principalHrefsIn(resource: Resource, name: XmlName, door: Door): string[] {
  const property = propertyOf(resource, name, door);
  if (!property || property instanceof Refusal) return [];
  return hrefsIn(property).flatMap((href) => {
    const target = targetOfHref(href);
    return target?.kind === "principal" ? [target.href] : [];
  });
}

const hrefsIn = (element: XmlElement): string[] =>
  elementsOf(element).flatMap((one) => one.name === D.href ? [hrefTextOf(one)] : hrefsIn(one));
