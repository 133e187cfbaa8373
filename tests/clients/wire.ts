import { createApp } from "../../src/app.ts";
import { basic, type House } from "../harness.ts";

/** A house behind a socket: what a client's own HTTP would hide can be seen and said there. */
export interface Wire extends AsyncDisposable {
  /** Sends alice's request in one piece; gives the answer as it came, its content still coded. */
  exchange(
    method: string,
    path: string,
    headers: Readonly<Record<string, string>>,
  ): Promise<Answer>;
  /**
   * Sends the head of alice's request with `Expect: 100-continue`, and `body` once it is told to;
   * gives the interim status and the final one.
   */
  expecting(
    method: string,
    path: string,
    headers: Readonly<Record<string, string>>,
    body: string,
  ): Promise<readonly number[]>;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
}

export function onTheWire({ services }: House): Wire {
  const app = createApp(services);
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    (request, { remoteAddr: { hostname } }) => app.fetch(request, { remoteAddress: hostname }),
  );
  const { port } = server.addr;

  const head = (method: string, path: string, headers: Readonly<Record<string, string>>) => {
    const all = {
      host: `127.0.0.1:${port}`,
      authorization: basic("alice", "alice"),
      connection: "close",
      ...headers,
    };
    const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}`);
    return [`${method} ${path} HTTP/1.1`, ...lines, "", ""].join("\r\n");
  };

  return {
    async exchange(method, path, headers) {
      using connection = await Deno.connect({ hostname: "127.0.0.1", port });
      await send(connection, head(method, path, headers));
      return answerIn(await readUntil(connection, () => false));
    },
    async expecting(method, path, headers, body) {
      using connection = await Deno.connect({ hostname: "127.0.0.1", port });
      const length = String(utf8.encode(body).length);
      const expect = { ...headers, "content-length": length, "expect": "100-continue" };
      await send(connection, head(method, path, expect));
      const interim = answerIn(await readUntil(connection, (text) => text.includes("\r\n\r\n")));
      await send(connection, body);
      const final = answerIn(await readUntil(connection, () => false));
      return [interim.status, final.status];
    },
    async [Symbol.asyncDispose]() {
      await server.shutdown();
    },
  };
}

const utf8 = new TextEncoder();

async function send(connection: Deno.Conn, text: string): Promise<void> {
  const bytes = utf8.encode(text);
  for (let sent = 0; sent < bytes.length;) sent += await connection.write(bytes.subarray(sent));
}

/** Up to the end of the stream, or until `enough`; octets as characters. */
async function readUntil(connection: Deno.Conn, enough: (text: string) => boolean) {
  const octets = new TextDecoder("latin1");
  const buffer = new Uint8Array(16 * 1024);
  let text = "";
  while (!enough(text)) {
    const count = await connection.read(buffer);
    if (count === null) break;
    text += octets.decode(buffer.subarray(0, count));
  }
  return text;
}

function answerIn(text: string): Answer {
  const [start = "", ...lines] = text.slice(0, text.indexOf("\r\n\r\n")).split("\r\n");
  const headers = new Headers(lines.map((line): [string, string] => {
    const colon = line.indexOf(":");
    return [line.slice(0, colon), line.slice(colon + 1).trim()];
  }));
  return { status: Number(start.split(" ")[1]), headers };
}
