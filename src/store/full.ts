import { Refusal } from "../refusal.ts";
import { D } from "../xml/names.ts";
import type { Executor } from "./executor.ts";

/**
 * The same executor, which refuses a write that the disk has no room for: nothing of it was written.
 *
 * @throws {Refusal} 507 DAV:sufficient-disk-space (RFC 4331 §6).
 */
export const refusingWhenFull = (executor: Executor): Executor => ({
  ...executor,
  async write(statements, how) {
    try {
      await executor.write(statements, how);
    } catch (error) {
      if (!isFull(error)) throw error;
      const text = "the server's disk is full";
      const refusal = new Refusal(507, D.sufficientDiskSpace, { text });
      refusal.cause = error; // So that the log tells, too.
      throw refusal;
    }
  },
});

/** The error itself, or what it comes from. */
const isFull = (error: unknown): boolean =>
  error instanceof Error &&
  ("code" in error && error.code === "SQLITE_FULL" || isFull(error.cause));
