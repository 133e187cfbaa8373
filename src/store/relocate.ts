import type { Change } from "../change.ts";
import { commitNumber, forgetTombstone, leavesParent } from "./commit_number.ts";
import { type Statement, statement } from "./executor.ts";

/** The row stays the same one: its properties, participants, blobs and attachments go with it. */
export const moveObject = (
  { from, to, at }: Extract<Change, { kind: "move-object" }>,
): Statement[] => [
  forgetTombstone(to.collectionId, to.name),
  statement(
    `UPDATE objects SET collection_id = ?3, name = ?4, commit_number = ${commitNumber}
      WHERE collection_id = ?1 AND name = ?2`,
    from.collectionId,
    from.name,
    to.collectionId,
    to.name,
  ),
  statement(
    `INSERT OR REPLACE INTO tombstones VALUES (?1, ?2, 0, ${commitNumber}, ?3)`,
    from.collectionId,
    from.name,
    at,
  ),
];

const source = "(SELECT id FROM objects WHERE collection_id = ?1 AND name = ?2)";
const target = "(SELECT id FROM objects WHERE collection_id = ?3 AND name = ?4)";

export function copyObject(
  { from, to, etag, at }: Extract<Change, { kind: "copy-object" }>,
): Statement[] {
  const places = [from.collectionId, from.name, to.collectionId, to.name] as const;
  return [
    forgetTombstone(to.collectionId, to.name),
    statement(
      `INSERT INTO objects (collection_id, name, commit_number, etag, content_type, size_bytes,
          attached_bytes, digest, uid, component, created, modified, span, first_start, last_end,
          busy, rule, zone_version, body)
        SELECT ?3, ?4, ${commitNumber}, ?5, content_type, size_bytes,
          attached_bytes, digest, uid, component, ?6, ?6, span, first_start, last_end,
          busy, rule, zone_version, body FROM objects WHERE collection_id = ?1 AND name = ?2`,
      ...places,
      etag,
      at,
    ),
    statement(
      `INSERT INTO participants SELECT ${target}, address, role FROM participants
        WHERE object_id = ${source}`,
      ...places,
    ),
    statement(
      `INSERT INTO object_blobs SELECT ${target}, offset_bytes, blob_id FROM object_blobs
        WHERE object_id = ${source}`,
      ...places,
    ),
    statement(
      `INSERT INTO object_attachments SELECT ${target}, attachment_id FROM object_attachments
        WHERE object_id = ${source}`,
      ...places,
    ),
    statement(
      `INSERT INTO properties SELECT 'object', ${target}, principal_id, name, xml, ${commitNumber}
        FROM properties WHERE resource_kind = 'object' AND resource_id = ${source}`,
      ...places,
    ),
  ];
}

export const moveCollection = (
  { id, to, ownerId, at }: Extract<Change, { kind: "move-collection" }>,
): Statement[] => [
  forgetTombstone(to.collectionId, to.name),
  ...leavesParent(id, at),
  statement(
    `UPDATE collections SET parent_id = ?2, name = ?3, commit_number = ${commitNumber}
      WHERE id = ?1`,
    id,
    to.collectionId,
    to.name,
  ),
  statement(
    `WITH RECURSIVE below (id) AS (SELECT ?1
        UNION ALL SELECT c.id FROM below JOIN collections c ON c.parent_id = below.id)
      UPDATE collections SET owner_id = ?2 WHERE id IN (SELECT id FROM below)`,
    id,
    ownerId,
  ),
];
