import { type Statement, statement } from "./executor.ts";

/** The number that all of a commit carries, in the middle of SQL. */
export const commitNumber = "(SELECT commit_number FROM database)";

/** A name that was a member once is one again. */
export const forgetTombstone = (collectionId: number, name: string): Statement =>
  statement("DELETE FROM tombstones WHERE collection_id = ?1 AND name = ?2", collectionId, name);

/** A collection is no member of its parent any more. */
export const leavesParent = (id: number, at: number): Statement[] => [
  statement(
    `INSERT OR REPLACE INTO tombstones
      SELECT parent_id, name, 1, ${commitNumber}, ?2 FROM collections
      WHERE id = ?1 AND parent_id IS NOT NULL`,
    id,
    at,
  ),
  statement(
    `UPDATE collections SET commit_number = ${commitNumber}
      WHERE id = (SELECT parent_id FROM collections WHERE id = ?1)`,
    id,
  ),
];
