import type { Collection, ObjectInfo, Principal, StoredObject } from "../model.ts";
import { type Executor, type Row, type Statement, statement } from "./executor.ts";
import {
  collectionColumns,
  contentColumns,
  objectColumns,
  principalColumns,
  propertiesOf,
  propertiesSql,
  readJoined,
} from "./rows.ts";
import type { Place, Question, Snapshot } from "./store.ts";

/** Answers a question in one batch of at most two statements. */
export async function load(executor: Executor, question: Question): Promise<Snapshot> {
  const { place } = question;
  const statements = [principalsStatement(question)];
  if (place.kind === "tree") statements.push(treeStatement(question, place));
  const [principals = [], tree = []] = await executor.read(statements);
  return { ...people(question, principals), ...chainOf(question, tree) };
}

/** The asker and the owner, and the epoch, which is there even when neither is. */
function principalsStatement({ asker, place, properties }: Question): Statement {
  const own = properties && place.kind === "principal"
    ? propertiesSql("principal", "p.id", "?1")
    : "NULL";
  const sql = `SELECT d.epoch, ${own}, ${principalColumns.sql}
    FROM database d LEFT JOIN principals p ON p.id = ?1 OR p.name = ?2`;
  return statement(sql, asker, nameOf(place));
}

const nameOf = (place: Place): string | null => {
  if (place.kind === "fixed") return null;
  return place.kind === "tree" ? place.owner : place.name;
};

type People = Pick<Snapshot, "asker" | "owner" | "ownerProperties" | "epoch">;

function people({ asker, place }: Question, rows: readonly Row[]): People {
  const found = rows.map((row) => ({
    principal: readJoined(principalColumns, row, 2),
    properties: propertiesOf(row[1]),
  }));
  const isOwner = (principal: Principal | undefined) =>
    principal !== undefined && principal.name === nameOf(place) &&
    (place.kind !== "principal" || principal.kind === place.principalKind);
  const owner = found.find(({ principal }) => isOwner(principal));
  return {
    asker: found.find(({ principal }) => principal?.id === asker)?.principal,
    owner: owner?.principal,
    ownerProperties: owner?.properties ?? [],
    epoch: String(rows[0]?.[0]),
  };
}

/** ?1 owner, ?2 home, ?3 segments, ?4 depth of the last segment, ?5 it, ?6 asker, ?7 UID. */
function treeStatement(
  { asker, body, properties, uid }: Question,
  { owner, home, segments }: Extract<Place, { kind: "tree" }>,
): Statement {
  const ofCollection = properties ? propertiesSql("collection", "c.id", "?6") : "NULL";
  const ofObject = properties ? propertiesSql("object", "o.id", "?6") : "NULL";
  const sql = `WITH RECURSIVE walk (depth, id) AS (
      SELECT 0, c.id FROM principals p JOIN collections c
        ON c.owner_id = p.id AND c.kind = ?2 AND c.parent_id IS NULL WHERE p.name = ?1
      UNION ALL
      SELECT walk.depth + 1, c.id FROM walk JOIN collections c
        ON c.parent_id = walk.id AND c.name = json_extract(?3, '$[' || walk.depth || ']'))
    SELECT ${ofCollection}, ${ofObject},
      (SELECT u.name FROM objects u WHERE u.collection_id = c.id AND u.uid = ?7),
      ${collectionColumns.sql}, ${objectColumns.sql}, ${body ? contentColumns.sql : "NULL, NULL"}
    FROM walk CROSS JOIN collections c ON c.id = walk.id
      LEFT JOIN objects o ON walk.depth = ?4 AND o.collection_id = c.id AND o.name = ?5
    ORDER BY walk.depth`;
  const last = segments.length - 1;
  return statement(
    sql,
    owner,
    home,
    JSON.stringify(segments),
    last,
    segments[last] ?? "",
    asker,
    uid ?? null,
  );
}

const collectionAt = 3;
const objectAt = collectionAt + collectionColumns.count;
const contentAt = objectAt + objectColumns.count;

type Chain = Pick<Snapshot, "chain" | "rest" | "object" | "content" | "uidHolder">;

function chainOf({ place, body }: Question, rows: readonly Row[]): Chain {
  const segments = place.kind === "tree" ? place.segments : [];
  const chain = rows.map((row): Collection => ({
    ...collectionColumns.read(row, collectionAt),
    properties: propertiesOf(row[0]),
  }));
  const rest = segments.slice(Math.max(0, chain.length - 1));
  const last = rows.at(-1);
  const found = last && readJoined(objectColumns, last, objectAt);
  const object: ObjectInfo | undefined = found && { ...found, properties: propertiesOf(last[1]) };
  const content: StoredObject | undefined = body && last && object
    ? { ...object, ...contentColumns.read(last, contentAt) }
    : undefined;
  const holder = last?.[2];
  return {
    chain,
    rest,
    object,
    content,
    uidHolder: typeof holder === "string" ? holder : undefined,
  };
}
