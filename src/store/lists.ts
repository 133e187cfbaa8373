import { limits } from "../limits.ts";
import type { StoredObject } from "../model.ts";
import { type Executor, type Row, single, type Statement, statement } from "./executor.ts";
import {
  blobsSql,
  collectionCommit,
  collectionOf,
  collectionSql,
  grouped,
  groupSql,
  objectOf,
  objectSql,
  parsed,
  propertiesSql,
  storedObject,
} from "./rows.ts";
import type { ChangePage, MemberChange, Page, Store, Subtree, SyncPoint } from "./store.ts";

type Lists = Pick<
  Store,
  | "members"
  | "children"
  | "subtree"
  | "objectsNamed"
  | "objectsOf"
  | "membersWithIds"
  | "objectsWithIds"
  | "changesSince"
>;

/** The verbs that read many members of a collection. */
export const lists = (executor: Executor): Lists => ({
  async members(collectionId, { after, limit, properties, components }) {
    const sql = properties ? membersWithPropertiesSql : membersSql;
    const [[row = []] = []] = await executor.read([
      single(sql, collectionId, after ?? "", listOf(components), limit + 1),
    ]);
    return pageOf(grouped(row[0]).map(objectOf), limit);
  },

  async children(collectionId, asker) {
    const [[row = []] = []] = await executor.read([single(childrenSql, collectionId, asker)]);
    return grouped(row[0]).map(collectionOf);
  },

  async subtree(collectionId, asker, limit, having) {
    const results = await executor.read(
      subtreeStatements(collectionId, asker, limit + 1, having),
    );
    const [collections = [], objects = []] = results.map(([row = []]) => grouped(row[0]));
    if (collections.length + objects.length > limit) return undefined;
    return { collections: collections.map(childOf), objects: objects.map(objectOf) };
  },

  objectsNamed: (collectionId, names) => contents(executor, collectionId, "name", names),

  async membersWithIds(collectionId, ids, properties) {
    const sql = `SELECT ${properties ? objectWithProperties : objectSql("NULL")}
      FROM json_each(?2) j CROSS JOIN objects o ON o.id = j.value AND o.collection_id = ?1`;
    const [rows = []] = await executor.read([statement(sql, collectionId, JSON.stringify(ids))]);
    return rows.map((row) => objectOf(parsed(row[0])));
  },

  async *objectsWithIds(collectionId, ids) {
    for await (const page of contents(executor, collectionId, "id", ids)) {
      yield page.flatMap(([, found]) => found ?? []);
    }
  },

  async *objectsOf(collectionId, { components }) {
    let after = "";
    for (let more = true; more;) {
      const [rows = []] = await executor.read([pageStatement(collectionId, after, components)]);
      more = false;
      for (const [position, row] of rows.entries()) {
        const [object, body, blobs] = Array.from(row);
        more = body === null || position === limits.pageRows;
        if (more) break;
        const stored = storedObject(objectOf(parsed(object)), body, blobs);
        yield stored;
        after = stored.name;
      }
    }
  },

  async changesSince(collectionId, since, { limit, asker, properties }) {
    const wanted = { limit: limit + 1, asker, properties };
    const results = await executor.read(changeStatements(collectionId, since, wanted));
    return changePage(results, limit);
  },
});

const objectWithProperties = objectSql(propertiesSql("object", "o.id", "0"));

/** One row, of all cells that the query gives in its column `cell`. */
const groupOf = (query: string): string => `SELECT ${groupSql("cell")} FROM (${query})`;

/** Objects of the collection ?1 behind the name ?2, of the components ?3. */
const behind = `o.collection_id = ?1 AND o.name > ?2
  AND (?3 IS NULL OR o.component IN (SELECT value FROM json_each(?3)))`;

const membersOf = (object: string): string =>
  groupOf(`SELECT ${object} AS cell FROM objects o WHERE ${behind} ORDER BY o.name LIMIT ?4`);
const membersSql = membersOf(objectSql("NULL"));
const membersWithPropertiesSql = membersOf(objectWithProperties);

const childrenSql = groupOf(
  `SELECT ${collectionSql(propertiesSql("collection", "c.id", "?2"))} AS cell
    FROM collections c WHERE c.parent_id = ?1 ORDER BY c.name`,
);

function subtreeStatements(
  collectionId: number,
  asker: number,
  limit: number,
  having: string | undefined,
): Statement[] {
  const below = `WITH RECURSIVE below (id, depth) AS (SELECT ?1, 0
    UNION ALL SELECT c.id, below.depth + 1 FROM below JOIN collections c ON c.parent_id = below.id)`;
  const collection = collectionSql(propertiesSql("collection", "c.id", "?3"));
  const collections = `${below} ${
    groupOf(`SELECT json_array(c.parent_id, ${collection}) AS cell
      FROM below CROSS JOIN collections c ON c.id = below.id
      WHERE below.depth > 0 ORDER BY below.depth, c.name LIMIT ?2`)
  }`;
  const objects = `${below} ${
    groupOf(`SELECT ${objectWithProperties} AS cell
      FROM below CROSS JOIN objects o ON o.collection_id = below.id
      WHERE ?3 IS NULL OR EXISTS (SELECT 1 FROM properties x WHERE x.resource_kind = 'object'
        AND x.resource_id = o.id AND x.name = ?3)
      ORDER BY below.depth LIMIT ?2`)
  }`;
  return [
    single(collections, collectionId, limit, asker),
    single(objects, collectionId, limit, having ?? null),
  ];
}

function childOf(fields: unknown): Subtree["collections"][number] {
  const [parentId, collection] = fields as [number, unknown];
  return { parentId, collection: collectionOf(collection) };
}

const pageOf = <T>(items: readonly T[], limit: number): Page<T> => ({
  items: items.slice(0, limit),
  more: items.length > limit,
});

/** The objects with these names or ids, a page at a time. */
async function* contents<K extends string | number>(
  executor: Executor,
  collectionId: number,
  column: "name" | "id",
  keys: readonly K[],
): AsyncGenerator<readonly (readonly [key: K, object: StoredObject | undefined])[]> {
  for (let done = 0; done < keys.length;) {
    const part = keys.slice(done, done + limits.pageRows);
    const [rows = []] = await executor.read([contentsStatement(collectionId, column, part)]);
    const found = new Map(rows.map((row) => [row[0], row]));
    const page: [K, StoredObject | undefined][] = [];
    for (const [position, key] of part.entries()) {
      const [, object, body, blobs] = Array.from(found.get(position) ?? []);
      if (body === null) break;
      page.push([
        key,
        object === undefined ? undefined : storedObject(objectOf(parsed(object)), body, blobs),
      ]);
    }
    done += page.length;
    yield page;
  }
}

/**
 * These objects with their position among the keys. Where together they hold more than a page may,
 * those at the end come without a body; the first one always has it.
 */
function contentsStatement(
  collectionId: number,
  column: "name" | "id",
  keys: readonly (string | number)[],
): Statement {
  const sql = `WITH wanted AS MATERIALIZED (
      SELECT j.key AS position, o.id, octet_length(o.body) AS bytes,
        sum(octet_length(o.body)) OVER (ORDER BY j.key) AS upto
      FROM json_each(?2) j CROSS JOIN objects o ON o.collection_id = ?1 AND o.${column} = j.value)
    SELECT w.position, ${objectWithProperties},
      CASE WHEN w.upto <= ?3 OR w.upto = w.bytes THEN o.body END, ${blobsSql}
    FROM wanted w CROSS JOIN objects o ON o.id = w.id`;
  return statement(sql, collectionId, JSON.stringify(keys), limits.pageBytes);
}

const listOf = (components: readonly string[] | undefined): string | null =>
  components ? JSON.stringify(components) : null;

/**
 * One object more than a page has. Where together they hold more than a page may, those at the end
 * come without a body; the first one always has it.
 */
function pageStatement(
  collectionId: number,
  after: string,
  components: readonly string[] | undefined,
): Statement {
  const sql = `WITH page AS (
      SELECT o.id, o.name, octet_length(o.body) AS bytes FROM objects o WHERE ${behind} ORDER BY o.name LIMIT ?4),
    wanted AS MATERIALIZED (
      SELECT id, bytes, sum(bytes) OVER (ORDER BY name ROWS UNBOUNDED PRECEDING) AS upto FROM page)
    SELECT ${objectWithProperties},
      CASE WHEN w.upto <= ?5 OR w.upto = w.bytes THEN o.body END, ${blobsSql}
    FROM wanted w CROSS JOIN objects o ON o.id = w.id`;
  const { pageRows, pageBytes } = limits;
  return statement(sql, collectionId, after, listOf(components), pageRows + 1, pageBytes);
}

/** The collection; then, behind the point, its objects, child collections, and names that are gone. */
function changeStatements(
  collectionId: number,
  { commit, name }: SyncPoint,
  { limit, asker, properties }: Parameters<Store["changesSince"]>[2],
): Statement[] {
  // Names are never empty: so the first pair behind a whole commit is (commit + 1, "").
  const from = name === undefined ? [commit + 1, ""] as const : [commit, name] as const;
  return [
    single(ownSql, collectionId),
    single(properties ? changesWithPropertiesSql : changesSql, collectionId, ...from, limit),
    single(changedCollectionsSql, collectionId, ...from, limit, asker),
    single(goneSql, collectionId, ...from, limit),
  ];
}

const ownSql = `SELECT ${collectionCommit}, c.floor FROM collections c WHERE c.id = ?1`;

const changesOf = (object: string): string =>
  groupOf(`SELECT ${object} AS cell FROM objects o
    WHERE o.collection_id = ?1 AND (o.commit_number, o.name) > (?2, ?3)
    ORDER BY o.commit_number, o.name LIMIT ?4`);
const changesSql = changesOf(objectSql("NULL"));
const changesWithPropertiesSql = changesOf(objectWithProperties);

const changedCollectionsSql = groupOf(
  `SELECT ${collectionSql(propertiesSql("collection", "c.id", "?5"))} AS cell FROM collections c
    WHERE c.parent_id = ?1 AND (c.commit_number, c.name) > (?2, ?3)
    ORDER BY c.commit_number, c.name LIMIT ?4`,
);

const goneSql = groupOf(
  `SELECT json_array(t.name, t.commit_number, t.collection) AS cell FROM tombstones t
    WHERE t.collection_id = ?1 AND (t.commit_number, t.name) > (?2, ?3)
    ORDER BY t.commit_number, t.name LIMIT ?4`,
);

function changePage(results: readonly (readonly Row[])[], limit: number): ChangePage {
  const [[own] = [], ...lists] = results;
  const [objects, collections, gone] = lists.map(([row = []]) => grouped(row[0]));
  const changes: MemberChange[] = [
    ...(objects ?? []).map(objectOf).map((object) => ({
      name: object.name,
      commit: object.commit,
      object,
    })),
    ...(collections ?? []).map(collectionOf).map((collection) => ({
      name: collection.name,
      commit: collection.commit,
      collection,
    })),
    ...(gone ?? []).map(goneOf),
  ];
  changes.sort((a, b) => a.commit - b.commit || byCodePoint(a.name, b.name));
  return {
    ...pageOf(changes, limit),
    commit: Number(own?.[0] ?? 0),
    floor: Number(own?.[1] ?? 0),
  };
}

function goneOf(fields: unknown): MemberChange {
  const [name, commit, collection] = fields as [string, number, number];
  return { name, commit, wasCollection: collection === 1 };
}

/** As SQLite compares UTF-8 text: JavaScript's own order differs beyond the basic plane. */
function byCodePoint(a: string, b: string): number {
  if (a === b) return 0;
  const right = codePoints(b);
  for (const [at, left] of codePoints(a).entries()) {
    const difference = left - (right[at] ?? -1);
    if (difference !== 0) return difference;
  }
  return -1; // a is the beginning of b
}

const codePoints = (text: string): number[] => Array.from(text, (char) => char.codePointAt(0) ?? 0);
