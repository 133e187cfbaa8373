import { assertEquals } from "@std/assert";
import { migrations } from "../../src/store/migrations.ts";

const folder = new URL("../../migrations/", import.meta.url);

Deno.test("migrations: those embedded are the files, numbered without a gap", async () => {
  const names = (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name).toSorted();
  const files = await Promise.all(names.map(async (name, index) => ({
    version: index + 1,
    name,
    sql: await Deno.readTextFile(new URL(name, folder)),
  })));
  assertEquals(migrations, files);
  for (const { name, version } of migrations) assertEquals(parseInt(name, 10), version);
});
