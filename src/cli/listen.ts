import { createApp } from "../app.ts";
import type { Services } from "../services.ts";
import { authority, type Front, openFront, refuseTaken, within } from "./front.ts";
import { type HeadWatch, watchHeads } from "./head_watch.ts";
import { type KeyPair, keyPairFiles, readKeyPair, watchKeyPair } from "./key_pair.ts";
import { releasingSent } from "../http/releasing.ts";
import type { Sockets } from "./sockets.ts";

/**
 * A server that answers; disposing of it lets the requests under way come to their end, and refuses
 * others. Those that take too long end with the process.
 */
export interface Listener extends AsyncDisposable {
  /** Of the address in fact, without a slash at its end. */
  readonly url: string;
}

/** How long requests that are under way may take when the server stops, and their heads. */
const stop = { lingerMs: 200, patienceMs: 10_000, headMs: 2_000 };

/** The same for connections whose certificate was replaced. */
const renewal = { lingerMs: 60_000, patienceMs: 60 * 60_000 };

export interface ListenOptions {
  /** Whether other processes have the address as well. */
  readonly shared?: boolean;
  /** Without them nobody is timed out. */
  readonly sockets: Sockets | undefined;
  /** Is told how many connections were ended, as no request came. */
  readonly onCut: (count: number) => void;
}

/**
 * Answers from now on, over TLS where the settings name a certificate.
 *
 * @throws {CommandError} The address can't be had, or the certificate not be used.
 */
export async function startListening(
  services: Services,
  { shared = false, sockets, onCut }: ListenOptions,
): Promise<Listener> {
  const { log, config } = services;
  const app = createApp(services);
  let heads: HeadWatch | undefined = undefined;
  let stopping = false;

  async function answer(request: Request, { hostname, port }: Deno.NetAddr): Promise<Response> {
    if (stopping) return gone();
    const answered = heads?.begin(hostname, port);
    try {
      return releasingSent(await app.fetch(request, { remoteAddress: hostname }));
    } finally {
      answered?.();
    }
  }

  const files = keyPairFiles(config);
  const pair = files && await readKeyPair(files);
  if (pair !== undefined && !shared) refuseTaken(config.listen);

  const open = (port: number, pair?: KeyPair) =>
    openFront({
      address: { ...config.listen, port },
      pair,
      shared: shared || pair !== undefined,
      answer,
      onError: (error) => log("error", "request-failed", { error }),
      sockets,
    });
  let front = open(config.listen.port, pair);
  const { addr } = front;
  const retired = new Set<Front>();

  /** For a moment there are two fronts, as the old one answers what it was asked. */
  function renew(pair: KeyPair) {
    const old = front;
    front = open(addr.port, pair);
    retired.add(old);
    old.end(renewal).then(() => retired.delete(old));
  }

  const watch = files && pair && watchKeyPair({ files, pair, use: renew, log });
  if (sockets !== undefined && config.headSeconds > 0) {
    heads = watchHeads({
      sockets,
      port: addr.port,
      timeoutMs: config.headSeconds * 1000,
      onCut(count) {
        onCut(count);
        log("info", "connections-cut", { count });
      },
    });
  }

  return {
    url: `${pair === undefined ? "http" : "https"}://${authority(addr)}`,
    async [Symbol.asyncDispose]() {
      await watch?.[Symbol.asyncDispose]();
      stopping = true;
      heads?.hurry(stop.headMs);
      const ended = Promise.all([front, ...retired].map((one) => one.end(stop)));
      if (!await within(stop.patienceMs, ended)) log("warn", "requests-abandoned");
      heads?.[Symbol.dispose]();
    },
  };
}

/** To those who come too late. */
const gone = () =>
  new Response("davit is stopping\n", {
    status: 503,
    headers: { "retry-after": "1" },
  });
