import { accounts } from "./accounts.ts";
import { attachments } from "./attachments.ts";
import { blobs } from "./blobs.ts";
import { changesSince } from "./changes_since.ts";
import { commit } from "./commit.ts";
import { contents } from "./contents.ts";
import { directory } from "./directory.ts";
import type { Executor } from "./executor.ts";
import { refusingWhenFull } from "./full.ts";
import { lists } from "./lists.ts";
import { load, loadAll } from "./load.ts";
import { checkSchema, migrate } from "./migrate.ts";
import type { Store } from "./store.ts";
import { timeIndex } from "./time_index.ts";
import { upkeep } from "./upkeep.ts";
import { requireWritable } from "./writable.ts";

/** A store on an executor, its schema brought up to date. Closes the executor where that fails. */
export async function openStore(executor: Executor): Promise<Store> {
  try {
    await migrate(executor);
  } catch (error) {
    executor.close();
    throw error;
  }
  const writing = refusingWhenFull(executor);
  return {
    load: (question) => load(executor, question),
    loadAll: (questions) => loadAll(executor, questions),
    ...directory(executor),
    ...lists(executor),
    ...contents(executor),
    ...changesSince(executor),
    ...timeIndex(executor),
    ...attachments(executor),
    ...accounts(writing),
    ...blobs(writing),
    commit: (rests, changes) => commit(writing, rests, changes),
    upkeep: (times) => upkeep(executor, times),
    async check() {
      await checkSchema(executor);
      await requireWritable(executor);
    },
    close: () => executor.close(),
  };
}
