/** What becomes of requests: they go on, wait until others may, or get 503. */
export type GateMode = "pass" | "hold" | "refuse";

/** Stands before an HTTP server, such as a database. */
export interface Gate extends AsyncDisposable {
  readonly url: string;
  /** From now on. Those that wait go on with `pass`. */
  turn(mode: GateMode): void;
  /** Settles as soon as a request waits. */
  waiting(): Promise<void>;
  /** How many requests have come since the last time. */
  taken(): number;
}

/** A gate before the server at `target`, an origin; it is open. */
export function startGate(target: string): Gate {
  let mode: GateMode = "pass";
  let opened = Promise.withResolvers<void>();
  let arrived = Promise.withResolvers<void>();
  let count = 0;

  /** Keeps no connection: one that is open keeps a server from ending. */
  const client = Deno.createHttpClient({ poolMaxIdlePerHost: 0 });
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    async (request) => {
      count++;
      const { method, headers } = request;
      const { pathname, search } = new URL(request.url);
      const body = method === "GET" ? undefined : await request.arrayBuffer();
      if (mode === "refuse") return new Response(null, { status: 503 });
      if (mode === "hold") {
        arrived.resolve();
        await opened.promise;
      }
      const answer = await fetch(`${target}${pathname}${search}`, {
        method,
        headers: typeOf(headers),
        body,
        client,
      });
      const { status } = answer;
      return new Response(await answer.arrayBuffer(), { status, headers: typeOf(answer.headers) });
    },
  );
  return {
    url: `http://127.0.0.1:${server.addr.port}`,
    turn(next) {
      mode = next;
      if (mode === "pass") opened.resolve();
      if (mode !== "hold") return;
      opened = Promise.withResolvers();
      arrived = Promise.withResolvers();
    },
    waiting: () => arrived.promise,
    taken() {
      const taken = count;
      count = 0;
      return taken;
    },
    async [Symbol.asyncDispose]() {
      opened.resolve();
      await server.shutdown();
      client.close();
    },
  };
}

/** What must go on of the headers: others are about one connection. */
const typeOf = (headers: Headers): Record<string, string> => {
  const type = headers.get("content-type");
  return type === null ? {} : { "content-type": type };
};
