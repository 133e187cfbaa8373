/** A connection to a server, byte by byte. */
export interface Wire extends Disposable {
  send(text: string): Promise<void>;
  /** Reads an answer with a Content-Length to its end, and gives its status. */
  status(): Promise<number>;
  /** Waits until the server has ended the connection; what it says before is dropped. */
  ended(): Promise<void>;
}

/** Connects to the host of a URL: over TLS if there are certificates to trust, else without. */
export async function wireTo(url: string, caCerts?: readonly string[]): Promise<Wire> {
  const { hostname, port: portText } = new URL(url);
  const port = Number(portText);
  const connection = caCerts === undefined
    ? await Deno.connect({ hostname, port })
    : await Deno.connectTls({ hostname, port, caCerts: [...caCerts] });
  const decoder = new TextDecoder("latin1");
  const page = new Uint8Array(64 * 1024);
  let text = "";

  /** Whether there was more. */
  async function more(): Promise<boolean> {
    const size = await connection.read(page);
    text += decoder.decode(page.subarray(0, size ?? 0));
    return size !== null;
  }

  async function moreOrFail() {
    if (!await more()) throw new Error(`the connection ended after ${text.slice(0, 200)}`);
  }

  return {
    async send(text) {
      let rest = new TextEncoder().encode(text);
      while (rest.length > 0) rest = rest.subarray(await connection.write(rest));
    },
    async status() {
      while (!text.includes(headEnd)) await moreOrFail();
      const bodyAt = text.indexOf(headEnd) + headEnd.length;
      const head = text.slice(0, bodyAt);
      const end = bodyAt + Number(/^content-length: (\d+)\r?$/im.exec(head)?.[1] ?? 0);
      while (text.length < end) await moreOrFail();
      text = text.slice(end);
      return Number(head.split(" ")[1]);
    },
    async ended() {
      try {
        while (await more());
      } catch (error) {
        if (!endings.some((kind) => error instanceof kind)) throw error;
      }
    },
    [Symbol.dispose]: () => connection.close(),
  };
}

const headEnd = "\r\n\r\n";

/** How a connection may end, besides well. */
const endings = [Deno.errors.ConnectionReset, Deno.errors.UnexpectedEof, Deno.errors.BrokenPipe];
