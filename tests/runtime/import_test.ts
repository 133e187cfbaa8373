import { assert, assertEquals } from "@std/assert";
import { event } from "../fixtures/events.ts";
import { basic } from "../harness.ts";
import { assertSameBytes, eventWith, type Pieces } from "./attachments.ts";
import { temporaryFolder } from "./folder.ts";
import { commandLine, runCli, startServer } from "./harness.ts";
import { lastPeakBytes } from "./memory.ts";

/** `davit calendar import` of files of any size. */

const soak = Deno.env.get("DAVIT_SOAK") === "1";
const MB = 1_000_000;
const env = { DAVIT_PASSWORD_COST: "10" };
const utf8 = new TextEncoder();

/** An empty calendar, and files to import into it. */
interface Place extends AsyncDisposable {
  readonly dir: string;
  write(name: string, pieces: Iterable<Uint8Array>): Promise<void>;
  /** What a shell makes of the file. `says`: the line in the end, or why there is none. */
  importing(file: string): Promise<{ readonly says: string; readonly peakBytes: number }>;
}

async function open(): Promise<Place> {
  const folder = await temporaryFolder();
  const dir = folder.path;
  const add = ["user", "add", "alice", "--email", "a@example.test", "--password-stdin"];
  const { code } = await runCli(add, { form: "executable", dir, env, stdin: "alice" });
  assertEquals(code, 0);
  return {
    dir,
    write: (name, pieces) => Deno.writeFile(`${dir}/${name}`, ReadableStream.from(pieces)),
    async importing(file) {
      const { program, args } = commandLine("executable", ["calendar", "import", "alice"]);
      const child = new Deno.Command("bash", {
        args: ["-c", `exec "$@" calendar ${file}`, "-", program, ...args],
        cwd: dir,
        env,
        stdin: "null",
        stdout: "piped",
        stderr: "piped",
      }).spawn();
      const [peakBytes, { stdout, stderr }] = await Promise.all([
        lastPeakBytes(child),
        child.output(),
      ]);
      const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
      return { says: text(stdout) || text(stderr), peakBytes };
    },
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  };
}

Deno.test({
  name:
    "davit as executable: an import of an event of 200 MB takes no more memory than one of 8 MB",
  ignore: Deno.build.os !== "linux",
  async fn() {
    await using place = await open();
    const events = new Map<string, Pieces>([
      ["small", eventWith({ uid: "small", attachmentBytes: 6 * MB })],
      ["large", eventWith({ uid: "large", attachmentBytes: (soak ? 700 : 145) * MB })],
    ]);
    const peaks: number[] = [];
    for (const [name, sent] of events) {
      await place.write(`${name}.ics`, sent.pieces());
      const { says, peakBytes } = await place.importing(`${name}.ics`);
      assertEquals(says, "imported 1, changed 0, unchanged 0, skipped 0\n");
      peaks.push(Math.round(peakBytes / MB));
    }
    const again = await place.importing("<(cat large.ics)"); // A pipe, which is read but once.
    assertEquals(again.says, "imported 0, changed 0, unchanged 1, skipped 0\n");
    peaks.push(Math.round(again.peakBytes / MB));
    console.log(`peaks: ${peaks.join(", ")} MB`);
    const [flat = 0, ...others] = peaks;
    assert(Math.max(...others) <= flat + 48 && flat < 250, peaks.join(", "));

    await using server = await startServer({ form: "executable", dir: place.dir, env });
    const headers = { authorization: basic("alice", "alice") };
    const calendar = `${server.url}/dav/calendars/alice/calendar/`;
    const listed = await (await fetch(calendar, { method: "PROPFIND", headers })).text();
    const bySize = new Map([...events.values()].map((sent) => [sent.sizeBytes, sent]));
    for (const [name] of listed.matchAll(/[0-9a-f-]{36}\.ics/g)) {
      const got = await fetch(calendar + name, { headers });
      const length = Number(got.headers.get("content-length"));
      const sent = bySize.get(length);
      assert(sent, `nothing of ${length} bytes was imported`);
      await assertSameBytes(got.body, sent);
      bySize.delete(length);
    }
    assertEquals(bySize.size, 0);
  },
});

Deno.test({
  name: "davit as executable: an import of very many events has little of them in memory",
  ignore: Deno.build.os !== "linux",
  async fn() {
    await using place = await open();
    const count = soak ? 100_000 : 5_000;
    const lines = [`DESCRIPTION:${"x".repeat(soak ? 2_000 : 20_000)}`];
    await place.write(
      "many.ics",
      (function* () {
        for (let at = 0; at < count; at++) yield utf8.encode(event({ uid: `many ${at}`, lines }));
      })(),
    );
    const { says, peakBytes } = await place.importing("many.ics");
    assertEquals(
      says,
      `imported ${count}, changed 0, unchanged 0, skipped 0
`,
    );
    console.log(`${count} events: peak ${Math.round(peakBytes / MB)} MB`);
    assert(peakBytes < 480 * MB, `${peakBytes / MB} MB`);
  },
});
