import type { XmlName } from "./names.ts";

/** An element or its text; CDATA is text, comments and processing instructions are not kept. */
export type XmlNode = XmlElement | string;

export interface XmlElement {
  readonly name: XmlName;
  /**
   * By local name, or by expanded name for an attribute in a namespace (`xmlLang`). Namespace
   * declarations are not attributes.
   */
  readonly attributes: Readonly<Record<string, string>>;
  /** White space between elements is kept: a dead property is given back as it came. */
  readonly children: readonly XmlNode[];
}

export const el = (
  name: XmlName,
  children: readonly XmlNode[] = [],
  attributes: Readonly<Record<string, string>> = noAttributes,
): XmlElement => ({ name, attributes, children });

/** The child elements, in document order. */
export const elementsOf = (element: XmlElement): XmlElement[] =>
  element.children.filter((child) => typeof child !== "string");

export const childrenNamed = (element: XmlElement, name: XmlName): XmlElement[] =>
  elementsOf(element).filter((child) => child.name === name);

/** The first one, where there are several. */
export const childNamed = (element: XmlElement, name: XmlName): XmlElement | undefined =>
  elementsOf(element).find((child) => child.name === name);

/** The element's own text, without that of its child elements; white space as it came. */
export const textOf = (element: XmlElement): string =>
  element.children.filter((child) => typeof child === "string").join("");

/** The text of a DAV:href, still percent-encoded. iOS breaks lines round it. */
export const hrefTextOf = (element: XmlElement): string => textOf(element).trim();

const noAttributes = Object.freeze({});
