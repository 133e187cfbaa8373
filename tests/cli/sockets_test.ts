import { assert, assertEquals } from "@std/assert";
import { openSockets, peerKey } from "../../src/cli/sockets.ts";

const ignore = Deno.build.os !== "linux";

/** A listener, and what there is of its connections. */
function listening(hostname: string) {
  const listener = Deno.listen({ hostname, port: 0 });
  const sockets = openSockets();
  assert(sockets !== undefined);
  return {
    listener,
    port: listener.addr.port,
    sockets,
    accepted: () => sockets.accepted(listener.addr.port),
    [Symbol.dispose]() {
      sockets[Symbol.dispose]();
      listener.close();
    },
  };
}

const addresses = [
  { on: "127.0.0.1", from: "127.0.0.1" },
  { on: "::1", from: "::1" },
  { on: "::", from: "127.0.0.1" },
];

for (const { on, from } of addresses) {
  Deno.test({
    name: `sockets: a client of ${on} from ${from} is named as Deno names it`,
    ignore,
    async fn() {
      using place = listening(on);
      using client = await Deno.connect({ hostname: from, port: place.port });
      using server = await place.listener.accept();
      const { hostname, port } = server.remoteAddr;
      const peers = place.accepted().map(({ peer }) => peer);
      assertEquals(peers, [peerKey(hostname, port)]);
      assertEquals(port, client.localAddr.port);
    },
  });
}

Deno.test({
  name: "sockets: all connections are found, however many, and only those of the port",
  ignore,
  async fn() {
    using place = listening("127.0.0.1");
    using other = listening("127.0.0.1");
    const open: Deno.TcpConn[] = [];
    for (let count = 0; count < 800; count++) {
      open.push(await Deno.connect({ port: place.port }), await place.listener.accept());
    }
    assertEquals(new Set(place.accepted().map(({ peer }) => peer)).size, 800);
    assertEquals(other.accepted(), []);
    for (const connection of open) connection.close();
    assertEquals(place.accepted(), []);
  },
});

Deno.test({
  name: "sockets: one that is cut ends on both sides",
  ignore,
  async fn() {
    using place = listening("127.0.0.1");
    using client = await Deno.connect({ port: place.port });
    using server = await place.listener.accept();
    place.accepted().forEach(place.sockets.cut);
    assertEquals(await client.read(new Uint8Array(1)), null);
    assertEquals(await server.read(new Uint8Array(1)), null);
  },
});

Deno.test({
  name: "sockets: what is written to one taken in a hurry goes out at once",
  ignore,
  async fn() {
    using place = listening("127.0.0.1");
    place.sockets.listening(place.port).forEach(place.sockets.hurry);
    using _client = await Deno.connect({ port: place.port });
    using _server = await place.listener.accept();
    assertEquals(place.accepted().map(({ fd }) => hasNoDelay(fd)), [true]);
  },
});

/** Whether TCP_NODELAY is set, as the system tells. */
function hasNoDelay(fd: number): boolean {
  const libc = Deno.dlopen("libc.so.6", {
    getsockopt: { parameters: ["i32", "i32", "i32", "buffer", "buffer"], result: "i32" },
  });
  const [ipprotoTcp, tcpNodelay] = [6, 1];
  const value = new Uint32Array(1);
  libc.symbols.getsockopt(fd, ipprotoTcp, tcpNodelay, value, Uint32Array.of(value.byteLength));
  libc.close();
  return value[0] !== 0;
}
