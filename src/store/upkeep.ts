import { removeDoomed } from "./blobs.ts";
import { type Executor, statement } from "./executor.ts";

/** How long a log-in failure counts at most, and an upload may pause. */
const hourMs = 3_600_000;
const uploadMs = 24 * hourMs;

/**
 * Removes what has had its time. A collection whose tombstones go remembers up to which commit, so
 * that an older sync token is refused rather than answered wrongly.
 */
export async function upkeep(
  executor: Executor,
  { now, keptFrom }: { readonly now: number; readonly keptFrom: number },
): Promise<void> {
  await executor.write([
    statement(
      `UPDATE collections SET floor = max(floor, old.commit_number)
        FROM (SELECT collection_id, max(commit_number) AS commit_number FROM tombstones
          WHERE at < ?1 GROUP BY collection_id) AS old
        WHERE old.collection_id = collections.id`,
      keptFrom,
    ),
    statement("DELETE FROM tombstones WHERE at < ?1", keptFrom),
    statement("DELETE FROM versions WHERE at < ?1", keptFrom),
    statement("DELETE FROM login_failures WHERE at < ?1", now - hourMs),
    statement("DELETE FROM sessions WHERE expires < ?1", now),
    statement("DELETE FROM locks WHERE expires < ?1", now),
    statement(
      "UPDATE blobs SET state = 'doomed' WHERE state = 'upload' AND written < ?1",
      now - uploadMs,
    ),
    statement(
      `DELETE FROM attachments
        WHERE NOT EXISTS (SELECT 1 FROM object_attachments r WHERE r.attachment_id = attachments.id)
        AND NOT EXISTS (SELECT 1 FROM version_attachments r WHERE r.attachment_id = attachments.id)`,
    ),
    statement(
      `UPDATE blobs SET state = 'doomed' WHERE state = 'kept'
        AND NOT EXISTS (SELECT 1 FROM object_blobs WHERE blob_id = blobs.id)
        AND NOT EXISTS (SELECT 1 FROM attachments WHERE blob_id = blobs.id)
        AND id NOT IN (SELECT part.value ->> 1 FROM versions v CROSS JOIN json_each(v.blobs) part
          WHERE v.blobs IS NOT NULL)`,
    ),
  ]);
  await removeDoomed(executor);
}
