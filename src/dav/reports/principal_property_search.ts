import { limits } from "../../limits.ts";
import type { PrincipalKind } from "../../model.ts";
import { Refusal } from "../../refusal.ts";
import type { PrincipalCondition, TextPlace } from "../../store/questions.ts";
import { CS, D } from "../../xml/names.ts";
import { childNamed, childrenNamed, elementsOf, textOf, type XmlElement } from "../../xml/tree.ts";
import type { Door, Report } from "../door.ts";
import { nobody } from "../principal_fields.ts";
import { type Asked, askedElements } from "../properties.ts";
import { askedOnce, limitIn, requireDepthZero } from "../report_parts.ts";
import { allKinds } from "../resource.ts";
import { principalKindsBelow, principalsHref } from "../target.ts";
import { principalsFound, type Search } from "./principals_found.ts";

/**
 * The principals whose properties hold certain texts (RFC 3744 §9.4), with what Apple's
 * `calendarserver-principal-property-search` adds: `test`, `type`, `match-type`, `caseless` and
 * CS:limit. Nobody has a property that can't be searched.
 */
export const principalPropertySearch: Report = {
  name: D.principalPropertySearch,
  on: allKinds,
  run(body, resource, request, door) {
    requireDepthZero(request.headers);
    return Promise.resolve(
      principalsFound(read(body, resource.href, door), resource, request, door),
    );
  },
};

/** @throws {Refusal} 400: an attribute has a value that is not known, or something is missing. */
function read(body: XmlElement, href: string, door: Door): Search {
  const all = attribute(body, "test", tests, "allof") === "allof";
  const terms = childrenNamed(body, D.propertySearch).map((one) => termOf(one, door));
  const count = terms.reduce((sum, { of }) => sum + of.length, 0);
  if (Math.max(count, terms.length) > limits.searchTerms) {
    throw bad("there are too many searches in one");
  }
  const type = attribute(body, "type", types, undefined);
  const beside = askedBeside(body);
  const everywhere = beside !== undefined ||
    childNamed(body, D.applyToPrincipalCollectionSet) !== undefined;
  const kinds = principalKindsBelow(everywhere ? principalsHref : href);
  return {
    condition: { kind: all || terms.length === 0 ? "all" : "any", of: terms },
    kinds: kinds.filter((kind) =>
      (type === undefined || types[type] === kind) && (beside === undefined || kind !== "group")
    ),
    asked: beside ?? askedOnce(body),
    limit: limitIn(body, { limit: CS.limit, nresults: CS.nresults, most: limits.principalMatches }),
  };
}

/**
 * Python's caldav writes the properties that it wants behind an empty DAV:prop instead of in it, asks
 * at whatever URL it was given, and can't bear a principal without a calendar home.
 */
function askedBeside(body: XmlElement): Asked | undefined {
  const prop = childNamed(body, D.prop);
  const others = elementsOf(body).filter(({ name }) => !known.has(name));
  if (!prop || elementsOf(prop).length > 0 || others.length === 0) return undefined;
  return { kind: "prop", elements: askedElements({ ...prop, children: others }) };
}

const known: ReadonlySet<string> = new Set([
  D.propertySearch,
  D.prop,
  D.applyToPrincipalCollectionSet,
  CS.limit,
]);

/** Of several properties in one DAV:property-search, all must hold the text (RFC 3744 §9.4). */
function termOf(
  search: XmlElement,
  door: Door,
): Extract<PrincipalCondition, { readonly of: unknown }> {
  const prop = childNamed(search, D.prop);
  const match = childNamed(search, D.match);
  if (!prop || !match) throw bad("a property-search has a prop and a match");
  const place = places[attribute(match, "match-type", places, "contains")];
  attribute(match, "caseless", caseless, "yes");
  const rows = door.propertiesOn("principal");
  const names = new Set(elementsOf(prop).map(({ name }) => name));
  const conditions = [...names]
    .map((name) => rows.get(name)?.search?.condition(textOf(match), place) ?? nobody);
  return { kind: "all", of: conditions };
}

const tests = { allof: true, anyof: true } as const;

/** `no` wants less than is found here: all searches are caseless (RFC 3744 §9.4). */
const caseless = { yes: true, no: true } as const;

const types = {
  INDIVIDUAL: "individual",
  GROUP: "group",
  ROOM: "room",
  RESOURCE: "resource",
} as const satisfies Record<string, PrincipalKind>;

const places = {
  contains: "contains",
  equals: "equals",
  "starts-with": "starts-with",
  "ends-with": "ends-with",
} as const satisfies Record<string, TextPlace>;

/** @throws {Refusal} 400: a value that is not in the table. */
function attribute<T extends string, F>(
  { attributes }: XmlElement,
  name: string,
  table: Readonly<Record<T, unknown>>,
  fallback: F,
): T | F {
  const value = attributes[name];
  if (value === undefined) return fallback;
  if (Object.hasOwn(table, value)) return value as T;
  throw bad(`${name} is one of ${Object.keys(table).join(", ")}`);
}

const bad = (text: string): Refusal => new Refusal(400, undefined, { text });
