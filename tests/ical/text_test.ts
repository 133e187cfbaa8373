import { assert, assertEquals, assertThrows } from "@std/assert";
import { bodyOf, escapedText, folded, textOf, unescapedText } from "../../src/ical/text.ts";
import { Refusal } from "../../src/refusal.ts";

const utf8 = new TextEncoder();

Deno.test("A body is text where the bytes are UTF-8, and gives the same bytes back", () => {
  const text = "\ufeffBEGIN:\u00e9\u20ac\ud83d\ude00\r\n";
  assertEquals(bodyOf(utf8.encode(text)), text);
  const broken = Uint8Array.of(0x41, 0xc3, 0x0d, 0x0a, 0x20, 0xa9);
  assertEquals(bodyOf(broken), broken);
});

Deno.test("The text of a body has no byte order mark and whole characters", () => {
  assertEquals(textOf("\ufeffA"), "A");
  assertEquals(textOf(utf8.encode("\ufeffA\r\n b")), "A\r\n b");
  const euro = [0xe2, 0x0d, 0x0a, 0x20, 0x82, 0x0a, 0x09, 0xac];
  assertEquals(textOf(Uint8Array.of(...euro, 0x0d, 0x0a, 0x20, 0x41)), "\u20ac\r\n A");
  for (const bytes of [[0xe2, 0x0d, 0x0a, 0x20, 0x41], [0xff], [0xc3, 0x0a, 0xa9]]) {
    assertThrows(() => textOf(Uint8Array.from(bytes)), Refusal, "The text is not UTF-8.");
  }
});

Deno.test("TEXT is escaped and back", () => {
  const text = "a,b;c\\d\ne\\nf";
  assertEquals(escapedText(text), "a\\,b\\;c\\\\d\\ne\\\\nf");
  assertEquals(unescapedText(escapedText(text)), text);
  assertEquals(unescapedText("a\\Nb\\xc\\"), "a\nb\\xc\\");
});

Deno.test("A line is folded at 75 octets, never inside a character", () => {
  const line = `SUMMARY:${"\u00e9\u20ac\ud83d\ude00x".repeat(40)}`;
  const physical = folded(line).split("\r\n");
  assertEquals(physical.pop(), "");
  assert(physical.length > 5 && physical.every((text) => utf8.encode(text).length <= 75));
  assertEquals(physical.map((text, at) => at === 0 ? text : text.slice(1)).join(""), line);
  assertEquals(folded("A:b"), "A:b\r\n");
});
