import { assert, assertEquals } from "@std/assert";
import { fileExecutor } from "../../src/store/file.ts";
import { openStore } from "../../src/store/libsql_store.ts";
import { event } from "../fixtures/events.ts";
import { seededCases } from "../seeded.ts";
import { assertSameBytes, eventWith, fileOf, type Pieces } from "./attachments.ts";
import { authorization, calendar, file, MB, open, patiently, type Place } from "./beside.ts";
import { temporaryFolder } from "./folder.ts";
import { runCli, startServer } from "./harness.ts";
import { until } from "./until.ts";

/** Events of any size, and files, in a real process. */

const soak = Deno.env.get("DAVIT_SOAK") === "1";
const isLinux = Deno.build.os === "linux";
const path = `${calendar}large.ics`;
const text = { headers: ["Content-Type: text/calendar"] };
const put = (body: Pieces, to = path) => ({ method: "PUT", path: to, ...text, body });

const get = (place: Place, of: string, headers: Readonly<Record<string, string>> = {}) =>
  fetch(place.server.url + of, { headers: { authorization, ...headers } });

interface Size {
  readonly name: string;
  readonly attachments?: number;
  readonly attachmentBytes: number;
  readonly ignore?: boolean;
}

/** The first one is what the others are compared with. */
const sizes: readonly Size[] = [
  { name: "an attachment of 10 MB", attachmentBytes: 10 * MB },
  { name: "an attachment of 1 MB", attachmentBytes: MB },
  { name: "an attachment of 64 MB", attachmentBytes: 64 * MB },
  { name: "an attachment of 256 MB", attachmentBytes: 256 * MB, ignore: !soak },
  { name: "an attachment of 1,024 MB", attachmentBytes: 1024 * MB, ignore: !soak },
  { name: "500 attachments of 1 MB", attachments: 500, attachmentBytes: MB, ignore: !soak },
];

Deno.test({
  name: "davit as executable: an event goes in and out byte for byte, and memory stays flat",
  ignore: !isLinux,
  async fn(t) {
    await open("executable", async (place) => {
      let flat: number | undefined;
      for (const { name, ignore = false, ...size } of sizes) {
        await t.step({
          name,
          ignore,
          async fn() {
            await patiently(`${name} going in`, async () => {
              const sent = eventWith({ uid: crypto.randomUUID(), ...size });
              await place.send({ method: "DELETE", path, body: "" });
              const { answer, pinged } = await place.sendBesideOthers(put(sent));
              assertEquals(answer?.status, 201);
              const out = await place.besideOthers(async () => {
                const got = await get(place, path);
                assertEquals(got.headers.get("content-length"), String(sent.sizeBytes));
                await assertSameBytes(got.body, sent);
              });
              return worst(pinged, out.pinged);
            });
            const peak = await place.peakBytes();
            flat ??= peak;
            console.log(
              `${name}: peak ${Math.round(peak / MB)} MB, first ${Math.round(flat / MB)}`,
            );
            const most = size.attachments === undefined ? flat + 64 * MB : Infinity;
            assert(peak <= most && peak < 300 * MB, `${flat / MB} → ${peak / MB} MB`);
          },
        });
      }
    });
  },
});

Deno.test({
  name: "davit as executable: many uploads at once, and slow readers, stay small",
  ignore: !isLinux,
  async fn() {
    const uploads = soak ? 16 : 4;
    await open("executable", async (place) => {
      const events = Array.from(
        { length: uploads },
        (_, index) => eventWith({ uid: `many${index}`, attachmentBytes: 64 * MB }),
      );
      const paths = events.map((_, index) => `${calendar}many${index}.ics`);
      const answers = await Promise.all(
        events.map((sent, index) => place.send(put(sent, paths[index]))),
      );
      assertEquals(answers.map((answer) => answer?.status), events.map(() => 201));
      console.log(`${uploads} uploads: peak ${Math.round(await place.peakBytes() / MB)} MB`);
      assert(await place.peakBytes() < 400 * MB, `${await place.peakBytes() / MB} MB`);

      const readers = await Promise.all(
        paths.map(async (one) => (await get(place, one)).body?.getReader()),
      );
      for (let pieces = 0; pieces < 20; pieces++) {
        await Promise.all(readers.map((reader) => reader?.read()));
      }
      const peak = await place.peakBytes();
      console.log(`${uploads} slow readers: peak ${Math.round(peak / MB)} MB`);
      assert(peak < 400 * MB, `${peak / MB} MB`);
      await Promise.all(readers.map((reader) => reader?.cancel()));
      await assertSameBytes((await get(place, paths[1] ?? "")).body, events[1] ?? fileOf(0));
    });
  },
});

Deno.test({
  name: "davit as executable: a file goes in and out, whole, in ranges, and resumed",
  ignore: !isLinux,
  async fn() {
    const sent = fileOf(soak ? 2000 * MB + 17 : 60 * MB + 17);
    await open("executable", async (place) => {
      await place.send({ method: "PUT", path: file, body: fileOf(10 * MB) });
      const before = await place.peakBytes();
      assertEquals((await place.send({ method: "PUT", path: file, body: sent }))?.status, 204);
      const whole = await get(place, file);
      const etag = whole.headers.get("etag") ?? "";
      const half = Math.floor(sent.sizeBytes / 2) + 11;
      await firstPieces(whole.body, 30); // The reader breaks off, and goes on later.
      const rest = await get(place, file, { range: `bytes=${half}-`, "if-range": etag });
      assertEquals([rest.status, rest.headers.get("content-range")], [
        206,
        `bytes ${half}-${sent.sizeBytes - 1}/${sent.sizeBytes}`,
      ]);
      await assertSameBytes(rest.body, sent, half);
      await assertSameBytes((await get(place, file)).body, sent);
      const other = await get(place, file, { range: "bytes=5-9", "if-range": '"other"' });
      assertEquals(other.status, 200);
      await other.body?.cancel();
      const peak = await place.peakBytes();
      console.log(`a file of ${Math.round(sent.sizeBytes / MB)} MB: peak ${Math.round(peak / MB)}`);
      assert(peak - before <= 64 * MB && peak < 300 * MB, `${before / MB} → ${peak / MB} MB`);
    });
  },
});

Deno.test({
  name: "davit as executable: of an upload that breaks off at any tenth nothing is left",
  ignore: !isLinux,
  async fn() {
    await open("executable", async (place) => {
      const before = event({ uid: "large" });
      await place.send({ method: "PUT", path, ...text, body: before });
      const sent = eventWith({ uid: "large", attachmentBytes: (soak ? 64 : 8) * MB });
      const database = fileExecutor(`${place.server.dir}/davit-data/davit.db`);
      try {
        for (let tenth = 0; tenth < 10; tenth++) {
          const leavesAfter = Math.floor(sent.sizeBytes * tenth / 10);
          await place.send({ ...put(sent), leavesAfter });
          await until("nothing is left of it", async () => {
            const [rows = []] = await database.read([
              {
                sql: "SELECT (SELECT count(*) FROM blobs) + (SELECT count(*) FROM chunks)",
                args: [],
              },
            ]);
            return rows[0]?.[0] === 0;
          });
          assertEquals(await (await get(place, path)).text(), before);
        }
      } finally {
        database.close();
      }
      assertEquals((await place.send(put(sent)))?.status, 204);
      await assertSameBytes((await get(place, path)).body, sent);
    });
  },
});

Deno.test({
  name: "SIGKILL during uploads: what was acknowledged stays, and nothing else is there",
  ignore: !isLinux,
  async fn() {
    await using folder = await temporaryFolder();
    const dir = folder.path;
    const env = { DAVIT_PASSWORD_COST: "10" };
    const form = "executable";
    const cli = ["user", "add", "alice", "--email", "a@example.test", "--password-stdin"];
    assertEquals((await runCli(cli, { form, dir, env, stdin: "alice" })).code, 0);
    const held = new Map<string, Pieces>();
    for (const { seed, random } of seededCases(4, 40)) {
      const tried = new Map<string, Pieces>();
      {
        await using server = await startServer({ form, dir, env });
        const upload = async (name: string) => {
          const attachmentBytes = random.pick([1, 3, 12]) * MB;
          const sent = eventWith({ uid: name, attachmentBytes, attachments: 1 + random.int(3) });
          tried.set(name, sent);
          const response = await fetch(`${server.url}${calendar}${name}.ics`, {
            method: "PUT",
            headers: { authorization, "content-type": "text/calendar" },
            body: ReadableStream.from(sent.pieces()),
          }).catch(() => undefined);
          if (!response) return;
          await response.body?.cancel();
          assertEquals(response.status, 201);
          held.set(name, sent);
        };
        const uploads = Array.from({ length: 4 }, (_, index) => upload(`k${seed}-${index}`));
        const kill = Promise.race(uploads).then(() => Deno.kill(server.pid, "SIGKILL"));
        await Promise.all([...uploads, kill]);
        await server.stop();
      }
      await using server = await startServer({ form, dir, env });
      for (const [name, sent] of new Map([...held, ...tried])) {
        const url = `${server.url}${calendar}${name}.ics`;
        const got = await fetch(url, { headers: { authorization } });
        if (held.has(name)) assertEquals(got.status, 200, name);
        if (got.status === 200) await assertSameBytes(got.body, sent);
        else await got.body?.cancel();
        if (got.status === 200) held.set(name, sent); // It was there, and nobody was told.
      }
    }
    const store = await openStore(fileExecutor(`${dir}/davit-data/davit.db`));
    const day = 24 * 60 * 60_000;
    await store.upkeep({ now: Date.now() + 2 * day, keptFrom: 0 });
    store.close();
    const database = fileExecutor(`${dir}/davit-data/davit.db`);
    const [left = [], whole = []] = await database.read([
      {
        sql: `SELECT (SELECT count(*) FROM blobs WHERE state <> 'kept'),
          (SELECT count(*) FROM chunks WHERE blob_id NOT IN (SELECT id FROM blobs))`,
        args: [],
      },
      { sql: "PRAGMA integrity_check", args: [] },
    ]);
    database.close();
    assertEquals([Array.from(left[0] ?? []), whole[0]?.[0]], [[0, 0], "ok"]);
  },
});

type Pinged = Parameters<typeof patiently>[1] extends () => Promise<infer P> ? P : never;

const worst = (some: Pinged, others: Pinged): Pinged =>
  some.longestMs - some.delayedMs > others.longestMs - others.delayedMs ? some : others;

/** Takes some of a stream, lets the server fill what it may, and leaves. */
async function firstPieces(body: ReadableStream<Uint8Array> | null, count: number): Promise<void> {
  const reader = body?.getReader();
  for (let index = 0; index < count; index++) await reader?.read();
  await reader?.cancel();
}
