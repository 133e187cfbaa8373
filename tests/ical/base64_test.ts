import { assertEquals } from "@std/assert";
import { Base64Reader } from "../../src/ical/base64.ts";
import { randomFrom } from "../seeded.ts";

const utf8 = new TextEncoder();

/** What a reader makes of a text that comes in pieces of these lengths, one after the other. */
function read(text: string, lengths: readonly number[], inUri = false): string {
  const reader = new Base64Reader({ inUri });
  const octets = utf8.encode(text);
  const found: number[] = [];
  let at = 0;
  for (let index = 0; at < octets.length; index++) {
    const length = lengths[index % lengths.length] ?? 1;
    found.push(...reader.read(octets.subarray(at, at + length)));
    at += length;
  }
  return String.fromCharCode(...found, ...reader.end());
}

const cases: readonly (readonly [text: string, gives: string])[] = [
  ["", ""],
  ["aGVsbG8=", "hello"],
  ["aGVsbG8", "hello"],
  ["aGVs\r\n bG8=\r\n", "hello"],
  ["aGVs\n\tbG8 =", "hello"],
  ["aA==", "h"],
  ["aGU=", "he"],
  ["a", ""],
  ["+/+/", "\xfb\xff\xbf"],
];

for (const [text, gives] of cases) {
  Deno.test(`BASE64: ${JSON.stringify(text)}, however it is cut`, () => {
    for (const lengths of [[100], [1], [2, 3]]) assertEquals(read(text, lengths), gives);
  });
}

Deno.test("BASE64 in a URI may be percent-encoded, and is not elsewhere", () => {
  const text = "%61GVsbG8%3D%2B";
  for (const lengths of [[100], [1], [2]]) {
    assertEquals(read("aGVs%62G8%3D", lengths, true), "hello");
  }
  assertEquals(read(text.slice(0, 3), [1], true).length, 0);
});

Deno.test("BASE64: all octets, as others write them", () => {
  const random = randomFrom(1);
  for (let length = 0; length < 100; length++) {
    const octets = Array.from({ length }, () => random.int(256));
    const text = String.fromCharCode(...octets);
    assertEquals(read(btoa(text), [1 + random.int(9)]), text);
  }
});
