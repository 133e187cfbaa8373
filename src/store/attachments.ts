import type { Attachment, KnownAttachment } from "../model.ts";
import { type Cell, type Executor, type Statement, statement } from "./executor.ts";
import { parsed } from "./rows.ts";
import type { Store } from "./store.ts";

/** The verb about attachments for who has no account; for others, `load` tells of them. */
export const attachments = (executor: Executor): Pick<Store, "attachmentAt"> => ({
  async attachmentAt(link, service) {
    const sql = `WITH found AS (
        SELECT ${attachmentSql("NULL", "NULL")} AS attachment, (
          SELECT min(EXISTS (SELECT 1 FROM services s
            WHERE s.principal_id IN (0, c.owner_id) AND s.service = ?2)) FROM ${referring}
          JOIN principals p ON p.id = c.owner_id AND NOT p.disabled
          WHERE r.attachment_id = a.id) AS off
        FROM attachments a WHERE a.link = ?1)
      SELECT attachment, off FROM found WHERE off IS NOT NULL`;
    const [[row] = []] = await executor.read([statement(sql, link, service)]);
    return row && { attachment: attachmentOf(parsed(row[0])), switchedOff: row[1] === 1 };
  },
});

/** Attachments by their ids. */
export const attachmentsStatement = (ids: readonly string[]): Statement =>
  statement(
    `SELECT ${attachmentSql(owners, formerOwners)} FROM json_each(?1) j
      CROSS JOIN attachments a ON a.id = j.value`,
    JSON.stringify(ids),
  );

const referring = `object_attachments r CROSS JOIN objects o ON o.id = r.object_id
  CROSS JOIN collections c ON c.id = o.collection_id`;

const owners = `SELECT json_group_array(DISTINCT c.owner_id) FROM ${referring}
  WHERE r.attachment_id = a.id`;
const formerOwners = `SELECT json_group_array(DISTINCT v.owner_id) FROM version_attachments r
  CROSS JOIN versions v ON v.id = r.version_id WHERE r.attachment_id = a.id`;

/** Of `o`, NULL where there are none: the attachments that it refers to. */
export const attachedSql =
  `(SELECT nullif(json_group_array(json_array(a.id, a.size_bytes)), '[]') FROM object_attachments r
    CROSS JOIN attachments a ON a.id = r.attachment_id WHERE r.object_id = o.id)`;

/** From a cell of {@linkcode attachedSql}. */
export const attachedOf = (cell: Cell | undefined): Pick<Attachment, "id" | "sizeBytes">[] =>
  typeof cell === "string"
    ? (parsed(cell) as [string, number][]).map(([id, sizeBytes]) => ({ id, sizeBytes }))
    : [];

type AttachmentFields = readonly [
  id: string,
  link: string,
  fileName: string,
  contentType: string,
  sizeBytes: number,
  blobId: number | null,
  created: number,
  owners: readonly number[] | null,
  formerOwners: readonly number[] | null,
];

/** Of `a`; who has it as queries, or NULL. */
const attachmentSql = (owners: string, formerOwners: string): string =>
  `json_array(a.id, a.link, a.file_name, a.content_type, a.size_bytes, a.blob_id, a.created,
    json((${owners})), json((${formerOwners})))`;

function attachmentOf(fields: unknown): Attachment {
  const [id, link, fileName, contentType, sizeBytes, blobId, created] = fields as AttachmentFields;
  return { id, link, fileName, contentType, sizeBytes, blobId: blobId ?? undefined, created };
}

/** From a cell of {@linkcode attachmentsStatement}. */
export function knownAttachmentOf(fields: unknown): KnownAttachment {
  const [, , , , , , , owners, formerOwners] = fields as AttachmentFields;
  return { ...attachmentOf(fields), owners: owners ?? [], formerOwners: formerOwners ?? [] };
}
