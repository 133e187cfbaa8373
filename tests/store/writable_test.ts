import { assertRejects } from "@std/assert";
import { openStore } from "../../src/store/libsql_store.ts";
import { fileDatabase } from "./databases.ts";

Deno.test("store: what can only be read does not pass its check", async () => {
  await using database = await fileDatabase();
  const executor = database.executor();
  const store = await openStore(executor);
  await store.check();
  await executor.script("PRAGMA query_only=1");
  const says = "the database can't be written: attempt to write a readonly database";
  await assertRejects(() => store.check(), Error, says);
});
