import { shared } from "../shared.ts";
import { temporaryFolder } from "./folder.ts";
import { killAll } from "./processes.ts";
import { startProgram } from "./program.ts";

/** A libSQL server with a database of its own, empty in the beginning. */
export interface Sqld extends AsyncDisposable {
  /** For clients, `http:`. */
  readonly url: string;
  /** The database, which it has open. */
  readonly file: string;
  /** Ends it at once, with SIGKILL. */
  kill(): Promise<void>;
  /** After `kill`: starts it again, with the same data and URL. */
  restart(): Promise<void>;
}

const script = shared("tools/sqld.sh");
const given = Deno.env.get("SQLD");

/** Whether there is one to start: `SQLD` names it, or the script beside the repository gets it. */
export const hasSqld: boolean = given !== undefined || script !== undefined;

/** Starts a libSQL server on a free port. */
export async function startSqld(): Promise<Sqld> {
  const program = given ?? await programFromScript();
  const folder = await temporaryFolder();
  const address = `127.0.0.1:${freePort()}`;
  const url = `http://${address}`;
  const start = async () => {
    const server = await startProgram({
      program,
      args: ["--no-welcome", "--db-path", "data", "--http-listen-addr", address, ...hasty],
      dir: folder.path,
      env: { RUST_LOG: "warn,sqld=info" },
      readyLine: /listening for incoming user HTTP connection/,
    });
    await (await fetch(`${url}/health`)).body?.cancel(); // It listens before it can answer.
    return server;
  };
  try {
    let server = await start();
    const kill = async () => {
      await killAll([server.pid]);
      await server[Symbol.asyncDispose]();
    };
    return {
      url,
      file: `${folder.path}/data/dbs/default/data`,
      kill,
      async restart() {
        server = await start();
      },
      async [Symbol.asyncDispose]() {
        await server[Symbol.asyncDispose]();
        await folder[Symbol.asyncDispose]();
      },
    };
  } catch (error) {
    await folder[Symbol.asyncDispose]();
    throw error;
  }
}

/** Else, at SIGTERM, it waits half a minute for idle connections to end. */
const hasty = ["--shutdown-timeout", "0"];

/** The script answers `SQLD=<path>`, the path quoted where a shell would want it. */
async function programFromScript(): Promise<string> {
  if (script === undefined) throw new Error("no sqld: set SQLD to its path");
  const { success, stdout, stderr } = await new Deno.Command("sh", {
    args: ["-c", 'eval "$(sh "$0")" && printf %s "$SQLD"', script.pathname],
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  if (!success || stdout.length === 0) throw new Error(`no sqld: ${text(stderr)}`);
  return text(stdout);
}

/**
 * A port that nobody listens on. sqld takes port 0 too, but does not tell which it got. Not one of
 * those that the system gives to connections: it must be free for a restart.
 */
function freePort(): number {
  for (;;) {
    const port = 16_000 + Math.floor(Math.random() * 16_000);
    try {
      Deno.listen({ hostname: "127.0.0.1", port }).close();
      return port;
    } catch (error) {
      if (!(error instanceof Deno.errors.AddrInUse)) throw error;
    }
  }
}
