import { assertEquals } from "@std/assert";
import { basic } from "../harness.ts";
import type { Random } from "../seeded.ts";
import { temporaryFolder } from "./folder.ts";
import { runCli, type Server, startServer } from "./harness.ts";
import { childrenOf, killAll } from "./processes.ts";
import { startSqld } from "./sqld.ts";

/** A davit with alice's account, of which something can die. */
export interface Place extends AsyncDisposable {
  readonly url: () => string;
  /** Come one after the other, again and again. */
  readonly blows: readonly Blow[];
}

export interface Blow {
  /** Settles when what it ends is gone. */
  strike(): Promise<void>;
  /** Makes that davit answers again; without it, it never stops to. */
  readonly recover?: () => Promise<void>;
}

async function addAlice(dir: string, args: readonly string[] = []): Promise<void> {
  const { code, stderr } = await runCli(["user", "add", "alice", "--password-stdin", ...args], {
    dir,
    stdin: "alice\n",
    env: { DAVIT_PASSWORD_COST: "10" },
  });
  assertEquals(code, 0, stderr);
}

/** davit on a file, and what starts it again. */
async function onFile(args: readonly string[]) {
  const folder = await temporaryFolder();
  const dir = folder.path;
  await addAlice(dir);
  let server: Server = await startServer({ dir, args });
  return {
    url: () => server.url,
    pid: () => server.pid,
    async start() {
      await server[Symbol.asyncDispose]();
      server = await startServer({ dir, args });
    },
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
}

/** Its one process dies. */
export async function oneProcess(): Promise<Place> {
  const davit = await onFile([]);
  return { ...davit, blows: [{ strike: () => killAll([davit.pid()]), recover: davit.start }] };
}

/** One of two workers dies while the other goes on; then all processes die at once. */
export async function twoWorkers(random: Random): Promise<Place> {
  const davit = await onFile(["--workers", "2"]);
  return {
    ...davit,
    blows: [
      { strike: async () => killAll([random.pick(await childrenOf(davit.pid()))]) },
      {
        strike: async () => killAll([davit.pid(), ...await childrenOf(davit.pid())]),
        recover: davit.start,
      },
    ],
  };
}

/** The libSQL server dies under davit, which stays, and says meanwhile that it can't answer. */
export async function nodeOnSqld(): Promise<Place> {
  const folder = await temporaryFolder();
  const sqld = await startSqld();
  const database = ["--database", sqld.url];
  await addAlice(folder.path, database);
  const server = await startServer({ dir: folder.path, args: database });
  const status = async (path: string) => {
    const headers = { authorization: basic("alice", "alice") };
    const { status, headers: said, body } = await fetch(server.url + path, { headers });
    await body?.cancel();
    return [status, said.get("retry-after")];
  };
  return {
    url: () => server.url,
    blows: [{
      async strike() {
        await sqld.kill();
        const answers = await Promise.all(["/readyz", "/dav/calendars/alice/x.ics"].map(status));
        assertEquals(answers, [[503, "10"], [503, "10"]]);
      },
      recover: sqld.restart,
    }],
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      await sqld[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
}
