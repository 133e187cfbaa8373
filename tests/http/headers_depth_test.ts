import { assertEquals, assertThrows } from "@std/assert";
import { type Depth, readDepth } from "../../src/http/depth.ts";
import { Refusal } from "../../src/refusal.ts";

const depths: readonly { value?: string; gives: Depth | 400 }[] = [
  { gives: 1 },
  { value: "0", gives: 0 },
  { value: "1", gives: 1 },
  { value: "infinity", gives: "infinity" },
  { value: "Infinity ", gives: "infinity" },
  { value: "", gives: 400 },
  { value: "2", gives: 400 },
  { value: "01", gives: 400 },
  { value: "-1", gives: 400 },
  { value: "1,noroot", gives: 400 },
  { value: "0, 0", gives: 400 },
  { value: "constructor", gives: 400 },
];

for (const { value, gives } of depths) {
  Deno.test(`readDepth: ${value === undefined ? "none" : `"${value}"`}`, () => {
    const headers = new Headers(value === undefined ? {} : { Depth: value });
    if (gives !== 400) assertEquals(readDepth(headers, 1), gives);
    else assertEquals(assertThrows(() => readDepth(headers, 1), Refusal).status, 400);
  });
}
