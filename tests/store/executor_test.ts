import { assertEquals, assertRejects } from "@std/assert";
import { type Argument, statement, StatementError } from "../../src/store/executor.ts";
import { databaseTest, queryOf } from "./databases.ts";

const givens: readonly (readonly [value: Argument, type: string, quoted: string])[] = [
  [1, "integer", "1"],
  [-0, "integer", "0"],
  [2 ** 52, "integer", "4503599627370496"],
  [0.5, "real", "0.5"],
  [true, "integer", "1"],
  [false, "integer", "0"],
  [null, "null", "NULL"],
  ["", "text", "''"],
  ["it's 🎉", "text", "'it''s 🎉'"],
  [new Uint8Array(), "blob", "X''"],
  [Uint8Array.of(0, 255), "blob", "X'00FF'"],
  [Uint8Array.of(1, 2, 3).subarray(1), "blob", "X'0203'"],
];

databaseTest("arguments arrive as what they are, alone and among others", async (database) => {
  const query = queryOf(database.executor());
  for (const [value, type, quoted] of givens) {
    assertEquals(await query("SELECT typeof(?1)", value), [[type]]);
    assertEquals(await query("SELECT quote(?1), ?2", value, "more"), [[quoted, "more"]]);
  }
});

databaseTest("many bytes arrive as others do, and come back", async (database) => {
  const executor = database.executor();
  await executor.script("CREATE TABLE list (id INTEGER PRIMARY KEY, value ANY) STRICT;");
  const bulk = { bulk: true };
  const large = new Uint8Array(300_000).map((_, index) => index * 7);
  const values = [...givens.map(([value]) => value), -1, -(2 ** 40), 1.5e-300, large];
  const insert = "INSERT INTO list VALUES (?1, ?2)";
  await executor.write(values.map((value, id) => statement(insert, id, value)), bulk);
  const select = "SELECT value FROM list WHERE id >= ?1 AND id < ?2 ORDER BY id";
  const ranges = [statement(select, 0, 5), statement(select, 5, 99), statement(select, 99, 100)];
  const [plain, found] = [await executor.read(ranges), await executor.read(ranges, bulk)];
  const cells = (results: typeof plain) =>
    results.map((rows) =>
      rows.map((row) => {
        const cell = row[0] ?? null;
        return typeof cell === "object" && cell !== null ? [...new Uint8Array(cell)] : cell;
      })
    );
  assertEquals(cells(found), cells(plain));
  assertEquals(found.map(({ length }) => length), [5, values.length - 5, 0]);
});

databaseTest("many bytes are written all or not at all", async (database) => {
  const executor = database.executor();
  await executor.script("CREATE TABLE list (value INTEGER UNIQUE CHECK (value > 0));");
  const insert = (value: number) => statement("INSERT INTO list VALUES (?)", value);
  for (
    const [statements, index, constraint] of [
      [[insert(1), insert(0)], 1, true],
      [[insert(1), insert(2), insert(1)], 2, true],
      [[insert(1), statement("DELETE FROM none")], 1, false],
    ] as const
  ) {
    const written = executor.write(statements, { bulk: true });
    const error = await assertRejects(() => written, StatementError);
    assertEquals([error.index, error.constraint], [index, constraint]);
    assertEquals(await queryOf(executor)("SELECT * FROM list"), []);
  }
  await Promise.all([
    executor.write([insert(1)], { bulk: true }),
    executor.write([insert(2)]),
    executor.write([insert(3)], { bulk: true }),
  ]);
  assertEquals(await queryOf(executor)("SELECT * FROM list ORDER BY 1"), [[1], [2], [3]]);
});

databaseTest(
  "a statement that fails says which, and whether the data forbade it",
  async (database) => {
    const executor = database.executor();
    await executor.script("CREATE TABLE list (value INTEGER UNIQUE CHECK (value > 0));");
    const insert = (value: number) => statement("INSERT INTO list VALUES (?)", value);
    const cases = [
      { name: "CHECK", statements: [insert(1), insert(0)], index: 1, constraint: true },
      { name: "UNIQUE", statements: [insert(1), insert(2), insert(1)], index: 2, constraint: true },
      {
        name: "no table",
        statements: [insert(1), statement("DELETE FROM none")],
        index: 1,
        constraint: false,
      },
    ];
    for (const { name, statements, index, constraint } of cases) {
      const error = await assertRejects(() => executor.write(statements), StatementError);
      assertEquals([error.index, error.constraint], [index, constraint], name);
      assertEquals(await queryOf(executor)("SELECT * FROM list"), [], name);
    }
    await executor.write([insert(1)]);
    assertEquals(await queryOf(executor)("SELECT * FROM list"), [[1]]);
  },
);

databaseTest("a read that fails leaves nothing behind", async (database) => {
  const executor = database.executor();
  await executor.script("CREATE TABLE list (value INTEGER);");
  const fine = statement("SELECT count(*) FROM list");
  await assertRejects(() => executor.read([fine, statement("SELECT * FROM none")]));
  await executor.write([statement("INSERT INTO list VALUES (1)")]);
  assertEquals((await executor.read([fine, fine])).map(([row]) => row?.[0]), [1, 1]);
});
