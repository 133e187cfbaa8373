import { limits } from "../limits.ts";
import type { TimeIndex } from "../model.ts";
import { type Argument, type Executor, statement } from "./executor.ts";
import { blobsOf, blobsSql, objectOf, objectSql, parsed, storedObject } from "./rows.ts";
import type { Candidate, TimeQuery } from "./questions.ts";
import type { Store } from "./store.ts";

/** The columns of the time index. */
export const indexColumns = [
  "span",
  "first_start",
  "last_end",
  "busy",
  "rule",
  "zone_version",
] as const;

/** What stands for them in a statement, the first with this number. */
export const indexParameters = (first: number): string[] =>
  indexColumns.map((_, position) => `?${first + position}`);

/** As the end of an UPDATE. */
export const setIndex = (first: number): string =>
  indexParameters(first).map((parameter, at) => `${indexColumns[at]} = ${parameter}`).join();

/** The cells of a row. */
export const indexCells = (index: TimeIndex | undefined): Argument[] => [
  index?.span ?? null,
  index?.firstStart ?? null,
  index?.lastEnd ?? null,
  index?.busy ?? null,
  index?.rule ?? null,
  index?.zoneVersion ?? "",
];

/** Candidates that one statement gives: some ms of work, and less than a server may answer at once. */
const pageCandidates = 4_000;

/** The verbs of the time index. */
export const timeIndex = (
  executor: Executor,
): Pick<Store, "candidates" | "staleObjects" | "putTimeIndexes"> => ({
  async *candidates(queries, want) {
    let open = queries.map((query, position): Open => ({ query, position, behind: start }));
    while (open.length > 0) {
      const limit = Math.max(1, Math.floor(pageCandidates / open.length));
      const results = await executor.read(open.map((one) => pageStatement(one, want, limit)));
      const next: Open[] = [];
      for (const [index, one] of open.entries()) {
        const [list, last] = Array.from(results[index]?.[0] ?? []);
        if (typeof list === "string") yield [one.position, list.split("\n").map(candidateOf)];
        if (typeof last === "string") next.push({ ...one, behind: JSON.parse(last) });
      }
      open = next;
    }
  },

  async staleObjects(zoneVersion, limit) {
    const { pageBytes } = limits;
    const [rows = []] = await executor.read([statement(staleSql, zoneVersion, limit, pageBytes)]);
    return rows.flatMap((row) => {
      const [object, body, blobs] = Array.from(row);
      return body === null ? [] : [storedObject(objectOf(parsed(object)), body, blobsOf(blobs))];
    });
  },

  putTimeIndexes: (indexes) =>
    executor.write(indexes.map(({ id, etag, timeIndex }) =>
      statement(
        `UPDATE objects SET ${setIndex(3)} WHERE id = ?1 AND etag = ?2`,
        id,
        etag,
        ...indexCells(timeIndex),
      )
    )),
});

/** The first one always comes with its body. */
const staleSql = `WITH stale AS (${
  ["IS NULL", "< ?1", "> ?1"].map((other) =>
    `SELECT id, octet_length(body) AS bytes FROM objects
      WHERE component IS NOT NULL AND zone_version IS NOT '' AND zone_version ${other}`
  ).join(" UNION ALL ")
} LIMIT ?2),
    wanted AS MATERIALIZED (
      SELECT id, bytes, sum(bytes) OVER (ROWS UNBOUNDED PRECEDING) AS upto FROM stale)
  SELECT ${objectSql("NULL")},
    CASE WHEN w.upto <= ?3 OR w.upto = w.bytes THEN o.body END, ${blobsSql}
  FROM wanted w CROSS JOIN objects o ON o.id = w.id`;

/** A query that is not through. */
interface Open {
  readonly query: TimeQuery;
  readonly position: number;
  readonly behind: Cursor;
}

/** The last candidate told: position of its component, and where it stands in the index. */
type Cursor = readonly [component: number, span: number, firstStart: number, id: number];

const start: Cursor = [0, -1, 0, 0];

const dayMs = 24 * 60 * 60 * 1000;
/** Beyond all times; SQL has no infinity. */
const never = 9e15;
/** How far clocks may be from UTC. */
const clockMs = dayMs;
/** Of the spans 0 to 5, in days; 6 and 7 may begin at any time. */
const widths = [1, 8, 32, 128, 512, 2048];

/** Of each span, which starts are near enough to reach into the time asked for. */
const spans = (first: number, from: string, to: string): string[] => [
  ...widths.map((days, span) => `(${first + span}, ${from} - ${days * dayMs}, ${to}, ${from})`),
  ...[6, 7].map((span) => `(${first + span}, ${-1000 * never}, ${to}, ${from})`),
];

/** Ids alone of those that the bounds decide, but for free/busy, which needs them. */
const entries = {
  objects: `CASE WHEN rule IS NOT NULL THEN id || ' ' || rule
    WHEN span < 8 THEN id
    ELSE id || ',' || first_start || ',' || last_end || ',,1' END`,
  busy: `CASE WHEN rule IS NOT NULL THEN id || ' ' || rule
    ELSE id || ',' || first_start || ',' || last_end || ',' || busy || ',' || (span >= 8) END`,
};

const conditions = { objects: "", busy: "AND o.busy <> 0" };

/**
 * One row: a page of candidates in one text, and the last one where there may be more. A few seeks in
 * one index, which has all that is told. ?7 to ?10 are the cursor.
 */
const pageSql = (want: keyof typeof entries): string =>
  `WITH k (span, low, high, start) AS (VALUES
      ${[...spans(0, "?3", "?4"), ...spans(8, "?5", "?6")].join()}),
    page AS NOT MATERIALIZED (
      SELECT j.key AS component, k.span, o.first_start, o.id, o.last_end, o.busy, o.rule
      FROM json_each(?2) j CROSS JOIN k CROSS JOIN objects o INDEXED BY objects_span
      WHERE o.collection_id = ?1 AND o.component = j.value AND o.span = k.span
        AND o.first_start < k.high AND o.last_end > k.start AND (j.key, k.span) >= (?7, ?8)
        AND (o.first_start, o.id) > (iif((j.key, k.span) = (?7, ?8), ?9, k.low),
          iif((j.key, k.span) = (?7, ?8), ?10, ${never}))
        ${conditions[want]}
      LIMIT ?11)
    SELECT group_concat(${entries[want]}, char(10)), CASE WHEN count(*) = ?11 THEN
      (SELECT json_array(component, span, first_start, id) FROM page LIMIT 1 OFFSET ?11 - 1) END
    FROM page`;

const pagesSql = { objects: pageSql("objects"), busy: pageSql("busy") };

function pageStatement({ query, behind }: Open, want: keyof typeof entries, limit: number) {
  const from = Math.max(query.start, -never + clockMs);
  const to = Math.min(query.end, never - clockMs);
  return statement(
    pagesSql[want],
    query.collectionId,
    JSON.stringify(query.components),
    from,
    to,
    from - clockMs,
    to + clockMs,
    ...behind,
    limit,
  );
}

function candidateOf(entry: string): Candidate {
  const space = entry.indexOf(" ");
  if (space >= 0) return { id: Number(entry.slice(0, space)), rule: entry.slice(space + 1) };
  if (!entry.includes(",")) return { id: Number(entry) };
  const [id = 0, firstStart = 0, lastEnd = 0, busy = 0, floating = 0] = entry.split(",").map(
    Number,
  );
  return { id, bounds: { firstStart, lastEnd, busy, floating: floating === 1 } };
}
