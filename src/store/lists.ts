import type { Collection, ObjectInfo, StoredObject } from "../model.ts";
import { limits } from "../limits.ts";
import { type Executor, type Row, type Statement, statement } from "./executor.ts";
import {
  collectionColumns,
  contentColumns,
  objectColumns,
  propertiesOf,
  propertiesSql,
} from "./rows.ts";
import type { ChangePage, MemberChange, Page, Store, SyncPoint } from "./store.ts";

type Lists = Pick<Store, "members" | "children" | "objectsNamed" | "changesSince">;

/** The verbs that read many members of a collection. */
export const lists = (executor: Executor): Lists => ({
  async members(collectionId, { after, limit, properties }) {
    const own = properties ? propertiesSql("object", "o.id", "0") : "NULL";
    const sql = `SELECT ${objectColumns.sql}, ${own} FROM objects o
      WHERE o.collection_id = ?1 AND o.name > ?2 ORDER BY o.name LIMIT ?3`;
    const [rows = []] = await executor.read([statement(sql, collectionId, after ?? "", limit + 1)]);
    return page(rows, limit, objectOf);
  },

  async children(collectionId, asker) {
    const [rows = []] = await executor.read([childrenStatement(collectionId, asker)]);
    return rows.map(childOf);
  },

  async *objectsNamed(collectionId, names) {
    const sizes = await sizesOf(executor, collectionId, names);
    for (const part of pages(names, sizes)) {
      const [rows = []] = await executor.read([contentsStatement(collectionId, part)]);
      const found = new Map(rows.map((row) => [String(row[2]), storedOf(row)] as const));
      for (const name of part) yield [name, found.get(name)];
    }
  },

  async changesSince(collectionId, since, { limit, asker }) {
    const results = await executor.read([
      statement("SELECT commit_number FROM collections WHERE id = ?", collectionId),
      ...changeStatements(collectionId, since, limit + 1, asker),
    ]);
    return changePage(results, limit);
  },
});

function childrenStatement(collectionId: number, asker: number): Statement {
  const sql = `SELECT ${collectionColumns.sql}, ${propertiesSql("collection", "c.id", "?2")}
    FROM collections c WHERE c.parent_id = ?1 ORDER BY c.name`;
  return statement(sql, collectionId, asker);
}

const childOf = (row: Row): Collection => ({
  ...collectionColumns.read(row, 0),
  properties: propertiesOf(row[collectionColumns.count]),
});

const objectOf = (row: Row): ObjectInfo => ({
  ...objectColumns.read(row, 0),
  properties: propertiesOf(row[objectColumns.count]),
});

function page<T>(rows: readonly Row[], limit: number, read: (row: Row) => T): Page<T> {
  return { items: rows.slice(0, limit).map(read), more: rows.length > limit };
}

/** Only where there are so many that their rows could hold more than a page may. */
async function sizesOf(executor: Executor, collectionId: number, names: readonly string[]) {
  const sizes = new Map<string, number>();
  if (names.length * limits.inlineBytes <= limits.pageBytes) return sizes;
  const sql = `SELECT o.name, o.size_bytes FROM objects o
    WHERE o.collection_id = ?1 AND o.name IN (SELECT value FROM json_each(?2))`;
  const [rows = []] = await executor.read([statement(sql, collectionId, JSON.stringify(names))]);
  for (const row of rows) sizes.set(String(row[0]), Number(row[1]));
  return sizes;
}

/** Names in order, cut so that each part holds no more than a page may: rows, and bytes. */
function* pages(names: readonly string[], sizes: ReadonlyMap<string, number>) {
  let part: string[] = [];
  let bytes = 0;
  for (const name of names) {
    const size = sizes.get(name) ?? 0;
    if (part.length > 0 && (part.length >= limits.pageRows || bytes + size > limits.pageBytes)) {
      yield part;
      part = [];
      bytes = 0;
    }
    part.push(name);
    bytes += size;
  }
  if (part.length > 0) yield part;
}

function contentsStatement(collectionId: number, names: readonly string[]): Statement {
  const sql = `SELECT ${objectColumns.sql}, ${propertiesSql("object", "o.id", "0")},
      ${contentColumns.sql} FROM objects o
    WHERE o.collection_id = ?1 AND o.name IN (SELECT value FROM json_each(?2))`;
  return statement(sql, collectionId, JSON.stringify(names));
}

const storedOf = (row: Row): StoredObject => ({
  ...objectOf(row),
  ...contentColumns.read(row, objectColumns.count + 1),
});

/** Behind the point, in the same order: objects, child collections, names that are gone. */
function changeStatements(
  collectionId: number,
  { commit, name }: SyncPoint,
  limit: number,
  asker: number,
): Statement[] {
  // Names are never empty: so the first pair behind a whole commit is (commit + 1, "").
  const from = name === undefined ? [commit + 1, ""] as const : [commit, name] as const;
  const objects = `SELECT ${objectColumns.sql}, ${propertiesSql("object", "o.id", "0")}
    FROM objects o WHERE o.collection_id = ?1 AND (o.commit_number, o.name) > (?2, ?3)
    ORDER BY o.commit_number, o.name LIMIT ?4`;
  const collections = `SELECT ${collectionColumns.sql},
      ${propertiesSql("collection", "c.id", "?5")}
    FROM collections c WHERE c.parent_id = ?1 AND (c.commit_number, c.name) > (?2, ?3)
    ORDER BY c.commit_number, c.name LIMIT ?4`;
  const gone = `SELECT t.name, t.commit_number, t.collection FROM tombstones t
    WHERE t.collection_id = ?1 AND (t.commit_number, t.name) > (?2, ?3)
    ORDER BY t.commit_number, t.name LIMIT ?4`;
  return [
    statement(objects, collectionId, ...from, limit),
    statement(collections, collectionId, ...from, limit, asker),
    statement(gone, collectionId, ...from, limit),
  ];
}

function changePage(results: readonly (readonly Row[])[], limit: number): ChangePage {
  const [own = [], objects = [], collections = [], gone = []] = results;
  const changes: MemberChange[] = [
    ...objects.map(objectOf).map((object) => ({
      name: object.name,
      commit: object.commit,
      object,
    })),
    ...collections.map(childOf).map((collection) => ({
      name: collection.name,
      commit: collection.commit,
      collection,
    })),
    ...gone.map((row) => ({
      name: String(row[0]),
      commit: Number(row[1]),
      wasCollection: row[2] === 1,
    })),
  ];
  changes.sort((a, b) => a.commit - b.commit || byCodePoint(a.name, b.name));
  const items = changes.slice(0, limit);
  const newest = items.at(-1)?.commit ?? 0;
  return {
    items,
    more: changes.length > limit,
    commit: Math.max(Number(own[0]?.[0] ?? 0), newest),
  };
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
