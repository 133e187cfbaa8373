import { limits } from "../limits.ts";
import type { Change } from "../model.ts";
import { Refusal } from "../refusal.ts";
import { D, type XmlName } from "../xml/names.ts";
import { el, elementsOf, type XmlElement } from "../xml/tree.ts";
import { readStored } from "../xml/read.ts";
import { elementRound, elementXml, storedXml } from "../xml/write.ts";
import type { Door, LiveProperty, Look, SettingTarget } from "./door.ts";
import { preconditionElements } from "./error.ts";
import { personalNames } from "./personal_names.ts";
import { type Propstat, propstatResponse, type ResponseXml } from "./multistatus.ts";
import type { Kind, Resource } from "./resource.ts";

/** Types `get` by `on`. The cast is sound as `get` is called only for the kinds in `on`. */
export const live = <K extends Kind>(row: LiveProperty<K>): LiveProperty =>
  row as unknown as LiveProperty;

/** The properties that a request asks for. */
export type Asked =
  | { readonly kind: "prop"; readonly elements: readonly XmlElement[] }
  | { readonly kind: "allprop"; readonly include: readonly XmlElement[] }
  | { readonly kind: "propname" };

export const allprop: Asked = { kind: "allprop", include: [] };

/** From DAV:prop of a request; throws as {@linkcode askedElements}. */
export const askedProp = (prop: XmlElement | undefined): Asked => ({
  kind: "prop",
  elements: askedElements(prop),
});

/**
 * The properties named in DAV:prop or DAV:include; one that is there twice is asked once.
 *
 * @throws {Refusal} 400 for more than `limits.properties`.
 */
export function askedElements(named: XmlElement | undefined): readonly XmlElement[] {
  const elements = elementsOf(named ?? el(D.prop));
  requireFew(elements);
  return [...new Map(elements.map((element) => [element.name, element])).values()];
}

/** @throws {Refusal} 400: each is told of every member, or is a row to write. */
export function requireFew(properties: readonly unknown[]): void {
  if (properties.length <= limits.properties) return;
  const text = `more than ${limits.properties} properties are too many for one request`;
  throw new Refusal(400, undefined, { text });
}

/** Whether any property is asked that no row of this kind answers. */
export function wantsStored(asked: Asked, kind: Kind, door: Door): boolean {
  if (asked.kind !== "prop") return true;
  const rows = door.propertiesOn(kind);
  return asked.elements.some(({ name }) => !rows.has(name));
}

/** Whether any property of RFC 4331 is asked, which costs a sum over the account. */
export const wantsQuota = (asked: Asked): boolean =>
  asked.kind !== "propname" &&
  (asked.kind === "prop" ? asked.elements : asked.include).some(({ name }) =>
    name === D.quotaUsedBytes || name === D.quotaAvailableBytes
  );

/** The DAV:response with the asked properties of a resource. */
export function propertyResponse(
  resource: Resource,
  asked: Asked,
  door: Door,
  look: Look,
): ResponseXml {
  const rows = door.propertiesOn(resource.kind);
  if (asked.kind === "propname") {
    const properties = names(resource, door, look);
    return propstatResponse(resource.href, [{ status: 200, properties }]);
  }
  let found = asked.kind === "allprop" ? everything(resource, door, look) : "";
  let missing = "";
  const refused: Propstat[] = [];
  for (const element of asked.kind === "allprop" ? asked.include : asked.elements) {
    const row = rows.get(element.name);
    if (row && row.allprop && asked.kind === "allprop") continue;
    const value = row
      ? orRefused(() => liveXml(row, resource, door, element, look))
      : deadXml(resource, element.name);
    if (value instanceof Refusal) refused.push(refusedPropstat(element.name, value));
    else if (value !== undefined) found += value;
    else if (!look.minimal) missing += elementXml(el(element.name));
  }
  const propstats: Propstat[] = [];
  if (found !== "" || (missing === "" && refused.length === 0)) {
    propstats.push({ status: 200, properties: found });
  }
  if (missing !== "") propstats.push({ status: 404, properties: missing });
  return propstatResponse(resource.href, [...propstats, ...refused]);
}

function liveXml(
  row: LiveProperty,
  resource: Resource,
  door: Door,
  asked: XmlElement,
  look: Look,
): string | undefined {
  if (row.written) {
    const xml = row.written(resource, look);
    return xml === undefined ? undefined : elementRound(row.name, xml);
  }
  const content = row.get(resource, door, asked, look);
  return content && elementXml(el(row.name, content));
}

/** The element of a property as it is, for who looks into it; undefined where there is none. */
export function propertyOf(
  resource: Resource,
  name: XmlName,
  door: Door,
  look: Look = { minimal: false },
): XmlElement | Refusal | undefined {
  const row = door.propertiesOn(resource.kind).get(name);
  if (!row) {
    const xml = deadXml(resource, name);
    return xml === undefined ? undefined : readStored(xml);
  }
  return orRefused(() => {
    const content = row.get(resource, door, el(name), look);
    return content && el(name, content);
  });
}

/** What is refused of one property of one resource does not stop the others. */
function orRefused<T>(get: () => T): T | Refusal {
  try {
    return get();
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
}

const refusedPropstat = (name: XmlName, refusal: Refusal): Propstat => ({
  status: refusal.status,
  properties: elementXml(el(name)),
  error: preconditionElements(refusal).map((one) => elementXml(one)).join(""),
});

const deadXml = ({ properties }: Resource, wanted: XmlName): string | undefined =>
  properties.find(({ name }) => name === wanted)?.xml;

/** DAV:allprop: the cheap live ones, and all dead ones (RFC 4918 §14.2). */
function everything(resource: Resource, door: Door, look: Look): string {
  const rows = door.propertiesOn(resource.kind);
  let text = "";
  for (const row of rows.values()) {
    if (row.allprop) text += liveXml(row, resource, door, el(row.name), look) ?? "";
  }
  for (const { name, xml } of resource.properties) {
    if (!rows.has(name as XmlName)) text += xml;
  }
  return text;
}

function names(resource: Resource, door: Door, look: Look): string {
  const rows = door.propertiesOn(resource.kind);
  let text = "";
  for (const row of rows.values()) {
    const content = orRefused(() => row.get(resource, door, el(row.name), look));
    if (content && !(content instanceof Refusal)) text += elementXml(el(row.name));
  }
  for (const { name } of resource.properties) {
    if (!rows.has(name as XmlName)) text += elementXml(el(name as XmlName));
  }
  return text;
}

/** An instruction of PROPPATCH, MKCOL or MKCALENDAR. */
export interface Setting {
  readonly name: XmlName;
  /** The property element; null removes the property. */
  readonly value: XmlElement | null;
}

/**
 * The changes for one instruction. What no row of the kind knows is kept as a dead property, unless
 * it is one that the server alone sets elsewhere: DAV:getetag of a collection would mislead.
 *
 * @throws {Refusal} 403 DAV:cannot-modify-protected-property, or what the row says of the value.
 */
export function changesFor(
  { name, value }: Setting,
  target: SettingTarget,
  door: Door,
): readonly Change[] {
  const row = door.propertiesOn(target.kind).get(name);
  if (row?.set) return row.set(value, target);
  if (row || door.protectedNames.has(name)) {
    throw new Refusal(403, D.cannotModifyProtectedProperty);
  }
  return [{
    kind: "set-property",
    holder: target.holder,
    person: personalNames.has(name) ? target.asker : 0,
    name,
    xml: value && storedXml(value),
  }];
}
