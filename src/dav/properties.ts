import { limits } from "../limits.ts";
import type { Change } from "../change.ts";
import type { ObjectTag } from "../model.ts";
import { Refusal } from "../refusal.ts";
import type { ContentDetail, Detail } from "../store/questions.ts";
import { D, type XmlName } from "../xml/names.ts";
import { el, elementsOf, type XmlElement, type XmlNode } from "../xml/tree.ts";
import { storedXml } from "../xml/write.ts";
import type { Door, LiveProperty, Look, SettingTarget } from "./door.ts";
import { personalNames } from "./personal_names.ts";
import type { Kind, ObjectKind } from "./resource.ts";

/** Types `get` by `on`. The cast is sound as `get` is called only for the kinds in `on`. */
export const live = <K extends Kind>(row: LiveProperty<K>): LiveProperty =>
  row as unknown as LiveProperty;

/** As {@linkcode live}, of objects: a row that looks at no more of them than their tags. */
export const liveOfTag = (
  row: Omit<LiveProperty<ObjectKind>, "get"> & {
    get(tagged: Tagged, look: Look): readonly XmlNode[];
  },
): LiveProperty =>
  live<ObjectKind>({
    ...row,
    ofTag: true,
    get: (resource, _door, _asked, look) => row.get(resource, look),
  });

/** An object of which the tag is told. */
export interface Tagged {
  readonly kind: ObjectKind;
  readonly object: ObjectTag;
}

/** The `get` of a row with the same content for every resource: it is written out once in an answer. */
export const always = (...content: readonly XmlNode[]) => (): readonly XmlNode[] => content;

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

/** How much must be told of each object of this kind for what is asked. */
export function detailOf(asked: Asked, kind: Kind, door: Door): Detail {
  if (asked.kind !== "prop") return "properties";
  const rows = door.propertiesOn(kind);
  const wanted = asked.elements.map(({ name }) => rows.get(name));
  if (wanted.includes(undefined)) return "properties";
  return wanted.every((row) => row?.ofTag) ? "tag" : "columns";
}

/** As {@linkcode detailOf}, where the content is told as well. */
export function contentDetailOf(asked: Asked, kind: Kind, door: Door): ContentDetail {
  const detail = detailOf(asked, kind, door);
  return detail === "tag" ? "columns" : detail;
}

/** Whether any property of RFC 4331 is asked, which costs a sum over the account. */
export const wantsQuota = (asked: Asked): boolean =>
  asked.kind !== "propname" &&
  (asked.kind === "prop" ? asked.elements : asked.include).some(({ name }) =>
    name === D.quotaUsedBytes || name === D.quotaAvailableBytes
  );

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
