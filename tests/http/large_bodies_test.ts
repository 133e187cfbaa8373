import { assert, assertEquals } from "@std/assert";
import { limits } from "../../src/limits.ts";
import { C, D } from "../../src/xml/names.ts";
import { textOf } from "../../src/xml/tree.ts";
import { event } from "../fixtures/events.ts";
import { type House, multistatusOf, openHouse, preconditionOf } from "../harness.ts";
import { large } from "./large.ts";

const calendar = "/dav/calendars/alice/calendar/";
const path = `${calendar}large.ics`;
const item = { "content-type": "text/calendar" };
const { inlineBytes, chunkBytes, blobBatchBytes } = limits;
const calendarObjectBytes = 10 * 1024 * 1024;
const settings = { calendarObjectBytes };

const multiget =
  `<c:calendar-multiget xmlns:c="urn:ietf:params:xml:ns:caldav" xmlns="DAV:"><prop>` +
  `<getetag/><getcontentlength/><c:calendar-data/></prop><href>${path}</href></c:calendar-multiget>`;

/** Counts what is taken of it. */
class Source {
  takenBytes = 0;

  /** Pieces of a body, without a declared length. */
  streamOf(text: string, pieceBytes = 64 * 1024): ReadableStream<Uint8Array> {
    const bytes = new TextEncoder().encode(text);
    let from = 0;
    return new ReadableStream({
      pull: (controller) => {
        if (from >= bytes.length) return controller.close();
        const piece = bytes.subarray(from, from + pieceBytes);
        from += piece.length;
        this.takenBytes += piece.length;
        controller.enqueue(piece);
      },
    }, { highWaterMark: 0 });
  }
}

/** How a body comes. */
const ways: Readonly<Record<string, (text: string) => BodyInit>> = {
  "at once": (text) => text,
  "in pieces": (text) => new Source().streamOf(text),
};

/** Lengths in the answers come from what the header says, where it says it. */
const put = (house: House, body: BodyInit, as = "alice", headers = {}) =>
  house.ask("PUT", path, { as, headers: { ...item, ...headers }, body });

const sizes = [
  inlineBytes,
  inlineBytes + 1,
  300 * 1024,
  2 * chunkBytes,
  blobBatchBytes,
  blobBatchBytes + 1,
  5 * 1024 * 1024 + 17,
  calendarObjectBytes,
];

for (const size of sizes) {
  for (const [way, bodyOf] of Object.entries(ways)) {
    Deno.test(`large bodies: ${size} bytes ${way} come back byte for byte`, async () => {
      await using house = await openHouse({ settings });
      const text = large(size);
      const made = await put(house, bodyOf(text));
      assertEquals(made.status, 201);
      const etag = made.headers.get("etag");

      const got = await house.ask("GET", path);
      assertEquals([got.headers.get("etag"), got.headers.get("content-length")], [
        etag,
        String(size),
      ]);
      assert(await got.text() === text, "GET");
      const head = await house.ask("HEAD", path);
      assertEquals(head.headers.get("content-length"), String(size));

      const found = (await multistatusOf(await house.ask("REPORT", calendar, { body: multiget })))
        .at(path);
      const data = found?.prop(C.calendarData);
      assert(data && textOf(data) === text, "multiget");
      assertEquals([found?.text(D.getetag), found?.text(D.getcontentlength)], [
        etag ?? undefined,
        String(size),
      ]);
    });
  }
}

Deno.test("large bodies: small over large, and large over small", async () => {
  await using house = await openHouse({ settings });
  const texts = [
    large(400 * 1024),
    event({ uid: "large" }),
    large(3 * 1024 * 1024),
    large(400 * 1024),
  ];
  for (const [index, text] of texts.entries()) {
    assertEquals((await put(house, text)).status, index === 0 ? 201 : 204);
    assert(await (await house.ask("GET", path)).text() === text);
  }
});

Deno.test("large bodies: one that is copied and moved comes back whole", async () => {
  await using house = await openHouse({ settings });
  const other = "/dav/calendars/alice/other/";
  const text = large(700 * 1024);
  await house.ask("MKCALENDAR", other);
  await put(house, text);
  for (const [method, to] of [["COPY", "copy.ics"], ["MOVE", "moved.ics"]] as const) {
    const destination = `${method === "COPY" ? other : calendar}${to}`;
    assertEquals((await house.ask(method, path, { headers: { destination } })).status, 201);
    assert(await (await house.ask("GET", destination)).text() === text, method);
  }
});

for (const way of Object.keys(ways)) {
  Deno.test(`large bodies: more than the limit ${way} is 413, and nothing is written`, async () => {
    await using house = await openHouse({ settings });
    const body = ways[way]?.(large(calendarObjectBytes + 1)) ?? "";
    const refused = await put(house, body);
    assertEquals([refused.status, await preconditionOf(refused)], [413, C.maxResourceSize]);
    assertEquals((await house.ask("GET", path)).status, 404);
  });
}

Deno.test("large bodies: one that is declared too long is refused before any of it is read", async () => {
  await using house = await openHouse({ settings });
  const source = new Source();
  const headers = { "content-length": String(calendarObjectBytes + 1) };
  const refused = await put(house, source.streamOf("x"), "alice", headers);
  assertEquals([refused.status, source.takenBytes], [413, 0]);
});

Deno.test("large bodies: one without end is read to the limit and not much further", async () => {
  await using house = await openHouse({ settings });
  const source = new Source();
  const refused = await put(house, source.streamOf(large(2 * calendarObjectBytes)));
  assertEquals(refused.status, 413);
  assert(source.takenBytes <= calendarObjectBytes + 2 * 64 * 1024);
});

for (
  const { name, as, headers, status } of [
    { name: "by somebody without access", as: "bob", headers: {}, status: 403 },
    { name: "that must not be there", as: "alice", headers: { "if-match": '"x"' }, status: 412 },
  ]
) {
  Deno.test(`large bodies: one ${name} is refused before it is read`, async () => {
    await using house = await openHouse({ settings });
    const text = large(5 * 1024 * 1024);
    const declared = new Source();
    const length = { ...headers, "content-length": String(text.length) };
    assertEquals((await put(house, declared.streamOf(text), as, length)).status, status);
    assertEquals(declared.takenBytes, 0);

    const chunked = new Source();
    assertEquals((await put(house, chunked.streamOf(text), as, headers)).status, status);
    assert(chunked.takenBytes <= inlineBytes + 2 * 64 * 1024);
  });
}
