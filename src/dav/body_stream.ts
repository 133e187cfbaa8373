import type { BlobPart, StoredObject } from "../model.ts";
import { limits } from "../limits.ts";
import { FleetingStream } from "../http/fleeting_stream.ts";
import type { ByteRange } from "../http/range.ts";
import type { Store } from "../store/store.ts";

type Content = Pick<StoredObject, "body" | "blobs">;

const utf8 = new TextEncoder();

/** The bytes of an object: at once where they are all in its row, else as they are read. */
export function bodyStream(content: Content, store: Store, range: ByteRange = all): BodyInit {
  const body = typeof content.body === "string" ? utf8.encode(content.body) : content.body;
  if (content.blobs.length === 0) {
    return body.subarray(range.from, range.to) as Uint8Array<ArrayBuffer>;
  }
  const parts = cut(spliced(body, content.blobs, store, range.from), range);
  return new FleetingStream({
    async pull(controller) {
      const { done, value } = await parts.next();
      if (done) controller.close();
      else controller.enqueue(value);
    },
    async cancel() {
      await parts.return();
    },
  }, { highWaterMark: 0 });
}

const all: ByteRange = { from: 0, to: Infinity };

/** All of it as one piece, for what must look into it. */
export async function wholeBody(content: Content, store: Store): Promise<Uint8Array> {
  const body = typeof content.body === "string" ? utf8.encode(content.body) : content.body;
  if (content.blobs.length === 0) return body;
  return new Uint8Array(await new Response(bodyStream(content, store)).arrayBuffer());
}

/** A piece of the representation, and where it begins in it. */
type Piece = readonly [at: number, bytes: Uint8Array];

async function* cut(pieces: AsyncIterable<Piece>, { from, to }: ByteRange) {
  for await (const [at, bytes] of pieces) {
    if (at >= to) return;
    const part = bytes.subarray(Math.max(0, from - at), to - at);
    if (part.length > 0) yield part;
  }
}

/** The whole in pieces, less those chunks that end before `from`. */
async function* spliced(
  body: Uint8Array,
  blobs: readonly BlobPart[],
  store: Store,
  from: number,
): AsyncGenerator<Piece, void, void> {
  let own = 0;
  let at = 0;
  for (const { offsetBytes, blobId, sizeBytes } of blobs) {
    if (offsetBytes > own) yield [at, body.subarray(own, offsetBytes)];
    at += offsetBytes - own;
    own = offsetBytes;
    const first = Math.floor(Math.max(0, Math.min(from - at, sizeBytes)) / limits.chunkBytes);
    for await (const [position, chunk] of chunksOf(blobId, sizeBytes, store, first)) {
      yield [at + position * limits.chunkBytes, chunk];
    }
    at += sizeBytes;
  }
  if (own < body.length) yield [at, body.subarray(own)];
}

const chunksAtOnce = limits.blobBatchBytes / limits.chunkBytes;

async function* chunksOf(blobId: number, sizeBytes: number, store: Store, first: number) {
  const count = Math.ceil(sizeBytes / limits.chunkBytes);
  for (let position = first; position < count; position += chunksAtOnce) {
    const chunks = await store.readChunks(blobId, position, chunksAtOnce);
    for (const [index, chunk] of chunks.entries()) yield [position + index, chunk] as const;
  }
}
