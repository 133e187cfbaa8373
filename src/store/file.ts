import { type BulkConnection, connectBulk } from "./bulk.ts";
import { connect, type Connection } from "./connection.ts";
import { isBusy, isConstraint } from "./sqlite_codes.ts";
import {
  databaseAway,
  type Executor,
  type Row,
  type Statement,
  StatementError,
} from "./executor.ts";
import { openStore } from "./libsql_store.ts";
import type { Store } from "./store.ts";

export interface FileOptions {
  /** Is told whenever this process has to wait for another. */
  readonly onBusy?: () => void;
  /** Pages of 8 KiB that the database may have; without it, what the disk has room for. */
  readonly maxPages?: number;
}

/** The database in a file, made if it is not there. Several processes may have it open. */
export function openFileStore(path: string, options?: FileOptions): Promise<Store> {
  return openStore(fileExecutor(path, options));
}

/** How long work goes on asking for a file that others hold, between waits that do not block. */
const busyPatienceMs = 15_000;
const pauseMs = 20;

/** Runs `work` until the file is free for it; `abandon` cleans up behind whatever it throws. */
async function patiently<T>(
  work: () => T | Promise<T>,
  abandon: (error: unknown) => void,
  onBusy?: () => void,
): Promise<T> {
  let until: number | undefined;
  for (;;) {
    try {
      return await work();
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

interface Waiting {
  readonly statements: readonly Statement[];
  readonly settle: (error?: unknown) => void;
}

/**
 * Runs statements on the JavaScript thread. Writes that arrive together share one transaction, each
 * under its own savepoint: one fsync for many. A statement that SQLite refuses as busy would keep its
 * connection in an undefined state (libsql-js#237), so the connection is made anew after one. What has
 * many bytes has a connection of its own, and its turn when nobody else wants to write.
 */
export function fileExecutor(path: string, { onBusy, maxPages }: FileOptions = {}): Executor {
  let connection: Connection | undefined;
  let bulkConnection: BulkConnection | undefined;
  let queue: Waiting[] = [];
  const bulkQueue: Waiting[] = [];
  let flushing = false;
  let closed = false;
  const turn = createTurn(flush);

  function requireOpen() {
    if (closed) throw isClosed();
  }

  /** Whatever `work` throws, no transaction stays open. */
  const onThread = <T>(work: (db: Connection) => T): Promise<T> =>
    patiently(
      () => {
        requireOpen();
        return work(connection ??= connect(path, maxPages));
      },
      (error) => {
        if (isBusy(error)) {
          connection?.close();
          connection = undefined;
        } else if (connection?.inTransaction) {
          connection.exec("ROLLBACK");
        }
      },
      onBusy,
    );

  const beside = (statements: readonly Statement[]): Promise<void> =>
    patiently(
      () => {
        requireOpen();
        return (bulkConnection ??= connectBulk(path, maxPages)).write(statements);
      },
      (error) => {
        if (!(error instanceof StatementError)) closeBulk();
      },
      onBusy,
    );

  function closeBulk() {
    bulkConnection?.close();
    bulkConnection = undefined;
  }

  /** What is asked of a closed connection ends the process: `closed` is true by now. */
  function closeIdle() {
    closeBulk();
    connection?.checkpoint();
    connection?.close();
    connection = undefined;
    turn.close();
  }

  async function flush() {
    for (;;) {
      const group = queue;
      const bulk = group.length === 0 ? bulkQueue.shift() : undefined;
      queue = [];
      if (bulk) await beside(bulk.statements).then(() => bulk.settle(), bulk.settle);
      else if (group.length > 0) await writeGroup(group);
      else break;
    }
    flushing = false;
    if (closed) closeIdle();
  }

  async function writeGroup(group: readonly Waiting[]) {
    try {
      const errors = await onThread((db) => writeAll(db, group));
      group.forEach(({ settle }, index) => settle(errors[index]));
    } catch (error) {
      group.forEach(({ settle }) => settle(error));
    }
  }

  return {
    read: (statements) => onThread((db) => readAll(db, statements)),
    write: (statements, { bulk } = { bulk: false }) =>
      new Promise((resolve, reject) => {
        if (closed) return reject(isClosed());
        const settle = (error?: unknown) => error === undefined ? resolve() : reject(error);
        (bulk ? bulkQueue : queue).push({ statements, settle });
        if (flushing) return;
        flushing = true;
        turn.take();
      }),
    script: (sql) => onThread((db) => db.exec(sql)),
    close() {
      if (closed) return;
      closed = true;
      if (!flushing) closeIdle();
    },
  };
}

const isClosed = () => new Error("the database is closed");

/** Runs `work` behind all that has arrived by now. In Deno 2.4, setImmediate takes a millisecond. */
function createTurn(work: () => void) {
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = work;
  return {
    take: () => port2.postMessage(null),
    close() {
      port1.close();
      port2.close();
    },
  };
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
  const [only] = group;
  if (only && group.length === 1) {
    runAll(db, only.statements);
    db.exec("COMMIT");
    return [];
  }
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
