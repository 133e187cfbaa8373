import { assertEquals, assertFalse } from "@std/assert";
import { A, C, CS, D, xmlLang, type XmlName } from "../../src/xml/names.ts";
import { readStored, readXml } from "../../src/xml/read.ts";
import { el, type XmlElement, type XmlNode } from "../../src/xml/tree.ts";
import {
  documentXml,
  elementXml,
  escapeAttribute,
  escapeText,
  rootNamespaces,
  storedXml,
} from "../../src/xml/write.ts";
import { type Random, seededCases } from "../seeded.ts";
import { assertCpuBelow } from "../processor.ts";

/** The element as a client reads it out of an answer. */
function answered(xml: string): XmlNode | undefined {
  return read(`<D:multistatus ${rootNamespaces}>${xml}</D:multistatus>`).children[0];
}

const read = (xml: string) => readXml(new TextEncoder().encode(xml));

const written: readonly { name: string; element: XmlElement; gives: string }[] = [
  {
    name: "known names take the prefixes of the root",
    element: el(D.prop, [el(C.comp, [], { name: "VEVENT" }), el(CS.getctag, ["1"])]),
    gives: `<D:prop><C:comp name="VEVENT"/><CS:getctag>1</CS:getctag></D:prop>`,
  },
  {
    name: "an unknown name in a known namespace",
    element: el("{DAV:}later", [el("{http://apple.com/ns/ical/}x")]),
    gives: `<D:later><A:x/></D:later>`,
  },
  {
    name: "another namespace is declared once, where it is needed",
    element: el(D.prop, [el("{urn:x}a", [el("{urn:x}b"), el("{urn:y}c")])]),
    gives: `<D:prop><x6:a xmlns:x6="urn:x"><x6:b/><x7:c xmlns:x7="urn:y"/></x6:a></D:prop>`,
  },
  {
    name: "no namespace needs no declaration",
    element: el(C.calendarFreeBusySet, [el("{}NO")]),
    gives: `<C:calendar-free-busy-set><NO/></C:calendar-free-busy-set>`,
  },
  {
    name: "attributes in namespaces",
    element: el(D.displayname, ["x"], {
      [xmlLang]: "de",
      "{urn:x}y": "1",
      "z": "2",
      "{DAV:}a": "3",
    }),
    gives: `<D:displayname xmlns:x6="urn:x" z="2" D:a="3" xml:lang="de" x6:y="1">x</D:displayname>`,
  },
  {
    name: "a namespace that must be escaped",
    element: el(`{urn:"&<}a`),
    gives: `<x6:a xmlns:x6="urn:&quot;&amp;&lt;"/>`,
  },
];

for (const { name, element, gives } of written) {
  Deno.test(`elementXml: ${name}`, () => {
    assertEquals(elementXml(element), gives);
    assertEquals(answered(gives), element);
  });
}

const escaped: readonly { name: string; text: string; inText: string; inAttribute: string }[] = [
  { name: "plain", text: "Grüße 😀 'x'", inText: "Grüße 😀 'x'", inAttribute: "Grüße 😀 'x'" },
  {
    name: "markup",
    text: `<a b="1">&amp;]]>`,
    inText: `&lt;a b="1"&gt;&amp;amp;]]&gt;`,
    inAttribute: "&lt;a b=&quot;1&quot;&gt;&amp;amp;]]&gt;",
  },
  { name: "CRLF and tab", text: "\t\r\n", inText: "\t&#13;\n", inAttribute: "&#9;&#13;&#10;" },
  {
    name: "what XML can't hold is left out, DEL and C1 stay",
    text: "a\0\b\x0B\x0C\x1F\uFFFE\uFFFFb\x7F\x85",
    inText: "ab\x7F\x85",
    inAttribute: "ab\x7F\x85",
  },
];

for (const { name, text, inText, inAttribute } of escaped) {
  Deno.test(`escape: ${name}`, () => {
    assertEquals([escapeText(text), escapeAttribute(text)], [inText, inAttribute]);
  });
}

Deno.test("documentXml: a document of its own", () => {
  const error = el(D.error, [el(D.validSyncToken), el("{urn:x}more")]);
  const xml = documentXml(error);
  assertEquals(xml.split("\n")[0], `<?xml version="1.0" encoding="utf-8"?>`);
  assertEquals(read(xml), error);
});

Deno.test("storedXml: no prefix comes from outside, and equal trees give equal text", () => {
  const stored = storedXml(el(A.calendarColor, ["#FF2968FF"], { b: "2", a: "1" }));
  assertEquals(stored, storedXml(el(A.calendarColor, ["#FF2968FF"], { a: "1", b: "2" })));
  assertEquals(
    stored,
    `<x2:calendar-color xmlns:x2="http://apple.com/ns/ical/" a="1" b="2">#FF2968FF</x2:calendar-color>`,
  );
});

Deno.test("write: whatever tree is written, the same is read again", () => {
  for (const { seed, random } of seededCases(400, 20_000)) {
    const element = randomElement(random, 4);
    assertEquals(answered(elementXml(element)), element, `elementXml, seed ${seed}`);
    assertEquals(read(documentXml(element)), element, `documentXml, seed ${seed}`);
    const stored = storedXml(element);
    assertEquals(readStored(stored), element, `storedXml, seed ${seed}`);
    assertEquals(answered(stored), element, `storedXml in an answer, seed ${seed}`);
    assertEquals(storedXml(readStored(stored)), stored, `storedXml twice, seed ${seed}`);
  }
});

Deno.test("write: a multistatus of 10,000 responses is cheap", async () => {
  const data = "BEGIN:VCALENDAR\r\nSUMMARY:Lunch & more\r\n".repeat(30);
  let length = 0;
  await assertCpuBelow(2_000, () => {
    for (let index = 0; index < 10_000; index++) {
      const prop = el(D.prop, [el(D.getetag, [`"${index}"`]), el(C.calendarData, [data])]);
      length += elementXml(el(D.response, [el(D.href, ["/dav/x.ics"]), prop])).length;
    }
  });
  assertFalse(length < 10_000_000);
});

function randomElement(random: Random, depth: number): XmlElement {
  const attributes = Array.from(
    { length: random.chance(0.3) ? random.int(4) : 0 },
    () => [random.pick(attributeNames), randomText(random)] as const,
  );
  return el(random.pick(names), randomChildren(random, depth), Object.fromEntries(attributes));
}

/** Never two texts side by side, nor an empty one: these come back as one, or not at all. */
function randomChildren(random: Random, depth: number): XmlNode[] {
  const children: XmlNode[] = [];
  for (let count = depth === 0 ? 0 : random.int(5); count > 0; count--) {
    if (random.chance(0.6)) children.push(randomElement(random, depth - 1));
    else if (typeof children.at(-1) !== "string") children.push(randomText(random) || " ");
  }
  return children;
}

const randomText = (random: Random): string =>
  Array.from({ length: random.int(8) }, () => random.pick(texts)).join("");

const names: readonly XmlName[] = [
  D.displayname,
  C.calendarData,
  "{DAV:}unknown",
  "{}NO",
  "{}constructor",
  "{urn:a}x",
  "{urn:a}y",
  "{urn:b&}x-é.1",
  "{http://www.w3.org/XML/1998/namespace}odd",
];
const attributeNames = [
  "name",
  "__proto__",
  "toString",
  "{DAV:}a",
  "{urn:a}a",
  "{urn:c}b",
  xmlLang,
];
const texts = [
  " ",
  "\n",
  "\r",
  "\t",
  "a",
  "&",
  "<",
  ">",
  '"',
  "'",
  "]]>",
  "&amp;",
  "ü",
  "😀",
  "<!--",
];
