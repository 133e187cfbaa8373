import { assertEquals, assertRejects } from "@std/assert";
import type { Executor } from "../../src/store/executor.ts";
import { openStore } from "../../src/store/libsql_store.ts";
import { migrations } from "../../src/store/migrations.ts";
import { databaseTest, queryOf } from "./databases.ts";
import { commitNumber, settled } from "./world.ts";

const tables = "SELECT name FROM sqlite_schema ORDER BY name";
const versions = "SELECT version, name FROM schema_versions";

databaseTest("an empty database gets the schema, and keeps it", async (database) => {
  const query = queryOf(database.executor());
  await settled(await database.store());
  await (await database.store()).check();
  assertEquals(await query(versions), migrations.map(({ version, name }) => [version, name]));
  assertEquals(await commitNumber(query), 1);
});

databaseTest("two that make the schema at once both succeed", async (database) => {
  const stores = await Promise.all([database.store(), database.store(), database.store()]);
  for (const store of stores) await store.check();
  assertEquals(await queryOf(database.executor())(versions), [[1, "0001_foundation.sql"]]);
});

databaseTest("a newer schema is refused and stays as it is", async (database) => {
  const older = await database.store();
  await settled(older);
  const query = queryOf(database.executor());
  const newer = migrations.length + 1;
  const sql = `BEGIN; CREATE TABLE novelty (id INTEGER);
    INSERT INTO schema_versions VALUES (${newer}, 'novelty.sql'); COMMIT;`;
  await database.executor().script(sql);
  const before = [await query(tables), await query(versions)];
  const message = `schema version ${newer}, and this davit knows up to ${migrations.length}`;
  await assertRejects(() => database.store(), Error, message);
  await assertRejects(() => older.check(), Error, message);
  assertEquals([await query(tables), await query(versions)], before);
  assertEquals(await commitNumber(query), 1);
});

databaseTest("a step that fails leaves nothing of itself", async (database) => {
  const executor = database.executor();
  const failing: Executor = {
    ...executor,
    script: (sql) => executor.script(sql.replace("COMMIT;", "SELECT * FROM no_such; COMMIT;")),
    close: () => {},
  };
  await assertRejects(() => openStore(failing), Error, "no_such");
  assertEquals(await queryOf(executor)(tables), []);
  await settled(await openStore(executor));
});

databaseTest("a store whose schema is gone says so", async (database) => {
  const store = await database.store();
  await store.check();
  await database.executor().script("DROP TABLE schema_versions;");
  await assertRejects(() => store.check());
});
