import type { ListenAddress } from "../config.ts";
import { CommandError } from "./errors.ts";
import type { KeyPair } from "./key_pair.ts";
import type { Sockets } from "./sockets.ts";

/** A place where clients are answered. */
export interface Front {
  readonly addr: Deno.NetAddr;
  /**
   * Takes no more connections, and settles when all that was asked is answered. Those that it has
   * may linger for a while, ended by each answer; then it waits until no request is under way, at
   * most for the time of patience. Where `sockets` are unknown, it takes connections meanwhile.
   */
  end(times: { readonly patienceMs: number; readonly lingerMs: number }): Promise<void>;
}

export interface FrontOptions {
  readonly address: ListenAddress;
  /** With it, over TLS. */
  readonly pair?: KeyPair;
  /** Whether the address has other fronts, here or in other processes. */
  readonly shared: boolean;
  readonly answer: (request: Request, client: Deno.NetAddr) => Response | Promise<Response>;
  readonly onError: (error: unknown) => void;
  readonly sockets: Sockets | undefined;
}

/** @throws {CommandError} The address can't be had. */
export function openFront(
  { address, pair, shared, answer, onError, sockets }: FrontOptions,
): Front {
  const others = new Set(sockets?.listening(address.port));
  let ending = false;
  let underWay = 0;
  let quiet = Promise.withResolvers<void>();
  let shutDown: Promise<void> | undefined;

  const server = bound(address, () =>
    Deno.serve({
      ...address,
      ...pair,
      reusePort: shared,
      onListen: () => {},
      onError(error) {
        onError(error);
        return new Response(null, { status: 500 });
      },
    }, async (request, { remoteAddr }) => {
      underWay++;
      try {
        const response = await answer(request, remoteAddr);
        if (ending) response.headers.set("connection", "close");
        return response;
      } finally {
        if (--underWay === 0) {
          quiet.resolve();
          quiet = Promise.withResolvers();
        }
      }
    }));

  const own = sockets?.listening(server.addr.port).filter((fd) => !others.has(fd)) ?? [];
  for (const fd of own) sockets?.hurry(fd);

  return {
    addr: server.addr,
    async end({ patienceMs, lingerMs }) {
      ending = true;
      await pause(0); // So that it takes those that have connected by now.
      for (const fd of own.splice(0)) sockets?.silence(fd);
      // When it shuts down, Deno 2.4 never answers what it has read by then and not handed on, and
      // Deno 2.9 breaks off what is being uploaded.
      await pause(lingerMs);
      if (underWay > 0) await within(patienceMs, quiet.promise);
      await (shutDown ??= server.shutdown());
    },
  };
}

/**
 * Two servers on one address would share its clients, silently.
 *
 * @throws {CommandError}
 */
export function refuseTaken(address: ListenAddress): void {
  bound(address, () => Deno.listen({ ...address })).close();
}

/** An address that nobody else gets until others of ours have it. */
export interface Reservation extends Disposable {
  /** With the port in fact. */
  readonly address: ListenAddress;
  readonly release: () => void;
}

/** @throws {CommandError} The address can't be had. */
export function reserve(address: ListenAddress): Reservation {
  refuseTaken(address);
  const listener = bound(address, () => Deno.listen({ ...address, reusePort: true }));
  let isHeld = true;
  const release = () => {
    if (isHeld) listener.close();
    isHeld = false;
  };
  return {
    address: { ...address, port: listener.addr.port },
    release,
    [Symbol.dispose]: release,
  };
}

/** As in a URL. */
export const authority = ({ hostname, port }: ListenAddress): string =>
  `${hostname.includes(":") ? `[${hostname}]` : hostname}:${port}`;

const pause = (timeMs: number) => new Promise<void>((resolve) => setTimeout(resolve, timeMs));

/** Whether the work ends in this time. */
export async function within(timeMs: number, work: Promise<unknown>): Promise<boolean> {
  const { promise: late, resolve } = Promise.withResolvers<boolean>();
  const timer = setTimeout(resolve, timeMs, false);
  const inTime = await Promise.race([work.then(() => true), late]);
  clearTimeout(timer);
  return inTime;
}

function bound<T>(address: ListenAddress, listen: () => T): T {
  try {
    return listen();
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    throw new CommandError(`can't listen on ${authority(address)}: ${error.message}`);
  }
}
