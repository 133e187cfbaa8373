import { Refusal } from "../refusal.ts";
import { type Executor, statement } from "./executor.ts";

/**
 * A write that changes no row needs all that others need, but for room on the disk. Without one nobody
 * knows: SQLite opens what it may only read without a word, and lets transactions begin.
 */
export const harmlessWrite = statement("UPDATE database SET epoch = epoch WHERE 0");

/**
 * Fails unless the database can be written.
 *
 * @throws {Refusal} 503: it does not answer.
 */
export async function requireWritable(executor: Executor): Promise<void> {
  try {
    await executor.write([harmlessWrite]);
  } catch (error) {
    if (error instanceof Refusal || !(error instanceof Error)) throw error;
    throw new Error(`the database can't be written: ${error.message}`, { cause: error });
  }
}
