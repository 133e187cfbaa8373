import { connect, type Connection, isBusy, isConstraint } from "./connection.ts";
import {
  databaseAway,
  type Executor,
  type Row,
  type Statement,
  StatementError,
} from "./executor.ts";
import { openStore } from "./libsql_store.ts";
import type { Store } from "./store.ts";

/**
 * The database in a file, made if it is not there. Several processes may have it open; `onBusy` is
 * told whenever one has to wait for another.
 */
export function openFileStore(path: string, onBusy?: () => void): Promise<Store> {
  return openStore(fileExecutor(path, onBusy));
}

/** How long work goes on asking for a file that others hold, between waits that do not block. */
const busyPatienceMs = 15_000;
const pauseMs = 20;

interface Waiting {
  readonly statements: readonly Statement[];
  readonly settle: (error?: unknown) => void;
}

/**
 * Runs statements on the JavaScript thread. Writes that arrive together share one transaction, each
 * under its own savepoint: one fsync for many. A statement that SQLite refuses as busy would keep its
 * connection in an undefined state (libsql-js#237), so the connection is made anew after one.
 */
export function fileExecutor(path: string, onBusy?: () => void): Executor {
  let connection: Connection | undefined;
  let queue: Waiting[] = [];
  let flushing = false;
  let closed = false;

  function open(): Connection {
    if (closed) throw new Error("the database is closed");
    return connection ??= connect(path);
  }

  /** Runs `work` once the file is free for it. Whatever it throws, no transaction stays open. */
  async function patiently<T>(work: (db: Connection) => T): Promise<T> {
    let until: number | undefined;
    for (;;) {
      try {
        return work(open());
      } catch (error) {
        abandon(error);
        until ??= Date.now() + busyPatienceMs;
        if (!isBusy(error)) throw error;
        onBusy?.();
        if (Date.now() > until) throw databaseAway(error);
      }
      await new Promise((resolve) => setTimeout(resolve, pauseMs * (0.5 + Math.random())));
    }
  }

  function abandon(error: unknown) {
    if (isBusy(error)) {
      connection?.close();
      connection = undefined;
    } else if (connection?.inTransaction) {
      connection.exec("ROLLBACK");
    }
  }

  async function flush() {
    while (queue.length > 0) {
      const group = queue;
      queue = [];
      try {
        const errors = await patiently((db) => writeAll(db, group));
        group.forEach(({ settle }, index) => settle(errors[index]));
      } catch (error) {
        group.forEach(({ settle }) => settle(error));
      }
    }
    flushing = false;
  }

  return {
    read: (statements) => patiently((db) => readAll(db, statements)),
    write: (statements) =>
      new Promise((resolve, reject) => {
        const settle = (error?: unknown) => error === undefined ? resolve() : reject(error);
        queue.push({ statements, settle });
        if (flushing) return;
        flushing = true;
        inOwnTurn(flush);
      }),
    script: (sql) => patiently((db) => db.exec(sql)),
    close() {
      if (closed) return;
      closed = true;
      connection?.close();
      connection = undefined; // whatever is asked of a closed one ends the process
    },
  };
}

/** Runs `work` behind all that has arrived by now. In Deno 2.4, setImmediate takes a millisecond. */
function inOwnTurn(work: () => void): void {
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = () => {
    port1.close();
    port2.close();
    work();
  };
  port2.postMessage(null);
}

function readAll(db: Connection, statements: readonly Statement[]): Row[][] {
  const [only] = statements;
  if (statements.length === 1 && only) return [db.run(only)];
  db.exec("BEGIN");
  const results = statements.map(db.run);
  db.exec("COMMIT");
  return results;
}

/** Commits the group, and gives the error of each that could not be part of it. */
function writeAll(db: Connection, group: readonly Waiting[]): unknown[] {
  db.exec("BEGIN IMMEDIATE");
  const errors = group.map(({ statements }) => {
    db.exec("SAVEPOINT one");
    try {
      runAll(db, statements);
      db.exec("RELEASE one");
      return undefined;
    } catch (error) {
      if (isBusy(error) || !db.inTransaction) throw error; // of a full disk: all is rolled back
      db.exec("ROLLBACK TO one; RELEASE one");
      return error;
    }
  });
  db.exec("COMMIT");
  return errors;
}

function runAll(db: Connection, statements: readonly Statement[]) {
  statements.forEach((each, index) => {
    try {
      db.run(each);
    } catch (error) {
      if (isBusy(error)) throw error;
      throw new StatementError(index, isConstraint(error), error);
    }
  });
}
