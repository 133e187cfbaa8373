import { illegal } from "./characters.ts";
import { A, C, CS, D, localOf, namespaceOf, type XmlName, xmlNamespace } from "./names.ts";
import type { XmlElement } from "./tree.ts";

const special = new RegExp(`[&<>\\r]|${illegal.source}`);
const specialInAttribute = new RegExp(`["\\t\\n]|${special.source}`);
const everyIllegal = new RegExp(illegal, "g");

/**
 * Text of an element. CR is written `&#13;`, as a reader makes LF of a bare one. Characters that XML
 * can't hold, such as the U+0008 of some calendar data, are left out.
 */
export function escapeText(text: string): string {
  if (!special.test(text)) return text;
  return text
    .replace(everyIllegal, "")
    .replace(/&/g, "&amp;")
    .replace(/</g, "&lt;")
    .replace(/>/g, "&gt;")
    .replace(/\r/g, "&#13;");
}

/** The value of an attribute in double quotes; what `escapeText` says, and white space survives. */
export function escapeAttribute(value: string): string {
  if (!specialInAttribute.test(value)) return value;
  return escapeText(value)
    .replace(/"/g, "&quot;")
    .replace(/\t/g, "&#9;")
    .replace(/\n/g, "&#10;");
}

/** What is declared at one place. */
interface Scope {
  /**
   * By namespace, in the order of declaration. Nothing has a default namespace, so `{}x` is `<x/>`
   * at every place.
   */
  readonly prefixes: ReadonlyMap<string, string>;
  /** Our own names as they are written, as cutting up each would be most of the work. */
  readonly tags: ReadonlyMap<string, string>;
}

const noScope: Scope = {
  prefixes: new Map([["", ""], [xmlNamespace, "xml"]]),
  tags: new Map(),
};

const rootScope: Scope = {
  prefixes: new Map([
    ...noScope.prefixes,
    [namespaceOf(D.href), "D"],
    [namespaceOf(C.calendar), "C"],
    [namespaceOf(CS.getctag), "CS"],
    [namespaceOf(A.calendarColor), "A"],
  ]),
  tags: new Map([...tagsOf("D", D), ...tagsOf("C", C), ...tagsOf("CS", CS), ...tagsOf("A", A)]),
};

/** The declarations of the prefixes D, C, CS and A, for the root of an answer. */
export const rootNamespaces: string = declarations(rootScope, noScope).trim();

/** For a place inside a root with `rootNamespaces`; other namespaces are declared where needed. */
export const elementXml = (element: XmlElement): string => written(element, rootScope, "");

/** Writes elements of one name, without attributes: an answer has thousands of them. */
export interface ElementWriter {
  /** With these children, as `elementXml` writes it; the same ones again cost nothing. */
  of(children: XmlElement["children"]): string;
  /** Round what is written out already. */
  round(xml: string): string;
}

export function elementWriter(name: XmlName): ElementWriter {
  const empty = elementXml({ name, attributes: {}, children: [] });
  const scope = declaring(rootScope, name);
  const open = `${empty.slice(0, -"/>".length)}>`;
  const close = `</${qualified(name, scope)}>`;
  const round = (xml: string): string => xml === "" ? empty : open + xml + close;
  let last: XmlElement["children"] | undefined;
  let lastXml = "";
  return {
    round,
    of(children) {
      if (children !== last) lastXml = round(childrenXml(last = children, scope));
      return lastXml;
    },
  };
}

/** A whole document, with XML declaration and root namespaces. */
export const documentXml = (root: XmlElement): string =>
  `<?xml version="1.0" encoding="utf-8"?>\n${written(root, rootScope, " " + rootNamespaces)}`;

/**
 * An element with all its namespaces declared in it: to be kept, to be read again by `readStored`,
 * and to be put into any answer as it is. Equal trees give equal text.
 */
export const storedXml = (element: XmlElement): string => written(element, noScope, "");

function written(element: XmlElement, outer: Scope, declared: string): string {
  const { name, attributes, children } = element;
  const keys = Object.keys(attributes).sort();
  const scope = keys.filter(isExpanded).reduce(declaring, declaring(outer, name));

  const tag = qualified(name, scope);
  let xml = `<${tag}${declared}${declarations(scope, outer)}`;
  for (const key of keys) {
    const attribute = isExpanded(key) ? qualified(key, scope) : key;
    xml += ` ${attribute}="${escapeAttribute(attributes[key] ?? "")}"`;
  }
  if (children.length === 0) return xml + "/>";
  return `${xml}>${childrenXml(children, scope)}</${tag}>`;
}

function childrenXml(children: XmlElement["children"], scope: Scope): string {
  let xml = "";
  for (const child of children) {
    xml += typeof child === "string" ? escapeText(child) : written(child, scope, "");
  }
  return xml;
}

const isExpanded = (key: string): key is XmlName => key.startsWith("{");

function qualified(name: XmlName, { prefixes, tags }: Scope): string {
  const known = tags.get(name);
  if (known !== undefined) return known;
  const prefix = prefixes.get(namespaceOf(name));
  return prefix ? `${prefix}:${localOf(name)}` : localOf(name);
}

/** A prefix for the namespace of `name`, numbered by depth, so that none hides another. */
function declaring(scope: Scope, name: XmlName): Scope {
  const { prefixes, tags } = scope;
  if (tags.has(name)) return scope;
  const namespace = namespaceOf(name);
  if (prefixes.has(namespace)) return scope;
  return { prefixes: new Map(prefixes).set(namespace, `x${prefixes.size}`), tags };
}

function tagsOf(prefix: string, names: Record<string, XmlName>): (readonly [string, string])[] {
  return Object.values(names).map((name) => [name, `${prefix}:${localOf(name)}`]);
}

/** What `inner` declares beyond `outer`, each with a blank before it. */
function declarations(inner: Scope, outer: Scope): string {
  if (inner === outer) return "";
  return [...inner.prefixes].slice(outer.prefixes.size)
    .map(([namespace, prefix]) => ` xmlns:${prefix}="${escapeAttribute(namespace)}"`)
    .join("");
}
