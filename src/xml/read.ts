import { XMLParser } from "fast-xml-parser";
import { limits } from "../limits.ts";
import { dereferenced, notWellFormed } from "./characters.ts";
import { decodeXml } from "./encoding.ts";
import { declarations } from "./given_name.ts";
import { nameOf, type XmlName, xmlNamespace } from "./names.ts";
import { el, type XmlElement, type XmlNode } from "./tree.ts";
import { wellFormed, type XmlBounds } from "./well_formed.ts";

/**
 * The root of a document, names resolved by namespace. White space and CDATA come as text, lines
 * end in LF unless a CR is written `&#13;` (XML 1.0 §2.11), adjacent texts are one.
 *
 * @throws {Refusal} 400: empty, not well-formed, in an encoding not known here, a prefix that is not
 *   declared, deeper than `limits.xmlDepth`, or of more than `limits.xmlNodes`. 403
 *   DAV:no-external-entities: a document type declaration.
 */
export const readXml = (bytes: Uint8Array, bounds: XmlBounds = limits): XmlElement =>
  treeOf(decodeXml(bytes), bounds);

/** The element that `storedXml` wrote; throws as `readXml` does for any other text. */
export const readStored = (xml: string): XmlElement => treeOf(xml, limits);

function treeOf(xml: string, bounds: XmlBounds): XmlElement {
  const nodes: readonly ParsedNode[] = parser.parse(wellFormed(xml, bounds));
  const [root] = childrenOf(nodes, new Map([["", ""], ["xml", xmlNamespace]]));
  if (root === undefined || typeof root === "string") throw new Error("a document without a root");
  return root;
}

/**
 * An element has its children under `elementMark` and its name, and its attributes, with
 * `attributeMark` before their names, under ":@". The marks keep names such as `constructor` apart
 * from those that the parser refuses, and elements apart from text.
 */
interface ParsedNode {
  readonly ":@"?: Readonly<Record<string, string>>;
  readonly "#text"?: string;
  readonly "#cdata"?: readonly [{ readonly "#text": string }];
  readonly [element: `<${string}`]: readonly ParsedNode[];
}
const elementMark = "<";
const attributeMark = "@";

const parser = new XMLParser({
  preserveOrder: true,
  ignoreAttributes: false,
  attributeNamePrefix: attributeMark,
  // It is applied twice to an empty element.
  transformTagName: (name) => name.startsWith(elementMark) ? name : elementMark + name,
  cdataPropName: "#cdata",
  textNodeName: "#text",
  trimValues: false,
  parseTagValue: false,
  processEntities: false,
  jPath: false,
  maxNestedTags: limits.xmlDepth,
});

/** What the prefixes in scope stand for; the empty prefix is the default namespace. */
type Bindings = Map<string, string | undefined>;

type Attribute = readonly [name: string, value: string];

function childrenOf(nodes: readonly ParsedNode[], bindings: Bindings): XmlNode[] {
  const children: XmlNode[] = [];
  let text = "";
  for (const node of nodes) {
    if (node["#text"] !== undefined) {
      text += dereferenced(node["#text"]);
    } else if (node["#cdata"] !== undefined) {
      text += node["#cdata"][0]["#text"];
    } else {
      if (text !== "") children.push(text);
      text = "";
      children.push(elementOf(node, bindings));
    }
  }
  if (text !== "") children.push(text);
  return children;
}

/** Recursive, as `wellFormed` has bounded the depth. Leaves `bindings` as they were. */
function elementOf(node: ParsedNode, bindings: Bindings): XmlElement {
  const key = Object.keys(node)[0] as `<${string}`;
  const qualified = key.slice(elementMark.length);
  const nodes = node[key] ?? [];
  if (node[":@"] === undefined) {
    return el(expanded(qualified, bindings), childrenOf(nodes, bindings));
  }
  const given = Object.entries(node[":@"]).map(unmarked);
  const outer = declare(given, bindings);
  const name = expanded(qualified, bindings);
  const attributes = attributesOf(given, bindings);
  const element = el(name, childrenOf(nodes, bindings), attributes);
  for (const [prefix, namespace] of outer) bindings.set(prefix, namespace);
  return element;
}

/** Line ends and tabs in a value are blanks unless they are references (XML 1.0 §3.3.3). */
const unmarked = ([name, value]: Attribute): Attribute => [
  name.slice(attributeMark.length),
  dereferenced(value.replace(/[\t\n]/g, " ")),
];

/** Binds what is declared on one element; answers the bindings that this hides. */
function declare(given: readonly Attribute[], bindings: Bindings): Bindings {
  const outer: Bindings = new Map();
  for (const [name, namespace] of given) {
    const prefix = declaredPrefix(name);
    if (prefix === undefined) continue;
    checkDeclaration(prefix, namespace);
    outer.set(prefix, bindings.get(prefix));
    bindings.set(prefix, namespace);
  }
  return outer;
}

/** Empty for the default namespace, undefined where the attribute is no declaration. */
function declaredPrefix(name: string): string | undefined {
  if (name === "xmlns") return "";
  return name.startsWith("xmlns:") ? name.slice("xmlns:".length) : undefined;
}

/** Namespaces in XML 1.0 §3, §6.1. */
function checkDeclaration(prefix: string, namespace: string): void {
  const reserved = prefix === "xmlns" || namespace === declarations;
  const ofXml = (prefix === "xml") === (namespace === xmlNamespace);
  const unbinds = prefix !== "" && namespace === "";
  if (reserved || !ofXml || unbinds) throw notWellFormed(`${prefix} can't be bound so`);
}

/** All but the declarations. `Object.fromEntries`, as one may be called `__proto__`. */
function attributesOf(given: readonly Attribute[], bindings: Bindings): Record<string, string> {
  const attributes = given
    .filter(([name]) => declaredPrefix(name) === undefined)
    .map(([name, value]) => [name.includes(":") ? expanded(name, bindings) : name, value] as const);
  if (new Set(attributes.map(([name]) => name)).size < attributes.length) {
    throw notWellFormed("an attribute is there twice under two prefixes");
  }
  return Object.fromEntries(attributes);
}

function expanded(qualified: string, bindings: Bindings): XmlName {
  const colon = qualified.indexOf(":");
  const namespace = bindings.get(colon < 0 ? "" : qualified.slice(0, colon));
  if (namespace === undefined) throw notWellFormed(`the prefix of ${qualified} is not declared`);
  return nameOf(namespace, qualified.slice(colon + 1));
}
