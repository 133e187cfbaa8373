import { XMLParser } from "fast-xml-parser";
import { limits } from "../limits.ts";
import { Refusal } from "../refusal.ts";
import type { Steps } from "../steps.ts";
import { dereferenced, illegal, notWellFormed } from "./characters.ts";
import type { XmlName } from "./names.ts";
import { type Piece, piecesOf, type XmlBounds } from "./pieces.ts";
import { type Attribute, Scope } from "./scope.ts";
import { el, type XmlElement, type XmlNode } from "./tree.ts";

/** A document of more than `xmlNodes`. */
export class XmlTooLong extends Refusal {
  /** `root`: undefined where its name has not come yet. */
  constructor(bound: number, readonly root: XmlName | undefined) {
    const text = `The XML has more than ${bound} tags, attributes and references.`;
    super(400, undefined, { text });
  }
}

/** A document with elements in more than `xmlDepth` others. */
export class XmlTooDeep extends Refusal {
  /** `read`: what comes before the first of them. */
  constructor(bound: number, readonly read: XmlElement | undefined) {
    super(400, undefined, { text: `The XML has more than ${bound} elements in each other.` });
  }
}

/** Tags, attributes and references of one step, which takes a few milliseconds. */
export const stepNodes = 1_000;

/**
 * The root of a document, that is without its XML declaration, a piece with each step.
 *
 * @throws {Refusal} what `readXml` throws, but for the encoding.
 */
export function* documentOf(
  xml: string,
  bounds: XmlBounds,
  pieceNodes = stepNodes,
): Steps<XmlElement> {
  if (illegal.test(xml)) throw notWellFormed("it has a character that XML does not");
  // All line ends are LF (XML 1.0 §2.11).
  const text = xml.includes("\r") ? xml.replace(/\r\n?/g, "\n") : xml;
  if (text.length > largeChars) yield;
  const tree = new Tree();
  const tooLong = () => new XmlTooLong(bounds.xmlNodes, tree.root?.name);
  const tooDeep = () => new XmlTooDeep(bounds.xmlDepth, tree.root);
  let isFirst = true;
  for (const piece of piecesOf(text, { bounds, pieceNodes, tooLong, tooDeep })) {
    if (!isFirst) yield;
    isFirst = false;
    tree.append(piece);
  }
  if (!tree.root) throw new Error("a document without a root");
  return tree.root;
}

/** From here on, one look at each character takes a millisecond. */
const largeChars = 256 * 1024;

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

/** An element whose end has not come. */
interface Open {
  readonly children: XmlNode[];
  readonly hidden: ReturnType<Scope["declare"]>;
}

/** What has come of a document so far. */
class Tree {
  root: XmlElement | undefined;
  readonly #scope = new Scope();
  /** The root first. */
  readonly #open: Open[] = [];

  append({ xml, open }: Piece): void {
    this.#appendTo(0, parser.parse(xml), this.#open.length);
    this.#close(open);
  }

  /**
   * Appends to the innermost of `depth` open elements; of `standIns` that the piece begins with, the
   * first node is the next. Recursive, as the depth is bounded.
   */
  #appendTo(depth: number, nodes: readonly ParsedNode[], standIns = 0): void {
    const parent = this.#open[depth - 1];
    for (const [index, node] of nodes.entries()) {
      if (index === 0 && depth < standIns) {
        this.#appendTo(depth + 1, nodesOf(node), standIns);
        continue;
      }
      this.#close(depth);
      if (node["#text"] !== undefined) {
        appendText(parent?.children, dereferenced(node["#text"]));
      } else if (node["#cdata"] !== undefined) {
        appendText(parent?.children, node["#cdata"][0]["#text"]);
      } else {
        const element = this.#start(node);
        this.root ??= element;
        parent?.children.push(element);
        this.#appendTo(depth + 1, nodesOf(node));
      }
    }
  }

  #start(node: ParsedNode): XmlElement {
    const given = node[":@"] && Object.entries(node[":@"]).map(unmarked);
    const hidden = given && this.#scope.declare(given);
    const name = this.#scope.elementName(keyOf(node).slice(elementMark.length));
    const children: XmlNode[] = [];
    this.#open.push({ children, hidden });
    return el(name, children, given && this.#scope.attributesOf(given));
  }

  /** Ends the innermost elements until so many are open. */
  #close(depth: number): void {
    while (this.#open.length > depth) {
      const hidden = this.#open.pop()?.hidden;
      if (hidden) this.#scope.restore(hidden);
    }
  }
}

const keyOf = (node: ParsedNode) => Object.keys(node)[0] as `<${string}`;

const nodesOf = (node: ParsedNode): readonly ParsedNode[] => node[keyOf(node)] ?? [];

function appendText(children: XmlNode[] | undefined, text: string): void {
  if (!children || text === "") return;
  const last = children.at(-1);
  if (typeof last === "string") children[children.length - 1] = last + text;
  else children.push(text);
}

/** Line ends and tabs in a value are blanks unless they are references (XML 1.0 §3.3.3). */
const unmarked = ([name, value]: Attribute): Attribute => [
  name.slice(attributeMark.length),
  dereferenced(value.replace(/[\t\n]/g, " ")),
];
