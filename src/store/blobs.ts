import { limits } from "../limits.ts";
import { type Executor, type Statement, statement } from "./executor.ts";
import { bytesOf } from "./rows.ts";
import type { Store } from "./store.ts";

type Blobs = Pick<Store, "writeChunks" | "readChunks" | "dropUploads">;

/** The verbs about content that is too large for a row. */
export const blobs = (executor: Executor): Blobs => ({
  writeChunks(chunks, at) {
    const sizes = new Map<number, number>();
    for (const { blobId, data } of chunks) {
      sizes.set(blobId, (sizes.get(blobId) ?? 0) + data.length);
    }
    return executor.write([
      ...[...sizes].map(([id, sizeBytes]) =>
        statement(
          `INSERT INTO blobs (id, size_bytes, written) VALUES (?1, ?2, ?3)
            ON CONFLICT (id) DO UPDATE SET size_bytes = size_bytes + ?2, written = ?3`,
          id,
          sizeBytes,
          at,
        )
      ),
      ...chunks.map(({ blobId, position, data }) =>
        statement("INSERT INTO chunks VALUES (?1, ?2, ?3)", blobId, position, data)
      ),
    ], { bulk: true });
  },

  async readChunks(ranges) {
    const sql = `SELECT data FROM chunks WHERE blob_id = ?1 AND position >= ?2 AND position < ?3
      ORDER BY position`;
    const results = await executor.read(
      ranges.map(({ blobId, position, count }) =>
        statement(sql, blobId, position, position + count)
      ),
      { bulk: true },
    );
    return results.flatMap((rows) => rows.map((row) => bytesOf(row[0])));
  },

  dropUploads: (uploads) =>
    remove(executor, uploads, [doomUploads(uploads.map(({ blobId }) => blobId))]),
});

/** Takes uploads that no commit has kept out of anybody's reach. */
export const doomUploads = (blobIds: readonly number[]): Statement =>
  statement(
    `UPDATE blobs SET state = 'doomed'
      WHERE state = 'upload' AND id IN (SELECT value FROM json_each(?1))`,
    JSON.stringify(blobIds),
  );

/** Removes all that is doomed. */
export async function removeDoomed(executor: Executor): Promise<void> {
  const sql = "SELECT id, size_bytes FROM blobs WHERE state = 'doomed'";
  const [rows = []] = await executor.read([statement(sql)]);
  const doomed = rows.map((row) => ({ blobId: Number(row[0]), sizeBytes: Number(row[1]) }));
  await remove(executor, doomed, []);
}

type Sized = Parameters<Store["dropUploads"]>[0];

/** In steps between which others are answered: SQLite reads what it deletes. */
async function remove(
  executor: Executor,
  blobs: Sized,
  first: readonly Statement[],
): Promise<void> {
  let step = [...first];
  let bytes = 0;
  for (const { blobId, sizeBytes } of blobs) {
    const chunks = Math.ceil(sizeBytes / limits.chunkBytes);
    for (let from = 0; from < chunks; from += chunksAtOnce) {
      step.push(statement(removeChunks, blobId, from, from + chunksAtOnce));
      bytes += Math.min(sizeBytes - from * limits.chunkBytes, limits.removedBytes);
      if (bytes < limits.removedBytes) continue;
      await executor.write(step, { bulk: true });
      step = [];
      bytes = 0;
    }
    step.push(statement("DELETE FROM blobs WHERE id = ?1 AND state = 'doomed'", blobId));
  }
  if (step.length > 0) await executor.write(step, { bulk: true });
}

const chunksAtOnce = limits.removedBytes / limits.chunkBytes;

const removeChunks = `DELETE FROM chunks WHERE blob_id = ?1 AND position >= ?2 AND position < ?3
  AND (SELECT state FROM blobs WHERE id = ?1) = 'doomed'`;
