import { type Accepted, peerKey, type Sockets } from "./sockets.ts";

/**
 * Ends the connections whose client does not send a request's head to its end, or does not finish the
 * TLS handshake: Deno.serve waits for both without end. Connections that wait for another request,
 * and those with a request under way, however slow, are left alone.
 */
export interface HeadWatch extends Disposable {
  /** A request has come on the connection with this client; call the result once it is answered. */
  begin(address: string, port: number): () => void;
  /**
   * The server is about to end: from now on clients have this time, and connections on which nothing
   * happens for so long are ended, too.
   */
  hurry(timeoutMs: number): void;
}

export interface HeadWatchOptions {
  readonly sockets: Pick<Sockets, "accepted" | "cut">;
  /** Where the server listens. */
  readonly port: number;
  /** How long a head may take; it is noticed up to an eighth later. */
  readonly timeoutMs: number;
  /** So many were ended. */
  readonly onCut: (count: number) => void;
}

/**
 * The sockets are looked at some times in that time, so a request costs no more than a place in a
 * map. Over HTTP/2, where the client's last word may be an acknowledgement, a connection may also be
 * ended that waits for another request; clients open a new one.
 */
export function watchHeads({ sockets, port, timeoutMs, onCut }: HeadWatchOptions): HeadWatch {
  const clients = new Map<string, Client>();
  const every = (timeoutMs: number) => setInterval(look, timeoutMs / looksPerTimeout);
  let timer = every(timeoutMs);
  let inHurry = false;

  function look() {
    const connections = sockets.accepted(port);
    const late = connections.filter(isLate);
    late.forEach(sockets.cut);
    if (late.length > 0) onCut(late.length);
    forgetAllBut(new Set(connections.map(({ peer }) => peer)));
  }

  /** Looks are counted, not time: while the event loop stood still, nobody could be heard. */
  function isLate({ peer, unanswered, resting }: Accepted): boolean {
    const client = clientAt(peer);
    const isWaitedFor = client.underWay === 0 &&
      (unanswered || !client.hasAsked || inHurry && resting);
    client.looks = isWaitedFor ? client.looks + 1 : 0;
    return client.looks > looksPerTimeout;
  }

  function clientAt(peer: string): Client {
    let client = clients.get(peer);
    if (client === undefined) {
      client = { underWay: 0, hasAsked: false, looks: 0 };
      clients.set(peer, client);
    }
    return client;
  }

  function forgetAllBut(peers: ReadonlySet<string>) {
    for (const [peer, { underWay }] of clients) {
      if (underWay === 0 && !peers.has(peer)) clients.delete(peer);
    }
  }

  return {
    begin(address, port) {
      const client = clientAt(peerKey(address, port));
      client.hasAsked = true;
      client.underWay++;
      return () => {
        client.underWay--;
      };
    },
    hurry(timeoutMs) {
      inHurry = true;
      clearInterval(timer);
      timer = every(timeoutMs);
    },
    [Symbol.dispose]: () => clearInterval(timer),
  };
}

const looksPerTimeout = 8;

/** What is known of the client's end of a connection. */
interface Client {
  /** Requests that are not answered yet. */
  underWay: number;
  /** A head has come to its end. */
  hasAsked: boolean;
  /** How often in a row it was seen that a head is waited for. */
  looks: number;
}
