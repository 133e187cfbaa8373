import type { limits } from "../limits.ts";
import { Refusal } from "../refusal.ts";
import type { Steps } from "../steps.ts";
import { dereferenced, illegal, notWellFormed } from "./characters.ts";
import { namePart } from "./given_name.ts";
import { D, type XmlName } from "./names.ts";
import { type Attribute, Scope } from "./scope.ts";
import { el, type XmlElement, type XmlNode } from "./tree.ts";

/** Bounds on one document; by default those of `limits`. */
export type XmlBounds = Pick<typeof limits, "xmlDepth" | "xmlNodes" | "xmlAttributes">;

/** A document of more than `xmlNodes`. */
export class XmlTooLong extends Refusal {
  /** `root`: undefined where its name has not come yet. */
  constructor(bound: number, readonly root: XmlName | undefined) {
    super(400, undefined, { text: tooMany(bound, "tags, attributes and references") });
  }
}

/**
 * The root of a document, that is without its XML declaration. What is not well-formed (XML 1.0, fifth
 * edition) is refused. One pass without recursion, in steps.
 *
 * @throws {Refusal} 400; 403 DAV:no-external-entities for any document type declaration
 *   (RFC 4918 §16), as nothing is ever expanded here.
 */
export function* documentOf(xml: string, bounds: XmlBounds): Steps<XmlElement> {
  if (illegal.test(xml)) throw notWellFormed("it has a character that XML does not");
  // All line ends are LF (XML 1.0 §2.11).
  const text = xml.includes("\r") ? xml.replace(/\r\n?/g, "\n") : xml;
  if (xml.length > largeChars) yield;
  return yield* new Reader(text, bounds).document();
}

/** From here on, one look at each character takes a millisecond. */
const largeChars = 256 * 1024;

/** Tags, attributes and references of one step, which takes a few milliseconds. */
const stepNodes = 2_500;

/** An element whose end has not come. */
interface Open {
  /** As it is written. */
  readonly tag: string;
  readonly children: XmlNode[];
  /** The text behind the last child. */
  text: string;
  readonly hidden: ReturnType<Scope["declare"]>;
}

class Reader {
  readonly #xml: string;
  readonly #bounds: XmlBounds;
  readonly #scope = new Scope();
  /** The root first. */
  readonly #open: Open[] = [];
  #at = 0;
  #nodes = 0;
  #root: XmlElement | undefined;

  constructor(xml: string, bounds: XmlBounds) {
    this.#xml = xml;
    this.#bounds = bounds;
  }

  *document(): Steps<XmlElement> {
    let pauseAt = stepNodes;
    for (;;) {
      this.#passText();
      if (this.#at === this.#xml.length) break;
      this.#passMarkup();
      if (this.#nodes < pauseAt) continue;
      pauseAt = this.#nodes + stepNodes;
      yield;
    }
    const last = this.#open.at(-1);
    if (last) throw notWellFormed(`${last.tag} is not closed`);
    if (!this.#root) throw notWellFormed("it has no element");
    return this.#root;
  }

  /** Moves to the next `<`, or to the end. */
  #passText(): void {
    const next = this.#xml.indexOf("<", this.#at);
    const end = next < 0 ? this.#xml.length : next;
    if (end === this.#at) return;
    const text = this.#xml.slice(this.#at, end);
    this.#at = end;
    const inside = this.#open.at(-1);
    if (inside) {
      if (text.includes("]]>")) throw notWellFormed("]]> in text");
      inside.text += this.#dereferenced(text);
    } else if (/[^ \t\n]/.test(text)) throw notWellFormed("text outside the root element");
  }

  /** Moves behind what begins with `<`. */
  #passMarkup(): void {
    const xml = this.#xml;
    this.#count();
    switch (xml[this.#at + 1]) {
      case "/":
        return this.#passEndTag();
      case "?":
        return this.#passInstruction();
      case "!": {
        if (xml.startsWith("<!--", this.#at)) return this.#passComment();
        const inside = this.#open.at(-1);
        if (inside && xml.startsWith("<![CDATA[", this.#at)) {
          inside.text += this.#passTo("]]>", 9);
          return;
        }
        if (xml.startsWith("<!DOCTYPE", this.#at)) throw new Refusal(403, D.noExternalEntities);
        throw notWellFormed("a declaration");
      }
      default:
        this.#passStartTag();
    }
  }

  #passStartTag(): void {
    const outer = this.#open.at(-1);
    if (this.#root && !outer) throw notWellFormed("a second root");
    this.#at += 1;
    const tag = this.#passName();
    const given = this.#passAttributes(tag);
    const isEmpty = this.#xml[this.#at] === "/";
    if (isEmpty) this.#at += 1;
    this.#pass(">", tag);

    const hidden = given && this.#scope.declare(given);
    const name = this.#scope.elementName(tag);
    const children: XmlNode[] = [];
    const element = el(name, children, given && this.#scope.attributesOf(given));
    this.#root ??= element;
    if (outer) {
      endText(outer);
      outer.children.push(element);
    }
    if (isEmpty) {
      if (hidden) this.#scope.restore(hidden);
      return;
    }
    this.#open.push({ tag, children, text: "", hidden });
    const { xmlDepth } = this.#bounds;
    if (this.#open.length <= xmlDepth) return;
    throw new Refusal(400, undefined, { text: tooMany(xmlDepth, "elements open at once") });
  }

  /** Undefined: there is none, as with most. */
  #passAttributes(element: string): readonly Attribute[] | undefined {
    if (this.#xml[this.#at] === ">" || this.#xml[this.#at] === "/") return undefined;
    const found = new Map<string, string>();
    while (this.#passSpace() && !/[/>]/.test(this.#xml[this.#at] ?? "")) {
      const name = this.#passName();
      if (found.has(name)) throw notWellFormed(`${name} is there twice in ${element}`);
      this.#count();
      this.#passSpace();
      this.#pass("=", name);
      this.#passSpace();
      const quote = this.#xml[this.#at];
      if (quote !== '"' && quote !== "'") throw notWellFormed(`${name} is not quoted`);
      const value = this.#passTo(quote, 1);
      if (value.includes("<")) throw notWellFormed(`< in ${name}`);
      // Line ends and tabs are blanks unless they are references (XML 1.0 §3.3.3).
      found.set(name, this.#dereferenced(value.replace(/[\t\n]/g, " ")));
      const { xmlAttributes } = this.#bounds;
      if (found.size <= xmlAttributes) continue;
      const text = tooMany(xmlAttributes, `attributes in ${element}`);
      throw new Refusal(400, undefined, { text });
    }
    return [...found];
  }

  #passEndTag(): void {
    this.#at += 2;
    const tag = this.#passName();
    const open = this.#open.pop();
    if (tag !== open?.tag) {
      throw notWellFormed(`${tag} ends where ${open?.tag ?? "nothing"} is open`);
    }
    this.#passSpace();
    this.#pass(">", tag);
    endText(open);
    if (open.hidden) this.#scope.restore(open.hidden);
  }

  #passComment(): void {
    this.#passTo("--", 4);
    this.#pass(">", "a comment");
  }

  /** The declaration is off already, so nothing may be called `xml` (XML 1.0 §2.6). */
  #passInstruction(): void {
    this.#at += 2;
    const target = this.#passName();
    if (/^xml$/i.test(target)) throw notWellFormed("a declaration that is not at the start");
    if (!this.#passSpace() && !this.#xml.startsWith("?>", this.#at)) throw notWellFormed(target);
    this.#passTo("?>", 0);
  }

  /** Moves behind `end`, and answers what is between it and `skip` characters from here. */
  #passTo(end: string, skip: number): string {
    const from = this.#at + skip;
    const found = this.#xml.indexOf(end, from);
    if (found < 0) throw notWellFormed(`no ${end} to the end`);
    this.#at = found + end.length;
    return this.#xml.slice(from, found);
  }

  #dereferenced(text: string): string {
    for (let at = text.indexOf("&"); at >= 0; at = text.indexOf("&", at + 1)) this.#count();
    return dereferenced(text);
  }

  #count(): void {
    if (++this.#nodes <= this.#bounds.xmlNodes) return;
    throw new XmlTooLong(this.#bounds.xmlNodes, this.#root?.name);
  }

  #pass(character: string, where: string): void {
    if (this.#xml[this.#at] !== character) throw notWellFormed(`no ${character} in ${where}`);
    this.#at += 1;
  }

  #passName(): string {
    const from = this.#at;
    const end = afterPlainName(this.#xml, from);
    if (end > from) {
      this.#at = end;
      return this.#xml.slice(from, end);
    }
    qualifiedName.lastIndex = from;
    const name = qualifiedName.exec(this.#xml)?.[0];
    if (name === undefined) throw notWellFormed("a name is missing or wrong");
    this.#at += name.length;
    return name;
  }

  /** True when there is any. */
  #passSpace(): boolean {
    const from = this.#at;
    while (isSpace(this.#xml.charCodeAt(this.#at))) this.#at += 1;
    return this.#at > from;
  }
}

function endText(open: Open): void {
  if (open.text === "") return;
  open.children.push(open.text);
  open.text = "";
}

/** With at most one colon (Namespaces in XML 1.0 §4). */
const qualifiedName = new RegExp(`${namePart}(?::${namePart})?`, "uy");

/** Where a name of ASCII ends, as nearly all are; `from`: that is for `qualifiedName` to say. */
function afterPlainName(xml: string, from: number): number {
  let end = afterPlainPart(xml, from);
  if (end > from && xml.charCodeAt(end) === colon) {
    const local = end + 1;
    end = afterPlainPart(xml, local);
    if (end === local) return from;
  }
  const next = xml.charCodeAt(end);
  return next === colon || next >= 0x80 ? from : end;
}

function afterPlainPart(xml: string, from: number): number {
  if (!isLetter(xml.charCodeAt(from))) return from;
  let at = from + 1;
  for (;; at++) {
    const code = xml.charCodeAt(at);
    const goesOn = isLetter(code) || code >= 0x30 && code <= 0x39 || code === 0x2d || code === 0x2e;
    if (!goesOn) return at;
  }
}

const colon = 0x3a;

/** Of ASCII, or `_`. */
const isLetter = (code: number): boolean =>
  code >= 0x61 && code <= 0x7a || code >= 0x41 && code <= 0x5a || code === 0x5f;

const isSpace = (code: number): boolean => code === 0x20 || code === 0x0a || code === 0x09;

const tooMany = (bound: number, what: string): string => `The XML has more than ${bound} ${what}.`;
