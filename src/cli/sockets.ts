/** A TCP connection that a client has made to us. */
export interface Accepted {
  readonly fd: number;
  /** Address and port of the client, as {@linkcode peerKey} writes them. */
  readonly peer: string;
  /**
   * Whether the last bytes on it came from the client, and nothing went out after them. What comes
   * within a tick of the kernel's clock, some 4 ms, of what goes out counts as answered.
   */
  readonly unanswered: boolean;
  /** Whether the client has got all that was sent to it so far. */
  readonly resting: boolean;
}

/** The sockets of this process as the system knows them. */
export interface Sockets extends Disposable {
  /** The connections to a local port, as of now. */
  accepted(port: number): Accepted[];
  /**
   * Ends a connection, as if the client had: its owner reads the end of the stream. Sound only in the
   * turn of the event loop that `accepted` was called in, as the number may be another's afterwards.
   */
  cut(connection: Accepted): void;
  /** The sockets that listen on a local port, by their numbers. */
  listening(port: number): number[];
  /**
   * From now on, what is written to connections that this socket takes goes out at once
   * (TCP_NODELAY). Deno 2.4 lets an answer in several pieces wait 40 ms for an acknowledgement.
   */
  hurry(fd: number): void;
  /**
   * Closes a socket that listens, unknown to its owner, who will hear of no more connections; those
   * that it has go on. Sound in the same turn only, too.
   */
  silence(fd: number): void;
}

/** One text for each client's end of a connection. `address` as Deno writes it. */
export const peerKey = (address: string, port: number): string => `${address} ${port}`;

/**
 * The sockets of this process, which Deno does not tell of. Undefined where there is no way to ask
 * for them: elsewhere than on Linux with glibc.
 */
export function openSockets(): Sockets | undefined {
  if (Deno.build.os !== "linux") return undefined;
  let libc: ReturnType<typeof openLibc>;
  try {
    libc = openLibc();
  } catch {
    return undefined;
  }
  const { symbols } = libc;
  const info = new Uint32Array(64);
  const state = new Uint8Array(info.buffer, 0, 1);
  const near = new Uint8Array(socketAddressBytes);
  const far = new Uint8Array(socketAddressBytes);
  const length = new Uint32Array(1);

  /** Whether the call filled `into`. */
  const filled = (
    call: (fd: number, into: Uint8Array<ArrayBuffer>, length: Uint32Array<ArrayBuffer>) => number,
    fd: number,
    into: Uint8Array<ArrayBuffer>,
  ): boolean => {
    length[0] = into.byteLength;
    return call(fd, into, length) === 0;
  };

  /** Whether it is a TCP socket in this state, with this port at our end. */
  function isAt(fd: number, wanted: number, port: number): boolean {
    length[0] = info.byteLength;
    return symbols.getsockopt(fd, ipprotoTcp, tcpInfo, info, length) === 0 &&
      state[0] === wanted && filled(symbols.getsockname, fd, near) && portIn(near) === port;
  }

  function connectionAt(fd: number, port: number): Accepted[] {
    if (!isAt(fd, established, port) || !filled(symbols.getpeername, fd, far)) return [];
    const [sentAgo = 0, receivedAgo = 0] = [info[lastDataSent], info[lastDataReceived]];
    return [{
      fd,
      peer: peerKey(addressIn(far), portIn(far)),
      unanswered: receivedAgo < sentAgo,
      resting: info[unacknowledged] === 0 && info[notSent] === 0,
    }];
  }

  return {
    accepted: (port) => openFiles(symbols).flatMap((fd) => connectionAt(fd, port)),
    cut({ fd }) {
      symbols.shutdown(fd, bothWays);
    },
    listening: (port) => openFiles(symbols).filter((fd) => isAt(fd, listen, port)),
    hurry(fd) {
      const yes = Uint32Array.of(1);
      symbols.setsockopt(fd, ipprotoTcp, tcpNodelay, yes, yes.byteLength);
    },
    silence(fd) {
      const nothing = symbols.open(nullFile, readOnly);
      if (nothing >= 0) symbols.dup2(nothing, fd);
      symbols.close(nothing);
    },
    [Symbol.dispose]: () => libc.close(),
  };
}

/** From the headers of Linux; they are the same on all machines that Deno is made for. */
const ipprotoTcp = 6;
const tcpNodelay = 1;
const tcpInfo = 11;
const established = 1;
const listen = 10;
const bothWays = 2;
const inet = 2;
const readOnly = 0;
const socketAddressBytes = 28;

/** Places in `struct tcp_info`, in words: segments, milliseconds since, bytes. */
const unacknowledged = 6;
const lastDataSent = 11;
const lastDataReceived = 13;
const notSent = 36;

const openLibc = () =>
  Deno.dlopen("libc.so.6", {
    getsockopt: { parameters: ["i32", "i32", "i32", "buffer", "buffer"], result: "i32" },
    setsockopt: { parameters: ["i32", "i32", "i32", "buffer", "u32"], result: "i32" },
    getsockname: { parameters: ["i32", "buffer", "buffer"], result: "i32" },
    getpeername: { parameters: ["i32", "buffer", "buffer"], result: "i32" },
    shutdown: { parameters: ["i32", "i32"], result: "i32" },
    open: { parameters: ["buffer", "i32"], result: "i32" },
    getdents64: { parameters: ["i32", "buffer", "usize"], result: "isize" },
    close: { parameters: ["i32"], result: "i32" },
    dup2: { parameters: ["i32", "i32"], result: "i32" },
  });

/** The numbers of all open files. Deno itself lets a program read /proc only if it may do anything. */
function openFiles(
  { open, getdents64, close }: ReturnType<typeof openLibc>["symbols"],
): number[] {
  const folder = open(openFilesFolder, readOnly);
  if (folder < 0) return [];
  const page = new Uint8Array(32 * 1024);
  const found: number[] = [];
  for (;;) {
    const size = Number(getdents64(folder, page, BigInt(page.length)));
    if (size <= 0) break;
    found.push(...numbersIn(page.subarray(0, size)));
  }
  close(folder);
  return found.filter((fd) => fd !== folder);
}

const openFilesFolder = new TextEncoder().encode("/proc/self/fd\0");
const nullFile = new TextEncoder().encode("/dev/null\0");

/** The names in a page of `struct linux_dirent64`, as far as they are numbers. */
function numbersIn(page: Uint8Array<ArrayBuffer>): number[] {
  const view = new DataView(page.buffer, page.byteOffset, page.byteLength);
  const found: number[] = [];
  for (let at = 0; at < page.length; at += view.getUint16(at + 16, littleEndian)) {
    let number = 0;
    let place = at + 19;
    for (; isDigit(page[place]); place++) number = number * 10 + (page[place] ?? 0) - zero;
    if (page[place] === 0 && place > at + 19) found.push(number);
  }
  return found;
}

const zero = 0x30;
const isDigit = (byte = 0): boolean => byte >= zero && byte < zero + 10;

const littleEndian = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

const portIn = (address: Uint8Array<ArrayBuffer>): number =>
  new DataView(address.buffer).getUint16(2);

/** The IP address in a `struct sockaddr_in` or `sockaddr_in6`, in the form of RFC 5952. */
function addressIn(address: Uint8Array<ArrayBuffer>): string {
  const [family] = new Uint16Array(address.buffer, 0, 1);
  if (family === inet) return address.subarray(4, 8).join(".");
  const view = new DataView(address.buffer, 8, 16);
  const groups = Array.from({ length: 8 }, (_, index) => view.getUint16(2 * index));
  const isMapped = groups.slice(0, 6).join() === "0,0,0,0,0,65535";
  if (isMapped) return `::ffff:${address.subarray(20, 24).join(".")}`;
  const text = groups.map((group) => group.toString(16)).join(":");
  return new URL(`http://[${text}]`).hostname.slice(1, -1);
}
