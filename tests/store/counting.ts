import type { Executor } from "../../src/store/executor.ts";

/** An executor that counts what it passes on to another one. */
export interface CountingExecutor extends Executor {
  /** Round trips since the count was last taken; taking it begins a new count. */
  take(): number;
}

/** Each call of an executor is one round trip to the database, and each is counted. */
export function counting(executor: Executor): CountingExecutor {
  let count = 0;
  return {
    read(statements) {
      count++;
      return executor.read(statements);
    },
    write(statements) {
      count++;
      return executor.write(statements);
    },
    script(sql) {
      count++;
      return executor.script(sql);
    },
    close: () => executor.close(),
    take() {
      const taken = count;
      count = 0;
      return taken;
    },
  };
}
