import { assertEquals } from "@std/assert";
import { limits } from "../../src/limits.ts";
import { Refusal } from "../../src/refusal.ts";
import { atOnce } from "../../src/steps.ts";
import { documentOf } from "../../src/xml/document.ts";
import { decodeXml } from "../../src/xml/encoding.ts";
import { C, D, xmlLang } from "../../src/xml/names.ts";
import { readXml } from "../../src/xml/read.ts";
import { el, type XmlElement } from "../../src/xml/tree.ts";
import { assertCpuBelow } from "../processor.ts";

const read = (xml: string) => readXml(new TextEncoder().encode(xml));

/** In pieces that are cut before every tag and reference, every second one, and so on. */
const readInPieces = (xml: string, pieceNodes: number) =>
  atOnce(documentOf(decodeXml(new TextEncoder().encode(xml)), limits, pieceNodes));

const zeros = "0".repeat(100);
const blanks = "\n\t ".repeat(20);

const trees: readonly { name: string; xml: string; gives: XmlElement }[] = [
  {
    name: "a prefix of the client's choice, single quotes",
    xml: `<?xml version='1.0'?><x:prop xmlns:x='DAV:'><x:getetag/></x:prop>`,
    gives: el(D.prop, [el(D.getetag)]),
  },
  {
    name: "a default namespace, and another within",
    xml: `<prop xmlns="DAV:"><comp xmlns="urn:ietf:params:xml:ns:caldav"/><href/></prop>`,
    gives: el(D.prop, [el(C.comp), el(D.href)]),
  },
  {
    name: "a prefix bound anew within, and as before after it",
    xml: `<a:prop xmlns:a="DAV:"><a:x xmlns:a="urn:x"><a:y/></a:x><a:href/></a:prop>`,
    gives: el(D.prop, [el("{urn:x}x", [el("{urn:x}y")]), el(D.href)]),
  },
  {
    name: "no namespace under a default one",
    xml: `<prop xmlns="DAV:"><NO xmlns=""/></prop>`,
    gives: el(D.prop, [el("{}NO")]),
  },
  {
    name: "attributes without namespace, with one, and xml:lang",
    xml: `<a xmlns:p="urn:p" b="1" p:b="2" xml:lang="de"/>`,
    gives: el("{}a", [], { b: "1", "{urn:p}b": "2", [xmlLang]: "de" }),
  },
  {
    name: "an attribute has no default namespace",
    xml: `<a xmlns="urn:a" b="1"/>`,
    gives: el("{urn:a}a", [], { b: "1" }),
  },
  {
    name: "white space is kept",
    xml: `<a>\n  <b> x </b>\t</a>\n`,
    gives: el("{}a", ["\n  ", el("{}b", [" x "]), "\t"]),
  },
  {
    name: "references",
    xml: `<a b="&lt;&quot;&#x41;">&amp;&gt;&apos;&#65;&#x1F600;&#38;lt;</a>`,
    gives: el("{}a", ["&>'A😀&lt;"], { b: '<"A' }),
  },
  {
    name: "references of many zeros",
    xml: `<a b="&#${zeros}65;">x&#${zeros}65;&#x${zeros}41;y</a>`,
    gives: el("{}a", ["xAAy"], { b: "A" }),
  },
  {
    name: "many blanks in tags and round them",
    xml:
      `${blanks}<a${blanks}b${blanks}=${blanks}"1"${blanks}>${blanks}<c${blanks}/></a${blanks}>${blanks}`,
    gives: el("{}a", [blanks, el("{}c")], { b: "1" }),
  },
  {
    name: "CDATA is literal and part of the text",
    xml: `<a>x<![CDATA[<b>&amp;]] ]]>y<![CDATA[]]></a>`,
    gives: el("{}a", ["x<b>&amp;]] y"]),
  },
  {
    name: "line ends become LF, but not a reference to CR",
    xml: `<a b="1\r\n2\r3&#13;4">1\r\n2\r3&#13;\n4<![CDATA[\r\n]]></a>`,
    gives: el("{}a", ["1\n2\n3\r\n4\n"], { b: "1 2 3\r4" }),
  },
  {
    name: "blanks in a value: written ones become spaces, references stay",
    xml: `<a b="\t\n&#9;&#10;"/>`,
    gives: el("{}a", [], { b: "  \t\n" }),
  },
  {
    name: "comments and processing instructions are not there",
    xml: `<?x don't?><!-- <b> --><a>1<!-- & -->2<?y a="?><b/><!----></a><!-- --><?z?>`,
    gives: el("{}a", ["12", el("{}b")]),
  },
  {
    name: "blanks in tags",
    xml: `<a\n\tb = '1'\r\nc="2" ><d /></a >`,
    gives: el("{}a", [el("{}d")], { b: "1", c: "2" }),
  },
  {
    name: "> and quotes in values, slash before the end",
    xml: `<a b="/>'" c='"'>/</a>`,
    gives: el("{}a", ["/"], { b: "/>'", c: '"' }),
  },
  {
    name: "names that JavaScript objects have",
    xml: `<constructor toString="1"><__proto__ __proto__="2"/><hasOwnProperty/></constructor>`,
    gives: el("{}constructor", [
      el("{}__proto__", [], Object.fromEntries([["__proto__", "2"]])),
      el("{}hasOwnProperty"),
    ], { toString: "1" }),
  },
  {
    name: "names outside ASCII",
    xml: `<größe·1 xmlns:ü="urn:ü"><ü:𝒳/></größe·1>`,
    gives: el("{}größe·1", [el("{urn:ü}𝒳")]),
  },
  {
    name: "a namespace with references and a brace",
    xml: `<a xmlns="urn:&amp;}x"/>`,
    gives: el("{urn:&}x}a"),
  },
  {
    name: "as deep as allowed",
    xml: "<a>".repeat(limits.xmlDepth) + "</a>".repeat(limits.xmlDepth),
    gives: nested(limits.xmlDepth),
  },
];

for (const { name, xml, gives } of trees) {
  Deno.test(`readXml: ${name}`, () => assertEquals(read(xml), gives));
  Deno.test(`readXml: in pieces, ${name}`, () => {
    for (const nodes of [1, 2, 3, 7]) assertEquals(readInPieces(xml, nodes), gives, `of ${nodes}`);
  });
}

const long = "Ein langer Text, länger als das, was der Leser Zeichen für Zeichen abschreibt. ";

const longTexts: Readonly<Record<string, string>> = {
  "alone": long,
  "with references": `${long}&amp;${long}&#13;&#x1F600;${long}&lt;`,
  "with brackets that could end CDATA": `${long}]]`,
  "with a bracket and more": `${long}]&gt;${long}]] >`,
  "with lines": `${long}\n${long}\t${long}`,
};

const unescaped = (text: string) =>
  text.replace("&amp;", "&").replace("&#13;", "\r").replace("&#x1F600;", "😀").replace("&lt;", "<")
    .replace("&gt;", ">");

for (const [name, text] of Object.entries(longTexts)) {
  Deno.test(`readXml: a long text ${name}`, () => {
    const expected = el("{}a", [el("{}b", [unescaped(text)]), unescaped(text)]);
    assertEquals(read(`<a><b>${text}</b>${text}</a>`), expected);
    const split = el("{}a", [unescaped(text) + "x" + unescaped(text)]);
    const splitXml = `<a>${text}<!-- ${long} -->x<?y ${long}?>${text}</a>`;
    assertEquals(read(splitXml), split);
    assertEquals(readInPieces(splitXml, 1), split);
  });
}

const broken: Readonly<Record<string, string>> = {
  "nothing": "",
  "white space": " \n",
  "text alone": "a",
  "text before the root": "x<a/>",
  "text after the root": "<a/>x",
  "CDATA outside the root": "<a/><![CDATA[x]]>",
  "a reference outside the root": "<a/>&#32;",
  "two roots": "<a></a><b></b>",
  "two empty roots": "<a/><b/>",
  "no end": "<a>",
  "no end within": "<a><b></a>",
  "ends crossed": "<a><b></a></b>",
  "another end": "<a></b>",
  "an end too many": "<a/></a>",
  "an end alone": "</a>",
  "an end in other case": "<a></A>",
  "an end by another prefix": `<x:a xmlns:x="u" xmlns:y="u"></y:a>`,
  "attributes in an end": `<a></a b="1">`,
  "an open tag": "<a",
  "an open tag with attribute": `<a b="1"`,
  "an open value": `<a b="1/>`,
  "an attribute twice": `<a b="1" b="2"/>`,
  "an attribute twice by two prefixes": `<a xmlns:x="u" xmlns:y="u" x:b="1" y:b="2"/>`,
  "a prefix declared twice": `<a xmlns:x="u" xmlns:x="u"/>`,
  "< in a value": `<a b="<"/>`,
  "a value without quotes": "<a b=c/>",
  "an attribute without value": "<a b/>",
  "attributes without blank": `<a b="1"c="2"/>`,
  "a slash in the middle": `<a / b="1">`,
  "a blank before the name": "< a/>",
  "a blank in an empty tag's end": "<a/ >",
  "a digit first": "<1a/>",
  "& in a name": "<a&b/>",
  "a colon first": "<:a/>",
  "a colon last": `<a: xmlns:a="u"/>`,
  "two colons": `<a:b:c xmlns:a="u"/>`,
  "white space of JavaScript in a name": "<a\uFEFFb/>",
  "a bare &": "<a>x & y</a>",
  "& at the end": "<a>&</a>",
  "& in a value": `<a b="&"/>`,
  "a reference without semicolon": "<a>&amp</a>",
  "a reference joined round a comment": "<a>&am<!-- -->p;</a>",
  "a reference joined round an instruction": "<a>&am<?x?>p;</a>",
  "an unknown entity": "<a>&nbsp;</a>",
  "an entity of JavaScript": "<a>&constructor;</a>",
  "an entity in capitals": "<a>&AMP;</a>",
  "a reference to U+0000": "<a>&#0;</a>",
  "a reference to U+0008": "<a>&#x8;</a>",
  "a reference to a surrogate": "<a>&#xD83D;&#xDE00;</a>",
  "a reference to U+FFFF": "<a>&#xFFFF;</a>",
  "a reference beyond Unicode": "<a>&#x110000;</a>",
  "a reference to a huge number": `<a>&#${"9".repeat(400)};</a>`,
  "a negative reference": "<a>&#-1;</a>",
  "hexadecimal without x": "<a>&#A;</a>",
  "a capital X": "<a>&#X41;</a>",
  "U+0000": "<a>\0</a>",
  "U+0008 in a value": `<a b="\b"/>`,
  "U+FFFE": "<a>\uFFFE</a>",
  "]]> in text": "<a>]]></a>",
  "open CDATA": "<a><![CDATA[x</a>",
  "CDATA in lower case": "<a><![cdata[x]]></a>",
  "an open comment": "<a/><!-- ",
  "a comment with --": "<a><!-- -- --></a>",
  "a comment with --->": "<a><!-- ---></a>",
  "a comment of <!-->": "<!--><a/>-->",
  "an open instruction": "<a/><?x",
  "an instruction without target": "<a><? x?></a>",
  "an instruction with a bad target": "<a><?x&y?></a>",
  "a declaration in the middle": `<a><?xml version="1.0"?></a>`,
  "a declaration after a blank": ` <?xml version="1.0"?><a/>`,
  "two declarations": `<?xml version="1.0"?><?xml version="1.0"?><a/>`,
  "a declaration in capitals": `<?XML version="1.0"?><a/>`,
  "a declaration without version": `<?xml encoding="utf-8"?><a/>`,
  "a declaration of XML 2": `<?xml version="2.0"?><a/>`,
  "an undeclared prefix": "<x:a/>",
  "an undeclared prefix of an attribute": `<a x:b="1"/>`,
  "a prefix declared beside, not above": `<a><b xmlns:x="u"/><x:c/></a>`,
  "a prefix of Object.prototype": "<constructor:a/>",
  "a prefix taken back": `<x:a xmlns:x=""/>`,
  "the prefix xmlns": `<xmlns:a/>`,
  "xmlns bound": `<a xmlns:xmlns="u"/>`,
  "the namespace of xmlns": `<a xmlns:x="http://www.w3.org/2000/xmlns/"/>`,
  "xml bound to another": `<a xmlns:xml="u"/>`,
  "another bound to xml": `<a xmlns:x="http://www.w3.org/XML/1998/namespace"/>`,
  "an unknown declaration": "<!ELEMENT a ANY><a/>",
  "too deep": "<a>".repeat(limits.xmlDepth + 1) + "</a>".repeat(limits.xmlDepth + 1),
  "too many elements": `<a>${"<b/>".repeat(limits.xmlNodes - 1)}</a>`,
  "too many end tags": `<a>${"<b></b>".repeat(limits.xmlNodes / 2)}</a>`,
  "too many comments": `<a>${"<!---->".repeat(limits.xmlNodes)}</a>`,
  "too many instructions": `<a>${"<?b?>".repeat(limits.xmlNodes)}</a>`,
  "too many CDATA sections": `<a>${"<![CDATA[]]>".repeat(limits.xmlNodes)}</a>`,
  "too many references": `<a>${"&amp;".repeat(limits.xmlNodes)}</a>`,
  "too many references in a value": `<a b="${"&amp;".repeat(limits.xmlNodes)}"/>`,
  "too many attributes in all": `<a>${`<b ${attributes(100)}/>`.repeat(limits.xmlNodes / 100)}</a>`,
  "too many attributes": `<a ${attributes(limits.xmlAttributes + 1)}/>`,
  "a long text with a bare &": `<a>${long} & ${long}</a>`,
  "a long text after a reference without end": `<a>&amp${long}</a>`,
  "]]> after a long text": `<a>${long}]]></a>`,
};

for (const [name, xml] of Object.entries(broken)) {
  Deno.test(`readXml: 400, ${name}`, () => {
    assertEquals(refused(xml), { status: 400 });
    assertEquals(refused(xml, (xml) => readInPieces(xml, 5)), { status: 400 });
  });
}

const typed: Readonly<Record<string, string>> = {
  "an external entity": `<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>`,
  "an entity that grows": `<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x "yyyy">]><a>&x;&x;</a>`,
  "a type alone": "<!DOCTYPE a><a/>",
  "a type after a comment": `<!-- --><!DOCTYPE a SYSTEM "http://example.test/a.dtd"><a/>`,
};

for (const [name, xml] of Object.entries(typed)) {
  Deno.test(`readXml: 403, ${name}`, () => {
    assertEquals(refused(xml), { status: 403, precondition: D.noExternalEntities });
  });
}

/** Each is refused or read in time that grows with its length: seconds mean that it does not. */
const hostile: Readonly<Record<string, string>> = {
  "siblings": `<a>${"<b/>".repeat(limits.xmlNodes - 2)}</a>`,
  "siblings, each with another name": `<a>${numbered(limits.xmlNodes - 2, (i) => `<b${i}/>`)}</a>`,
  "attributes": `<a>${numbered(490, () => `<b ${attributes(limits.xmlAttributes)}/>`)}</a>`,
  "namespaces": `<a ${numbered(100, (i) => `xmlns:b${i}="1" `)}>` +
    `${numbered(20_000, (i) => `<b${i % 100}:c xmlns:d="2"/>`)}</a>`,
  "open tags": "<a>".repeat(1_000_000),
  "open brackets": "<".repeat(1_000_000),
  "open quotes": "<a " + `b='`.repeat(500_000),
  "open comments": "<a>" + "<!--".repeat(500_000),
  "open CDATA": "<a>" + "<![CDATA[".repeat(500_000),
  "open instructions": "<a>" + "<?x ".repeat(500_000),
  "blanks in a tag": `<a${" ".repeat(2_000_000)}b/>`,
  "blanks in the declaration": `<?xml ${" ".repeat(2_000_000)}x`,
  "a long name": `<${"a".repeat(2_000_000)}/>`,
  "ampersands": `<a>${"&#38;".repeat(200_000)}</a>`,
  "bare ampersands": `<a>${"&".repeat(1_000_000)}</a>`,
  "comments": `<a>${"x<!---->".repeat(200_000)}</a>`,
  "a long text": `<a>${"x".repeat(2_000_000)}</a>`,
  "texts that are nearly long": `<a>${`${"x".repeat(31)}&amp;`.repeat(40_000)}</a>`,
};

for (const [name, xml] of Object.entries(hostile)) {
  Deno.test(
    `readXml: in linear time, ${name}`,
    () => assertCpuBelow(5_000, () => refused(xml)),
  );
}

/** What the answer says of a document, or nothing where it is read. */
function refused(xml: string, reading = read): object | undefined {
  try {
    reading(xml);
    return undefined;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const { status, precondition } = error;
    return precondition === undefined ? { status } : { status, precondition };
  }
}

function nested(depth: number): XmlElement {
  return el("{}a", depth === 1 ? [] : [nested(depth - 1)]);
}

function attributes(count: number): string {
  return numbered(count, (i) => `b${i}="1" `);
}

function numbered(count: number, each: (index: number) => string): string {
  return Array.from({ length: count }, (_, index) => each(index)).join("");
}
