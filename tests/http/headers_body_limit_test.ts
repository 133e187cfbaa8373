import { assertEquals, assertInstanceOf, assertRejects, assertThrows } from "@std/assert";
import { ClientGone, limitedBody } from "../../src/http/body.ts";
import { Refusal } from "../../src/refusal.ts";

const limit = {
  sizeBytes: 10,
  refusal: () => new Refusal(413, "{urn:x}max-resource-size"),
};

const read = (request: Request): Promise<Uint8Array> => limitedBody(request, limit).bytes();

const requestOf = (chunks: readonly string[], headers: HeadersInit = {}) =>
  new Request("http://host/", { method: "PUT", headers, body: streamOf(chunks) });

/** Counts in `taken` what is asked of it. */
function streamOf(chunks: readonly string[], taken: string[] = []): ReadableStream<Uint8Array> {
  const rest = [...chunks];
  return new ReadableStream({
    pull(controller) {
      const chunk = rest.shift();
      if (chunk === undefined) return controller.close();
      taken.push(chunk);
      controller.enqueue(new TextEncoder().encode(chunk));
    },
    cancel: () => void taken.push("cancelled"),
  }, { highWaterMark: 0 });
}

const cases: readonly { name: string; request: Request; gives: string | number }[] = [
  { name: "no body", request: new Request("http://host/"), gives: "" },
  { name: "an empty one", request: requestOf([]), gives: "" },
  { name: "several chunks", request: requestOf(["ab", "", "cd"]), gives: "abcd" },
  { name: "just the limit", request: requestOf(["01234", "56789"]), gives: "0123456789" },
  { name: "one byte more", request: requestOf(["01234", "567890"]), gives: 413 },
  {
    name: "of declared length",
    request: requestOf(["abcd"], { "Content-Length": "4" }),
    gives: "abcd",
  },
  {
    name: "declared too large",
    request: requestOf(["a"], { "Content-Length": "11" }),
    gives: 413,
  },
  {
    name: "chunked, though a length is declared",
    request: requestOf(["abcd"], { "Content-Length": "4", "Transfer-Encoding": "chunked" }),
    gives: 400,
  },
  { name: "a part", request: requestOf(["ab"], { "Content-Range": "bytes 0-1/4" }), gives: 400 },
  { name: "in a coding", request: requestOf(["ab"], { "Content-Encoding": "gzip" }), gives: 415 },
  { name: "in none", request: requestOf(["ab"], { "Content-Encoding": "Identity" }), gives: "ab" },
  {
    name: "a length that is no number",
    request: requestOf(["01234567890"], { "Content-Length": "1e9" }),
    gives: 413,
  },
];

for (const { name, request, gives } of cases) {
  Deno.test(`a body: ${name}`, async () => {
    if (typeof gives === "string") {
      assertEquals(new TextDecoder().decode(await read(request)), gives);
    } else {
      const refusal = await assertRejects(async () => await read(request), Refusal);
      const precondition = gives === 413 ? "{urn:x}max-resource-size" : undefined;
      assertEquals([refusal.status, refusal.precondition], [gives, precondition]);
    }
  });
}

interface Step {
  readonly name: string;
  readonly chunks: readonly string[];
  readonly headers?: HeadersInit;
  /** Undefined: it is larger. */
  readonly within: string | undefined;
  /** What has been asked of the client by then. */
  readonly taken: readonly string[];
}

const steps: readonly Step[] = [
  { name: "smaller", chunks: ["ab", "c"], within: "abc", taken: ["ab", "c"] },
  { name: "just so large", chunks: ["ab", "cd"], within: "abcd", taken: ["ab", "cd"] },
  { name: "larger", chunks: ["abc", "de", "fg"], within: undefined, taken: ["abc", "de"] },
  { name: "nothing", chunks: [], within: "", taken: [] },
  {
    name: "declared smaller",
    chunks: ["ab", "c"],
    headers: { "Content-Length": "3" },
    within: "abc",
    taken: ["ab", "c"],
  },
  {
    name: "declared larger",
    chunks: ["ab", "cde"],
    headers: { "Content-Length": "5" },
    within: undefined,
    taken: [],
  },
];

for (const { name, chunks, headers, within, taken } of steps) {
  Deno.test(`a body of which four bytes are wanted: ${name}`, async () => {
    const asked: string[] = [];
    const request = new Request("http://host/", {
      method: "PUT",
      headers,
      body: streamOf(chunks, asked),
    });
    const body = limitedBody(request, limit);
    const decode = (bytes?: Uint8Array) => bytes && new TextDecoder().decode(bytes);
    assertEquals([decode(await body.within(4)), asked], [within, taken]);
    if (within === undefined) assertEquals(decode(await body.bytes()), chunks.join(""));
  });
}

const lengths: readonly { headers: Record<string, string>; declared: number | undefined }[] = [
  { headers: {}, declared: undefined },
  { headers: { "Content-Length": "7" }, declared: 7 },
  { headers: { "Content-Length": "+7" }, declared: undefined },
  { headers: { "Transfer-Encoding": "chunked" }, declared: undefined },
];

for (const { headers, declared } of lengths) {
  Deno.test(`the declared length with ${JSON.stringify(headers)}`, () => {
    assertEquals(limitedBody(requestOf(["abcdefg"], headers), limit).declaredBytes, declared);
  });
}

Deno.test("a body: nothing is read of what is declared too large", () => {
  const taken: string[] = [];
  const request = new Request("http://host/", {
    method: "PUT",
    headers: { "Content-Length": "11" },
    body: streamOf(["a"], taken),
  });
  assertEquals(assertThrows(() => limitedBody(request, limit), Refusal).status, 413);
  assertEquals(taken, []);
});

Deno.test("a stream: stops reading with the chunk that is too much", async () => {
  const taken: string[] = [];
  const body = streamOf(["0123456", "789a", "bcde", "fghi"], taken);
  const { stream } = limitedBody(new Request("http://host/", { method: "PUT", body }), limit);
  await assertRejects(() => drained(stream()), Refusal);
  assertEquals(taken, ["0123456", "789a", "cancelled"]);
});

Deno.test("a stream: reads no more than it is asked for, and passes a cancel on", async () => {
  const taken: string[] = [];
  const body = streamOf(["a", "b", "c"], taken);
  const { stream } = limitedBody(new Request("http://host/", { method: "PUT", body }), limit);
  const pieces = stream()[Symbol.asyncIterator]();
  await pieces.next();
  assertEquals(taken, ["a"]);
  await pieces.return?.();
  assertEquals(taken, ["a", "cancelled"]);
});

const heads = {
  "Content-Length": "Content-Length: 9\r\n\r\nabc",
  "chunks": "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n",
};

for (const [name, head] of Object.entries(heads)) {
  Deno.test(`a body: a client that goes away is no error of ours, with ${name}`, async () => {
    const outcome = Promise.withResolvers<unknown>();
    await using server = serve(async (request) => {
      await read(request).then(outcome.resolve, outcome.resolve);
    });
    const client = await server.connect(`PUT / HTTP/1.1\r\nHost: x\r\n${head}`);
    await server.reached;
    client.close();
    assertInstanceOf(await outcome.promise, ClientGone);
  });
}

async function drained(body: AsyncIterable<Uint8Array>): Promise<void> {
  for await (const _ of body);
}

/** A server on a port of its own; `connect` sends raw bytes to it. */
function serve(handle: (request: Request) => Promise<void>) {
  const reached = Promise.withResolvers<void>();
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (request) => {
    reached.resolve();
    try {
      await handle(request);
      return new Response();
    } catch (error) {
      return new Response(null, { status: error instanceof Refusal ? error.status : 500 });
    }
  });
  return {
    /** Settled once a request has come. */
    reached: reached.promise,
    async connect(raw: string): Promise<Deno.TcpConn> {
      const client = await Deno.connect({ hostname: "127.0.0.1", port: server.addr.port });
      await client.write(new TextEncoder().encode(raw));
      return client;
    },
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}
