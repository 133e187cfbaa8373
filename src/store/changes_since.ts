import { type Executor, type Row, single, type Statement } from "./executor.ts";
import { byDetail, groupOf, listed } from "./listed.ts";
import { pageOf } from "./page.ts";
import { collectionCommit, collectionOf, collectionSql, grouped, propertiesSql } from "./rows.ts";
import type { ChangePage, ChangesWanted, Detail, MemberChange, SyncPoint } from "./questions.ts";
import type { Store } from "./store.ts";

/** The verb of synchronisation. */
export const changesSince = (executor: Executor): Pick<Store, "changesSince"> => ({
  async changesSince(collectionId, since, wanted) {
    const oneMore = { ...wanted, limit: wanted.limit + 1 };
    return changePage(await executor.read(changeStatements(collectionId, since, oneMore)), wanted);
  },
});

/** The collection; then, behind the point, its objects, child collections, and names that are gone. */
function changeStatements(
  collectionId: number,
  { commit, name }: SyncPoint,
  { limit, asker, detail }: ChangesWanted<Detail>,
): Statement[] {
  // Names are never empty: so the first pair behind a whole commit is (commit + 1, "").
  const from = name === undefined ? [commit + 1, ""] as const : [commit, name] as const;
  return [
    single(ownSql, collectionId),
    single(changedObjectsSql[detail], collectionId, ...from, limit),
    single(changedCollectionsSql, collectionId, ...from, limit, asker),
    single(goneSql, collectionId, ...from, limit),
  ];
}

const ownSql = `SELECT ${collectionCommit}, c.floor FROM collections c WHERE c.id = ?1`;

const changedObjectsSql = byDetail((object) =>
  groupOf(`SELECT ${object} AS cell FROM objects o
    WHERE o.collection_id = ?1 AND (o.commit_number, o.name) > (?2, ?3)
    ORDER BY o.commit_number, o.name LIMIT ?4`)
);

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

function changePage<D extends Detail>(
  results: readonly (readonly Row[])[],
  { limit, detail }: ChangesWanted<D>,
): ChangePage<D> {
  const [[own] = [], ...lists] = results;
  const [objects, collections, gone] = lists.map(([row = []]) => grouped(row[0]));
  const changes: MemberChange<D>[] = [
    ...(objects ?? []).map(listed[detail].of).map((object) => ({
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

function goneOf(fields: unknown): Omit<MemberChange, "object"> {
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
