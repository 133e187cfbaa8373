import { setImmediate } from "node:timers";
import Database from "libsql";
import { bound, type Executor, type Row, type Statement, StatementError } from "./executor.ts";
import { openStore } from "./libsql_store.ts";
import type { Store } from "./store.ts";

/** The database in a file, made if it is not there. Several processes may have it open. */
export function openFileStore(path: string): Promise<Store> {
  return openStore(fileExecutor(path));
}

/** How long SQLite itself waits for another process: this blocks the thread. */
const busyTimeoutMs = 50;
/** How long a write goes on asking, between waits that do not block. */
const busyPatienceMs = 15_000;

interface Waiting {
  readonly statements: readonly Statement[];
  readonly since: number;
  readonly settle: (error?: unknown) => void;
}

type Prepared = Database.Statement<unknown[]>;

/**
 * Runs statements on the JavaScript thread. Writes that arrive together share one transaction, each
 * under its own savepoint: one fsync for many. A statement that SQLite refuses as busy would keep its
 * connection in an undefined state (libsql-js#237), so the connection is made anew after one.
 */
export function fileExecutor(path: string): Executor {
  let { db, prepare } = connect(path);
  let queue: Waiting[] = [];
  let flushing = false;
  let closed = false;

  function reconnect() {
    try {
      db.close();
    } finally {
      ({ db, prepare } = connect(path));
    }
  }

  function run({ sql, args }: Statement): Row[] {
    const prepared = prepare(sql);
    const values = args.map(bound);
    if (prepared.reader) return prepared.all(...values) as Row[];
    prepared.run(...values);
    return [];
  }

  function readAll(statements: readonly Statement[]): Row[][] {
    const [only] = statements;
    if (statements.length === 1 && only) return [run(only)];
    db.exec("BEGIN");
    try {
      const results = statements.map(run);
      db.exec("COMMIT");
      return results;
    } catch (error) {
      if (db.inTransaction) db.exec("ROLLBACK");
      throw error;
    }
  }

  /** The error of each that failed; the others are in the open transaction. */
  function writeEach(group: readonly Waiting[]): unknown[] {
    return group.map(({ statements }) => {
      db.exec("SAVEPOINT one");
      try {
        runAll(statements);
        db.exec("RELEASE one");
        return undefined;
      } catch (error) {
        if (isBusy(error)) throw error;
        db.exec("ROLLBACK TO one; RELEASE one");
        return error;
      }
    });
  }

  function runAll(statements: readonly Statement[]) {
    statements.forEach((each, index) => {
      try {
        run(each);
      } catch (error) {
        if (isBusy(error)) throw error;
        throw new StatementError(index, isConstraint(error), error);
      }
    });
  }

  function flush() {
    const group = queue;
    queue = [];
    flushing = false;
    let errors: unknown[];
    try {
      db.exec("BEGIN IMMEDIATE");
      errors = writeEach(group);
      db.exec("COMMIT");
    } catch (error) {
      again(group, error);
      return;
    }
    group.forEach(({ settle }, index) => settle(errors[index]));
  }

  /** The whole group failed: nothing of it is written. Where another process was busy, once more. */
  function again(group: readonly Waiting[], error: unknown) {
    if (db.inTransaction) db.exec("ROLLBACK");
    if (!isBusy(error) || closed) return group.forEach(({ settle }) => settle(error));
    reconnect();
    const now = Date.now();
    const late = group.filter(({ since }) => now - since > busyPatienceMs);
    late.forEach(({ settle }) => settle(error));
    queue = [...group.filter((each) => !late.includes(each)), ...queue];
    if (queue.length === 0) return;
    flushing = true;
    setTimeout(flush, 5 + Math.random() * 20);
  }

  return {
    // deno-lint-ignore require-await -- what is thrown becomes the promise's rejection
    async read(statements) {
      try {
        return readAll(statements);
      } catch (error) {
        if (!isBusy(error)) throw error;
        reconnect();
        return readAll(statements);
      }
    },
    write(statements) {
      return new Promise((resolve, reject) => {
        queue.push({
          statements,
          since: Date.now(),
          settle: (error) => error === undefined ? resolve() : reject(error),
        });
        if (flushing) return;
        flushing = true;
        setImmediate(flush);
      });
    },
    // deno-lint-ignore require-await -- as above
    async script(sql) {
      try {
        db.exec(sql);
      } catch (error) {
        if (db.inTransaction) db.exec("ROLLBACK");
        throw error;
      }
    },
    close() {
      if (closed) return;
      closed = true;
      db.close();
    },
  };
}

/** A connection, with its statements prepared once each. */
function connect(path: string) {
  const db = new Database(path, { timeout: busyTimeoutMs });
  db.exec("PRAGMA journal_mode=WAL");
  const prepared = new Map<string, Prepared>();
  const prepare = (sql: string): Prepared => {
    let found = prepared.get(sql);
    if (!found) {
      found = db.prepare(sql);
      if (found.reader) found.raw();
      prepared.set(sql, found);
    }
    return found;
  };
  return { db, prepare };
}

const codeOf = (error: unknown): string =>
  error instanceof Error && "code" in error ? String(error.code) : "";
const isBusy = (error: unknown): boolean => /^SQLITE_(BUSY|LOCKED)/.test(codeOf(error));
const isConstraint = (error: unknown): boolean => codeOf(error).startsWith("SQLITE_CONSTRAINT");
