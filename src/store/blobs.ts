import { type Executor, type Statement, statement } from "./executor.ts";
import { bytesOf } from "./rows.ts";
import type { Store } from "./store.ts";

type Blobs = Pick<Store, "writeChunks" | "readChunks">;

/** The verbs about content that is too large for a row. */
export const blobs = (executor: Executor): Blobs => ({
  writeChunks({ id, at }, position, chunks) {
    const bytes = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
    const inserts = chunks.map((chunk, index): Statement =>
      statement("INSERT INTO chunks VALUES (?1, ?2, ?3)", id, position + index, chunk)
    );
    return executor.write([
      statement("INSERT OR IGNORE INTO blobs (id, created) VALUES (?1, ?2)", id, at),
      ...inserts,
      statement("UPDATE blobs SET size_bytes = size_bytes + ?2 WHERE id = ?1", id, bytes),
    ]);
  },

  async readChunks(blobId, position, count) {
    const sql = `SELECT data FROM chunks WHERE blob_id = ?1 AND position >= ?2 AND position < ?3
      ORDER BY position`;
    const [rows = []] = await executor.read([statement(sql, blobId, position, position + count)]);
    return rows.map((row) => bytesOf(row[0]));
  },
});
