import { event } from "../fixtures/events.ts";

/** A body that is made while it is sent, however large it is. */
export interface Pieces {
  readonly sizeBytes: number;
  /** Always the same. */
  pieces(): Generator<Uint8Array, void, void>;
}

/**
 * An event with attachments of about so many bytes each, as BASE64 in lines of 75 octets. What is in
 * them differs by UID, attachment and place, so that nothing is mistaken for anything else.
 */
export function eventWith(
  { uid, attachments = 1, attachmentBytes }: {
    readonly uid: string;
    readonly attachments?: number;
    readonly attachmentBytes: number;
  },
): Pieces {
  const begin = "ATTACH;FMTTYPE=image/png;ENCODING=BASE64;VALUE=BINARY:";
  const [head = "", tail = ""] = event({ uid, lines: ["@"] }).split("@\r\n");
  const lines = Math.ceil(attachmentBytes / lineContentBytes);
  const attachment = begin.length + lines * line.length + 2;
  const pieces = function* () {
    yield utf8.encode(head);
    for (let number = 0; number < attachments; number++) {
      yield utf8.encode(begin);
      for (let done = 0; done < lines; done += blockLines) {
        const block = template.slice(0, Math.min(lines - done, blockLines) * line.length);
        block.set(utf8.encode(markOf(uid, number, done)), 3);
        yield block;
      }
      yield utf8.encode("\r\n");
    }
    yield utf8.encode(tail);
  };
  return { sizeBytes: head.length + tail.length + attachments * attachment, pieces };
}

/** As many bytes as that, that differ from place to place. */
export function fileOf(sizeBytes: number): Pieces {
  const pieces = function* () {
    for (let done = 0; done < sizeBytes; done += template.length) {
      const block = template.slice(0, sizeBytes - done);
      block.set(utf8.encode(markOf("file", 0, done)).subarray(0, block.length - 3), 3);
      yield block;
    }
  };
  return { sizeBytes, pieces };
}

/** Fails where the stream is anything else than these bytes, from `from` on. */
export async function assertSameBytes(
  stream: AsyncIterable<Uint8Array> | null,
  { sizeBytes, pieces }: Pieces,
  from = 0,
): Promise<void> {
  const expected = pieces();
  let piece: Uint8Array = new Uint8Array();
  for (let left = from; left > 0;) {
    piece = expected.next().value ?? piece;
    const skipped = Math.min(left, piece.length);
    piece = piece.subarray(skipped);
    left -= skipped;
  }
  let at = from;
  for await (let bytes of stream ?? []) {
    while (bytes.length > 0) {
      if (piece.length === 0) piece = expected.next().value ?? piece;
      if (piece.length === 0) throw new Error(`there is more than ${sizeBytes} bytes`);
      const length = Math.min(piece.length, bytes.length);
      for (let index = 0; index < length; index++) {
        if (bytes[index] !== piece[index]) throw new Error(`byte ${at + index} differs`);
      }
      at += length;
      piece = piece.subarray(length);
      bytes = bytes.subarray(length);
    }
  }
  if (at !== sizeBytes) throw new Error(`it ends after ${at} of ${sizeBytes} bytes`);
}

const utf8 = new TextEncoder();
const line = "\r\n " +
  "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWZnaGlqa2xtbm9wcXJzdHV2d3h5ejAxMjM0"
    .slice(0, 72);
const lineContentBytes = 54;
const blockLines = 800;
const template = utf8.encode(line.repeat(blockLines));

/** Of characters that BASE64 has. */
const markOf = (uid: string, number: number, done: number): string =>
  `${uid}/${number}/${done}/`.replaceAll(/[^A-Za-z0-9/]/g, "+").padEnd(40, "x").slice(0, 60);
