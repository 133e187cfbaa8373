import Database from "libsql";
import { bound, type Row, type Statement } from "./executor.ts";

/** One connection to a database file. All of it runs on the JavaScript thread. */
export interface Connection {
  /** The rows of a statement, which is prepared once. */
  run(statement: Statement): Row[];
  exec(sql: string): void;
  readonly inTransaction: boolean;
  /**
   * Puts all of the log into the file itself, so that it can be copied alone. What others are at stays
   * in the log, as does all where the disk or the file's owner forbids it.
   */
  checkpoint(): void;
  close(): void;
}

interface Prepared {
  readonly statement: Database.Statement<unknown[]>;
  /** Whether it gives rows: the library looks it up anew each time. */
  readonly reader: boolean;
}

/** How long SQLite itself waits for another process: this blocks the thread. */
const busyTimeoutMs = 20;

/**
 * Of a new file: twice as large as SQLite's own, which takes large content in faster by a fifth, and
 * all else as fast.
 */
export const pageBytes = 8 * 1024;

/** So much of the log is put where it belongs at once, as much as with SQLite's own pages. */
const checkpointBytes = 4 * 1024 * 1024;

/** What every connection is told, as SQL. */
export const settings = (maxPages?: number): string =>
  [
    `PRAGMA wal_autocheckpoint=${checkpointBytes / pageBytes}`,
    ...(maxPages === undefined ? [] : [`PRAGMA max_page_count=${maxPages}`]),
  ].join(";");

/** Opens the file, or makes it. What it throws may be `isBusy`. */
export function connect(path: string, maxPages?: number): Connection {
  const db = new Database(path, { timeout: busyTimeoutMs });
  try {
    db.exec(`PRAGMA page_size=${pageBytes}; PRAGMA journal_mode=WAL`);
    db.exec(settings(maxPages));
  } catch (error) {
    db.close();
    throw error;
  }
  const prepared = new Map<string, Prepared>();
  const prepare = (sql: string): Prepared => {
    let found = prepared.get(sql);
    if (!found) {
      const statement = db.prepare<unknown[]>(sql);
      const { reader } = statement;
      if (reader) statement.raw();
      prepared.set(sql, found = { statement, reader });
    }
    return found;
  };
  return {
    run({ sql, args, single }) {
      const { statement, reader } = prepare(sql);
      const values = args.map(bound); // as one array: libsql takes a lone Uint8Array for a list
      if (!reader) {
        statement.run(values);
        return [];
      }
      if (!single) return statement.all(values) as Row[];
      const row = statement.get(values) as Row | undefined;
      return row === undefined ? [] : [row];
    },
    exec: (sql) => {
      db.exec(sql);
    },
    get inTransaction() {
      return db.inTransaction;
    },
    checkpoint() {
      try {
        db.exec("PRAGMA wal_checkpoint(TRUNCATE)");
      } catch { // The log is as good as the file for whoever opens them next.
      }
    },
    close: () => {
      db.close();
    },
  };
}
