import { type Argument, type Cell, type Executor, statement } from "../../src/store/executor.ts";
import { fileExecutor } from "../../src/store/file.ts";
import { openStore } from "../../src/store/libsql_store.ts";
import { remoteExecutor } from "../../src/store/remote.ts";
import type { Store } from "../../src/store/store.ts";
import { temporaryFolder } from "../runtime/folder.ts";
import { hasSqld, startSqld } from "../runtime/sqld.ts";

/** An empty database, and as many connections to it as a test wants; they are closed in the end. */
export interface Database extends AsyncDisposable {
  executor(): Executor;
  store(): Promise<Store>;
}

interface Form {
  readonly name: string;
  readonly ignore: boolean;
  start(): Promise<Database>;
}

/** The two forms of a database: what holds for one holds for the other. */
const forms: readonly Form[] = [
  { name: "file", ignore: false, start: fileDatabase },
  { name: "sqld", ignore: !hasSqld, start: sqldDatabase },
];

/** Rows of the database itself, for what no verb of a store tells. */
export type Query = (sql: string, ...args: readonly Argument[]) => Promise<readonly Cell[][]>;

/** A test of what a store promises, on each form of the database. */
export function storeTest(name: string, fn: (store: Store, query: Query) => Promise<void>): void {
  databaseTest(name, async (database) => {
    await fn(await database.store(), queryOf(database.executor()));
  });
}

export const queryOf = (executor: Executor): Query => async (sql, ...args) => {
  const [rows = []] = await executor.read([statement(sql, ...args)]);
  return rows.map((row) => Array.from(row));
};

/** The same, for a test that opens the database by itself. */
export function databaseTest(name: string, fn: (database: Database) => Promise<void>): void {
  for (const form of forms) {
    Deno.test({
      name: `store on ${form.name}: ${name}`,
      ignore: form.ignore,
      async fn() {
        await using database = await form.start();
        await fn(database);
      },
    });
  }
}

/** `path`: of the file. */
export async function fileDatabase(): Promise<Database & { readonly path: string }> {
  const folder = await temporaryFolder();
  const path = `${folder.path}/davit.db`;
  return { path, ...opening(() => fileExecutor(path), folder) };
}

async function sqldDatabase(): Promise<Database> {
  const sqld = await startSqld();
  return opening(() => remoteExecutor(sqld.url), sqld);
}

function opening(make: () => Executor, below: AsyncDisposable): Database {
  const made: Executor[] = [];
  const executor = () => {
    const one = make();
    made.push(one);
    return one;
  };
  return {
    executor,
    store: () => openStore(executor()),
    async [Symbol.asyncDispose]() {
      for (const one of made) one.close();
      await below[Symbol.asyncDispose]();
    },
  };
}
