import { type Executor, type Row, statement } from "./executor.ts";
import { credentialOf, credentialSql, parsed, principalOf, principalSql } from "./rows.ts";
import type { PrincipalEntry } from "./questions.ts";
import type { Store } from "./store.ts";

type Accounts = Pick<
  Store,
  | "loginFacts"
  | "recordLoginFailure"
  | "touchCredential"
  | "principals"
  | "principalNamed"
  | "appPasswords"
  | "switchedOff"
>;

/** The verbs about people and how they log in. */
export const accounts = (executor: Executor): Accounts => ({
  async loginFacts(account, address, since) {
    const found = `SELECT id FROM principals WHERE name_key = ?1
      UNION SELECT principal_id FROM addresses WHERE address = ?1`;
    const [principals = [], credentials = [], failures = []] = await executor.read([
      statement(
        `SELECT p.id, ${principalSql} FROM principals p WHERE p.id IN (${found})
          ORDER BY p.name_key <> ?1 LIMIT 1`,
        account,
      ),
      statement(
        `SELECT r.principal_id, ${credentialSql} FROM credentials r
          WHERE r.principal_id IN (${found}) ORDER BY r.id`,
        account,
      ),
      statement(
        "SELECT at FROM login_failures WHERE account = ?1 AND address = ?2 AND at > ?3 ORDER BY at",
        account,
        address,
        since,
      ),
    ]);
    const [id, principal] = Array.from(principals[0] ?? []);
    return {
      principal: principal === undefined ? undefined : principalOf(parsed(principal)),
      credentials: credentials.filter((row) => row[0] === id).map((row) =>
        credentialOf(parsed(row[1]))
      ),
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

  async switchedOff() {
    const sql = `SELECT s.service, p.name FROM services s LEFT JOIN principals p
      ON p.id = s.principal_id ORDER BY s.service, p.name`;
    const [rows = []] = await executor.read([statement(sql)]);
    return rows.map((row) => ({
      service: String(row[0]),
      user: typeof row[1] === "string" ? row[1] : undefined,
    }));
  },

  async appPasswords(principalId) {
    const sql = `SELECT ${credentialSql} FROM credentials r
      WHERE r.principal_id = ?1 AND r.kind = 'app' ORDER BY r.created, r.id`;
    const [rows = []] = await executor.read([statement(sql, principalId)]);
    return rows.map((row) => credentialOf(parsed(row[0])));
  },
});

const entrySql = `${principalSql},
  (SELECT json_group_array(name) FROM (SELECT m.name FROM members JOIN principals m
    ON m.id = members.member_id WHERE members.group_id = p.id ORDER BY m.name)),
  (SELECT hash FROM credentials WHERE principal_id = p.id AND kind = 'password')`;

const entryOf = (row: Row): PrincipalEntry => ({
  principal: principalOf(parsed(row[0])),
  members: parsed(row[1]) as string[],
  passwordHash: typeof row[2] === "string" ? row[2] : undefined,
});
