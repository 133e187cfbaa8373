/**
 * `deno task bench:bodies [MB]`: how fast `./davit` takes and gives an event with an attachment of so
 * many MB, 64 unless said, on a file and on a libSQL server; beside a bare loop that writes as many
 * chunks into a database as durably. The rounds alternate, and the best of each counts.
 */
import Database from "libsql";
import { eventWith } from "../tests/runtime/attachments.ts";
import { temporaryFolder } from "../tests/runtime/folder.ts";
import { runCli, type ServerOptions, startServer } from "../tests/runtime/harness.ts";
import { hasSqld, startSqld } from "../tests/runtime/sqld.ts";

const rounds = 5;
const chunkBytes = 256 * 1024;
const chunksAtOnce = 8;

const attachmentBytes = Number(Deno.args[0] ?? 64) * 1e6;
const best = new Map<string, number>();

await using folder = await temporaryFolder();
const body = `${folder.path}/body.ics`;

await measure("file", {});
if (hasSqld) {
  await using sqld = await startSqld();
  await measure("sqld", { env: { DAVIT_DATABASE_URL: sqld.url } });
}
for (const [name, rate] of best) console.log(`${name.padEnd(12)} ${Math.round(rate)} MB/s`);
const [bare = 0, into = 0] = ["bare loop", "file in"].map((name) => best.get(name));
console.log(`file in, of the bare loop: ${Math.round(into / bare * 100)} %`);

async function measure(name: string, options: Pick<ServerOptions, "env">): Promise<void> {
  await using place = await temporaryFolder();
  const env = { DAVIT_PASSWORD_COST: "10", ...options.env };
  const given = { form: "executable", dir: place.path, env } as const;
  const user = ["user", "add", "alice", "--email", "a@example.test", "--password-stdin"];
  await runCli(user, { ...given, stdin: "alice" });
  await using server = await startServer(given);
  const url = `${server.url}/dav/calendars/alice/calendar/large.ics`;
  await curl("--request", "OPTIONS", "--output", "/dev/null", url); // The log-in is checked.
  for (let round = 0; round < rounds; round++) {
    const sent = eventWith({ uid: "large", attachmentBytes: attachmentBytes + 1_000 * round });
    await Deno.writeFile(body, ReadableStream.from(sent.pieces()));
    keep(`${name} in`, await curl("--upload-file", body, url) / 1e6);
    keep(`${name} out`, await curl("--output", "/dev/null", url) / 1e6);
    if (name === "file") keep("bare loop", bareLoop(`${place.path}/bare-${round}.db`));
  }
}

function keep(name: string, rate: number): void {
  best.set(name, Math.max(best.get(name) ?? 0, rate));
}

/** Bytes per second that went in or out. */
async function curl(...args: readonly string[]): Promise<number> {
  const { stdout, success } = await new Deno.Command("curl", {
    args: [
      "--silent",
      "--fail",
      "--user",
      "alice:alice",
      "--header",
      "Expect:",
      "--header",
      "Content-Type: text/calendar",
      "--write-out",
      "%{speed_upload} %{speed_download}",
      ...args,
    ],
  }).output();
  if (!success) throw new Error(`curl ${args.join(" ")} failed`);
  return Math.max(...new TextDecoder().decode(stdout).split(" ").map(Number));
}

/** MB per second that a loop writes which does nothing else. */
function bareLoop(path: string): number {
  const db = new Database(path);
  db.exec("PRAGMA journal_mode=WAL");
  db.exec(`CREATE TABLE chunks (blob_id INTEGER NOT NULL, position INTEGER NOT NULL,
    data BLOB NOT NULL, PRIMARY KEY (blob_id, position)) STRICT`);
  const insert = db.prepare("INSERT INTO chunks VALUES (1, ?, ?)");
  const chunk = crypto.getRandomValues(new Uint8Array(64 * 1024));
  const data = new Uint8Array(chunkBytes).map((_, index) => chunk[index % chunk.length] ?? 0);
  const count = Math.ceil(attachmentBytes * 4 / 3 / chunkBytes);
  const began = performance.now();
  for (let position = 0; position < count;) {
    db.exec("BEGIN IMMEDIATE");
    for (const end = position + chunksAtOnce; position < end; position++) {
      insert.run([position, data]);
    }
    db.exec("COMMIT");
  }
  const ms = performance.now() - began;
  db.close();
  Deno.removeSync(path);
  return count * chunkBytes / 1e6 / ms * 1000;
}
