import type {
  BlobPart,
  Body,
  Collection,
  CollectionKind,
  Credential,
  CredentialKind,
  ObjectInfo,
  Principal,
  PrincipalKind,
  StoredObject,
  StoredProperty,
} from "../model.ts";
import type { Cell, Row } from "./executor.ts";

/** A list of columns, and what reads them back from their place in a row. */
export interface Columns<T> {
  readonly sql: string;
  readonly count: number;
  read(row: Row, at: number): T;
}

/** What an outer join found, if anything: the first column is never NULL in a row that is there. */
export const readJoined = <T>({ read }: Columns<T>, row: Row, at: number): T | undefined =>
  row[at] === null ? undefined : read(row, at);

/** Properties of a resource as JSON, as the person in `person` sees them. */
export const propertiesSql = (kind: string, id: string, person: string): string =>
  `(SELECT json_group_array(json_array(name, xml)) FROM properties
    WHERE resource_kind = '${kind}' AND resource_id = ${id} AND principal_id IN (0, ${person}))`;

/** Of `p`. */
export const principalColumns: Columns<Principal> = {
  sql: `p.id, p.kind, p.name, p.display_name, p.admin, p.disabled, p.access_version,
    p.credential_version, (SELECT json_group_array(address) FROM (SELECT address FROM addresses
      WHERE principal_id = p.id AND NOT alias ORDER BY position))`,
  count: 9,
  read: (row, at) => ({
    id: Number(row[at]),
    kind: row[at + 1] as PrincipalKind,
    name: String(row[at + 2]),
    displayName: String(row[at + 3]),
    admin: row[at + 4] === 1,
    disabled: row[at + 5] === 1,
    accessVersion: Number(row[at + 6]),
    credentialVersion: Number(row[at + 7]),
    addresses: JSON.parse(String(row[at + 8])) as string[],
  }),
};

/** Of `c`; a home counts what happens in its children (RFC 6578 on the home). */
export const collectionColumns: Columns<Omit<Collection, "properties">> = {
  sql: `c.id, c.kind, c.owner_id, c.name, c.display_name, c.components, c.timezone, c.transparent,
    c.settings, CASE WHEN c.parent_id IS NULL THEN max(c.commit_number, coalesce((SELECT
      max(k.commit_number) FROM collections k WHERE k.parent_id = c.id), 0)) ELSE c.commit_number END,
    c.floor, c.created, c.modified`,
  count: 13,
  read: (row, at) => ({
    id: Number(row[at]),
    kind: row[at + 1] as CollectionKind,
    ownerId: Number(row[at + 2]),
    name: String(row[at + 3]),
    displayName: text(row[at + 4]),
    components: row[at + 5] === null ? undefined : JSON.parse(String(row[at + 5])) as string[],
    timezone: text(row[at + 6]),
    transparent: row[at + 7] === 1,
    settings: Number(row[at + 8]),
    commit: Number(row[at + 9]),
    floor: Number(row[at + 10]),
    created: Number(row[at + 11]),
    modified: Number(row[at + 12]),
  }),
};

/** Of `o`. */
export const objectColumns: Columns<Omit<ObjectInfo, "properties">> = {
  sql: `o.id, o.collection_id, o.name, o.etag, o.schedule_tag, o.content_type, o.size_bytes, o.uid,
    o.component, o.created, o.modified, o.commit_number`,
  count: 12,
  read: (row, at) => ({
    id: Number(row[at]),
    collectionId: Number(row[at + 1]),
    name: String(row[at + 2]),
    etag: String(row[at + 3]),
    scheduleTag: text(row[at + 4]),
    contentType: String(row[at + 5]),
    sizeBytes: Number(row[at + 6]),
    uid: text(row[at + 7]),
    component: text(row[at + 8]),
    created: Number(row[at + 9]),
    modified: Number(row[at + 10]),
    commit: Number(row[at + 11]),
  }),
};

/** Of `o`: its content. */
export const contentColumns: Columns<Pick<StoredObject, "body" | "blobs">> = {
  sql:
    `o.body, (SELECT nullif(json_group_array(json_array(b.offset_bytes, b.blob_id, x.size_bytes)), '[]')
      FROM object_blobs b JOIN blobs x ON x.id = b.blob_id WHERE b.object_id = o.id)`,
  count: 2,
  read: (row, at) => ({
    body: bodyOf(row[at]),
    blobs: typeof row[at + 1] === "string" ? blobsOf(String(row[at + 1])) : [],
  }),
};

/** Of `r`. */
export const credentialColumns: Columns<Credential> = {
  sql: "r.id, r.kind, r.label, r.hash, r.created, r.last_used",
  count: 6,
  read: (row, at) => ({
    id: Number(row[at]),
    kind: row[at + 1] as CredentialKind,
    label: String(row[at + 2]),
    hash: String(row[at + 3]),
    created: Number(row[at + 4]),
    lastUsed: row[at + 5] === null ? undefined : Number(row[at + 5]),
  }),
};

/** From {@linkcode propertiesSql}. */
export function propertiesOf(cell: Cell | undefined): readonly StoredProperty[] {
  if (typeof cell !== "string" || cell === "[]") return [];
  return (JSON.parse(cell) as [string, string][]).map(([name, xml]) => ({ name, xml }));
}

export const bytesOf = (cell: Cell | undefined): Uint8Array => {
  if (cell instanceof ArrayBuffer) return new Uint8Array(cell);
  if (cell instanceof Uint8Array) return cell;
  throw new TypeError("the database gave no bytes");
};

const bodyOf = (cell: Cell | undefined): Body => typeof cell === "string" ? cell : bytesOf(cell);

const text = (cell: Cell | undefined): string | undefined =>
  typeof cell === "string" ? cell : undefined;

function blobsOf(json: string): BlobPart[] {
  return (JSON.parse(json) as [number, number, number][])
    .map(([offsetBytes, blobId, sizeBytes]) => ({ offsetBytes, blobId, sizeBytes }))
    .sort((a, b) => a.offsetBytes - b.offsetBytes);
}
