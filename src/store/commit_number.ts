import { type Statement, statement } from "./executor.ts";

/** The number that all of a commit carries, in the middle of SQL. */
export const commitNumber = "(SELECT commit_number FROM database)";

/** A name that was a member once is one again. */
export const forgetTombstone = (collectionId: number, name: string): Statement =>
  statement("DELETE FROM tombstones WHERE collection_id = ?1 AND name = ?2", collectionId, name);
