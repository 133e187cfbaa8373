import { limits } from "../limits.ts";
import type { StoredObject } from "../model.ts";
import { type Executor, type Row, statement } from "./executor.ts";
import { listed } from "./listed.ts";
import { behind, listOf } from "./page.ts";
import { blobPartsOf, blobsSql, objectOf, parsed, storedObject } from "./rows.ts";
import type { ContentDetail } from "./questions.ts";
import type { Store } from "./store.ts";

const { pageRows, pageBytes } = limits;

type Contents = Pick<Store, "objectsNamed" | "objectsWithIds" | "objectsOf">;

/** The verbs that read members with their content. */
export const contents = (executor: Executor): Contents => ({
  objectsNamed: (collectionId, names, detail) =>
    objectsWith(executor, collectionId, { column: "name", detail }, names),

  async *objectsWithIds(collectionId, ids, detail) {
    for await (const page of objectsWith(executor, collectionId, { column: "id", detail }, ids)) {
      yield page.flatMap(([, found]) => found ?? []);
    }
  },

  async *objectsOf(collectionId, { components, detail }) {
    let after = "";
    for (let more = true; more;) {
      const sql = pageSql[detail];
      const [rows = []] = await executor.read([
        statement(sql, collectionId, after, listOf(components), pageRows + 1, pageBytes),
      ]);
      more = false;
      for (const [position, row] of rows.entries()) {
        more = row[1] === null || position === pageRows;
        if (more) break;
        const stored = storedOf(row);
        yield stored;
        after = stored.name;
      }
    }
  },
});

/** A cell with all of `o` but its body. It has blobs where its body is not the whole of it. */
const contentSql = (detail: ContentDetail): string =>
  `json_array(${listed[detail].sql},
    json(CASE WHEN o.size_bytes > octet_length(o.body) THEN ${blobsSql} END))`;

/**
 * That, and the body, unless `w.upto`, the bytes of all bodies up to this one, are more than `limit`.
 * The first one always has it.
 */
const boundedSql = (detail: ContentDetail, limit: string): string =>
  `${contentSql(detail)}, CASE WHEN w.upto <= ${limit} OR w.upto = w.bytes THEN o.body END`;

function storedOf(row: Row): StoredObject {
  const [cell, body] = Array.from(row);
  const [object, blobs] = parsed(cell) as [unknown, unknown];
  return storedObject(objectOf(object), body, blobs ? blobPartsOf(blobs) : []);
}

type Column = "name" | "id";

/** By which column objects are looked up, and how much is told of each. */
interface Wants {
  readonly column: Column;
  readonly detail: ContentDetail;
}

/** The objects with these names or ids, a page at a time. */
async function* objectsWith<K extends string | number>(
  executor: Executor,
  collectionId: number,
  { column, detail }: Wants,
  keys: readonly K[],
): AsyncGenerator<readonly (readonly [key: K, object: StoredObject | undefined])[]> {
  let query = ofSmall;
  for (let done = 0; done < keys.length;) {
    const part = keys.slice(done, done + pageRows);
    const sql = query.sql[column][detail];
    const [rows = []] = await executor.read([
      statement(sql, collectionId, JSON.stringify(part), query.limitOf(part.length)),
    ]);
    const found = new Map(rows.map((row) => [row[2], row]));
    const page: [K, StoredObject | undefined][] = [];
    for (const [position, key] of part.entries()) {
      const row = found.get(position);
      if (row?.[1] === null) break;
      page.push([key, row && storedOf(row)]);
    }
    done += page.length;
    query = page.length < part.length ? ofAny : ofSmall;
    yield page;
  }
}

interface Query {
  readonly sql: Readonly<Record<Column, Readonly<Record<ContentDetail, string>>>>;
  /** Its third argument, in bytes, where so many objects are asked for. */
  limitOf(count: number): number;
}

const byContentDetail = (sql: (detail: ContentDetail) => string) => ({
  columns: sql("columns"),
  properties: sql("properties"),
});

const byColumn = (sql: (wanted: string, detail: ContentDetail) => string): Query["sql"] => ({
  name: byContentDetail((detail) => sql(wanted("name"), detail)),
  id: byContentDetail((detail) => sql(wanted("id"), detail)),
});

function wanted(column: Column): string {
  return `FROM json_each(?2) j CROSS JOIN objects o
    ON o.collection_id = ?1 AND o.${column} = j.value`;
}

/**
 * These objects with their position among the keys; those with more than their share of a page come
 * without a body, but for the first one.
 */
const ofSmall: Query = {
  sql: byColumn((wanted, detail) =>
    `SELECT ${contentSql(detail)},
      CASE WHEN j.key = 0 OR octet_length(o.body) <= ?3 THEN o.body END, j.key ${wanted}`
  ),
  limitOf: (count) => Math.floor(pageBytes / count),
};

/**
 * The same at twice the cost: where together they hold more than a page may, those at the end come
 * without a body.
 */
const ofAny: Query = {
  sql: byColumn((wanted, detail) =>
    `WITH wanted AS MATERIALIZED (
      SELECT j.key AS position, o.id, octet_length(o.body) AS bytes,
        sum(octet_length(o.body)) OVER (ORDER BY j.key) AS upto ${wanted})
    SELECT ${boundedSql(detail, "?3")}, w.position
    FROM wanted w CROSS JOIN objects o ON o.id = w.id`
  ),
  limitOf: () => pageBytes,
};

/**
 * One object more than a page has. Where together they hold more than a page may, those at the end
 * come without a body; the first one always has it.
 */
const pageSql = byContentDetail((detail) =>
  `WITH page AS (
      SELECT o.id, o.name, octet_length(o.body) AS bytes
      FROM objects o WHERE ${behind} ORDER BY o.name LIMIT ?4),
    wanted AS MATERIALIZED (
      SELECT id, bytes, sum(bytes) OVER (ORDER BY name ROWS UNBOUNDED PRECEDING) AS upto FROM page)
    SELECT ${boundedSql(detail, "?5")}
    FROM wanted w CROSS JOIN objects o ON o.id = w.id`
);
