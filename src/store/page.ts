import type { Page } from "./questions.ts";

/** Objects of the collection ?1 behind the name ?2, of the components ?3. */
export const behind = `o.collection_id = ?1 AND o.name > ?2
  AND (?3 IS NULL OR o.component IN (SELECT value FROM json_each(?3)))`;

/** For the ?3 of {@linkcode behind}: without components, all. */
export const listOf = (components: readonly string[] | undefined): string | null =>
  components ? JSON.stringify(components) : null;

/** A page of what was asked for with one more than `limit`. */
export const pageOf = <T>(items: readonly T[], limit: number): Page<T> => ({
  items: items.slice(0, limit),
  more: items.length > limit,
});
