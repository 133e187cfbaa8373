-- The data model of davit. Times are UTC epoch milliseconds. Ids of principals and collections are
-- random, so that one is never given twice: a collection's id is its incarnation (RFC 6578 §3.8).

-- One row. `epoch` changes when a backup is restored; `commit_number` is raised once in each commit.
CREATE TABLE database (
  id            INTEGER PRIMARY KEY CHECK (id = 1),
  epoch         TEXT NOT NULL,
  commit_number INTEGER NOT NULL
) STRICT;
INSERT INTO database VALUES (1, lower(hex(randomblob(6))), 0);

-- Never holds a row: a commit inserts 0 here where a fact that it rests on is false, and fails.
CREATE TABLE assertion (holds INTEGER NOT NULL CHECK (holds)) STRICT;

CREATE TABLE principals (
  id                 INTEGER PRIMARY KEY,
  kind               TEXT NOT NULL CHECK (kind IN ('individual', 'group', 'room', 'resource')),
  name               TEXT NOT NULL UNIQUE,
  name_key           TEXT NOT NULL UNIQUE,  -- folded: names that differ by case alone are one
  display_name       TEXT NOT NULL,
  display_key        TEXT NOT NULL,         -- folded, for searches
  admin              INTEGER NOT NULL DEFAULT 0,
  disabled           INTEGER NOT NULL DEFAULT 0,
  access_version     INTEGER NOT NULL DEFAULT 1,  -- moves with admin, disabled and memberships
  credential_version INTEGER NOT NULL DEFAULT 1,  -- moves when a log-in that worked may not any more
  quota_bytes        INTEGER,                     -- what may be stored; NULL: what holds for all
  resource_bytes     INTEGER,                     -- the largest object or file; NULL: what holds for all
  created            INTEGER NOT NULL
) STRICT;

-- Mail addresses, normalised, without "mailto:". An alias receives, but is never shown as sender.
CREATE TABLE addresses (
  address      TEXT PRIMARY KEY,
  principal_id INTEGER NOT NULL REFERENCES principals ON DELETE CASCADE,
  position     INTEGER NOT NULL,
  alias        INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;
CREATE INDEX addresses_principal ON addresses (principal_id, position);

CREATE TABLE members (
  group_id  INTEGER NOT NULL REFERENCES principals ON DELETE CASCADE,
  member_id INTEGER NOT NULL REFERENCES principals ON DELETE CASCADE,
  PRIMARY KEY (group_id, member_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX members_member ON members (member_id);

-- `password`: one, slow hash. `app`: any number, fast hash of a random secret.
CREATE TABLE credentials (
  id           INTEGER PRIMARY KEY AUTOINCREMENT,
  principal_id INTEGER NOT NULL REFERENCES principals ON DELETE CASCADE,
  kind         TEXT NOT NULL CHECK (kind IN ('password', 'app')),
  label        TEXT NOT NULL DEFAULT '',
  hash         TEXT NOT NULL,
  scope        TEXT NOT NULL DEFAULT 'all',
  created      INTEGER NOT NULL,
  last_used    INTEGER
) STRICT;
CREATE INDEX credentials_principal ON credentials (principal_id);
CREATE UNIQUE INDEX credentials_password ON credentials (principal_id) WHERE kind = 'password';
CREATE UNIQUE INDEX credentials_label ON credentials (principal_id, label) WHERE kind = 'app';

CREATE TABLE login_failures (
  account TEXT NOT NULL,
  address TEXT NOT NULL,
  at      INTEGER NOT NULL
) STRICT;
CREATE INDEX login_failures_account ON login_failures (account, address, at);
CREATE INDEX login_failures_at ON login_failures (at);

-- A tree: a home (parent NULL) and what is in it.
CREATE TABLE collections (
  id             INTEGER PRIMARY KEY,
  parent_id      INTEGER REFERENCES collections ON DELETE CASCADE,
  owner_id       INTEGER NOT NULL REFERENCES principals ON DELETE CASCADE,
  kind           TEXT NOT NULL CHECK (kind IN
    ('calendar-home', 'calendar', 'inbox', 'outbox', 'notification', 'subscription', 'files')),
  name           TEXT NOT NULL,
  display_name   TEXT,
  components     TEXT,     -- JSON array of component names; NULL: any
  timezone       TEXT,     -- CALDAV:calendar-timezone or a time zone id; NULL: UTC
  transparent    INTEGER NOT NULL DEFAULT 0,
  attachments    TEXT NOT NULL DEFAULT 'inline' CHECK (attachments IN ('inline', 'managed')),
  settings       INTEGER NOT NULL DEFAULT 1,  -- moves with the four before it
  commit_number  INTEGER NOT NULL,            -- of the last change to it or to a member
  floor          INTEGER NOT NULL DEFAULT 0,  -- tombstones up to this commit have been pruned
  used_bytes     INTEGER NOT NULL DEFAULT 0,  -- sum of the sizes of its objects
  created        INTEGER NOT NULL,
  modified       INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX collections_name ON collections (parent_id, name) WHERE parent_id IS NOT NULL;
CREATE INDEX collections_owner ON collections (owner_id);
CREATE UNIQUE INDEX collections_home ON collections (owner_id, kind) WHERE parent_id IS NULL;

-- Members that are not collections: calendar object resources, scheduling messages, files.
-- `body` is TEXT where it is valid UTF-8 and BLOB where not; the parts of it that are kept as blobs
-- are cut out (object_blobs). `size_bytes` counts the whole, `attached_bytes` the attachments that it
-- refers to (object_attachments). From `span` on: the time index, where
-- NULL in `span` never matches. `zone_version` tells the time zone data it was made with, '' where
-- that does not matter, NULL of a calendar object that has not been looked at yet.
CREATE TABLE objects (
  id            INTEGER PRIMARY KEY AUTOINCREMENT,
  collection_id INTEGER NOT NULL REFERENCES collections ON DELETE CASCADE,
  name          TEXT NOT NULL,
  commit_number INTEGER NOT NULL,
  etag          TEXT NOT NULL,
  schedule_tag  TEXT,
  content_type  TEXT NOT NULL,
  size_bytes    INTEGER NOT NULL,
  attached_bytes INTEGER NOT NULL DEFAULT 0,
  digest        TEXT,
  uid           TEXT,
  component     TEXT,
  created       INTEGER NOT NULL,
  modified      INTEGER NOT NULL,
  span          INTEGER,
  first_start   INTEGER,
  last_end      INTEGER,
  busy          INTEGER,
  rule          TEXT,
  zone_version  TEXT,
  body          ANY NOT NULL
) STRICT;
CREATE UNIQUE INDEX objects_name ON objects (collection_id, name);
-- With all that synchronisation tells: it need not look at the objects, which hold their content.
CREATE INDEX objects_commit ON objects (collection_id, commit_number, name, etag);
CREATE UNIQUE INDEX objects_uid ON objects (uid, collection_id) WHERE uid IS NOT NULL;
CREATE INDEX objects_span
  ON objects (collection_id, component, span, first_start, id, last_end, busy, rule)
  WHERE span IS NOT NULL;
CREATE INDEX objects_zone ON objects (zone_version)
  WHERE component IS NOT NULL AND zone_version IS NOT '';

CREATE TABLE participants (
  object_id INTEGER NOT NULL REFERENCES objects ON DELETE CASCADE,
  address   TEXT NOT NULL,
  role      TEXT NOT NULL CHECK (role IN ('organizer', 'attendee')),
  PRIMARY KEY (object_id, role, address)
) STRICT, WITHOUT ROWID;
CREATE INDEX participants_address ON participants (address, object_id);

-- Bytes in rows of at most 256 KiB: all of a blob's chunks are full but the last. An upload is seen by
-- nobody until a commit keeps it; one that none does, or to which nothing refers any more, is doomed:
-- nobody may use it again, and upkeep removes it little by little.
CREATE TABLE blobs (
  id         INTEGER PRIMARY KEY,
  size_bytes INTEGER NOT NULL,
  digest     TEXT,              -- of what is kept: SHA-256 of the content, in hexadecimal
  state      TEXT NOT NULL DEFAULT 'upload' CHECK (state IN ('upload', 'kept', 'doomed')),
  written    INTEGER NOT NULL   -- when its last chunk came
) STRICT;
CREATE INDEX blobs_digest ON blobs (digest) WHERE state = 'kept' AND digest IS NOT NULL;
CREATE INDEX blobs_left ON blobs (state, written) WHERE state <> 'kept';
CREATE TABLE chunks (
  blob_id  INTEGER NOT NULL REFERENCES blobs ON DELETE CASCADE,
  position INTEGER NOT NULL,
  data     BLOB NOT NULL CHECK (length(data) <= 262144),
  PRIMARY KEY (blob_id, position)
) STRICT;

-- The blob stands in the object's representation where `offset_bytes` of the body's own bytes are past.
CREATE TABLE object_blobs (
  object_id    INTEGER NOT NULL REFERENCES objects ON DELETE CASCADE,
  offset_bytes INTEGER NOT NULL,
  blob_id      INTEGER NOT NULL REFERENCES blobs,
  PRIMARY KEY (object_id, offset_bytes)
) STRICT, WITHOUT ROWID;
CREATE INDEX object_blobs_blob ON object_blobs (blob_id);

-- Files beside calendar objects (RFC 8607): `id` is MANAGED-ID, `link` opens one without a log-in; both
-- are random. One stays as long as an object refers to it, or a version that is still restorable.
CREATE TABLE attachments (
  id           TEXT PRIMARY KEY,
  link         TEXT NOT NULL UNIQUE,
  file_name    TEXT NOT NULL,
  content_type TEXT NOT NULL,
  size_bytes   INTEGER NOT NULL,
  blob_id      INTEGER REFERENCES blobs,  -- NULL: it is empty
  created      INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX attachments_blob ON attachments (blob_id) WHERE blob_id IS NOT NULL;
CREATE TABLE object_attachments (
  object_id     INTEGER NOT NULL REFERENCES objects ON DELETE CASCADE,
  attachment_id TEXT NOT NULL REFERENCES attachments,
  PRIMARY KEY (object_id, attachment_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX object_attachments_attachment ON object_attachments (attachment_id);

-- Properties that clients set (RFC 4918 §4) and that no column holds. `principal_id` 0: the same for
-- everybody; else that person's own (the colour and order of a calendar belong to the person).
CREATE TABLE properties (
  resource_kind TEXT NOT NULL CHECK (resource_kind IN ('collection', 'object', 'principal')),
  resource_id   INTEGER NOT NULL,
  principal_id  INTEGER NOT NULL,
  name          TEXT NOT NULL,     -- Clark notation
  xml           TEXT NOT NULL,     -- the whole element
  commit_number INTEGER NOT NULL,
  PRIMARY KEY (resource_kind, resource_id, principal_id, name)
) STRICT, WITHOUT ROWID;

-- Names that were members and are not (RFC 6578 §3.5.2).
CREATE TABLE tombstones (
  collection_id INTEGER NOT NULL REFERENCES collections ON DELETE CASCADE,
  name          TEXT NOT NULL,
  collection    INTEGER NOT NULL,  -- 1: the member was a collection
  commit_number INTEGER NOT NULL,
  at            INTEGER NOT NULL,
  PRIMARY KEY (collection_id, name)
) STRICT, WITHOUT ROWID;
CREATE INDEX tombstones_commit ON tombstones (collection_id, commit_number, name);
CREATE INDEX tombstones_at ON tombstones (at);

-- What was deleted or replaced, restorable until upkeep removes it. No references: it outlives all.
CREATE TABLE versions (
  id            INTEGER PRIMARY KEY AUTOINCREMENT,
  owner_id      INTEGER NOT NULL,
  collection_id INTEGER NOT NULL,
  name          TEXT NOT NULL,
  uid           TEXT,
  etag          TEXT NOT NULL,
  content_type  TEXT NOT NULL,
  body          ANY NOT NULL,
  blobs         TEXT,              -- JSON [[offset_bytes, blob_id], …]
  at            INTEGER NOT NULL
) STRICT;
CREATE INDEX versions_owner ON versions (owner_id, at);
CREATE INDEX versions_at ON versions (at);
CREATE INDEX versions_blobs ON versions (blobs) WHERE blobs IS NOT NULL;
CREATE TABLE version_attachments (
  version_id    INTEGER NOT NULL REFERENCES versions ON DELETE CASCADE,
  attachment_id TEXT NOT NULL REFERENCES attachments,
  PRIMARY KEY (version_id, attachment_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX version_attachments_attachment ON version_attachments (attachment_id);

-- By the href of the lock's root below a home: what is locked may have no row of its own.
CREATE TABLE locks (
  token         TEXT PRIMARY KEY,
  home_id       INTEGER NOT NULL REFERENCES collections ON DELETE CASCADE,
  href          TEXT NOT NULL,
  principal_id  INTEGER NOT NULL REFERENCES principals ON DELETE CASCADE,
  exclusive     INTEGER NOT NULL,
  deep          INTEGER NOT NULL,
  owner_xml     TEXT,
  seconds       INTEGER NOT NULL,
  expires       INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX locks_home ON locks (home_id, expires);

-- ACEs (RFC 3744) and shares (a share is seen in the home of `principal_id` under `name`).
CREATE TABLE aces (
  collection_id INTEGER NOT NULL REFERENCES collections ON DELETE CASCADE,
  position      INTEGER NOT NULL,
  principal     TEXT NOT NULL,      -- 'all', 'authenticated', 'unauthenticated' or a principal's id
  deny          INTEGER NOT NULL,
  privileges    TEXT NOT NULL,      -- JSON array of names in Clark notation
  PRIMARY KEY (collection_id, position)
) STRICT, WITHOUT ROWID;
CREATE TABLE shares (
  collection_id INTEGER NOT NULL REFERENCES collections ON DELETE CASCADE,
  address       TEXT NOT NULL,
  principal_id  INTEGER REFERENCES principals ON DELETE CASCADE,
  name          TEXT,
  access        TEXT NOT NULL,
  state         TEXT NOT NULL,
  summary       TEXT,
  commit_number INTEGER NOT NULL,
  PRIMARY KEY (collection_id, address)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX shares_principal ON shares (principal_id, name) WHERE name IS NOT NULL;

-- Outgoing scheduling mail and follow-ups, taken with a lease; messages that came in and are done.
CREATE TABLE deliveries (
  id           INTEGER PRIMARY KEY AUTOINCREMENT,
  kind         TEXT NOT NULL,
  merge_key    TEXT UNIQUE,
  object_id    INTEGER,
  recipient    TEXT,
  payload      TEXT NOT NULL,
  attempts     INTEGER NOT NULL DEFAULT 0,
  due          INTEGER NOT NULL,
  leased_until INTEGER,
  created      INTEGER NOT NULL
) STRICT;
CREATE INDEX deliveries_due ON deliveries (due);
CREATE TABLE inbound (
  message_id TEXT PRIMARY KEY,
  at         INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Switches: a row stands where a service is off, for all (principal_id 0) or for one.
CREATE TABLE services (
  service      TEXT NOT NULL,
  principal_id INTEGER NOT NULL,
  PRIMARY KEY (principal_id, service)
) STRICT, WITHOUT ROWID;

CREATE TABLE sessions (
  hash         TEXT PRIMARY KEY,
  principal_id INTEGER NOT NULL REFERENCES principals ON DELETE CASCADE,
  created      INTEGER NOT NULL,
  expires      INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE audit (
  id           INTEGER PRIMARY KEY AUTOINCREMENT,
  at           INTEGER NOT NULL,
  principal_id INTEGER,
  action       TEXT NOT NULL,
  detail       TEXT NOT NULL
) STRICT;

CREATE TRIGGER objects_sized AFTER INSERT ON objects BEGIN
  UPDATE collections SET used_bytes = used_bytes + new.size_bytes + new.attached_bytes
    WHERE id = new.collection_id;
END;
CREATE TRIGGER objects_resized AFTER UPDATE OF size_bytes, attached_bytes, collection_id ON objects
  WHEN old.size_bytes <> new.size_bytes OR old.attached_bytes <> new.attached_bytes
    OR old.collection_id <> new.collection_id BEGIN
  UPDATE collections SET used_bytes = used_bytes - old.size_bytes - old.attached_bytes
    WHERE id = old.collection_id;
  UPDATE collections SET used_bytes = used_bytes + new.size_bytes + new.attached_bytes
    WHERE id = new.collection_id;
END;
CREATE TRIGGER objects_replaced AFTER UPDATE OF etag ON objects WHEN old.etag <> new.etag BEGIN
  INSERT INTO versions (owner_id, collection_id, name, uid, etag, content_type, body, blobs, at)
    SELECT owner_id, old.collection_id, old.name, old.uid, old.etag, old.content_type, old.body,
      (SELECT nullif(json_group_array(json_array(offset_bytes, blob_id)), '[]')
        FROM object_blobs WHERE object_id = old.id), new.modified
    FROM collections WHERE id = old.collection_id;
  INSERT INTO version_attachments
    SELECT last_insert_rowid(), attachment_id FROM object_attachments WHERE object_id = old.id;
  DELETE FROM participants WHERE object_id = old.id;
  DELETE FROM object_blobs WHERE object_id = old.id;
  DELETE FROM object_attachments WHERE object_id = old.id;
END;
CREATE TRIGGER objects_deleted BEFORE DELETE ON objects BEGIN
  UPDATE collections SET used_bytes = used_bytes - old.size_bytes - old.attached_bytes
    WHERE id = old.collection_id;
  INSERT INTO versions (owner_id, collection_id, name, uid, etag, content_type, body, blobs, at)
    SELECT COALESCE((SELECT owner_id FROM collections WHERE id = old.collection_id), 0),
      old.collection_id, old.name, old.uid, old.etag, old.content_type, old.body,
      (SELECT nullif(json_group_array(json_array(offset_bytes, blob_id)), '[]')
        FROM object_blobs WHERE object_id = old.id),
      CAST(unixepoch('subsec') * 1000 AS INTEGER);
  INSERT INTO version_attachments
    SELECT last_insert_rowid(), attachment_id FROM object_attachments WHERE object_id = old.id;
  DELETE FROM properties WHERE resource_kind = 'object' AND resource_id = old.id;
END;
CREATE TRIGGER collections_deleted AFTER DELETE ON collections BEGIN
  DELETE FROM properties WHERE resource_kind = 'collection' AND resource_id = old.id;
END;
CREATE TRIGGER principals_deleted AFTER DELETE ON principals BEGIN
  DELETE FROM properties WHERE principal_id = old.id
    OR (resource_kind = 'principal' AND resource_id = old.id);
  DELETE FROM services WHERE principal_id = old.id;
END;
