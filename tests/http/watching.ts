import type { Executor, Statement } from "../../src/store/executor.ts";
import { type House, openHouse } from "../harness.ts";
import { fileExecutor } from "../../src/store/file.ts";

/** A house, and how many chunks of blobs are read in it. */
export interface WatchedHouse {
  readonly house: House;
  /** Statements that have read chunks since the last time, and bytes that they gave. */
  taken(): { readonly statements: number; readonly bytes: number };
}

type Settings = Parameters<typeof openHouse>[0];

/** A house where is seen what is read of blobs. */
export async function openWatched(settings: Settings = {}): Promise<WatchedHouse> {
  let statements = 0;
  let bytes = 0;
  const readsChunks = ({ sql }: Statement) => /^\s*SELECT data FROM chunks/.test(sql);
  const executor = (real: Executor): Executor => ({
    ...real,
    async read(all) {
      const results = await real.read(all);
      for (const [index, rows] of results.entries()) {
        const statement = all[index];
        if (!statement || !readsChunks(statement)) continue;
        statements++;
        for (const [data] of rows.map((row) => Array.from(row))) {
          if (typeof data === "object") bytes += data?.byteLength ?? 0;
        }
      }
      return results;
    },
  });
  const house = await openHouse({ ...settings, executor });
  return {
    house,
    taken() {
      const taken = { statements, bytes };
      statements = 0;
      bytes = 0;
      return taken;
    },
  };
}

/** What the first column of each row of a query holds, of the house's own database. */
export async function cellsOf({ file }: House, sql: string): Promise<unknown[]> {
  const beside = fileExecutor(file);
  try {
    const [rows = []] = await beside.read([{ sql, args: [] }]);
    return rows.map((row) => row[0]);
  } finally {
    beside.close();
  }
}
