/** What a reverse proxy does that it should not. */
export interface Faults {
  /** Methods that it answers by itself, with their status. */
  readonly swallows?: Readonly<Record<string, number>>;
  /** Changes the headers of a request. */
  readonly asks?: (headers: Headers) => void;
  /** Bodies of these methods do not arrive. */
  readonly emptied?: readonly string[];
  /** The largest body that it passes. */
  readonly bodyBytes?: number;
  readonly path?: (path: string) => string;
  /** Changes the headers of an answer. */
  readonly answers?: (headers: Headers) => void;
  /** Answers all by itself. */
  readonly instead?: (request: Request) => Response | undefined;
}

export interface ReverseProxy extends AsyncDisposable {
  readonly url: string;
  /** Where requests go to from now on, and what goes wrong on the way. */
  to(upstream: string, faults?: Faults): void;
}

/** A small reverse proxy on a port of its own. */
export function startProxy(): ReverseProxy {
  let upstream = "";
  let faults: Faults = {};
  const client = Deno.createHttpClient({});
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (request) => {
    const body = await request.bytes();
    const own = answerOf(request, body, faults);
    if (own) return own;
    const path = request.url.slice(new URL(request.url).origin.length);
    const headers = new Headers(request.headers);
    for (const name of ["host", "content-length", "accept-encoding"]) headers.delete(name);
    faults.asks?.(headers);
    const hasBody = body.length > 0 && !faults.emptied?.includes(request.method);
    const response = await fetch(upstream + (faults.path?.(path) ?? path), {
      method: request.method,
      headers,
      body: hasBody ? body : undefined,
      client,
      redirect: "manual",
    });
    const answered = new Headers(response.headers);
    faults.answers?.(answered);
    const { status } = response;
    const empty = status === 204 || status === 304;
    const bytes = await response.bytes();
    return new Response(empty ? null : bytes, { status, headers: answered });
  });
  return {
    url: `http://127.0.0.1:${server.addr.port}`,
    to(url, given = {}) {
      upstream = url;
      faults = given;
    },
    async [Symbol.asyncDispose]() {
      await server.shutdown();
      client.close();
    },
  };
}

/** What it answers without asking anybody. */
function answerOf(
  request: Request,
  body: Uint8Array,
  { swallows = {}, bodyBytes = Infinity, instead }: Faults,
): Response | undefined {
  const headers = { server: "small/1.0" };
  const status = swallows[request.method];
  if (status !== undefined) return new Response("no such method\n", { status, headers });
  if (body.length > bodyBytes) return new Response("too large\n", { status: 413, headers });
  return instead?.(request);
}
