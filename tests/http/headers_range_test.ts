import { assertEquals } from "@std/assert";
import { readRange } from "../../src/http/range.ts";
import { assertCpuBelow } from "../processor.ts";

const file = { sizeBytes: 1000, etag: '"a"' };
const read = (range: string) => readRange(new Headers({ range }), file);

Deno.test("Range: blanks may stand between its parts", () => {
  assertEquals(read("bytes = 1 - 2"), { from: 1, to: 3 });
  assertEquals(read("bytes= -5"), { from: 995, to: 1000 });
  assertEquals(read("bytes=1 2-3"), undefined);
});

/** What a server takes of one header. */
const blanks = " ".repeat(60_000);

for (const range of [`bytes=${blanks}x`, `bytes=1${blanks}x`, `bytes=1-${blanks}x`]) {
  Deno.test(
    `Range: ${range.replaceAll(blanks, "…")} with many blanks takes no time`,
    () => assertCpuBelow(500, () => assertEquals(read(range), undefined)),
  );
}
