import { limits } from "../limits.ts";
import type { Change, Fact } from "../change.ts";
import { raise, statementsOf, touches } from "./changes.ts";
import { type Executor, type Statement, StatementError } from "./executor.ts";
import { assertions } from "./facts.ts";

/** Writes all changes, or none where a fact is false: the assertions are the first statements. */
export async function commit(
  executor: Executor,
  rests: readonly Fact[],
  changes: readonly Change[],
): Promise<boolean> {
  const asserted = assertions(rests);
  const statements = [
    ...asserted,
    ...(changes.length > 0 ? [raise] : []),
    ...changes.flatMap(statementsOf),
    ...touches(changes),
  ];
  try {
    await executor.write(statements, { bulk: sizeOf(statements) > limits.commitChars });
    return true;
  } catch (error) {
    if (error instanceof StatementError && error.constraint && error.index < asserted.length) {
      return false;
    }
    throw error;
  }
}

/** In characters of texts, and bytes. */
function sizeOf(statements: readonly Statement[]): number {
  let size = 0;
  for (const { args } of statements) {
    for (const arg of args) {
      if (typeof arg === "string" || arg instanceof Uint8Array) size += arg.length;
    }
  }
  return size;
}
