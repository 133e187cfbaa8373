import { assert, assertEquals, assertLessOrEqual } from "@std/assert";
import { limits } from "../../src/limits.ts";
import { documentOf, stepNodes } from "../../src/xml/document.ts";
import { Refusal } from "../../src/refusal.ts";
import { type Piece, piecesOf } from "../../src/xml/pieces.ts";
import { atOnce } from "../../src/steps.ts";
import { textOf } from "../../src/xml/tree.ts";

/** What a body may be that makes the most work; each is one that is read. */

const repeated = (count: number, each: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => each(index)).join("");

const inEachOther = (start: string, end: string, inner: string): string =>
  start.repeat(limits.xmlDepth - 1) + inner + end.repeat(limits.xmlDepth - 1);

const allAttributes = repeated(limits.xmlAttributes, (i) => ` b${i}="${"x".repeat(30)}"`);

const bodies: Readonly<Record<string, string>> = {
  "references in one text": `<a>${
    repeated(limits.xmlNodes - 2, () => `&lt;${"x".repeat(31)}`)
  }</a>`,
  "elements": `<a>${"<b/>".repeat(limits.xmlNodes - 2)}</a>`,
  "elements with texts": `<a>${`<b>${"x".repeat(31)}</b>`.repeat(limits.xmlNodes / 2 - 1)}</a>`,
  "attributes": `<a>${`<b${allAttributes}/>`.repeat(240)}</a>`,
  "a multiget": `<m xmlns="DAV:">${
    repeated(9_000, (i) =>
      `\n  <href>/dav/calendars/alice/calendar/${i}-${"x".repeat(36)}.ics</href>`)
  }</m>`,
  "deep, with attributes": inEachOther(`<a${allAttributes}>`, "</a>", "<b/>".repeat(14_000)),
  "deep, with long names": inEachOther(
    `<${"a".repeat(4_000)}>`,
    `</${"a".repeat(4_000)}>`,
    "<b/>".repeat(20_000),
  ),
  "a reference of zeros": `<a>&#${"0".repeat(1_000_000)}65;</a>`,
  "tabs in tags": `<a${"\t".repeat(500_000)}b="1"><c${"\t".repeat(500_000)}/></a>`,
  "blanks round the root": `${" ".repeat(500_000)}<a/>${"\n".repeat(500_000)}`,
  "comments": `<a>${"x<!-- y -->".repeat(20_000)}</a>`,
  "instructions": `<a>${"x<?y ?>".repeat(20_000)}</a>`,
};

/** Those of the tags that open and close again what is open at both ends of a piece. */
const standInNodes = 2 * limits.xmlDepth;

for (const [name, xml] of Object.entries(bodies)) {
  Deno.test(`pieces: no step is much work, ${name}`, () => {
    assertLessOrEqual(xml.length, limits.xmlBytes);
    const pieces = piecesFrom(xml, stepNodes);
    for (const piece of pieces) {
      const { nodes, characters } = workOf(piece.xml);
      assertLessOrEqual(nodes, stepNodes + limits.xmlAttributes + standInNodes);
      assertLessOrEqual(characters, 2 * 32 * (stepNodes + 1));
    }
    const before = xml.length > 256 * 1024 ? 1 : 0;
    assertEquals(stepsOf(xml), before + pieces.length);
  });

  Deno.test(`pieces: together little more than the document, ${name}`, () => {
    const pieces = piecesFrom(xml, stepNodes);
    const total = pieces.reduce((sum, piece) => sum + piece.xml.length, 0);
    const wrapped = xml.split(/[<&]/).length * "<![CDATA[]]>".length;
    assertLessOrEqual(total, xml.length + wrapped + pieces.length * limits.xmlDepth * 7);
  });
}

Deno.test("pieces: a small document is one, as it is", () => {
  const xml = `<!-- --><a b="&amp;">\n  <b>&lt;c</b>\n</a>\n`;
  assertEquals(piecesFrom(xml, stepNodes), [{ xml, open: 0 }]);
  assertEquals(stepsOf(xml), 1);
});

Deno.test("pieces: a text without references is not gone through by the character", () => {
  const text = "x".repeat(limits.xmlBytes);
  const [piece, ...more] = piecesFrom(`<a>${text}</a>`, stepNodes);
  assert(piece && more.length === 0);
  assertEquals(workOf(piece.xml).characters, 0);
  assertEquals(textOf(atOnce(documentOf(`<a>${text}</a>`, limits))), text);
});

function piecesFrom(xml: string, pieceNodes: number): Piece[] {
  const refusal = () => new Refusal(400);
  return [
    ...piecesOf(xml, { bounds: limits, pieceNodes, tooLong: refusal, tooDeep: refusal }),
  ];
}

/** What the parser has to do for a document, counted anew: CDATA it copies. */
function workOf(xml: string): { readonly nodes: number; readonly characters: number } {
  const plain = xml.replace(/<!\[CDATA\[.*?\]\]>/gs, "");
  const text = plain.replace(/<[^>]*>/g, "");
  const count = (what: RegExp) => (plain.match(what) ?? []).length;
  return { nodes: count(/<|&|="/g), characters: text.length + count(/\t/g) };
}

function stepsOf(xml: string): number {
  let count = 1;
  for (const _ of documentOf(xml, limits)) count += 1;
  return count;
}
