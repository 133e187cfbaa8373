import type { limits } from "../limits.ts";
import { Refusal } from "../refusal.ts";
import { illegal, notWellFormed } from "./characters.ts";
import { namePart } from "./given_name.ts";
import { D } from "./names.ts";

/**
 * A document (without its XML declaration) that fast-xml-parser reads as XML means it. The parser
 * makes a tree of nearly any input: it takes two roots, unclosed tags and repeated attributes, and
 * its own validator lets `<` in values, `]]>` in text, unclosed comments and a second root after an
 * empty one pass. So what is not well-formed is refused here (XML 1.0, fifth edition), but for
 * references and prefixes, which the walk over the tree sees. Comments and processing instructions
 * are taken out, as the parser looks for quotes in the latter, and long texts become CDATA, which it
 * copies: through text it goes by the character.
 *
 * One pass without recursion, before the parser has allocated anything.
 *
 * @throws {Refusal} 400; 403 DAV:no-external-entities for any document type declaration
 *   (RFC 4918 §16), as nothing is ever expanded here.
 */
export function wellFormed(xml: string, bounds: XmlBounds): string {
  if (illegal.test(xml)) throw notWellFormed("it has a character that XML does not");
  return new Scanner(xml, bounds).document();
}

/** Bounds on one document; by default those of `limits`. */
export type XmlBounds = Pick<typeof limits, "xmlDepth" | "xmlNodes" | "xmlAttributes">;

/** With at most one colon (Namespaces in XML 1.0 §4). */
const qualifiedName = new RegExp(`${namePart}(?::${namePart})?`, "uy");

/** Stands for what is taken out, so that the texts round it don't become one reference. */
const nothing = "<![CDATA[]]>";

/** Texts from this length on are worth the detour, in characters. */
const longText = 32;

/** A reference, as far as one can go, or a long text without any. */
const stretch = new RegExp(`(&[^&;]{0,64};?)|[^&]{${longText},}`, "g");

const asCdata = (text: string): string =>
  text.replace(stretch, (found, reference) => reference ?? `<![CDATA[${found}]]>`);

class Scanner {
  readonly #xml: string;
  readonly #bounds: XmlBounds;
  #at = 0;
  #nodes = 0;
  #rooted = false;
  /** Names of the elements that are open, the root first. */
  readonly #open: string[] = [];

  constructor(xml: string, bounds: XmlBounds) {
    this.#xml = xml;
    this.#bounds = bounds;
  }

  document(): string {
    const kept: string[] = [];
    for (;;) {
      kept.push(this.#passText());
      if (this.#at === this.#xml.length) break;
      const start = this.#at;
      const keeps = this.#passMarkup();
      if (keeps) kept.push(this.#xml.slice(start, this.#at));
      else if (this.#open.length > 0) kept.push(nothing);
    }
    if (!this.#rooted) throw notWellFormed("it has no element");
    if (this.#open.length > 0) throw notWellFormed(`${this.#open.at(-1)} is not closed`);
    return kept.join("");
  }

  /** Moves to the next `<`, or to the end; answers what stands for the text before. */
  #passText(): string {
    const next = this.#xml.indexOf("<", this.#at);
    const end = next < 0 ? this.#xml.length : next;
    const text = this.#xml.slice(this.#at, end);
    this.#at = end;
    if (this.#open.length === 0) {
      if (/[^ \t\r\n]/.test(text)) throw notWellFormed("text outside the root element");
      return "";
    }
    if (text.includes("]]>")) throw notWellFormed("]]> in text");
    this.#countReferences(text);
    return text.length < longText ? text : asCdata(text);
  }

  /** Moves behind what begins with `<`; false for what is to be taken out. */
  #passMarkup(): boolean {
    const xml = this.#xml;
    this.#count();
    switch (xml[this.#at + 1]) {
      case "/":
        this.#passEndTag();
        return true;
      case "?":
        this.#passInstruction();
        return false;
      case "!":
        if (xml.startsWith("<!--", this.#at)) {
          this.#passComment();
          return false;
        }
        if (xml.startsWith("<![CDATA[", this.#at) && this.#open.length > 0) {
          this.#passTo("]]>", 9);
          return true;
        }
        if (xml.startsWith("<!DOCTYPE", this.#at)) throw new Refusal(403, D.noExternalEntities);
        throw notWellFormed("a declaration");
      default:
        this.#passStartTag();
        return true;
    }
  }

  #passStartTag(): void {
    if (this.#rooted && this.#open.length === 0) throw notWellFormed("a second root");
    this.#rooted = true;
    this.#at += 1;
    const name = this.#passName();
    this.#passAttributes(name);
    if (this.#xml[this.#at] === "/") {
      this.#at += 1;
    } else {
      this.#open.push(name);
      const { xmlDepth } = this.#bounds;
      if (this.#open.length > xmlDepth) throw tooMany(xmlDepth, "elements open at once");
    }
    this.#pass(">", name);
  }

  #passAttributes(element: string): void {
    const seen = new Set<string>();
    while (this.#passSpace() && !/[/>]/.test(this.#xml[this.#at] ?? "")) {
      const name = this.#passName();
      if (seen.has(name)) throw notWellFormed(`${name} is there twice in ${element}`);
      seen.add(name);
      this.#count();
      const { xmlAttributes } = this.#bounds;
      if (seen.size > xmlAttributes) throw tooMany(xmlAttributes, `attributes in ${element}`);
      this.#passSpace();
      this.#pass("=", name);
      this.#passSpace();
      const quote = this.#xml[this.#at];
      if (quote !== '"' && quote !== "'") throw notWellFormed(`${name} is not quoted`);
      const value = this.#passTo(quote, 1);
      if (value.includes("<")) throw notWellFormed(`< in ${name}`);
      this.#countReferences(value);
    }
  }

  #passEndTag(): void {
    this.#at += 2;
    const name = this.#passName();
    const open = this.#open.pop();
    if (name !== open) throw notWellFormed(`${name} ends where ${open ?? "nothing"} is open`);
    this.#passSpace();
    this.#pass(">", name);
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

  #countReferences(text: string): void {
    for (let at = text.indexOf("&"); at >= 0; at = text.indexOf("&", at + 1)) this.#count();
  }

  #count(): void {
    const { xmlNodes } = this.#bounds;
    if (++this.#nodes > xmlNodes) throw tooMany(xmlNodes, "tags, attributes and references");
  }

  #pass(character: string, where: string): void {
    if (this.#xml[this.#at] !== character) throw notWellFormed(`no ${character} in ${where}`);
    this.#at += 1;
  }

  #passName(): string {
    qualifiedName.lastIndex = this.#at;
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

const isSpace = (code: number): boolean =>
  code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09;

const tooMany = (bound: number, what: string): Refusal =>
  new Refusal(400, undefined, { text: `The XML has more than ${bound} ${what}.` });
