import { requirePrivilege } from "../../access/privileges.ts";
import { requireService, serviceOfHome } from "../../access/switches.ts";
import { readDepth } from "../../http/depth.ts";
import { limits } from "../../limits.ts";
import type { Principal } from "../../model.ts";
import { Refusal } from "../../refusal.ts";
import { givenName } from "../../xml/given_name.ts";
import { D, type XmlName } from "../../xml/names.ts";
import { childrenNamed, el, elementsOf, hrefTextOf, type XmlElement } from "../../xml/tree.ts";
import { elementXml } from "../../xml/write.ts";
import type { DavRequest, Door, Look, Report } from "../door.ts";
import { preconditionElements } from "../error.ts";
import { membersOf } from "../members.ts";
import { lookIn } from "../look.ts";
import { inTexts, multistatus, statusLine } from "../multistatus.ts";
import { preferHeaders } from "../prefer_headers.ts";
import { type Asked, requireFew } from "../properties.ts";
import { propertyOf } from "../property_response.ts";
import { allKinds, type Resource } from "../resource.ts";
import { type Looked, resourcesAt } from "../resources_at.ts";
import { hrefBelow, type Target, targetOfHref } from "../target.ts";

/** DAV:property of the request: a property, and what is asked of the resources that it names. */
interface Wanted {
  readonly name: XmlName;
  readonly nested: readonly Wanted[];
}

/** What is at the hrefs that properties name, by {@linkcode keyOf}; a refusal: the asker can't read. */
type Found = ReadonlyMap<string, Resource | Refusal>;

/**
 * Properties with, in place of each DAV:href in them, a DAV:response with properties of what it names
 * (RFC 3253 §3.8). One round trip for each level. What names nothing here stays an href.
 */
export const expandProperty: Report = {
  name: D.expandProperty,
  on: allKinds,
  async run(body, resource, request, door) {
    requireFew(propertiesBelow(body));
    const wanted = wantedIn([body], limits.expandLevels);
    const roots = await rootsOf(resource, request, door, wanted);
    const found = await load(roots, wanted, door);
    const look = lookIn(request.headers);
    const context = { found, door, look };
    const texts = inTexts((root: Resource) => elementXml(responseOf(root, wanted, context)));
    return multistatus(texts(roots), { headers: preferHeaders(look) });
  },
};

const propertiesBelow = (element: XmlElement): XmlElement[] =>
  childrenNamed(element, D.property).flatMap((one) => [one, ...propertiesBelow(one)]);

/**
 * What these elements want, together; a property that is there twice is asked once.
 *
 * @throws {Refusal} 400: not the name of a property, or more than `levels` in each other.
 */
function wantedIn(elements: readonly XmlElement[], levels: number): Wanted[] {
  const properties = elements.flatMap((element) => childrenNamed(element, D.property));
  if (properties.length > 0 && levels === 0) {
    throw bad(`properties stand ${limits.expandLevels} deep in each other at most`);
  }
  return [...Map.groupBy(properties, nameOf)]
    .map(([name, same]) => ({ name, nested: wantedIn(same, levels - 1) }));
}

function nameOf({ attributes: { name: local = "", namespace = "DAV:" } }: XmlElement): XmlName {
  const name = givenName(namespace, local);
  if (name === undefined) throw bad("a property has a name that an element can have");
  return name;
}

const bad = (text: string): Refusal => new Refusal(400, undefined, { text });

/**
 * The resource and, with Depth 1, its members (RFC 3253 §3.6).
 *
 * @throws {Refusal} 400: any other Depth. 507, as {@linkcode load}.
 */
async function rootsOf(
  resource: Resource,
  request: DavRequest,
  door: Door,
  wanted: readonly Wanted[],
): Promise<readonly Resource[]> {
  const depth = readDepth(request.headers, 0);
  if (depth === "infinity") throw bad("Depth is 0 or 1");
  const roots = [resource];
  if (depth === 0) return roots;
  for await (const page of membersOf(request, door, { resource }, everyProperty(wanted))) {
    if (roots.push(...page) > limits.expandedResources) throw tooMany();
  }
  return roots;
}

const tooMany = () => new Refusal(507, D.numberOfMatchesWithinLimits);

/**
 * All that the answer tells of, level by level.
 *
 * @throws {Refusal} 507 DAV:number-of-matches-within-limits.
 */
async function load(
  roots: readonly Resource[],
  wanted: readonly Wanted[],
  door: Door,
): Promise<Found> {
  const found = new Map<string, Resource | Refusal>();
  let [told, properties] = [roots.length, 0];
  let level: Told[] = roots.map((resource) => ({ resource, wanted }));
  while (level[0]) {
    const { asker } = level[0].resource;
    const links = level.flatMap((one) => linksIn(one, door));
    told += links.length;
    properties += level.reduce((sum, { wanted }) => sum + wanted.length, 0);
    if (told > limits.expandedResources || properties > limits.expandedProperties) throw tooMany();
    const targets = new Map(links.map(({ target }) => [keyOf(target), target]));
    for (const key of found.keys()) targets.delete(key);
    const list = [...targets.values()];
    const looked = await resourcesAt(list, asker, door, everyProperty(wanted));
    for (const [index, target] of list.entries()) {
      const one = looked[index];
      if (one) found.set(keyOf(target), readable(target, one, asker));
    }
    level = links.flatMap(({ target, nested }) => {
      const resource = found.get(keyOf(target));
      return resource && !(resource instanceof Refusal) ? [{ resource, wanted: nested }] : [];
    });
  }
  return found;
}

/** A resource of the answer, as often as it is told. */
interface Told {
  readonly resource: Resource;
  readonly wanted: readonly Wanted[];
}

/** What the properties of a resource name of which something is asked. */
function linksIn({ resource, wanted }: Told, door: Door) {
  return wanted.filter(({ nested }) => nested.length > 0).flatMap(({ name, nested }) => {
    const property = propertyOf(resource, name, door);
    const isThere = property && !(property instanceof Refusal);
    const targets = isThere ? hrefsIn(property).map(targetOfHref) : [];
    return targets.filter((target) => target !== undefined).map((target) => ({ target, nested }));
  });
}

const hrefsIn = (element: XmlElement): string[] =>
  elementsOf(element).flatMap((one) => one.name === D.href ? [hrefTextOf(one)] : hrefsIn(one));

const keyOf = (target: Target): string =>
  target.kind === "tree" ? hrefBelow(target.homeHref, target.place.segments, false) : target.href;

const everyProperty = (wanted: readonly Wanted[]): Asked => ({
  kind: "prop",
  elements: wanted.flatMap(function all({ name, nested }): XmlElement[] {
    return [el(name), ...nested.flatMap(all)];
  }),
});

/** As a request for it would be answered. */
function readable(target: Target, { placed, switchedOff }: Looked, asker: Principal) {
  try {
    if (target.kind === "tree") {
      requireService(serviceOfHome[target.place.home], switchedOff, asker);
    }
    if (placed.state !== "mapped") return new Refusal(404);
    requirePrivilege(placed.resource.privileges, D.read, placed.resource.href);
    return placed.resource;
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
}

interface Context {
  readonly found: Found;
  readonly door: Door;
  readonly look: Look;
}

/** DAV:response with the properties of a resource, expanded. */
function responseOf(resource: Resource, wanted: readonly Wanted[], context: Context): XmlElement {
  const { door, look } = context;
  const there: XmlElement[] = [];
  const missing: XmlElement[] = [];
  const refused: XmlElement[] = [];
  for (const { name, nested } of wanted) {
    const property = propertyOf(resource, name, door, look);
    if (property instanceof Refusal) {
      refused.push(propstat([el(name)], property.status, preconditionElements(property)));
    } else if (property) {
      there.push(nested.length > 0 ? expanded(property, nested, context) : property);
    } else if (!look.minimal) missing.push(el(name));
  }
  return el(D.response, [
    el(D.href, [resource.href]),
    ...(there.length > 0 || missing.length + refused.length === 0 ? [propstat(there, 200)] : []),
    ...(missing.length > 0 ? [propstat(missing, 404)] : []),
    ...refused,
  ]);
}

const propstat = (
  properties: readonly XmlElement[],
  status: number,
  error: readonly XmlElement[] = [],
): XmlElement =>
  el(D.propstat, [
    el(D.prop, properties),
    el(D.status, [statusLine(status)]),
    ...(error.length > 0 ? [el(D.error, error)] : []),
  ]);

/** The element with each DAV:href in it replaced. */
function expanded(
  { name, attributes, children }: XmlElement,
  nested: readonly Wanted[],
  context: Context,
): XmlElement {
  const replaced = children.map((child) => {
    if (typeof child === "string") return child;
    return child.name === D.href ? named(child, nested, context) : expanded(child, nested, context);
  });
  return el(name, replaced, attributes);
}

function named(href: XmlElement, nested: readonly Wanted[], context: Context): XmlElement {
  const target = targetOfHref(hrefTextOf(href));
  const found = target && context.found.get(keyOf(target));
  if (!found) return href;
  if (!(found instanceof Refusal)) return responseOf(found, nested, context);
  return el(D.response, [href, el(D.status, [statusLine(found.status)])]);
}
