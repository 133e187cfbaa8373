import type { Change, NewObject } from "../change.ts";
import type { Body, NewBlob } from "../model.ts";
import { copyObject, moveCollection, moveObject } from "./relocate.ts";
import { putLock } from "./locks.ts";
import { commitNumber, forgetTombstone, leavesParent } from "./commit_number.ts";
import { doomUploads } from "./blobs.ts";
import { type Argument, type Statement, statement } from "./executor.ts";
import { indexCells, indexColumns, indexParameters, setIndex } from "./time_index.ts";

/** First statement of each commit that changes something. */
export const raise = statement("UPDATE database SET commit_number = commit_number + 1");

/** Last statements: the collections in which something changed carry the number, too. */
export function touches(changes: readonly Change[]): Statement[] {
  const touched = new Set(changes.flatMap(touchedBy).filter((id) => id !== undefined));
  return [...touched].map((id) =>
    statement(`UPDATE collections SET commit_number = ${commitNumber} WHERE id = ?1`, id)
  );
}

function touchedBy(change: Change): (number | undefined)[] {
  switch (change.kind) {
    case "put-object":
    case "delete-object":
      return [change.collectionId];
    case "move-object":
      return [change.from.collectionId, change.to.collectionId];
    case "copy-object":
    case "move-collection":
      return [change.to.collectionId];
    case "make-collection":
      return [change.collection.parentId];
    case "set-collection":
      return [change.id];
    case "set-property":
      return [change.holder.kind === "collection" ? change.holder.id : change.holder.collectionId];
    default:
      return [];
  }
}

/** The statements of one change. */
export function statementsOf(change: Change): Statement[] {
  switch (change.kind) { // no default: a kind that is not handled does not compile
    case "put-object":
      return putObject(change.collectionId, change.object, change.replaces);
    case "put-attachment":
      return putAttachment(change);
    case "delete-object":
      return [
        statement(
          `INSERT OR REPLACE INTO tombstones
            SELECT collection_id, name, 0, ${commitNumber}, ?3 FROM objects
            WHERE collection_id = ?1 AND name = ?2`,
          change.collectionId,
          change.name,
          change.at,
        ),
        statement(
          "DELETE FROM objects WHERE collection_id = ?1 AND name = ?2",
          change.collectionId,
          change.name,
        ),
      ];
    case "move-object":
      return moveObject(change);
    case "copy-object":
      return copyObject(change);
    case "make-collection":
      return makeCollection(change);
    case "move-collection":
      return moveCollection(change);
    case "copy-properties":
      return [
        statement(
          `INSERT INTO properties SELECT 'collection', ?2, principal_id, name, xml, ${commitNumber}
            FROM properties WHERE resource_kind = 'collection' AND resource_id = ?1`,
          change.from,
          change.to,
        ),
      ];
    case "drop-uploads":
      return [doomUploads(change.blobIds)];
    case "put-lock":
      return [putLock(change.homeId, change.lock)];
    case "delete-locks":
      return change.tokens.length === 0 ? [] : [
        statement(
          "DELETE FROM locks WHERE token IN (SELECT value FROM json_each(?1))",
          JSON.stringify(change.tokens),
        ),
      ];
    case "delete-collection":
      return deleteCollection(change.id, change.at);
    case "set-collection":
      return setCollection(change);
    case "set-property":
      return setProperty(change);
    case "make-principal": {
      const { id, kind, name, displayName, admin, disabled } = change.principal;
      const sql =
        `INSERT INTO principals (id, kind, name, name_key, display_name, display_key, admin,
        disabled, created) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)`;
      const { nameKey, displayKey, created } = change;
      const shown = [displayName, displayKey] as const;
      return [statement(sql, id, kind, name, nameKey, ...shown, admin, disabled, created)];
    }
    case "set-principal":
      return setPrincipal(change);
    case "set-bounds":
      return [
        statement(
          "UPDATE principals SET quota_bytes = ?2, resource_bytes = ?3 WHERE id = ?1",
          change.id,
          change.quotaBytes ?? null,
          change.resourceBytes ?? null,
        ),
      ];
    case "set-addresses":
      return [
        statement("DELETE FROM addresses WHERE principal_id = ?1", change.principalId),
        statement(
          `INSERT INTO addresses (address, principal_id, position)
            SELECT value, ?1, key FROM json_each(?2)`,
          change.principalId,
          JSON.stringify(change.addresses),
        ),
        moveVersion("credential_version", change.principalId),
      ];
    case "set-members":
      return setMembers(change.groupId, change.members);
    case "set-password":
      return [
        statement(
          "DELETE FROM credentials WHERE principal_id = ?1 AND kind = 'password'",
          change.principalId,
        ),
        addCredential(change.principalId, "password", "", change.hash, change.created),
        moveVersion("credential_version", change.principalId),
      ];
    case "add-app-password":
      return [
        addCredential(change.principalId, "app", change.label, change.hash, change.created),
        moveVersion("credential_version", change.principalId),
      ];
    case "switch-service":
      return [
        statement(
          change.on
            ? "DELETE FROM services WHERE service = ?1 AND principal_id = ?2"
            : "INSERT OR IGNORE INTO services VALUES (?1, ?2)",
          change.service,
          change.principalId,
        ),
      ];
    case "revoke-app-password":
      return [
        statement(
          "DELETE FROM credentials WHERE principal_id = ?1 AND kind = 'app' AND label = ?2",
          change.principalId,
          change.label,
        ),
        moveVersion("credential_version", change.principalId),
      ];
  }
}

const insertObject = `INSERT INTO objects (collection_id, name, commit_number, etag, content_type,
    size_bytes, uid, component, created, modified, body, attached_bytes, ${indexColumns.join()})
  VALUES (?1, ?2, ${commitNumber}, ?3, ?4, ?5, ?6, ?7, ?8, ?8, ?9, ?10,
    ${indexParameters(11).join()})`;
const replaceObject = `UPDATE objects SET commit_number = ${commitNumber}, etag = ?3,
    content_type = ?4, size_bytes = ?5, uid = ?6, component = ?7, modified = ?8, body = ?9,
    attached_bytes = ?10, ${setIndex(11)}
  WHERE collection_id = ?1 AND name = ?2`;
const objectId = "(SELECT id FROM objects WHERE collection_id = ?1 AND name = ?2)";

/** A trigger keeps what was there, and takes its participants, blobs and attachments away. */
function putObject(collectionId: number, object: NewObject, replaces: boolean): Statement[] {
  const { name, participants, blobs, attachments = [] } = object;
  const put = statement(
    replaces ? replaceObject : insertObject,
    collectionId,
    name,
    object.etag,
    object.contentType,
    object.sizeBytes,
    object.uid ?? null,
    object.component ?? null,
    object.modified,
    storedBody(object.body),
    attachments.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
    ...indexCells(object.timeIndex),
  );
  const list = participants.map(({ address, role }) => [address, role]);
  return [
    ...(replaces ? [] : [forgetTombstone(collectionId, name)]),
    put,
    ...(list.length === 0 ? [] : [
      statement(
        `INSERT INTO participants (object_id, address, role)
          SELECT ${objectId}, value ->> 0, value ->> 1 FROM json_each(?3)`,
        collectionId,
        name,
        JSON.stringify(list),
      ),
    ]),
    ...(blobs.length === 0 ? [] : [
      statement(
        `INSERT INTO object_blobs
          SELECT ${objectId}, value ->> 0, value ->> 1 FROM json_each(?3)`,
        collectionId,
        name,
        JSON.stringify(blobs.map(({ offsetBytes, blobId }) => [offsetBytes, blobId])),
      ),
      keepBlobs(blobs),
    ]),
    ...(attachments.length === 0 ? [] : [
      statement(
        `INSERT INTO object_attachments SELECT ${objectId}, value FROM json_each(?3)`,
        collectionId,
        name,
        JSON.stringify(attachments.map(({ id }) => id)),
      ),
    ]),
  ];
}

const keepBlobs = (blobs: readonly Pick<NewBlob, "blobId" | "digest">[]): Statement =>
  statement(
    `UPDATE blobs SET state = 'kept', digest = coalesce(j.value ->> 1, blobs.digest)
      FROM json_each(?1) j WHERE blobs.id = j.value ->> 0`,
    JSON.stringify(blobs.map(({ blobId, digest }) => [blobId, digest])),
  );

function putAttachment(
  { attachment, digest }: Extract<Change, { kind: "put-attachment" }>,
): Statement[] {
  const { id, link, fileName, contentType, sizeBytes, blobId, created } = attachment;
  return [
    statement(
      "INSERT INTO attachments VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
      id,
      link,
      fileName,
      contentType,
      sizeBytes,
      blobId ?? null,
      created,
    ),
    ...(blobId === undefined ? [] : [keepBlobs([{ blobId, digest }])]),
  ];
}

/** libsql ends a text that it reads at U+0000, but not bytes. */
const storedBody = (body: Body): Body =>
  typeof body === "string" && body.includes("\0") ? new TextEncoder().encode(body) : body;

function makeCollection(
  { collection }: Extract<Change, { kind: "make-collection" }>,
): Statement[] {
  const sql = `INSERT INTO collections (id, parent_id, owner_id, kind, name, display_name,
      components, timezone, transparent, commit_number, created, modified)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ${commitNumber}, ?10, ?10)`;
  const { parentId, name, components } = collection;
  const make = statement(
    sql,
    collection.id,
    parentId ?? null,
    collection.ownerId,
    collection.kind,
    name,
    collection.displayName ?? null,
    components ? JSON.stringify(components) : null,
    collection.timezone ?? null,
    collection.transparent,
    collection.created,
  );
  return parentId === undefined ? [make] : [forgetTombstone(parentId, name), make];
}

/** Its objects first, so that the trigger that keeps them still finds their collection. */
const deleteCollection = (id: number, at: number): Statement[] => [
  ...leavesParent(id, at),
  statement(
    `WITH RECURSIVE below (id) AS (SELECT ?1
        UNION ALL SELECT c.id FROM below JOIN collections c ON c.parent_id = below.id)
      DELETE FROM objects WHERE collection_id IN (SELECT id FROM below)`,
    id,
  ),
  statement("DELETE FROM collections WHERE id = ?1", id),
];

function setCollection(change: Extract<Change, { kind: "set-collection" }>): Statement[] {
  const { id, displayName, timezone, transparent, attachments, at } = change;
  const columns: [string, Argument | undefined][] = [
    ["display_name", displayName],
    ["timezone", timezone],
    ["transparent", transparent],
    ["attachments", attachments],
  ];
  const set = columns.flatMap(([column, value]) =>
    value === undefined
      ? []
      : [statement(`UPDATE collections SET ${column} = ?2 WHERE id = ?1`, id, value)]
  );
  const decides = [timezone, transparent, attachments].some((value) => value !== undefined);
  const sql = `UPDATE collections SET modified = ?2, settings = settings + ?3 WHERE id = ?1`;
  return [...set, statement(sql, id, at, decides ? 1 : 0)];
}

function setProperty(
  { holder, person, name, xml }: Extract<Change, { kind: "set-property" }>,
): Statement[] {
  const key = [holder.kind, holder.id, person, name] as const;
  const set = xml === null
    ? statement(
      `DELETE FROM properties WHERE resource_kind = ?1 AND resource_id = ?2
        AND principal_id = ?3 AND name = ?4`,
      ...key,
    )
    : statement(
      `INSERT OR REPLACE INTO properties VALUES (?1, ?2, ?3, ?4, ?5, ${commitNumber})`,
      ...key,
      xml,
    );
  if (holder.kind !== "object") return [set];
  const move = `UPDATE objects SET commit_number = ${commitNumber} WHERE id = ?1`;
  return [set, statement(move, holder.id)];
}

function setPrincipal(change: Extract<Change, { kind: "set-principal" }>): Statement[] {
  const { id, displayName, displayKey, admin, disabled } = change;
  const sql = `UPDATE principals SET display_name = coalesce(?2, display_name),
      display_key = coalesce(?3, display_key), admin = coalesce(?4, admin),
      disabled = coalesce(?5, disabled), access_version = access_version + ?6,
      credential_version = credential_version + ?7
    WHERE id = ?1`;
  const access = admin !== undefined || disabled !== undefined;
  return [
    statement(
      sql,
      id,
      displayName ?? null,
      displayKey ?? null,
      admin ?? null,
      disabled ?? null,
      access,
      disabled !== undefined,
    ),
  ];
}

function setMembers(groupId: number, members: readonly string[]): Statement[] {
  const move = statement(
    `UPDATE principals SET access_version = access_version + 1
      WHERE id IN (SELECT member_id FROM members WHERE group_id = ?1)`,
    groupId,
  );
  return [
    move,
    statement("DELETE FROM members WHERE group_id = ?1", groupId),
    statement(
      `INSERT INTO members SELECT ?1, id FROM principals
        WHERE name IN (SELECT value FROM json_each(?2))`,
      groupId,
      JSON.stringify(members),
    ),
    move,
  ];
}

const addCredential = (
  principalId: number,
  kind: string,
  label: string,
  hash: string,
  created: number,
): Statement =>
  statement(
    `INSERT INTO credentials (principal_id, kind, label, hash, created)
      VALUES (?1, ?2, ?3, ?4, ?5)`,
    principalId,
    kind,
    label,
    hash,
    created,
  );

const moveVersion = (column: "access_version" | "credential_version", id: number): Statement =>
  statement(`UPDATE principals SET ${column} = ${column} + 1 WHERE id = ?1`, id);
