import type { BlobPart, StoredObject } from "../model.ts";
import { limits } from "../limits.ts";
import type { Store } from "../store/store.ts";

type Content = Pick<StoredObject, "body" | "blobs">;

const utf8 = new TextEncoder();

/** The bytes of an object: at once where they are all in its row, else as they are read. */
export function bodyStream(content: Content, store: Store): BodyInit {
  const body = typeof content.body === "string" ? utf8.encode(content.body) : content.body;
  if (content.blobs.length === 0) return body as Uint8Array<ArrayBuffer>;
  const parts = spliced(body, content.blobs, store);
  return new ReadableStream<Uint8Array>({
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

/** All of it as one piece, for what must look into it. */
export async function wholeBody(content: Content, store: Store): Promise<Uint8Array> {
  const body = typeof content.body === "string" ? utf8.encode(content.body) : content.body;
  if (content.blobs.length === 0) return body;
  return new Uint8Array(await new Response(bodyStream(content, store)).arrayBuffer());
}

async function* spliced(
  body: Uint8Array,
  blobs: readonly BlobPart[],
  store: Store,
): AsyncGenerator<Uint8Array, void, void> {
  let at = 0;
  for (const { offsetBytes, blobId, sizeBytes } of blobs) {
    if (offsetBytes > at) yield body.subarray(at, offsetBytes);
    at = offsetBytes;
    yield* chunksOf(blobId, sizeBytes, store);
  }
  if (at < body.length) yield body.subarray(at);
}

const chunksAtOnce = limits.blobBatchBytes / limits.chunkBytes;

async function* chunksOf(blobId: number, sizeBytes: number, store: Store) {
  const count = Math.ceil(sizeBytes / limits.chunkBytes);
  for (let position = 0; position < count; position += chunksAtOnce) {
    yield* await store.readChunks(blobId, position, chunksAtOnce);
  }
}
