import { type Executor, type Statement, statement } from "./executor.ts";
import { bytesOf } from "./rows.ts";
import type { Store } from "./store.ts";

/** Every chunk of a blob but its last has this size: larger rows slow a server down. */
export const chunkBytes = 256 * 1024;

type Blobs = Pick<Store, "beginBlob" | "writeChunks" | "readChunks">;

/** The verbs about content that is too large for a row. */
export const blobs = (executor: Executor): Blobs => ({
  beginBlob: (id, at) =>
    executor.write([statement("INSERT INTO blobs (id, created) VALUES (?1, ?2)", id, at)]),

  writeChunks(blobId, position, chunks) {
    const bytes = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
    const inserts = chunks.map((chunk, index): Statement =>
      statement("INSERT INTO chunks VALUES (?1, ?2, ?3)", blobId, position + index, chunk)
    );
    return executor.write([
      ...inserts,
      statement("UPDATE blobs SET size_bytes = size_bytes + ?2 WHERE id = ?1", blobId, bytes),
    ]);
  },

  async readChunks(blobId, position, count) {
    const sql = `SELECT data FROM chunks WHERE blob_id = ?1 AND position >= ?2 AND position < ?3
      ORDER BY position`;
    const [rows = []] = await executor.read([statement(sql, blobId, position, position + count)]);
    return rows.map((row) => bytesOf(row[0]));
  },
});
