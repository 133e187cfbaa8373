import { type Executor, type Row, statement } from "./executor.ts";
import { credentialColumns, principalColumns } from "./rows.ts";
import type { PrincipalEntry, Store } from "./store.ts";

type Accounts = Pick<
  Store,
  | "loginFacts"
  | "recordLoginFailure"
  | "touchCredential"
  | "principals"
  | "principalNamed"
  | "appPasswords"
>;

/** The verbs about people and how they log in. */
export const accounts = (executor: Executor): Accounts => ({
  async loginFacts(account, address, since) {
    const found = `SELECT id FROM principals WHERE name_key = ?1
      UNION SELECT principal_id FROM addresses WHERE address = ?1`;
    const [principals = [], credentials = [], failures = []] = await executor.read([
      statement(
        `SELECT ${principalColumns.sql} FROM principals p WHERE p.id IN (${found})
          ORDER BY p.name_key <> ?1 LIMIT 1`,
        account,
      ),
      statement(
        `SELECT ${credentialColumns.sql}, r.principal_id FROM credentials r
          WHERE r.principal_id IN (${found})`,
        account,
      ),
      statement(
        "SELECT at FROM login_failures WHERE account = ?1 AND address = ?2 AND at > ?3 ORDER BY at",
        account,
        address,
        since,
      ),
    ]);
    const principal = principals[0] && principalColumns.read(principals[0], 0);
    return {
      principal,
      credentials: credentials
        .filter((row) => row[credentialColumns.count] === principal?.id)
        .map((row) => credentialColumns.read(row, 0)),
      failures: failures.map((row) => Number(row[0])),
    };
  },

  recordLoginFailure: (account, address, at) =>
    executor.write([
      statement("INSERT INTO login_failures VALUES (?1, ?2, ?3)", account, address, at),
    ]),

  touchCredential: (id, at) =>
    executor.write([statement("UPDATE credentials SET last_used = ?2 WHERE id = ?1", id, at)]),

  async principals() {
    const [rows = []] = await executor.read([
      statement(`SELECT ${entrySql} FROM principals p ORDER BY p.name`),
    ]);
    return rows.map(entryOf);
  },

  async principalNamed(name) {
    const [rows = []] = await executor.read([
      statement(`SELECT ${entrySql} FROM principals p WHERE p.name = ?1`, name),
    ]);
    return rows[0] && entryOf(rows[0]);
  },

  async appPasswords(principalId) {
    const sql = `SELECT ${credentialColumns.sql} FROM credentials r
      WHERE r.principal_id = ?1 AND r.kind = 'app' ORDER BY r.created, r.id`;
    const [rows = []] = await executor.read([statement(sql, principalId)]);
    return rows.map((row) => credentialColumns.read(row, 0));
  },
});

const entrySql = `${principalColumns.sql},
  (SELECT json_group_array(name) FROM (SELECT m.name FROM members JOIN principals m
    ON m.id = members.member_id WHERE members.group_id = p.id ORDER BY m.name)),
  (SELECT hash FROM credentials WHERE principal_id = p.id AND kind = 'password')`;

function entryOf(row: Row): PrincipalEntry {
  const hash = row[principalColumns.count + 1];
  return {
    principal: principalColumns.read(row, 0),
    members: JSON.parse(String(row[principalColumns.count])) as string[],
    passwordHash: typeof hash === "string" ? hash : undefined,
  };
}
