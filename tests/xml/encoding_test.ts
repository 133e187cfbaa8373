import { assertEquals, assertThrows } from "@std/assert";
import { Refusal } from "../../src/refusal.ts";
import { decodeXml } from "../../src/xml/encoding.ts";

const utf8 = (text: string) => new TextEncoder().encode(text);
const latin1 = (text: string) => Uint8Array.from(text, (character) => character.charCodeAt(0));
const utf16le = (text: string) => latin1(text.replace(/[^]/g, (c) => low(c) + high(c)));
const utf16be = (text: string) => latin1(text.replace(/[^]/g, (c) => high(c) + low(c)));
const low = (character: string) => String.fromCharCode(character.charCodeAt(0) & 0xff);
const high = (character: string) => String.fromCharCode(character.charCodeAt(0) >> 8);

const declared = (encoding: string) => `<?xml version="1.0" encoding="${encoding}"?>`;
const mark = "\uFEFF";
const text = "<ä>😀</ä>";

const accepted: readonly { name: string; bytes: Uint8Array; gives?: string }[] = [
  { name: "UTF-8", bytes: utf8(text) },
  { name: "UTF-8 with mark", bytes: utf8(mark + text) },
  { name: "UTF-8 declared", bytes: utf8(declared("UTF-8") + text) },
  { name: "UTF-8 with mark, declared", bytes: utf8(mark + declared("utf-8") + text) },
  { name: "ASCII declared", bytes: utf8(declared("US-ASCII") + "<a/>"), gives: "<a/>" },
  { name: "Latin-1 declared", bytes: latin1(declared("ISO-8859-1") + "<ä/>"), gives: "<ä/>" },
  { name: "UTF-16 little-endian with mark", bytes: utf16le(mark + text) },
  { name: "UTF-16 big-endian with mark", bytes: utf16be(mark + text) },
  { name: "UTF-16 with mark, declared", bytes: utf16be(mark + declared("utf-16") + text) },
  { name: "UTF-16LE declared, without mark", bytes: utf16le(declared("UTF-16LE") + text) },
  { name: "UTF-16 big-endian without either", bytes: utf16be("<a/>"), gives: "<a/>" },
  {
    name: "a declaration with everything in it",
    bytes: utf8(`<?xml  version = '1.1'\nencoding="utf-8"\tstandalone='yes' ?>\n<a/>`),
    gives: "\n<a/>",
  },
  { name: "an instruction like a declaration", bytes: utf8("<?xmlx?><a/>"), gives: "<?xmlx?><a/>" },
  { name: "nothing", bytes: utf8(""), gives: "" },
];

for (const { name, bytes, gives = text } of accepted) {
  Deno.test(`decodeXml: ${name}`, () => assertEquals(decodeXml(bytes), gives));
}

const refused: readonly { name: string; bytes: Uint8Array }[] = [
  { name: "Latin-1 not declared", bytes: latin1("<ä/>") },
  { name: "Latin-1 declared as UTF-8", bytes: latin1(declared("utf-8") + "<ä/>") },
  { name: "an overlong form", bytes: latin1("<a>\xC0\xBC</a>") },
  { name: "a surrogate in UTF-8", bytes: latin1("<a>\xED\xA0\x80</a>") },
  { name: "UTF-8 cut in a character", bytes: utf8("<ä").subarray(0, 2) },
  { name: "a lone surrogate in UTF-16", bytes: utf16le(mark + "<a>\uD800</a>") },
  { name: "UTF-16 cut in a character", bytes: utf16le(mark + "<a/>").subarray(0, 9) },
  { name: "UTF-8 declared as UTF-16", bytes: utf8(declared("utf-16") + "<a/>") },
  { name: "UTF-16 declared as UTF-8", bytes: utf16le(mark + declared("utf-8") + "<a/>") },
  {
    name: "marked as UTF-8, declared Latin-1",
    bytes: utf8(mark + declared("iso-8859-1") + "<a/>"),
  },
  { name: "little-endian declared big", bytes: utf16le(mark + declared("utf-16be") + "<a/>") },
  { name: "EBCDIC declared", bytes: utf8(declared("ebcdic-cp-us") + "<a/>") },
  { name: "UTF-7 declared", bytes: utf8(declared("utf-7") + "<a/>") },
  { name: "Windows-1252 declared", bytes: utf8(declared("windows-1252") + "<a/>") },
  { name: "constructor declared", bytes: utf8(declared("constructor") + "<a/>") },
  { name: "an encoding without name", bytes: utf8(declared("") + "<a/>") },
  { name: "encoding before version", bytes: utf8(`<?xml encoding="utf-8" version="1.0"?><a/>`) },
  { name: "an open declaration", bytes: utf8(`<?xml version="1.0"`) },
  { name: "quotes that differ", bytes: utf8(`<?xml version="1.0'?><a/>`) },
  { name: "standalone maybe", bytes: utf8(`<?xml version="1.0" standalone="maybe"?><a/>`) },
];

for (const { name, bytes } of refused) {
  Deno.test(`decodeXml: 400, ${name}`, () => {
    assertEquals(assertThrows(() => decodeXml(bytes), Refusal).status, 400);
  });
}
