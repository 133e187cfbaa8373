import { assertEquals, assertRejects } from "@std/assert";
import { releasingSent } from "../../src/http/releasing.ts";
import { FleetingStream } from "../../src/http/fleeting_stream.ts";
import { D } from "../../src/xml/names.ts";
import { documentXml } from "../../src/xml/write.ts";
import { propfind } from "../clients/bodies.ts";
import { openHouse } from "../harness.ts";

const size = 16 * 1024;

const streamOf = (chunks: readonly Uint8Array[], taken: number[] = []): FleetingStream => {
  const rest = [...chunks];
  return new FleetingStream({
    pull(controller) {
      const chunk = rest.shift();
      if (!chunk) return controller.close();
      taken.push(chunk.length);
      controller.enqueue(chunk);
    },
    cancel: () => void taken.push(-1),
  }, { highWaterMark: 0 });
};

const released = (chunks: readonly Uint8Array[]) =>
  chunks.map(({ byteLength }) => byteLength === 0);

async function drain(response: Response): Promise<number> {
  let sum = 0;
  for await (const { length } of response.body ?? []) sum += length;
  return sum;
}

interface Case {
  readonly name: string;
  readonly chunks: () => readonly Uint8Array[];
  readonly init?: ResponseInit;
  readonly gives: readonly boolean[];
}

const cases: readonly Case[] = [
  {
    name: "a chunk of its own",
    chunks: () => [new Uint8Array(size), new Uint8Array(size)],
    gives: [true, true],
  },
  {
    name: "parts of one buffer",
    chunks() {
      const whole = new Uint8Array(2 * size);
      return [whole.subarray(0, size), whole.subarray(size)];
    },
    gives: [false, false],
  },
  { name: "a small chunk", chunks: () => [new Uint8Array(100)], gives: [false] },
  {
    name: "a small answer",
    chunks: () => [new Uint8Array(size)],
    init: { status: 200, headers: { "content-length": "100" } },
    gives: [false],
  },
  {
    name: "a long answer",
    chunks: () => [new Uint8Array(size)],
    init: { status: 206, headers: { "content-length": String(size) } },
    gives: [true],
  },
];

for (const { name, chunks, init = { status: 207 }, gives } of cases) {
  Deno.test(`memory of what was sent: ${name}`, async () => {
    const all = chunks();
    const total = all.reduce((sum, { length }) => sum + length, 0);
    const response = releasingSent(new Response(streamOf(all), init));
    assertEquals([response.status, await drain(response)], [init.status, total]);
    assertEquals(released(all), gives);
  });
}

Deno.test("memory of what was sent: a chunk stays until the next is asked for", async () => {
  const all = [new Uint8Array(size), new Uint8Array(size)];
  const taken: number[] = [];
  const reader = releasingSent(new Response(streamOf(all, taken), { status: 207 })).body
    ?.getReader();
  await reader?.read();
  assertEquals([released(all), taken], [[false, false], [size]]);
  await reader?.read();
  assertEquals(released(all), [true, false]);
  await reader?.cancel();
  assertEquals(taken, [size, size, -1]);
});

Deno.test("memory of what was sent: a body of another kind is left alone", () => {
  const bytes = new Uint8Array(size);
  const plain = new Response(ReadableStream.from([bytes]), { status: 207 });
  assertEquals(releasingSent(plain), plain);
});

Deno.test("memory of what was sent: an error goes on", async () => {
  const failing = new FleetingStream({ pull: () => Promise.reject(new RangeError("away")) });
  const response = releasingSent(new Response(failing, { status: 207 }));
  await assertRejects(() => drain(response), RangeError);
});

Deno.test("memory of an answer: a short multistatus tells its length, and no stream is made of it", async () => {
  await using house = await openHouse();
  const body = documentXml(propfind(D.displayname));
  const path = "/dav/principals/users/J%C3%BCrgen%20M%C3%BCller/";
  const ask = { as: "Jürgen Müller", headers: { depth: "0" }, body };
  const response = await house.ask("PROPFIND", path, ask);
  assertEquals(releasingSent(response), response);
  const length = Number(response.headers.get("content-length"));
  assertEquals((await response.bytes()).length, length);
});
