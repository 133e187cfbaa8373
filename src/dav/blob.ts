import { limits } from "../limits.ts";
import { ByteQueue } from "../http/byte_queue.ts";
import type { BlobPart, Body } from "../model.ts";
import type { Services } from "../services.ts";

type Keeper = Pick<Services, "store" | "clock" | "random">;

/** The content of a row, and of the blob beside it. */
export interface Content {
  readonly body: Body;
  readonly blobs: readonly BlobPart[];
  readonly sizeBytes: number;
}

/**
 * Keeps what comes, whatever its size: in the row where it is small, else in a blob as it comes.
 * `check` is told how many bytes there are before they are written, and may throw.
 */
export async function keepContent(
  stream: ReadableStream<Uint8Array>,
  services: Keeper,
  check: (sizeBytes: number) => void,
): Promise<Content> {
  const { chunkBytes, blobBatchBytes, inlineBytes } = limits;
  const blob = { id: services.random.id(), at: services.clock() };
  const pending = new ByteQueue();
  let written = 0;
  const flush = async (bytes: number) => {
    const chunks: Uint8Array[] = [];
    for (let left = bytes; left > 0; left -= chunkBytes) {
      chunks.push(pending.take(Math.min(left, chunkBytes)));
    }
    check(written + bytes);
    await services.store.writeChunks(blob, written / chunkBytes, chunks);
    written += bytes;
    await othersTurn();
  };
  for await (const bytes of stream) {
    pending.put(bytes);
    while (pending.sizeBytes >= blobBatchBytes) await flush(blobBatchBytes);
  }
  if (written === 0 && pending.sizeBytes <= inlineBytes) {
    const body = pending.take(pending.sizeBytes);
    return { body, blobs: [], sizeBytes: body.length };
  }
  if (pending.sizeBytes > 0) await flush(pending.sizeBytes);
  const part = { offsetBytes: 0, blobId: blob.id, sizeBytes: written };
  return { body: "", blobs: [part], sizeBytes: written };
}

/** Writes bytes into a blob that a commit may refer to; one that none does is swept. */
export async function keepBlob(
  bytes: Uint8Array,
  { store, clock, random }: Keeper,
): Promise<BlobPart> {
  const blob = { id: random.id(), at: clock() };
  const { chunkBytes, blobBatchBytes } = limits;
  for (let from = 0; from < bytes.length; from += blobBatchBytes) {
    const batch = bytes.subarray(from, from + blobBatchBytes);
    const chunks = Array.from(
      { length: Math.ceil(batch.length / chunkBytes) },
      (_, index) => batch.subarray(index * chunkBytes, (index + 1) * chunkBytes),
    );
    await store.writeChunks(blob, from / chunkBytes, chunks);
    await othersTurn();
  }
  return { offsetBytes: 0, blobId: blob.id, sizeBytes: bytes.length };
}

/**
 * Lets those be answered who have asked meanwhile: neither reading of a body what has come already,
 * nor writing to a file, gives the event loop a turn.
 */
const othersTurn = () => new Promise((resolve) => setTimeout(resolve));
