import { assertEquals } from "@std/assert";
import { limits } from "../../src/limits.ts";
import type { Executor, Statement } from "../../src/store/executor.ts";
import { openStore } from "../../src/store/libsql_store.ts";
import { fileDatabase, queryOf } from "./databases.ts";
import { filled, verbs } from "./verbs.ts";
import { ids, put, write } from "./world.ts";

/** What the planner may go through from end to end: single rows, and what the statement brings. */
const harmless = [
  /^SCAN CONSTANT ROW$/,
  /^SCAN (d|database)$/,
  /^SCAN (json_each|j|part) VIRTUAL TABLE/,
  /^SCAN (walk|way|below|w|old|\(subquery-\d+\))( LEFT-JOIN)?$/,
];

/** Where a verb has a reason for more: for all that it reads, or for a few rows that it sorts. */
const expected: Readonly<Record<string, readonly string[]>> = {
  load: [
    "USE TEMP B-TREE FOR ORDER BY", // the collections on the way to a place
    "USE TEMP B-TREE FOR json_group_array(DISTINCT)", // those who have an attachment
  ],
  loadAll: ["USE TEMP B-TREE FOR ORDER BY"], // the same
  tags: ["SCAN more"], // the one row of what was counted
  subtree: ["USE TEMP B-TREE FOR ORDER BY"], // it tells all that it finds
  objectsNamed: ["USE TEMP B-TREE FOR ORDER BY"], // the names asked for, where some are large
  objectsOf: ["SCAN page", "USE TEMP B-TREE FOR ORDER BY"], // the ids of one page
  candidates: [
    "SCAN 16 CONSTANT ROWS", // the spans
    "SCAN k",
    "SCAN page", // what is told
  ],
  changesSince: ["USE TEMP B-TREE FOR ORDER BY"], // the child collections
  loginFacts: ["UNION USING TEMP B-TREE", "USE TEMP B-TREE FOR ORDER BY"], // one or two principals
  findPrincipals: [
    "SCAN identity", // the groups of one principal
    "USE TEMP B-TREE FOR ORDER BY", // the members of a group
  ],
  principals: [
    "SCAN p USING INDEX sqlite_autoindex_principals_1", // all of them
    "USE TEMP B-TREE FOR ORDER BY", // the members of a group
  ],
  principalNamed: ["USE TEMP B-TREE FOR ORDER BY"], // the members of a group
  switchedOff: ["SCAN s", "USE TEMP B-TREE FOR ORDER BY"], // all of them
  appPasswords: ["USE TEMP B-TREE FOR ORDER BY"],
  commit: [
    "SCAN principals USING COVERING INDEX sqlite_autoindex_principals_2", // nobody-yet: the first
    "USE TEMP B-TREE FOR ORDER BY", // the locks of a home
  ],
  upkeep: [ // now and then
    "SCAN tombstones",
    "SCAN sessions",
    "SCAN locks USING COVERING INDEX locks_home",
    "SCAN attachments",
    "SCAN blobs", // those that are kept
  ],
};

Deno.test("store: no statement goes through a table, or sorts what an index has in order", async () => {
  await using database = await fileDatabase();
  const recorder = recording(database.executor());
  const store = await openStore(recorder);
  await filled(store);
  const query = queryOf(database.executor());
  await write(store, put("large", { body: "x".repeat(limits.pageBytes / limits.pageRows + 1) }));
  const many = [...Array.from({ length: limits.pageRows - 1 }, (_, index) => `${index}`), "large"];
  const withLarge: typeof verbs = {
    ...verbs,
    objectsNamed: [
      ...verbs.objectsNamed,
      (store) => Array.fromAsync(store.objectsNamed(ids.calendar, many, "properties")),
    ],
  };
  for (const [verb, calls] of Object.entries(withLarge)) {
    recorder.statements.clear();
    for (const call of calls) await call(store);
    const steps = new Set<string>();
    for (const { sql, args } of recorder.statements.values()) {
      const plan = await query(`EXPLAIN QUERY PLAN ${sql}`, ...args);
      for (const [, , , step] of plan) if (isDear(String(step))) steps.add(String(step));
    }
    assertEquals(steps, new Set(expected[verb]), verb);
  }
});

const isDear = (step: string): boolean =>
  /^SCAN|TEMP B-TREE/.test(step) && !harmless.some((pattern) => pattern.test(step));

/** Keeps the statements that pass through, each once. */
function recording(executor: Executor): Executor & { readonly statements: Map<string, Statement> } {
  const statements = new Map<string, Statement>();
  const keep = (list: readonly Statement[]) => {
    for (const one of list) statements.set(one.sql, one);
    return list;
  };
  return {
    ...executor,
    statements,
    read: (list) => executor.read(keep(list)),
    write: (list) => executor.write(keep(list)),
  };
}
