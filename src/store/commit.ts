import type { Change, Fact } from "../model.ts";
import { raise, statementsOf, touches } from "./changes.ts";
import { type Executor, StatementError } from "./executor.ts";
import { assertion } from "./facts.ts";

/** Writes all changes, or none where a fact is false: the assertions are the first statements. */
export async function commit(
  executor: Executor,
  rests: readonly Fact[],
  changes: readonly Change[],
): Promise<boolean> {
  const statements = [
    ...rests.map(assertion),
    ...(changes.length > 0 ? [raise] : []),
    ...changes.flatMap(statementsOf),
    ...touches(changes),
  ];
  try {
    await executor.write(statements);
    return true;
  } catch (error) {
    if (error instanceof StatementError && error.constraint && error.index < rests.length) {
      return false;
    }
    throw error;
  }
}
