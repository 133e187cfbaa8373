import { type Executor, single, type Statement } from "./executor.ts";
import { behind, listOf, pageOf } from "./page.ts";
import { byDetail, groupOf, listed } from "./listed.ts";
import { collectionOf, collectionSql, grouped, objectOf, propertiesSql } from "./rows.ts";
import type { Subtree } from "./questions.ts";
import type { Store } from "./store.ts";

type Lists = Pick<Store, "tags" | "members" | "children" | "subtree" | "membersWithIds">;

/** The verbs that list members of a collection. */
export const lists = (executor: Executor): Lists => ({
  async tags(collectionId, limit) {
    const [[row = []] = []] = await executor.read([single(tagsSql, collectionId, limit)]);
    const [isMore, tags] = Array.from(row);
    return isMore ? undefined : grouped(tags).map(listed.tag.of);
  },

  async members(collectionId, { after, limit, detail, components }) {
    const [[row = []] = []] = await executor.read([
      single(membersSql[detail], collectionId, after ?? "", listOf(components), limit + 1),
    ]);
    return pageOf(grouped(row[0]).map(listed[detail].of), limit);
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

  async membersWithIds(collectionId, ids, detail) {
    const [[row = []] = []] = await executor.read([
      single(withIdsSql[detail], collectionId, JSON.stringify(ids)),
    ]);
    return grouped(row[0]).map(listed[detail].of);
  },
});

/** To count them first takes little, and nothing is read for nothing. */
const tagsSql = `WITH more (found) AS MATERIALIZED (
    SELECT EXISTS (SELECT 1 FROM objects o WHERE o.collection_id = ?1 LIMIT 1 OFFSET ?2))
  SELECT more.found, CASE WHEN NOT more.found THEN (${
  groupOf(`SELECT ${listed.tag.sql} AS cell FROM objects o
    WHERE o.collection_id = ?1 ORDER BY o.commit_number, o.name`)
}) END FROM more`;

const membersSql = byDetail((object) =>
  groupOf(`SELECT ${object} AS cell FROM objects o WHERE ${behind} ORDER BY o.name LIMIT ?4`)
);

const withIdsSql = byDetail((object) =>
  groupOf(`SELECT ${object} AS cell
    FROM json_each(?2) j CROSS JOIN objects o ON o.id = j.value AND o.collection_id = ?1`)
);

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
    groupOf(`SELECT ${listed.properties.sql} AS cell
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
