import type {
  AttachmentForm,
  BlobPart,
  Body,
  Collection,
  CollectionKind,
  Credential,
  CredentialKind,
  ObjectInfo,
  Principal,
  PrincipalBounds,
  PrincipalKind,
  StoredObject,
  StoredProperty,
} from "../model.ts";
import type { Cell } from "./executor.ts";

// Each thing is one cell, a JSON array: `…Sql` makes it, `…Of` reads it. On its way out of the
// library, and over the network, a cell costs more than what stands in it.

/** What such a cell holds. */
export const parsed = (cell: Cell | undefined): unknown => JSON.parse(String(cell));

/**
 * All such cells of a query as one, a JSON array, in the order in which it has them; NULL where there
 * are none. On its way, a row costs several times what is in it.
 */
export const groupSql = (cell: string): string => `'[' || group_concat(${cell}) || ']'`;

/** What a cell of {@linkcode groupSql} holds. */
export const grouped = (cell: Cell | undefined): readonly unknown[] =>
  typeof cell === "string" ? parsed(cell) as unknown[] : [];

type PrincipalFields = readonly [
  id: number,
  kind: PrincipalKind,
  name: string,
  displayName: string,
  admin: number,
  disabled: number,
  accessVersion: number,
  credentialVersion: number,
  addresses: readonly string[],
  bounds: readonly [quota: number | null, used: number | null, resource: number | null] | null,
];

/** Of `p`; few have bounds of their own. */
export const principalSql =
  `json_array(p.id, p.kind, p.name, p.display_name, p.admin, p.disabled, p.access_version,
    p.credential_version, json((SELECT json_group_array(address) FROM (SELECT address FROM addresses
      WHERE principal_id = p.id AND NOT alias ORDER BY position))),
    CASE WHEN coalesce(p.quota_bytes, p.resource_bytes) IS NOT NULL THEN json_array(p.quota_bytes,
      CASE WHEN p.quota_bytes IS NOT NULL THEN (SELECT coalesce(sum(u.used_bytes), 0)
        FROM collections u WHERE u.owner_id = p.id) END, p.resource_bytes) END)`;

export function principalOf(fields: unknown): Principal {
  const [
    id,
    kind,
    name,
    displayName,
    admin,
    disabled,
    accessVersion,
    credentialVersion,
    addresses,
    bounds,
  ] = fields as PrincipalFields;
  return {
    id,
    kind,
    name,
    displayName,
    addresses,
    admin: admin === 1,
    disabled: disabled === 1,
    accessVersion,
    credentialVersion,
    ...(bounds && { bounds: boundsOf(bounds) }),
  };
}

const boundsOf = ([quota, used, resource]: NonNullable<PrincipalFields[9]>): PrincipalBounds => ({
  quotaBytes: quota ?? undefined,
  usedBytes: used ?? undefined,
  resourceBytes: resource ?? undefined,
});

/** Commit number of `c`; a home counts what happens in its children (RFC 6578 on the home). */
export const collectionCommit = `CASE WHEN c.parent_id IS NULL
    THEN max(c.commit_number, coalesce((SELECT max(k.commit_number) FROM collections k
      WHERE k.parent_id = c.id), 0))
    ELSE c.commit_number END`;

type CollectionFields = readonly [
  id: number,
  kind: CollectionKind,
  ownerId: number,
  name: string,
  displayName: string | null,
  components: readonly string[] | null,
  timezone: string | null,
  transparent: number,
  attachments: AttachmentForm,
  settings: number,
  commit: number,
  floor: number,
  created: number,
  modified: number,
  properties: unknown,
];

/** Of `c`; `properties` as {@linkcode propertiesSql} makes it, or NULL. */
export const collectionSql = (properties: string): string =>
  `json_array(c.id, c.kind, c.owner_id, c.name, c.display_name, json(c.components), c.timezone,
    c.transparent, c.attachments, c.settings, ${collectionCommit}, c.floor, c.created, c.modified, ${properties})`;

export function collectionOf(fields: unknown): Collection {
  const [id, kind, ownerId, name, displayName, components, timezone, transparent, ...more] =
    fields as CollectionFields;
  const [attachments, settings, commit, floor, created, modified, properties] = more;
  return {
    id,
    kind,
    ownerId,
    name,
    displayName: displayName ?? undefined,
    components: components ?? undefined,
    timezone: timezone ?? undefined,
    transparent: transparent === 1,
    attachments,
    settings,
    commit,
    floor,
    created,
    modified,
    properties: propertiesOf(properties),
  };
}

type ObjectFields = readonly [
  id: number,
  collectionId: number,
  name: string,
  etag: string,
  scheduleTag: string | null,
  contentType: string,
  sizeBytes: number,
  uid: string | null,
  component: string | null,
  created: number,
  modified: number,
  commit: number,
  attachedBytes: number,
  properties: unknown,
];

/** Of `o`; `properties` as {@linkcode propertiesSql} makes it, or NULL. */
export const objectSql = (properties: string): string =>
  `json_array(o.id, o.collection_id, o.name, o.etag, o.schedule_tag, o.content_type, o.size_bytes,
    o.uid, o.component, o.created, o.modified, o.commit_number, o.attached_bytes, ${properties})`;

export function objectOf(fields: unknown): ObjectInfo {
  const [id, collectionId, name, etag, scheduleTag, contentType, sizeBytes, ...more] =
    fields as ObjectFields;
  const [uid, component, created, modified, commit, attachedBytes, properties] = more;
  return {
    id,
    collectionId,
    name,
    etag,
    scheduleTag: scheduleTag ?? undefined,
    contentType,
    sizeBytes,
    attachedBytes,
    uid: uid ?? undefined,
    component: component ?? undefined,
    created,
    modified,
    commit,
    properties: propertiesOf(properties),
  };
}

/** Of `o`, NULL where it has none: the blobs in its content. */
export const blobsSql =
  `(SELECT nullif(json_group_array(json_array(b.offset_bytes, b.blob_id, x.size_bytes)), '[]')
    FROM object_blobs b JOIN blobs x ON x.id = b.blob_id WHERE b.object_id = o.id)`;

/** An object with its content, `body` being the cell of `o.body`. */
export const storedObject = (
  object: ObjectInfo,
  body: Cell | undefined,
  blobs: readonly BlobPart[],
): StoredObject => ({ ...object, body: bodyOf(body), blobs });

/** From the cell of `blobsSql`. */
export const blobsOf = (cell: Cell | undefined): BlobPart[] =>
  typeof cell === "string" ? blobPartsOf(parsed(cell)) : [];

const bodyOf = (cell: Cell | undefined): Body => typeof cell === "string" ? cell : bytesOf(cell);

/** What such a cell holds. */
export function blobPartsOf(fields: unknown): BlobPart[] {
  return (fields as [number, number, number][])
    .map(([offsetBytes, blobId, sizeBytes]) => ({ offsetBytes, blobId, sizeBytes }))
    .sort((a, b) => a.offsetBytes - b.offsetBytes);
}

export const bytesOf = (cell: Cell | undefined): Uint8Array => {
  if (cell instanceof ArrayBuffer) return new Uint8Array(cell);
  if (cell instanceof Uint8Array) return cell;
  throw new TypeError("the database gave no bytes");
};

type CredentialFields = readonly [
  id: number,
  kind: CredentialKind,
  label: string,
  hash: string,
  created: number,
  lastUsed: number | null,
];

/** Of `r`. */
export const credentialSql = "json_array(r.id, r.kind, r.label, r.hash, r.created, r.last_used)";

export function credentialOf(fields: unknown): Credential {
  const [id, kind, label, hash, created, lastUsed] = fields as CredentialFields;
  return { id, kind, label, hash, created, lastUsed: lastUsed ?? undefined };
}

type PropertyFields = readonly (readonly [person: number, name: string, xml: string])[];

/** Properties of a resource: everybody's, and those of the person whose id `person` gives. */
export const propertiesSql = (kind: string, id: string, person: string): string =>
  `json((SELECT json_group_array(json_array(principal_id, name, xml)) FROM properties
    WHERE resource_kind = '${kind}' AND resource_id = ${id} AND principal_id IN (0, ${person})))`;

const none: readonly never[] = [];

/** A person's own property hides everybody's of the same name. */
export function propertiesOf(fields: unknown): readonly StoredProperty[] {
  const properties = (fields ?? none) as PropertyFields;
  if (properties.length === 0) return none;
  const own = new Set(properties.filter(([person]) => person !== 0).map(([, name]) => name));
  return properties
    .filter(([person, name]) => person !== 0 || !own.has(name))
    .map(([, name, xml]) => ({ name, xml }));
}
