import Database from "libsql/promise";
import { limits } from "../limits.ts";
import { settings } from "./connection.ts";
import { isConstraint } from "./sqlite_codes.ts";
import { bound, type Statement, StatementError } from "./executor.ts";

/** A connection for what has many bytes: it waits, commits and syncs beside the JavaScript thread. */
export interface BulkConnection {
  /** All or none. What it throws may be busy, and the connection of no use after it. */
  write(statements: readonly Statement[]): Promise<void>;
  close(): void;
}

/** How long SQLite itself waits for another process. */
const busyTimeoutMs = 1_000;

/** All of a batch has its place: SQLite would write what does not on the JavaScript thread. */
const cacheKiB = 4 * limits.blobBatchBytes / 1024;

type Prepared = Awaited<ReturnType<Database["prepare"]>>;

/** Opens the file of a database that is in WAL mode already. */
export function connectBulk(path: string, maxPages?: number): BulkConnection {
  const db = new Database(path, { timeout: busyTimeoutMs });
  const prepared = new Map<string, Prepared>();
  const prepare = async (sql: string): Promise<Prepared> => {
    const found = prepared.get(sql) ?? await db.prepare(sql);
    prepared.set(sql, found);
    return found;
  };
  const ready = db.exec(`PRAGMA cache_size=-${cacheKiB}; ${settings(maxPages)}`);
  return {
    async write(statements) {
      await ready;
      await db.exec("BEGIN IMMEDIATE");
      try {
        for (const [index, { sql, args }] of statements.entries()) {
          try {
            (await prepare(sql)).run(args.map(bound));
          } catch (error) {
            throw new StatementError(index, isConstraint(error), error);
          }
        }
        await db.exec("COMMIT");
      } catch (error) {
        await db.exec("ROLLBACK").catch(() => {}); // of a full disk: SQLite has done so already
        throw error;
      }
    },
    close: () => {
      db.close();
    },
  };
}
