import { createSocket } from "node:dgram";

export interface SrvRecord {
  readonly port: number;
  /** Without a dot at its end. */
  readonly target: string;
}

/** Of one name. */
export interface Records {
  readonly srv?: SrvRecord;
  readonly txt?: string;
  /** IPv4, byte by byte. */
  readonly a?: readonly number[];
}

export interface NameServer extends AsyncDisposable {
  /** As `--dns` takes it. */
  readonly address: string;
}

/** A name server on loopback that knows some records of some names, and nothing else. */
export async function startNameServer(
  names: Readonly<Record<string, Records>>,
): Promise<NameServer> {
  const socket = createSocket("udp4");
  socket.on("message", (query: Uint8Array, { port, address }) => {
    socket.send(answerTo(query, names), port, address);
  });
  await new Promise<void>((resolve) => socket.bind(0, "127.0.0.1", resolve));
  return {
    address: `127.0.0.1:${socket.address().port}`,
    [Symbol.asyncDispose]: () => new Promise<void>((resolve) => void socket.close(() => resolve())),
  };
}

const types = { a: 1, txt: 16, srv: 33 } as const;

/** RFC 1035 §4: the question again, and the one record for it, or NXDOMAIN. */
function answerTo(
  query: Uint8Array,
  names: Parameters<typeof startNameServer>[0],
): Uint8Array<ArrayBuffer> {
  const labels: string[] = [];
  let at = 12;
  for (let length = query[at] ?? 0; length > 0; length = query[at] ?? 0) {
    labels.push(new TextDecoder().decode(query.subarray(at + 1, at + 1 + length)));
    at += 1 + length;
  }
  const end = at + 5;
  const type = query[at + 2];
  const found = names[labels.join(".").toLowerCase()];
  const data = found &&
    (type === types.srv
      ? found.srv && [0, 0, 0, 1, ...word(found.srv.port), ...encoded(found.srv.target)]
      : type === types.txt
      ? found.txt && counted(found.txt)
      : type === types.a
      ? found.a
      : undefined);
  const record = data === undefined
    ? []
    : [0xc0, 12, 0, type ?? 0, 0, 1, 0, 0, 14, 16, ...word(data.length), ...data];
  return Uint8Array.from([
    ...query.subarray(0, 2),
    0x84,
    found === undefined ? 3 : 0,
    0,
    1,
    0,
    record.length > 0 ? 1 : 0,
    0,
    0,
    0,
    0,
    ...query.subarray(12, end),
    ...record,
  ]);
}

const word = (number: number): number[] => [number >> 8, number & 0xff];
const counted = (text: string): number[] => [text.length, ...new TextEncoder().encode(text)];
const encoded = (name: string): number[] => [...name.split(".").flatMap(counted), 0];
