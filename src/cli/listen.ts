import { createApp } from "../app.ts";
import type { ListenAddress } from "../config.ts";
import type { Services } from "../services.ts";
import { CommandError } from "./errors.ts";

/**
 * A server that answers; disposing of it lets the requests under way come to their end. Those that
 * take too long end with the process.
 */
export interface Listener extends AsyncDisposable {
  /** Of the address in fact, without a slash at its end. */
  readonly url: string;
}

/** How long requests that are under way may take when the server stops. */
const patienceMs = 10_000;

/** Answers from now on. Throws where the address can't be had. */
export function startListening(services: Services): Listener {
  const app = createApp(services);
  const { log, config: { listen } } = services;
  const server = bound(listen, () =>
    Deno.serve({
      ...listen,
      onListen: () => {},
      onError(error) {
        log("error", "request-failed", { error });
        return new Response(null, { status: 500 });
      },
    }, (request, { remoteAddr }) => app.fetch(request, { remoteAddress: remoteAddr.hostname })));
  return {
    url: `http://${authority(server.addr)}`,
    async [Symbol.asyncDispose]() {
      const patience = Promise.withResolvers<void>();
      const timer = setTimeout(() => {
        log("warn", "requests-abandoned");
        patience.resolve();
      }, patienceMs);
      await Promise.race([server.shutdown(), patience.promise]);
      clearTimeout(timer);
    },
  };
}

function bound<T>(address: ListenAddress, listen: () => T): T {
  try {
    return listen();
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    throw new CommandError(`can't listen on ${authority(address)}: ${error.message}`);
  }
}

const authority = ({ hostname, port }: ListenAddress): string =>
  `${hostname.includes(":") ? `[${hostname}]` : hostname}:${port}`;
