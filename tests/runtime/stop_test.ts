import { assert, assertEquals } from "@std/assert";
import { event } from "../fixtures/events.ts";
import { basic } from "../harness.ts";
import { temporaryFolder } from "./folder.ts";
import { type Form, runCli, startServer } from "./harness.ts";
import { until } from "./until.ts";
import { wireTo } from "./wire.ts";

const forms = ["source", "executable"] as const satisfies Form[];
const authorization = basic("alice", "alice");
const headers = { authorization, "content-type": "text/calendar" };

/** Writes events, one after the other, until the server does not take one; gives those it took. */
async function write(url: string, prefix: string): Promise<string[]> {
  const taken: string[] = [];
  for (;;) {
    const path = `/dav/calendars/alice/calendar/${prefix}${taken.length}.ics`;
    const body = event({ uid: `${prefix}${taken.length}` });
    try {
      const answer = await fetch(url + path, { method: "PUT", headers, body });
      await answer.body?.cancel();
      if (answer.status === 503) return taken;
      assertEquals(answer.status, 201);
    } catch (error) {
      if (!(error instanceof TypeError)) throw error; // Nobody is there any more.
      return taken;
    }
    taken.push(path);
  }
}

/** The head of an upload that the server has begun to read. */
async function begin(url: string) {
  const wire = await wireTo(url);
  const head = [
    "PUT /dav/files/alice/slow HTTP/1.1",
    "Host: x",
    `Authorization: ${authorization}`,
    "Content-Length: 2",
    "Expect: 100-continue",
    "",
    "",
  ];
  await wire.send(head.join("\r\n"));
  assertEquals(await wire.status(), 100);
  await wire.send("x");
  return wire;
}

for (const form of forms) {
  for (const workers of [1, 2]) {
    Deno.test(`${form}, ${workers} at work: SIGTERM lets requests come to their end`, async () => {
      await using folder = await temporaryFolder();
      const dir = folder.path;
      const args = ["--workers", String(workers)];
      const user = ["user", "add", "alice", "--password-stdin"];
      await runCli(user, { form, dir, stdin: "alice", env: { DAVIT_PASSWORD_COST: "10" } });

      await using server = await startServer({ form, dir, args });
      using upload = await begin(server.url);
      using half = await wireTo(server.url);
      await half.send("GET / HTTP/1.1\r\n");
      const enough = Promise.withResolvers<void>();
      const writers = Array.from({ length: 8 }, async (_, index) => {
        const taken = await write(server.url, `${String.fromCharCode(97 + index)}`);
        enough.resolve(); // One has met the end.
        return taken;
      });
      await until("writing is under way", async () => (await requestsOf(server)) > 50);
      const stopped = server.stop();
      await enough.promise;
      await upload.send("y");
      assertEquals(await upload.status(), 201);
      await half.ended();
      assertEquals(await stopped, 0);
      const lines = (await server.stderr()).filter((line) => line.startsWith("{"));
      const grave = lines.map((line) => JSON.parse(line)).filter(({ level }) => level !== "info");
      assertEquals(grave, []);

      const taken = (await Promise.all(writers)).flat();
      assert(taken.length > 50);
      await using again = await startServer({ form, dir });
      for (const path of [...taken, "/dav/files/alice/slow"]) {
        const answer = await fetch(again.url + path, { headers: { authorization } });
        await answer.body?.cancel();
        assertEquals([path, answer.status], [path, 200]);
      }
    });
  }
}

const requestsOf = async (server: { stderr(): Promise<readonly string[]> }): Promise<number> =>
  (await server.stderr()).filter((line) => line.includes('"request"')).length;
