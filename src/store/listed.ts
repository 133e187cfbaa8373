import type { ObjectTag } from "../model.ts";
import { groupSql, objectOf, objectSql, propertiesSql } from "./rows.ts";
import type { Detail, Listed } from "./questions.ts";

/** How an object is listed: as a cell for each that `sql` makes of `o`, and `of` reads. */
export const listed: { readonly [D in Detail]: { sql: string; of(fields: unknown): Listed[D] } } = {
  tag: {
    sql: "json_array(o.name, o.etag, o.commit_number)", // all in one index
    of: tagOf,
  },
  columns: { sql: objectSql("NULL"), of: objectOf },
  properties: { sql: objectSql(propertiesSql("object", "o.id", "0")), of: objectOf },
};

/** One statement for each detail. */
export const byDetail = (sql: (object: string) => string): Readonly<Record<Detail, string>> => ({
  tag: sql(listed.tag.sql),
  columns: sql(listed.columns.sql),
  properties: sql(listed.properties.sql),
});

/** One row, of all cells that the query gives in its column `cell`. */
export const groupOf = (query: string): string => `SELECT ${groupSql("cell")} FROM (${query})`;

function tagOf(fields: unknown): ObjectTag {
  const [name, etag, commit] = fields as [string, string, number];
  return { name, etag, commit };
}
