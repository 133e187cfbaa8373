import { Refusal } from "../refusal.ts";
import type { XmlName } from "../xml/names.ts";
import { readStored } from "../xml/read.ts";
import { el, type XmlElement } from "../xml/tree.ts";
import { type ElementWriter, elementWriter, elementXml } from "../xml/write.ts";
import type { Door, LiveProperty, Look } from "./door.ts";
import { preconditionElements } from "./error.ts";
import { okResponse, type Propstat, propstatResponse, type ResponseXml } from "./multistatus.ts";
import type { Asked } from "./properties.ts";
import type { Kind, Resource } from "./resource.ts";

/** The DAV:response of a resource. */
export type ResponseWriter = (resource: Resource) => ResponseXml;

/**
 * Writes the DAV:response of one resource after the other, with the asked properties: what is the
 * same for all resources of a kind is worked out once.
 */
export function responseWriter(asked: Asked, door: Door, look: Look): ResponseWriter {
  const writers = new Map<Kind, ResponseWriter>();
  const writerFor = (kind: Kind) => {
    const rows = [...door.propertiesOn(kind).values()];
    const live = (row: LiveProperty, element = el(row.name)) => liveXml(row, element, door, look);
    return asked.kind === "propname"
      ? namesWriter(rows, live)
      : valuesWriter(rows, live, asked, look);
  };
  return (resource) => {
    let write = writers.get(resource.kind);
    if (write === undefined) writers.set(resource.kind, write = writerFor(resource.kind));
    return write(resource);
  };
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
    const xml = storedXml(name)(resource);
    return xml === undefined ? undefined : readStored(xml);
  }
  return orRefusal(() => {
    const content = row.get(resource, door, el(name), look);
    return content && el(name, content);
  });
}

/** The element of a property, written out; undefined where the resource has none. */
type PropertyXml = (resource: Resource) => string | undefined;
type Live = (row: LiveProperty, element?: XmlElement) => PropertyXml;

function namesWriter(rows: readonly LiveProperty[], live: Live): ResponseWriter {
  const known = rows.map((row) => ({ xml: live(row), name: emptyXml(row.name) }));
  const dead = deadXml(rows, ({ name }) => emptyXml(name));
  return (resource) => {
    let properties = "";
    for (const { xml, name } of known) {
      if (typeof orRefusal(() => xml(resource)) === "string") properties += name;
    }
    properties += dead(resource);
    return propstatResponse(resource.href, [{ status: 200, properties }]);
  };
}

/** DAV:allprop: the cheap live ones, and all dead ones (RFC 4918 §14.2), with those asked besides. */
function valuesWriter(
  rows: readonly LiveProperty[],
  live: Live,
  asked: Exclude<Asked, { kind: "propname" }>,
  { minimal }: Look,
): ResponseWriter {
  const isAll = asked.kind === "allprop";
  const cheap = isAll ? rows.filter(({ allprop }) => allprop) : [];
  const named = (isAll ? asked.include : asked.elements)
    .filter(({ name }) => !cheap.some((row) => row.name === name));
  const properties = [
    ...cheap.map((row) => ({ name: row.name, xml: live(row), missing: "" })),
    ...named.map((element) => {
      const { name } = element;
      const row = rows.find((one) => one.name === name);
      const xml = row ? live(row, element) : storedXml(name);
      return { name, xml, missing: minimal ? "" : emptyXml(name) };
    }),
  ];
  const dead = isAll ? deadXml(rows, ({ xml }) => xml) : undefined;
  return (resource) => {
    let [found, missing] = ["", ""];
    const refused: Propstat[] = [];
    for (const { name, xml, missing: none } of properties) {
      const value = orRefusal(() => xml(resource));
      if (value === undefined) missing += none;
      else if (value instanceof Refusal) refused.push(refusedPropstat(name, value));
      else found += value;
    }
    if (dead) found += dead(resource);
    if (missing === "" && refused.length === 0) return okResponse(resource.href, found);
    const hasFound = found !== "";
    return propstatResponse(resource.href, [
      ...(hasFound ? [{ status: 200, properties: found }] : []),
      ...(missing === "" ? [] : [{ status: 404, properties: missing }]),
      ...refused,
    ]);
  };
}

function liveXml(
  row: LiveProperty,
  element: XmlElement,
  door: Door,
  look: Look,
): PropertyXml {
  const { of, round } = writerOf(row.name);
  if (row.written) {
    return (resource) => {
      const xml = row.written?.(resource, look);
      return xml === undefined ? undefined : round(xml);
    };
  }
  return (resource) => {
    const content = row.get(resource, door, element, look);
    return content && of(content);
  };
}

/** Of a row's name, so there are no more than rows. */
function writerOf(name: XmlName): ElementWriter {
  let writer = writers.get(name);
  if (writer === undefined) writers.set(name, writer = elementWriter(name));
  return writer;
}

const writers = new Map<XmlName, ElementWriter>();

const storedXml = (wanted: XmlName): PropertyXml => ({ properties }) =>
  properties.find(({ name }) => name === wanted)?.xml;

/** The stored properties that no row answers, each as `xml` has it. */
function deadXml(
  rows: readonly LiveProperty[],
  xml: (property: { readonly name: XmlName; readonly xml: string }) => string,
): (resource: Resource) => string {
  const live = new Set<string>(rows.map(({ name }) => name));
  return ({ properties }) => {
    const dead = properties.filter(({ name }) => !live.has(name));
    return dead.map((one) => xml({ ...one, name: one.name as XmlName })).join("");
  };
}

/** What is refused of one property of one resource does not stop the others. */
function orRefusal<T>(get: () => T): T | Refusal {
  try {
    return get();
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
}

const refusedPropstat = (name: XmlName, refusal: Refusal): Propstat => ({
  status: refusal.status,
  properties: emptyXml(name),
  error: preconditionElements(refusal).map((one) => elementXml(one)).join(""),
});

const emptyXml = (name: XmlName): string => elementXml(el(name));
