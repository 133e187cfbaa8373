import { assert, assertEquals } from "@std/assert";
import { limits } from "../../src/limits.ts";
import { C, D, type XmlName } from "../../src/xml/names.ts";
import { event } from "../fixtures/events.ts";
import { type House, openHouse, preconditionOf } from "../harness.ts";
import { large } from "./large.ts";
import { cellsOf } from "./watching.ts";

const calendar = "/dav/calendars/alice/calendar/";
const files = "/dav/files/alice/";
const item = { "content-type": "text/calendar" };
const MiB = 1024 * 1024;

/** The attachment is the same for all UIDs. */
const withUid = (uid: string, sizeBytes = MiB) =>
  large(sizeBytes, "large").replace("UID:large", `UID:${uid}`);

const put = (house: House, path: string, body: BodyInit, headers = {}) =>
  house.ask("PUT", path, { headers: { ...item, ...headers }, body });

const blobsOf = async (house: House) => ({
  kept: (await cellsOf(house, "SELECT id FROM blobs WHERE state = 'kept'")).length,
  left: (await cellsOf(house, "SELECT id FROM blobs WHERE state <> 'kept'")).length,
  chunkBytes: Number(
    (await cellsOf(house, "SELECT coalesce(sum(length(data)), 0) FROM chunks"))[0],
  ),
});

/** Upkeep, as if all versions were old. */
const sweep = ({ store }: House) => store.upkeep({ now: Date.now(), keptFrom: Date.now() + 1e12 });

const text = async (house: House, path: string) => await (await house.ask("GET", path)).text();

Deno.test("equal content: attachments of several events are kept once", async () => {
  await using house = await openHouse();
  for (const uid of ["a", "b", "c"]) {
    assertEquals((await put(house, `${calendar}${uid}.ics`, withUid(uid))).status, 201);
  }
  await put(house, `${calendar}a.ics`, withUid("a").replace("SUMMARY:", "SUMMARY:Again "));
  assertEquals((await blobsOf(house)).kept, 1);
  await sweep(house);
  const { kept, left, chunkBytes } = await blobsOf(house);
  assertEquals([kept, left, chunkBytes < 1.1 * MiB], [1, 0, true]);
  for (const uid of ["b", "c"]) assert(await text(house, `${calendar}${uid}.ics`) === withUid(uid));
});

Deno.test("equal content: files are kept once, and one that is put twice", async () => {
  await using house = await openHouse();
  const body = "x".repeat(3 * MiB);
  for (const name of ["a", "b", "a"]) await put(house, `${files}${name}`, body);
  assertEquals((await blobsOf(house)).kept, 1);
  await house.ask("DELETE", `${files}a`);
  await sweep(house);
  assert(await text(house, `${files}b`) === body);
  await house.ask("DELETE", `${files}b`);
  await sweep(house);
  assertEquals(await blobsOf(house), { kept: 0, left: 0, chunkBytes: 0 });
});

Deno.test("equal content: within one event", async () => {
  await using house = await openHouse();
  const value = `ATTACH;VALUE=BINARY;ENCODING=BASE64:${"QUJD".repeat(20_000)}`;
  const sent = event({ uid: "a", lines: Array.from({ length: 20 }, () => value) });
  assertEquals((await put(house, `${calendar}a.ics`, sent)).status, 201);
  assert(await text(house, `${calendar}a.ics`) === sent);
  await sweep(house);
  assertEquals(await blobsOf(house), { kept: 1, left: 0, chunkBytes: 80_000 });
});

Deno.test("equal content: uploads at the same time end as one", async () => {
  await using house = await openHouse();
  const uids = Array.from({ length: 6 }, (_, index) => `u${index}`);
  const all = await Promise.all(
    uids.map((uid) => put(house, `${calendar}${uid}.ics`, withUid(uid))),
  );
  assertEquals(all.map(({ status }) => status), uids.map(() => 201));
  await sweep(house);
  const { kept, left } = await blobsOf(house);
  assertEquals([kept, left], [1, 0]);
  for (const uid of uids) assert(await text(house, `${calendar}${uid}.ics`) === withUid(uid));
});

Deno.test("equal content: what is swept while it is sent again is kept anew", async () => {
  await using house = await openHouse();
  await put(house, `${calendar}a.ics`, withUid("a"));
  await house.ask("DELETE", `${calendar}a.ics`);
  const { load } = house.store;
  let swept = false;
  house.services.store.load = async (question) => {
    const found = await load(question);
    if (found.sameContent.size > 0 && !swept) {
      swept = true;
      await sweep(house); // between the load and the commit
    }
    return found;
  };
  assertEquals((await put(house, `${calendar}b.ics`, withUid("b"))).status, 201);
  assert(swept);
  assert(await text(house, `${calendar}b.ics`) === withUid("b"));
});

Deno.test("equal content: a copy shares what it has with its source", async () => {
  await using house = await openHouse();
  await put(house, `${calendar}a.ics`, withUid("a"));
  await house.ask("MKCALENDAR", "/dav/calendars/alice/other/");
  const destination = "/dav/calendars/alice/other/a.ics";
  await house.ask("COPY", `${calendar}a.ics`, { headers: { destination } });
  await house.ask("DELETE", `${calendar}a.ics`);
  await sweep(house);
  assertEquals((await blobsOf(house)).kept, 1);
  assert(await text(house, destination) === withUid("a"));
});

/** Uploads that come to nothing. */
const refused: readonly {
  readonly name: string;
  readonly body: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly status: number;
  readonly gives?: XmlName;
}[] = [
  {
    name: "a UID of another object",
    body: withUid("taken", 5 * MiB),
    status: 403,
    gives: C.noUidConflict,
  },
  {
    name: "no calendar object",
    body: withUid("a", 5 * MiB).replace("END:VEVENT", "END:VTODO"),
    status: 403,
    gives: C.validCalendarData,
  },
  {
    name: "a value that is no BASE64 at its end",
    body: withUid("a", 5 * MiB).replace("\r\nX-FILL", "!\r\nX-FILL"),
    status: 403,
    gives: C.validCalendarData,
  },
  {
    name: "more text than is allowed behind a value",
    body: withUid("a", 5 * MiB).replace(
      "END:VEVENT",
      () => `DESCRIPTION:${"x".repeat(limits.icalTextBytes)}\r\nEND:VEVENT`,
    ),
    status: 413,
    gives: C.maxResourceSize,
  },
  {
    name: "a task among events",
    body: withUid("a", 5 * MiB).replaceAll("VEVENT", "VTODO").replace("DTEND", "DUE"),
    status: 403,
    gives: C.supportedCalendarComponent,
  },
  {
    name: "an object that was changed meanwhile",
    body: withUid("taken", 5 * MiB),
    path: `${calendar}taken.ics`,
    status: 412,
  },
];

for (const { name, body, path = `${calendar}a.ics`, headers = {}, status, gives } of refused) {
  Deno.test(`refused uploads: of ${name} nothing is left`, async () => {
    await using house = await openHouse();
    const taken = await put(house, `${calendar}taken.ics`, event({ uid: "taken" }));
    const ifMatch: Record<string, string> = status === 412
      ? { "if-match": taken.headers.get("etag") ?? "" }
      : {};
    const changing = status === 412
      ? new TransformStream<Uint8Array, Uint8Array>({
        async flush() {
          await put(house, `${calendar}taken.ics`, event({ uid: "taken", summary: "Changed" }));
        },
      })
      : undefined;
    const stream = new Blob([body]).stream();
    const answer = await put(
      house,
      path,
      changing ? stream.pipeThrough(changing) : stream,
      { ...headers, ...ifMatch },
    );
    assertEquals([answer.status, await preconditionOf(answer)], [status, gives]);
    assertEquals(await blobsOf(house), { kept: 0, left: 0, chunkBytes: 0 });
  });
}

/** A body that breaks off, as that of a client that goes away. */
const brokenOff = (body: string, after: number) => {
  const bytes = new TextEncoder().encode(body).subarray(0, after);
  let from = 0;
  return new ReadableStream<Uint8Array>({
    pull(controller) {
      if (from >= bytes.length) return controller.error(new Error("connection reset"));
      controller.enqueue(bytes.slice(from, from += 64 * 1024));
    },
  }, { highWaterMark: 0 });
};

for (const [kind, path] of [["event", `${calendar}a.ics`], ["file", `${files}a`]] as const) {
  Deno.test(`refused uploads: of a broken ${kind} nothing is left, and the old one stays`, async () => {
    await using house = await openHouse();
    const before = event({ uid: "large" });
    await put(house, path, before);
    const body = large(10 * MiB);
    for (let tenth = 0; tenth < 10; tenth++) {
      const answer = await put(house, path, brokenOff(body, Math.floor(tenth * body.length / 10)));
      assert(answer.status >= 400, `${answer.status}`);
      await answer.body?.cancel();
      assertEquals(await blobsOf(house), { kept: 0, left: 0, chunkBytes: 0 }, `${tenth}`);
      assertEquals(await text(house, path), before);
    }
  });
}

Deno.test("quota: uploads at the same time keep it exactly", async () => {
  const quotaBytes = 5 * MiB;
  await using house = await openHouse({ settings: { quotaBytes } });
  const bodies = Array.from({ length: 5 }, (_, index) => large(2 * MiB - index, `u${index}`));
  const answers = await Promise.all(
    bodies.map((body, index) => put(house, `${calendar}${index}.ics`, body)),
  );
  const statuses = answers.map(({ status }) => status).toSorted();
  assertEquals(statuses, [201, 201, 507, 507, 507]);
  for (const answer of answers) {
    if (answer.status === 507) assertEquals(await preconditionOf(answer), D.quotaNotExceeded);
  }
  const [used] = await cellsOf(house, "SELECT sum(used_bytes) FROM collections");
  assert(Number(used) > 0 && Number(used) <= quotaBytes);
  await sweep(house);
  assertEquals((await blobsOf(house)).left, 0);
});

Deno.test("quota: small objects at the same time, and copies, keep it exactly", async () => {
  const body = event({ uid: "u", lines: [`DESCRIPTION:${"x".repeat(10_000)}`] });
  await using house = await openHouse({ settings: { quotaBytes: 5 * body.length + 100 } });
  const answers = await Promise.all(
    Array.from({ length: 9 }, (_, index) => put(house, `${files}${index}`, body)),
  );
  assertEquals(answers.filter(({ status }) => status === 201).length, 5);
  await house.ask("DELETE", `${files}${answers.findIndex(({ status }) => status === 201)}`);
  const source = `${files}${answers.findLastIndex(({ status }) => status === 201)}`;
  const copies = await Promise.all(
    ["x", "y", "z"].map((name) =>
      house.ask("COPY", source, { headers: { destination: `${files}${name}` } })
    ),
  );
  assertEquals(copies.map(({ status }) => status).toSorted(), [201, 507, 507]);
});
