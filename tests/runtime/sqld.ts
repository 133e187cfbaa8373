import { shared } from "../shared.ts";
import { disposing, temporaryFolder } from "./folder.ts";
import { type Program, startProgram } from "./program.ts";

/** A libSQL server with an empty database. */
export interface Sqld extends Program {
  /** For clients, `http:`. */
  readonly url: string;
}

const script = shared("tools/sqld.sh");
const given = Deno.env.get("SQLD");

/** Whether there is one to start: `SQLD` names it, or the script beside the repository gets it. */
export const hasSqld: boolean = given !== undefined || script !== undefined;

/** Starts a libSQL server on a free port. `args`: more of its options. */
export async function startSqld(args: readonly string[] = []): Promise<Sqld> {
  const program = given ?? await programFromScript();
  const folder = await temporaryFolder();
  const address = `127.0.0.1:${freePort()}`;
  try {
    const server = await startProgram({
      program,
      args: ["--no-welcome", "--db-path", "data", "--http-listen-addr", address, ...args],
      dir: folder.path,
      env: { RUST_LOG: "warn,sqld=info" },
      readyLine: /listening for incoming user HTTP connection/,
    });
    const url = `http://${address}`;
    await (await fetch(`${url}/health`)).body?.cancel(); // It listens before it can answer.
    return { ...server, url, ...disposing(server, folder) };
  } catch (error) {
    await folder[Symbol.asyncDispose]();
    throw error;
  }
}

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

/** A port that nobody listens on. sqld takes port 0 too, but does not tell which it got. */
function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}
