import { createClient, LibsqlBatchError, LibsqlError } from "@libsql/client/web";
import {
  bound,
  databaseAway,
  type Executor,
  type Row,
  type Statement,
  StatementError,
} from "./executor.ts";
import { openStore } from "./libsql_store.ts";
import type { Store } from "./store.ts";

/** The database on a libSQL server. `url`: `libsql:`, `https:` or `http:`. */
export async function openRemoteStore(url: string, token?: string): Promise<Store> {
  return await openStore(remoteExecutor(url, token));
}

/**
 * How long the server may take. Less than the half minute for which workerd goes on with a request
 * whose client has gone: what other requests wait for ends in time, either way.
 */
const patienceMs = 20_000;

/** Sends each batch as one HTTP request; the same code on a host and in an edge worker. */
export function remoteExecutor(url: string, token?: string, timeoutMs = patienceMs): Executor {
  const patiently = (request: Request) =>
    fetch(request, { signal: AbortSignal.timeout(timeoutMs) });
  const client = createClient({ url, authToken: token, fetch: patiently });
  const input = ({ sql, args }: Statement) => ({ sql, args: args.map(bound) });

  return {
    async read(statements) {
      const results = await client.batch(statements.map(input), "read").catch(away);
      return results.map(({ rows }) => rows as unknown as Row[]);
    },
    async write(statements) {
      try {
        await client.batch(statements.map(input), "write");
      } catch (error) {
        if (!(error instanceof LibsqlBatchError)) away(error);
        throw new StatementError(error.statementIndex, isConstraint(error), error);
      }
    },
    script: (sql) => client.executeMultiple(sql).catch(away),
    close: () => client.close(),
  };
}

/** What SQL says is passed on; all else is the way to the server, or the server. */
function away(error: unknown): never {
  if (error instanceof LibsqlError && error.code.startsWith("SQL")) throw error;
  throw databaseAway(error);
}

const isConstraint = (error: LibsqlError): boolean => error.code.startsWith("SQLITE_CONSTRAINT");
