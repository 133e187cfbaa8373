import { X509Certificate } from "node:crypto";

/** When the certificate of a server ends; UTC epoch milliseconds. */
export interface CertificateFacts {
  readonly endsMs: number;
}

const patienceMs = 10_000;

/**
 * Asks a server for its certificate by the beginning of a TLS 1.2 handshake, in which that is
 * not encrypted: Deno itself tells nothing of a peer's certificate. Whether it is valid is
 * another question.
 *
 * @returns Undefined where the server wants TLS 1.3.
 */
export async function askCertificate(
  hostname: string,
  port: number,
): Promise<CertificateFacts | undefined> {
  using connection = await Deno.connect({ hostname, port });
  const timer = setTimeout(() => connection.close(), patienceMs);
  try {
    const writer = connection.writable.getWriter();
    await writer.write(clientHello(hostname));
    const certificate = await certificateIn(connection.readable);
    return certificate && { endsMs: endOf(certificate) };
  } finally {
    clearTimeout(timer);
  }
}

/** @param certificate PEM or DER. */
export const endOf = (certificate: string | Uint8Array): number =>
  Date.parse(
    new X509Certificate(
      typeof certificate === "string" ? certificate : pemOf(certificate),
    ).validTo,
  );

const pemOf = (der: Uint8Array): string =>
  `-----BEGIN CERTIFICATE-----\n${
    btoa(Array.from(der, (byte) => String.fromCharCode(byte)).join("")).replace(/.{64}/g, "$&\n")
  }\n-----END CERTIFICATE-----\n`;

/** RFC 5246 §7.4.1.2, with the extensions without which servers hang up. */
function clientHello(hostname: string): Uint8Array<ArrayBuffer> {
  const name = new TextEncoder().encode(hostname);
  const isName = !/^[\d.]+$|:/.test(hostname);
  const extensions = [
    ...(isName ? extension(0, counted(2, [0, ...counted(2, [...name])])) : []),
    ...extension(10, counted(2, groups.flatMap(word))),
    ...extension(11, counted(1, [0])),
    ...extension(13, counted(2, signatures.flatMap(word))),
    ...extension(23, []),
    ...extension(0xff01, [0]),
  ];
  const hello = [
    ...word(tls12),
    ...crypto.getRandomValues(new Uint8Array(32)),
    0,
    ...counted(2, suites.flatMap(word)),
    ...counted(1, [0]),
    ...counted(2, extensions),
  ];
  const message = [handshakeTypes.clientHello, ...counted(3, hello)];
  return Uint8Array.from([recordTypes.handshake, ...word(0x0301), ...counted(2, message)]);
}

const tls12 = 0x0303;
const recordTypes = { handshake: 22 } as const;
const handshakeTypes = { clientHello: 1, certificate: 11 } as const;

/** ECDHE with ECDSA and RSA, and plain RSA, with AES-GCM, ChaCha20 and AES-CBC. */
const suites = [0xc02b, 0xc02f, 0xc02c, 0xc030, 0xcca9, 0xcca8, 0xc009, 0xc013, 0x9c, 0x9d, 0x2f];
const groups = [0x001d, 0x0017, 0x0018, 0x0019];
const signatures = [0x0403, 0x0503, 0x0603, 0x0807, 0x0804, 0x0805, 0x0806, 0x0401, 0x0501, 0x0601];

const word = (number: number): number[] => [number >> 8, number & 0xff];

/** Behind their number, in so many bytes. */
const counted = (width: 1 | 2 | 3, bytes: readonly number[]): number[] => [
  ...[16, 8, 0].slice(3 - width).map((shift) => bytes.length >> shift & 0xff),
  ...bytes,
];

const extension = (type: number, content: readonly number[]): number[] => [
  ...word(type),
  ...counted(2, content),
];

/** The first certificate of the message of that name; undefined: the server says something else. */
async function certificateIn(
  stream: ReadableStream<Uint8Array>,
): Promise<Uint8Array | undefined> {
  let records = new Uint8Array();
  let handshake = new Uint8Array();
  for await (const chunk of stream) {
    records = joined(records, chunk);
    while (records.length >= 5 && records.length >= 5 + numberAt(records, 3, 2)) {
      const end = 5 + numberAt(records, 3, 2);
      if (records[0] !== recordTypes.handshake) return undefined;
      handshake = joined(handshake, records.subarray(5, end));
      records = records.slice(end);
    }
    while (handshake.length >= 4 && handshake.length >= 4 + numberAt(handshake, 1, 3)) {
      const end = 4 + numberAt(handshake, 1, 3);
      if (handshake[0] === handshakeTypes.certificate) {
        return handshake.slice(10, 10 + numberAt(handshake, 7, 3));
      }
      handshake = handshake.slice(end);
    }
    if (records.length + handshake.length > handshakeBytes) return undefined;
  }
  return undefined;
}

/** More than any chain of certificates has. */
const handshakeBytes = 256 * 1024;

const joined = (a: Uint8Array, b: Uint8Array): Uint8Array<ArrayBuffer> => {
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
};

const numberAt = (bytes: Uint8Array, at: number, width: 2 | 3): number =>
  bytes.subarray(at, at + width).reduce((number, byte) => number * 256 + byte, 0);
