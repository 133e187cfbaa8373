import { connect } from "./connection.ts";
import { isBusy, isDamaged } from "./sqlite_codes.ts";
import { statement } from "./executor.ts";
import { openFileStore } from "./file.ts";

/**
 * Writes the database as of one moment into a new file, while others read and write it.
 *
 * @throws where there is a file of that name already.
 */
export function copyDatabase(path: string, to: string): void {
  const db = connect(path);
  try {
    db.run(statement("VACUUM INTO ?1", to));
  } finally {
    db.close();
  }
}

/**
 * Makes from a backup a file that can take the place of the database: whole, of this program's
 * schema, with an epoch of its own, so that sync tokens of what came after it are refused (RFC 6578
 * §3.8). `scratch` is a copy of the backup, and of no use after this.
 *
 * @throws where it is damaged, no database of davit, or of a newer one.
 */
export async function prepareRestored(scratch: string, to: string): Promise<void> {
  const db = connect(scratch);
  try {
    const [found] = db.run(statement("PRAGMA integrity_check(1)"));
    if (found?.[0] !== "ok") throw new Error(`it is damaged: ${found?.[0]}`);
    const [known] = db.run(
      statement("SELECT count(*) FROM sqlite_schema WHERE name IN ('schema_versions', 'database')"),
    );
    if (Number(known?.[0]) !== 2) throw new Error("it is no database of davit");
  } finally {
    db.close();
  }
  const store = await openFileStore(scratch); // migrates
  store.close();
  const migrated = connect(scratch);
  try {
    migrated.exec("UPDATE database SET epoch = lower(hex(randomblob(6)))");
  } finally {
    migrated.close();
  }
  copyDatabase(scratch, to);
}

/**
 * Whether a program has the database open: leaving WAL mode needs the file for oneself. One that
 * nobody has is a single file after this; of one that is damaged nobody can make use.
 */
export function isInUse(path: string): boolean {
  try {
    const db = connect(path);
    try {
      db.exec("PRAGMA journal_mode=DELETE");
    } finally {
      db.close();
    }
  } catch (error) {
    if (isBusy(error)) return true;
    if (!isDamaged(error)) throw error;
  }
  return false;
}
