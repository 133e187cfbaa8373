import { type Executor, statement } from "./executor.ts";
import { migrations } from "./migrations.ts";

/** The schema that this program reads and writes. */
export const schemaVersion = migrations.length;

/**
 * Brings the schema to this program's version. Several processes may do so at once: each step is one
 * transaction, and whoever comes second finds it done.
 */
export async function migrate(executor: Executor): Promise<void> {
  let version = await versionOf(executor);
  for (const next of migrations) {
    if (next.version <= version) continue;
    try {
      await executor.script(`BEGIN IMMEDIATE;
        CREATE TABLE IF NOT EXISTS schema_versions (version INTEGER PRIMARY KEY, name TEXT NOT NULL);
        INSERT INTO schema_versions VALUES (${next.version}, '${next.name}');
        ${next.sql}
        COMMIT;`);
    } catch (error) {
      if (await versionOf(executor) < next.version) throw error;
    }
    version = await versionOf(executor);
  }
  refuseNewer(version);
}

/** Fails unless the schema is this program's. */
export async function checkSchema(executor: Executor): Promise<void> {
  const version = await newestOf(executor);
  refuseNewer(version);
  if (version < schemaVersion) throw new Error(`the database has schema version ${version} still`);
}

function refuseNewer(version: number): void {
  if (version <= schemaVersion) return;
  throw new Error(
    `the database has schema version ${version}, and this davit knows up to ${schemaVersion}: ` +
      "run the newer davit that made it, or restore a backup from before",
  );
}

/** 0 where nothing is there yet. */
async function versionOf(executor: Executor): Promise<number> {
  const [tables = []] = await executor.read([
    statement("SELECT 1 FROM sqlite_schema WHERE name = 'schema_versions'"),
  ]);
  return tables.length === 0 ? 0 : await newestOf(executor);
}

async function newestOf(executor: Executor): Promise<number> {
  const [rows = []] = await executor.read([statement("SELECT max(version) FROM schema_versions")]);
  return Number(rows[0]?.[0] ?? 0);
}
