import type { limits } from "../limits.ts";
import { Refusal } from "../refusal.ts";
import { dereferenced, notWellFormed } from "./characters.ts";
import { D } from "./names.ts";
import { afterName } from "./qualified_name.ts";

/** Bounds on one document; by default those of `limits`. */
export type XmlBounds = Pick<typeof limits, "xmlDepth" | "xmlNodes" | "xmlAttributes">;

/** A part of a document, made a document that fast-xml-parser reads as XML means it. */
export interface Piece {
  /**
   * It begins with a start tag, of another name, for each element that is open before it, and ends
   * with an end tag for each that is open behind it.
   */
  readonly xml: string;
  /** How many elements are open behind it. */
  readonly open: number;
}

interface Cutting {
  readonly bounds: XmlBounds;
  /** Tags, attributes and references of a piece; it ends behind the tag or reference that fills it. */
  readonly pieceNodes: number;
  /** Made where there are more of them than `bounds.xmlNodes`. */
  readonly tooLong: () => Refusal;
  /** Made where an element stands in `bounds.xmlDepth` others, behind a piece that ends there. */
  readonly tooDeep: () => Refusal;
}

/**
 * A document (without its XML declaration, all line ends LF, no illegal characters) in pieces. The
 * parser makes a tree of nearly any input: it takes two roots, unclosed tags and repeated attributes,
 * and its own validator lets `<` in values, `]]>` in text, unclosed comments and a second root after
 * an empty one pass. So what is not well-formed is refused here (XML 1.0, fifth edition), but for what
 * references and prefixes name, which the walk over the tree sees. Processing instructions are taken
 * out, as the parser looks for quotes in them. Long texts become CDATA, which it copies, and other
 * blanks become few: through these it goes by the character. So a piece takes time for its nodes.
 *
 * One pass without recursion.
 *
 * @throws {Refusal} 400; 403 DAV:no-external-entities for any document type declaration
 *   (RFC 4918 §16), as nothing is ever expanded here.
 */
export const piecesOf = (xml: string, cutting: Cutting): Generator<Piece, void, void> =>
  new Scanner(xml, cutting).pieces();

/** The parser does not compare the names of start and end tags: a long one is not repeated. */
const standIn = { start: "<_>", end: "</_>" };

/** Texts, references and blanks from this length on are worth the detour, in characters. */
const longText = 32;

class Scanner {
  readonly #xml: string;
  readonly #cutting: Cutting;
  /** Names of the elements that are open, the root first. */
  readonly #open: string[] = [];
  #at = 0;
  #nodes = 0;
  #isRooted = false;
  #isTooDeep = false;
  /** What is copied of the piece, and from where on it is not. */
  #copied = "";
  #copiedTo = 0;
  /** How many nodes there are when the piece ends. */
  #fullAt: number;

  constructor(xml: string, cutting: Cutting) {
    this.#xml = xml;
    this.#cutting = cutting;
    this.#fullAt = cutting.pieceNodes;
  }

  *pieces(): Generator<Piece, void, void> {
    while (this.#at < this.#xml.length) {
      if (this.#xml[this.#at] === "<") this.#passMarkup();
      else this.#passText();
      if (this.#isTooDeep) {
        yield this.#cut();
        throw this.#cutting.tooDeep();
      }
      if (this.#nodes >= this.#fullAt) yield this.#cut();
    }
    const last = this.#open.at(-1);
    if (last !== undefined) throw notWellFormed(`${last} is not closed`);
    if (!this.#isRooted) throw notWellFormed("it has no element");
    yield this.#cut();
  }

  #cut(): Piece {
    this.#copy(this.#at);
    const open = this.#open.length;
    const xml = this.#copied + standIn.end.repeat(open);
    this.#copied = standIn.start.repeat(open);
    this.#fullAt = this.#nodes + this.#cutting.pieceNodes;
    return { xml, open };
  }

  /** At the end of a piece, or where it is changed: nearly every document goes straight through. */
  #copy(to: number): void {
    this.#copied += this.#xml.slice(this.#copiedTo, to);
    this.#copiedTo = to;
  }

  /** Puts something else there for what is between `from` and here. */
  #replace(from: number, by: string): void {
    this.#copy(from);
    this.#copied += by;
    this.#copiedTo = this.#at;
  }

  /** Moves to the next `<`, to the end, or behind the reference that fills the piece. */
  #passText(): void {
    const start = this.#at;
    const next = this.#xml.indexOf("<", start);
    const text = this.#xml.slice(start, next < 0 ? this.#xml.length : next);
    if (this.#open.length === 0) {
      if (/[^ \t\n]/.test(text)) throw notWellFormed("text outside the root element");
      this.#at += text.length;
      if (text.length >= longText) this.#replace(start, "");
      return;
    }
    if (text.includes("]]>")) throw notWellFormed("]]> in text");
    for (let at = 0; at < text.length && this.#nodes < this.#fullAt; at = this.#at - start) {
      const reference = text.indexOf("&", at);
      this.#passPlain(text.slice(at, reference < 0 ? text.length : reference));
      if (reference >= 0) {
        this.#passReference(text.slice(reference, this.#afterReference(text, reference)));
      }
    }
  }

  #passPlain(text: string): void {
    const from = this.#at;
    this.#at += text.length;
    if (text.length >= longText) this.#replace(from, `<![CDATA[${text}]]>`);
  }

  /** A long one has many zeros. */
  #passReference(reference: string): void {
    const from = this.#at;
    this.#at += reference.length;
    if (reference.length < longText) return;
    this.#replace(from, `&#${dereferenced(reference).codePointAt(0)};`);
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
      case "!":
        if (xml.startsWith("<!--", this.#at)) return this.#passComment();
        if (this.#open.length > 0 && xml.startsWith("<![CDATA[", this.#at)) {
          this.#passTo("]]>", 9);
          return;
        }
        if (xml.startsWith("<!DOCTYPE", this.#at)) throw new Refusal(403, D.noExternalEntities);
        throw notWellFormed("a declaration");
      default:
        this.#passStartTag();
    }
  }

  #passStartTag(): void {
    if (this.#isRooted && this.#open.length === 0) throw notWellFormed("a second root");
    this.#isRooted = true;
    this.#isTooDeep = this.#open.length === this.#cutting.bounds.xmlDepth;
    if (this.#isTooDeep) return;
    this.#at += 1;
    const name = this.#passName();
    const next = this.#xml[this.#at];
    if (next !== ">" && next !== "/") this.#passAttributes(name);
    if (this.#xml[this.#at] === "/") {
      this.#at += 1;
    } else {
      this.#open.push(name);
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
      const { xmlAttributes } = this.#cutting.bounds;
      if (seen.size > xmlAttributes) throw tooManyAttributes(xmlAttributes, element);
      this.#passSpace();
      this.#pass("=", name);
      this.#passSpace();
      const quote = this.#xml[this.#at];
      if (quote !== '"' && quote !== "'") throw notWellFormed(`${name} is not quoted`);
      const value = this.#passTo(quote, 1);
      if (value.includes("<")) throw notWellFormed(`< in ${name}`);
      for (let at = value.indexOf("&"); at >= 0;) {
        at = value.indexOf("&", this.#afterReference(value, at));
      }
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
    const from = this.#at;
    this.#at += 2;
    const target = this.#passName();
    if (/^xml$/i.test(target)) throw notWellFormed("a declaration that is not at the start");
    const isTargetEnd = isSpace(this.#xml.charCodeAt(this.#at)) ||
      this.#xml.startsWith("?>", this.#at);
    if (!isTargetEnd) throw notWellFormed(target);
    this.#passTo("?>", 0);
    this.#replace(from, "");
  }

  /** Moves behind `end`, and answers what is between it and `skip` characters from here. */
  #passTo(end: string, skip: number): string {
    const from = this.#at + skip;
    const found = this.#xml.indexOf(end, from);
    if (found < 0) throw notWellFormed(`no ${end} to the end`);
    this.#at = found + end.length;
    return this.#xml.slice(from, found);
  }

  /** Where the reference ends that begins at `from`. */
  #afterReference(text: string, from: number): number {
    this.#count();
    const end = text.indexOf(";", from);
    if (end < 0) throw notWellFormed("a reference without its end");
    return end + 1;
  }

  #count(): void {
    if (++this.#nodes > this.#cutting.bounds.xmlNodes) throw this.#cutting.tooLong();
  }

  #pass(character: string, where: string): void {
    if (this.#xml[this.#at] !== character) throw notWellFormed(`no ${character} in ${where}`);
    this.#at += 1;
  }

  #passName(): string {
    const from = this.#at;
    this.#at = afterName(this.#xml, from);
    if (this.#at === from) throw notWellFormed("a name is missing or wrong");
    return this.#xml.slice(from, this.#at);
  }

  /** True when there is any. */
  #passSpace(): boolean {
    const from = this.#at;
    while (isSpace(this.#xml.charCodeAt(this.#at))) this.#at += 1;
    if (this.#at - from >= longText) this.#replace(from, " ");
    return this.#at > from;
  }
}

const isSpace = (code: number): boolean => code === 0x20 || code === 0x0a || code === 0x09;

const tooManyAttributes = (bound: number, element: string): Refusal =>
  new Refusal(400, undefined, { text: `The XML has more than ${bound} attributes in ${element}.` });
