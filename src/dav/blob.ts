import { limits } from "../limits.ts";
import type { BlobPart } from "../model.ts";
import type { Services } from "../services.ts";

/** Writes bytes into a blob that a commit may refer to; one that none does is swept. */
export async function keepBlob(
  bytes: Uint8Array,
  { store, clock, random }: Pick<Services, "store" | "clock" | "random">,
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
  }
  return { offsetBytes: 0, blobId: blob.id, sizeBytes: bytes.length };
}
