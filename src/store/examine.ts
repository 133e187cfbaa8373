import { accounts } from "./accounts.ts";
import { connect } from "./connection.ts";
import { type Executor, statement } from "./executor.ts";
import { fileExecutor } from "./file.ts";
import { remoteExecutor } from "./remote.ts";
import type { Store } from "./store.ts";
import { harmlessWrite } from "./writable.ts";

type SwitchedOff = Awaited<ReturnType<Store["switchedOff"]>>;

/** What can be told of a database without changing it. */
export interface DatabaseFacts {
  /** Of the schema; 0 where there is none. */
  readonly version: number;
  /** "ok", or the first fault; undefined for a server's. */
  readonly integrity?: string;
  /** Of a file. */
  readonly journalMode?: string;
  /** Why it can't be written; undefined: it can. */
  readonly unwritable?: string;
  /** How many people, groups and so on there are. */
  readonly people: number;
  /** Those of them who may administer the server and log in. */
  readonly administrators: number;
  /** The services that are off; without a user, for everybody. */
  readonly switchedOff: SwitchedOff;
  /** Of mail addresses, the most frequent first. */
  readonly domains: readonly string[];
  /** What the database's clock shows less what ours does, and how sure that is. */
  readonly clockAheadMs: number;
  readonly clockWithinMs: number;
}

/** @throws where the file can't be read at all. The file is there. */
export async function examineFile(path: string): Promise<DatabaseFacts> {
  const executor = fileExecutor(path);
  try {
    return { ...await examine(executor), ...soundnessOf(path) };
  } finally {
    executor.close();
  }
}

/** @throws where the server does not answer. */
export async function examineServer(url: string, token?: string): Promise<DatabaseFacts> {
  const executor = remoteExecutor(url, token);
  try {
    return await examine(executor);
  } finally {
    executor.close();
  }
}

function soundnessOf(path: string): Pick<DatabaseFacts, "integrity" | "journalMode"> {
  const db = connect(path);
  try {
    const said = (sql: string) => String(db.run(statement(sql))[0]?.[0]);
    return { integrity: said("PRAGMA quick_check(1)"), journalMode: said("PRAGMA journal_mode") };
  } finally {
    db.close();
  }
}

async function examine(executor: Executor): Promise<DatabaseFacts> {
  const sent = Date.now();
  const [tables = [], clock = []] = await executor.read([
    statement("SELECT 1 FROM sqlite_schema WHERE name IN ('schema_versions', 'database')"),
    statement("SELECT unixepoch('subsec') * 1000"),
  ]);
  const come = Date.now();
  const known = {
    clockAheadMs: Number(clock[0]?.[0]) - (sent + come) / 2,
    clockWithinMs: (come - sent) / 2,
  };
  if (tables.length < 2) return { ...empty, ...known };
  const [version = [], people = [], administrators = [], domains = []] = await executor.read([
    statement("SELECT max(version) FROM schema_versions"),
    statement("SELECT count(*) FROM principals"),
    statement("SELECT count(*) FROM principals WHERE admin AND NOT disabled"),
    statement(
      `SELECT substr(address, instr(address, '@') + 1) AS domain FROM addresses
        GROUP BY domain ORDER BY count(*) DESC LIMIT 3`,
    ),
  ]);
  return {
    version: Number(version[0]?.[0] ?? 0),
    people: Number(people[0]?.[0] ?? 0),
    administrators: Number(administrators[0]?.[0] ?? 0),
    switchedOff: await accounts(executor).switchedOff(),
    domains: domains.map((row) => String(row[0])),
    unwritable: await unwritable(executor),
    ...known,
  };
}

/** Of a database without tables. */
const empty = { version: 0, people: 0, administrators: 0, switchedOff: [], domains: [] } as const;

async function unwritable(executor: Executor): Promise<string | undefined> {
  try {
    await executor.write([harmlessWrite]);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
