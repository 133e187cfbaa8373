import Database from "libsql";
import { assertEquals } from "@std/assert";
import { pageBytes } from "../../src/store/connection.ts";
import { fileExecutor } from "../../src/store/file.ts";
import { statement } from "../../src/store/executor.ts";
import { temporaryFolder } from "../runtime/folder.ts";
import { queryOf } from "./databases.ts";

const cases = [
  { name: "a new file has pages that suit large content", made: undefined, gives: pageBytes },
  {
    name: "a file that has other pages keeps them, and takes large content",
    made: 4096,
    gives: 4096,
  },
];

for (const { name, made, gives } of cases) {
  Deno.test(`store on file: ${name}`, async () => {
    await using folder = await temporaryFolder();
    const path = `${folder.path}/davit.db`;
    if (made !== undefined) {
      const before = new Database(path);
      before.exec(
        `PRAGMA page_size=${made}; PRAGMA journal_mode=WAL; CREATE TABLE old (id INTEGER) STRICT`,
      );
      before.close();
    }
    const executor = fileExecutor(path);
    const query = queryOf(executor);
    await executor.script("CREATE TABLE list (value BLOB) STRICT");
    const large = new Uint8Array(3_000_000);
    await executor.write([statement("INSERT INTO list VALUES (?1)", large)], { bulk: true });
    assertEquals(await query("PRAGMA page_size"), [[gives]]);
    assertEquals(await query("SELECT length(value) FROM list"), [[large.length]]);
    executor.close();
  });
}
