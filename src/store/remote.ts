import { Refusal } from "../refusal.ts";
import { createClient, LibsqlBatchError, LibsqlError } from "@libsql/client/web";
import {
  bound,
  databaseAway,
  type Executor,
  type Row,
  type Statement,
  StatementError,
} from "./executor.ts";
import { batchRequest, batchRows, HranaError } from "./hrana/batch.ts";
import { openStore } from "./libsql_store.ts";
import { isBusy, isConstraint } from "./sqlite_codes.ts";
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
  const bulkUrl = new URL("v3-protobuf/pipeline", url.replace(/^libsql:/, "https:"));
  let hasBulk = true;
  /** Of a request that has been answered: the collector would let many of them pile up. */
  let spare: ArrayBuffer | undefined;

  /** Undefined where the server does not know of it. */
  async function bulk(
    statements: readonly Statement[],
    how: { readonly writes: boolean },
  ): Promise<readonly (readonly Row[])[] | undefined> {
    if (!hasBulk) return undefined;
    const body = batchRequest(statements, { ...how, memory: spare });
    spare = undefined;
    const headers: Record<string, string> = token === undefined
      ? { "content-type": "application/x-protobuf" }
      : { "content-type": "application/x-protobuf", "authorization": `Bearer ${token}` };
    const request = new Request(bulkUrl, { method: "POST", headers, body: inPieces(body) });
    const response = await patiently(request).catch(away);
    const answer = await response.arrayBuffer().catch(away);
    spare = body.buffer;
    hasBulk = response.status !== 404;
    if (!hasBulk) return undefined;
    if (!response.ok) away(new Error(`the server answers with status ${response.status}`));
    try {
      return batchRows(new Uint8Array(answer), statements.length, how);
    } finally {
      answer.transfer(0); // What is in it has been copied.
    }
  }

  return {
    async read(statements, { bulk: isBulk } = { bulk: false }) {
      const found = isBulk ? await bulk(statements, { writes: false }) : undefined;
      if (found) return found;
      const results = await client.batch(statements.map(input), "read").catch(away);
      return results.map(({ rows }) => rows as unknown as Row[]);
    },
    async write(statements, { bulk: isBulk } = { bulk: false }) {
      try {
        if (isBulk && await bulk(statements, { writes: true })) return;
        await client.batch(statements.map(input), "write");
      } catch (error) {
        if (isBusy(error)) away(error);
        if (error instanceof HranaError && error.index !== undefined) {
          throw new StatementError(error.index, isConstraint(error), error);
        }
        if (!(error instanceof LibsqlBatchError)) away(error);
        throw new StatementError(error.statementIndex, isConstraint(error), error);
      }
    },
    script: (sql) => client.executeMultiple(sql).catch(away),
    close: () => client.close(),
  };
}

/** As a stream, of which workerd makes no copy that it keeps. */
function inPieces(bytes: Uint8Array): ReadableStream<Uint8Array> {
  let from = 0;
  return new ReadableStream({
    pull(controller) {
      if (from >= bytes.length) return controller.close();
      controller.enqueue(bytes.subarray(from, from += pieceBytes));
    },
  }, { highWaterMark: 0 });
}

const pieceBytes = 64 * 1024;

/** What SQL says is passed on; all else is the way to the server, or the server. */
function away(error: unknown): never {
  if (error instanceof Refusal) throw error;
  const isOfSql = error instanceof LibsqlError || error instanceof HranaError;
  if (isOfSql && error.code.startsWith("SQL") && !isBusy(error)) throw error;
  throw databaseAway(error);
}
