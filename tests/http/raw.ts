import { createApp } from "../../src/app.ts";
import type { House } from "../harness.ts";

/** A house behind a port of this machine, for requests that no client library would send. */
export interface Served extends AsyncDisposable {
  readonly port: number;
}

/** Serves the house as `davit serve` does. */
export function serve({ services }: House): Served {
  const app = createApp(services);
  const server = Deno.serve(
    {
      hostname: "127.0.0.1",
      port: 0,
      onListen() {},
      onError(error) {
        services.log("error", "request-failed", { error });
        return new Response(null, { status: 500 });
      },
    },
    (request, { remoteAddr }) => app.fetch(request, { remoteAddress: remoteAddr.hostname }),
  );
  return { port: server.addr.port, [Symbol.asyncDispose]: () => server.shutdown() };
}

/** An answer, as far as it has come. */
export interface RawAnswer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
}

export interface RawRequest {
  readonly port: number;
  /** The request, byte by byte, or in pieces. */
  readonly bytes: string | Uint8Array | AsyncIterable<Uint8Array>;
  /** Whether the client says that no more will come, or goes away without an answer. */
  readonly then?: "end" | "leave";
}

/**
 * Sends bytes on a connection of their own, and reads while it sends, as clients do. Gives the answer;
 * undefined where the server ended the connection without one, or the client left.
 */
export async function sendRaw({ port, bytes, then }: RawRequest): Promise<RawAnswer | undefined> {
  const connection = await Deno.connect({ hostname: "127.0.0.1", port });
  try {
    const answer = then === "leave" ? undefined : readAnswer(connection);
    await unlessGone(write(connection, bytes));
    if (then === "end") await unlessGone(connection.closeWrite());
    return await answer;
  } finally {
    connection.close();
  }
}

const utf8 = new TextEncoder();

async function write(connection: Deno.TcpConn, bytes: RawRequest["bytes"]): Promise<void> {
  const pieces = typeof bytes === "string"
    ? [utf8.encode(bytes)]
    : bytes instanceof Uint8Array
    ? [bytes]
    : bytes;
  for await (const piece of pieces) {
    for (let rest = piece; rest.length > 0;) rest = rest.subarray(await connection.write(rest));
  }
}

/** A server that has answered need not hear the client out. */
async function unlessGone(sent: Promise<void>): Promise<void> {
  try {
    await sent;
  } catch (error) {
    if (!isGone(error)) throw error;
  }
}

const isGone = (error: unknown): boolean =>
  error instanceof Deno.errors.BrokenPipe || error instanceof Deno.errors.ConnectionReset ||
  error instanceof Deno.errors.NotConnected;

async function readAnswer(connection: Deno.TcpConn): Promise<RawAnswer | undefined> {
  const decoder = new TextDecoder();
  const page = new Uint8Array(64 * 1024);
  let text = "";
  for (;;) {
    const answer = answerIn(text);
    if (answer) return answer;
    let size: number | null;
    try {
      size = await connection.read(page);
    } catch (error) {
      if (isGone(error)) return undefined;
      throw error;
    }
    if (size === null) return undefined;
    text += decoder.decode(page.subarray(0, size), { stream: true });
  }
}

/** Once it is whole; of one without a length, the head is enough. */
function answerIn(text: string): RawAnswer | undefined {
  const end = text.indexOf("\r\n\r\n");
  if (end < 0) return undefined;
  const [first = "", ...lines] = text.slice(0, end).split("\r\n");
  const headers = new Map(lines.map((line) => {
    const colon = line.indexOf(":");
    return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
  }));
  const body = text.slice(end + 4);
  if (utf8.encode(body).length < Number(headers.get("content-length") ?? 0)) return undefined;
  return { status: Number(first.split(" ")[1]), headers, body };
}
