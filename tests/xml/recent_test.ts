import { assertEquals, assertRejects } from "@std/assert";
import { D } from "../../src/xml/names.ts";
import { createRecentDocuments } from "../../src/xml/recent.ts";
import { el, type XmlElement } from "../../src/xml/tree.ts";

const bytesOf = (text: string) => new TextEncoder().encode(text);

/** Counts what is read, and gives each time another tree. */
function counting() {
  const read: string[] = [];
  return {
    read,
    reader(bytes: Uint8Array): Promise<XmlElement> {
      read.push(new TextDecoder().decode(bytes));
      return Promise.resolve(el(D.prop, [String(read.length)]));
    },
  };
}

Deno.test("recent documents: what is asked again is read once", async () => {
  const { read, reader } = counting();
  const recentOr = createRecentDocuments();
  const first = await recentOr(bytesOf("<a/>"), reader);
  assertEquals(await recentOr(bytesOf("<a/>"), reader), first);
  assertEquals(read, ["<a/>"]);
});

Deno.test("recent documents: one byte makes another document, whichever it is", async () => {
  const { read, reader } = counting();
  const recentOr = createRecentDocuments(256);
  const all = Array.from({ length: 256 }, (_, byte) => Uint8Array.of(0x3c, byte));
  const roots = await Promise.all(all.map((bytes) => recentOr(bytes, reader)));
  assertEquals(read.length, 256);
  for (const [index, bytes] of all.entries()) {
    assertEquals(await recentOr(bytes, reader), roots[index]);
  }
  assertEquals(read.length, 256);
});

Deno.test("recent documents: the one that was not asked for the longest is forgotten", async () => {
  const { read, reader } = counting();
  const recentOr = createRecentDocuments(2);
  for (const text of ["a", "b", "a", "c", "a", "b"]) await recentOr(bytesOf(text), reader);
  assertEquals(read, ["a", "b", "c", "b"]);
});

Deno.test("recent documents: long ones and refused ones are read each time", async () => {
  const { read, reader } = counting();
  const recentOr = createRecentDocuments();
  const long = new Uint8Array(4097);
  await recentOr(long, reader);
  await recentOr(long, reader);
  assertEquals(read.length, 2);
  const refusing = () => Promise.reject(new Error("no"));
  await assertRejects(() => recentOr(bytesOf("<"), refusing), Error, "no");
  await recentOr(bytesOf("<"), reader);
  assertEquals(read.length, 3);
});
