import { assertEquals, assertNotEquals } from "@std/assert";
import { limits } from "../../src/limits.ts";
import { type Ask, openHouse } from "../harness.ts";

/** What a file holds goes in and comes out byte by byte, in any size and part (RFC 9110). */

const KiB = 1024;
const MiB = 1024 * KiB;
const path = "/dav/files/alice/file.bin";

/** Bytes of which no stretch is like another. */
function bytesOf(sizeBytes: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(sizeBytes);
  for (let at = 0; at < sizeBytes; at++) bytes[at] = at * 31 + (at >> 8) * 7 + (at >> 16) * 13;
  return bytes;
}

/** In pieces that fit no chunk, and without a declared length. */
const streamed = (bytes: Uint8Array): ReadableStream<Uint8Array> =>
  ReadableStream.from(
    Array.from({ length: Math.ceil(bytes.length / 100_003) }, (_, index) =>
      bytes.slice(index * 100_003, (index + 1) * 100_003)),
  );

/** Fails at the first byte that differs. */
function assertBytes(actual: Uint8Array, expected: Uint8Array): void {
  assertEquals(actual.length, expected.length);
  assertEquals(actual.findIndex((byte, at) => byte !== expected[at]), -1, "they differ there");
}

const bytesIn = async (response: Response) => new Uint8Array(await response.arrayBuffer());

/** Where a boundary lies between a row and a blob, between chunks, or between batches. */
const sizes: readonly number[] = [
  0,
  1,
  limits.inlineBytes,
  limits.inlineBytes + 1,
  2 * limits.chunkBytes,
  2 * MiB,
  5 * MiB + 3,
];

for (const size of sizes) {
  Deno.test(`a file of ${size} bytes comes back as it was, whole and in parts`, async () => {
    await using house = await openHouse();
    const bytes = bytesOf(size);
    const put = await house.ask("PUT", path, { body: streamed(bytes) });
    assertEquals([put.status, await bytesIn(put)], [201, new Uint8Array()]);
    const etag = put.headers.get("etag");

    const got = await house.ask("GET", path);
    assertEquals([got.status, got.headers.get("content-length")], [200, String(size)]);
    assertEquals([got.headers.get("etag"), got.headers.get("accept-ranges")], [etag, "bytes"]);
    assertBytes(await bytesIn(got), bytes);

    const head = await house.ask("HEAD", path);
    assertEquals([head.status, await bytesIn(head)], [200, new Uint8Array()]);
    for (const name of ["content-length", "content-type", "etag", "last-modified"]) {
      assertEquals(head.headers.get(name), got.headers.get(name), name);
    }

    for (const boundary of [0, limits.chunkBytes, 2 * MiB, size]) {
      const [from, to] = [Math.max(0, boundary - 2), Math.min(size, boundary + 2)];
      if (from >= to) continue;
      const part = await house.ask("GET", path, { headers: { range: `bytes=${from}-${to - 1}` } });
      assertEquals(part.status, 206);
      assertEquals(part.headers.get("content-range"), `bytes ${from}-${to - 1}/${size}`);
      assertEquals(part.headers.get("content-length"), String(to - from));
      assertBytes(await bytesIn(part), bytes.subarray(from, to));
    }

    const same = await house.ask("PUT", path, { body: bytes });
    assertEquals(same.status, 204);
    assertNotEquals(same.headers.get("etag"), etag);
    assertBytes(await bytesIn(await house.ask("GET", path)), bytes);
  });
}

const content = bytesOf(1_000);

interface Part {
  readonly range: string;
  readonly ifRange?: "etag" | "other" | "date" | "weak";
  /** Undefined: the whole file, as if nothing had been asked. */
  readonly gives?: readonly [from: number, to: number] | 416;
}

const parts: readonly Part[] = [
  { range: "bytes=0-0", gives: [0, 1] },
  { range: "bytes=999-", gives: [999, 1000] },
  { range: "bytes=990-2000", gives: [990, 1000] },
  { range: "bytes=-5", gives: [995, 1000] },
  { range: "bytes=-5000", gives: [0, 1000] },
  { range: "BYTES = 1-2", gives: [1, 3] },
  { range: "bytes=1000-", gives: 416 },
  { range: "bytes=1000-1001", gives: 416 },
  { range: "bytes=99999999999999999999999-", gives: 416 },
  { range: "bytes=-0", gives: 416 },
  { range: "bytes=2-1" },
  { range: "bytes=0-1,3-4" },
  { range: "bytes=" },
  { range: "bytes=-" },
  { range: "bytes=a-b" },
  { range: "bytes=--1" },
  { range: "lines=0-1" },
  { range: "bytes=0-1", ifRange: "etag", gives: [0, 2] },
  { range: "bytes=0-1", ifRange: "other" },
  { range: "bytes=0-1", ifRange: "weak" },
  { range: "bytes=0-1", ifRange: "date" },
  { range: "bytes=5000-", ifRange: "etag", gives: 416 },
  { range: "bytes=5000-", ifRange: "other" },
];

Deno.test("Range and If-Range: a part, 416, or the whole", async (test) => {
  await using house = await openHouse();
  const put = await house.ask("PUT", path, { body: content });
  const etag = put.headers.get("etag") ?? "";
  const tags = { etag, other: `"other"`, weak: `W/${etag}`, date: new Date().toUTCString() };
  for (const { range, ifRange, gives } of parts) {
    await test.step(`Range: ${range}${ifRange ? `, If-Range: ${ifRange}` : ""}`, async () => {
      const headers = { range, ...(ifRange ? { "if-range": tags[ifRange] } : {}) };
      const response = await house.ask("GET", path, { headers });
      const told = response.headers.get("content-range");
      const bytes = await bytesIn(response);
      if (gives === 416) {
        assertEquals([response.status, told, bytes.length], [416, "bytes */1000", 0]);
      } else if (gives) {
        const [from, to] = gives;
        assertEquals([response.status, told], [206, `bytes ${from}-${to - 1}/1000`]);
        assertEquals(bytes, content.subarray(from, to));
      } else {
        assertEquals([response.status, told], [200, null]);
        assertEquals(bytes, content);
      }
    });
  }
});

interface Condition {
  readonly method: string;
  /** `ETAG` stands for the file's own. */
  readonly headers: Readonly<Record<string, string>>;
  readonly on?: string;
  readonly status: number;
}

const past = "Sun, 06 Nov 1994 08:49:37 GMT";
const future = "Fri, 01 Jan 2100 00:00:00 GMT";
const none = "/dav/files/alice/none.bin";

const conditions: readonly Condition[] = [
  { method: "GET", headers: { "if-none-match": "ETAG" }, status: 304 },
  { method: "GET", headers: { "if-none-match": 'W/ETAG, "x"' }, status: 304 },
  { method: "GET", headers: { "if-none-match": "*" }, status: 304 },
  { method: "GET", headers: { "if-none-match": '"x"' }, status: 200 },
  { method: "GET", headers: { "if-none-match": '"x"', "if-modified-since": future }, status: 200 },
  { method: "GET", headers: { "if-modified-since": future }, status: 304 },
  { method: "GET", headers: { "if-modified-since": past }, status: 200 },
  { method: "GET", headers: { "if-modified-since": "yesterday" }, status: 200 },
  { method: "GET", headers: { "if-match": "ETAG" }, status: 200 },
  { method: "GET", headers: { "if-match": "W/ETAG" }, status: 412 },
  { method: "GET", headers: { "if-match": '"x"' }, status: 412 },
  { method: "GET", headers: { "if-unmodified-since": past }, status: 412 },
  { method: "GET", headers: { "if-match": "ETAG", "if-unmodified-since": past }, status: 200 },
  { method: "GET", headers: { "if-none-match": "ETAG", range: "bytes=0-1" }, status: 304 },
  { method: "GET", headers: { "if-match": '"x"', range: "bytes=5000-" }, status: 412 },
  { method: "HEAD", headers: { "if-none-match": "ETAG" }, status: 304 },
  { method: "HEAD", headers: { "if-match": '"x"' }, status: 412 },
  { method: "PUT", headers: { "if-match": "ETAG" }, status: 204 },
  { method: "PUT", headers: { "if-match": '"x"' }, status: 412 },
  { method: "PUT", headers: { "if-none-match": "*" }, status: 412 },
  { method: "PUT", headers: { "if-none-match": "ETAG" }, status: 412 },
  { method: "PUT", headers: { "if-none-match": "*" }, on: none, status: 201 },
  { method: "PUT", headers: { "if-match": "*" }, on: none, status: 412 },
  { method: "PUT", headers: { "if-match": '"x' }, status: 400 },
  { method: "PUT", headers: { "content-range": "bytes 0-1/2" }, status: 400 },
  { method: "PUT", headers: {}, on: "/dav/files/alice/", status: 405 },
  { method: "PUT", headers: {}, on: "/dav/files/alice/no/file", status: 409 },
  { method: "DELETE", headers: { "if-match": '"x"' }, status: 412 },
  { method: "DELETE", headers: { "if-match": "ETAG" }, status: 204 },
  { method: "DELETE", headers: {}, on: none, status: 404 },
  { method: "GET", headers: {}, on: "/dav/files/alice/", status: 405 },
];

Deno.test("conditions on a file: RFC 9110 §13", async (test) => {
  for (const { method, headers, on = path, status } of conditions) {
    const name = `${method} ${on} with ${JSON.stringify(headers)}: ${status}`;
    await test.step(name, async () => {
      await using house = await openHouse();
      const etag = (await house.ask("PUT", path, { body: content })).headers.get("etag") ?? "";
      const own = Object.fromEntries(
        Object.entries(headers).map(([key, value]) => [key, value.replace("ETAG", etag)]),
      );
      const ask: Ask = method === "PUT" ? { headers: own, body: "new" } : { headers: own };
      const response = await house.ask(method, on, ask);
      const body = await bytesIn(response);
      assertEquals(response.status, status);
      if (status === 304) assertEquals([body.length, response.headers.get("etag")], [0, etag]);
      const wrote = status === 204;
      const left = await house.ask("GET", path);
      if (!wrote) assertEquals(await bytesIn(left), content);
      else {assertEquals(
          [left.status, await left.text()],
          method === "PUT" ? [200, "new"] : [404, ""],
        );}
    });
  }
});

Deno.test("a file keeps its type, and one that says none has none in particular", async () => {
  await using house = await openHouse();
  const typed = { headers: { "content-type": "text/plain; charset=utf-16" }, body: "x" };
  await house.ask("PUT", path, typed);
  const got = await house.ask("GET", path);
  assertEquals([got.headers.get("content-type"), await got.text()], [
    "text/plain; charset=utf-16",
    "x",
  ]);
  await house.ask("PUT", path, { body: new Uint8Array([1]) });
  const untyped = await house.ask("HEAD", path);
  assertEquals(untyped.headers.get("content-type"), "application/octet-stream");
});
