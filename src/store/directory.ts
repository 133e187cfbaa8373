import { type Argument, type Executor, statement } from "./executor.ts";
import { parsed, principalOf, principalSql, propertiesOf, propertiesSql } from "./rows.ts";
import type {
  FoundPrincipal,
  Kin,
  PrincipalCondition,
  PrincipalField,
  PrincipalName,
  TextPlace,
} from "./questions.ts";
import type { Store } from "./store.ts";

/** The verb that searches for principals. */
export const directory = (executor: Executor): Pick<Store, "findPrincipals"> => ({
  async findPrincipals(condition, { asker, after = "", limit }) {
    const args: Argument[] = [asker, after, limit + 1];
    const bind = (value: Argument) => `?${args.push(value)}`;
    const details = principalDetailsSql("?1");
    const sql = `SELECT json_array(${[principalSql, ...details].join()}) FROM principals p
      WHERE p.name > ?2 AND ${conditionSql(condition, bind)} ORDER BY p.name LIMIT ?3`;
    const [rows = []] = await executor.read([statement(sql, ...args)]);
    const found = rows.map((row) => foundPrincipalOf(parsed(row[0]) as unknown[]));
    return { items: found.slice(0, limit), more: found.length > limit };
  },
});

/** What there is of `p` beside itself, as {@linkcode foundPrincipalOf} reads it. */
export const principalDetailsSql = (asker: string): readonly string[] => [
  propertiesSql("principal", "p.id", asker),
  kinSql("member_id", "group_id"),
  kinSql("group_id", "member_id"),
];

/** From `principalSql` and, where they were asked for, the details behind it. */
export const foundPrincipalOf = (
  [principal, properties, ...kin]: readonly unknown[],
): FoundPrincipal => ({
  principal: principalOf(principal),
  properties: propertiesOf(properties),
  kin: kinOf(kin),
});

/** The other side of `p`'s memberships. */
const kinSql = (own: "group_id" | "member_id", other: "group_id" | "member_id"): string =>
  `json((SELECT json_group_array(json_array(kind, name)) FROM (
    SELECT k.kind, k.name FROM members m JOIN principals k ON k.id = m.${other}
    WHERE m.${own} = p.id ORDER BY k.name)))`;

function kinOf([groups = [], members = []]: readonly unknown[]): Kin {
  const names = (cell: unknown): PrincipalName[] =>
    (cell as [PrincipalName["kind"], string][]).map(([kind, name]) => ({ kind, name }));
  return { groups: names(groups), members: names(members) };
}

/** Takes a value into the statement, and gives its name there. */
type Bind = (value: Argument) => string;

/** Of `p`. */
function conditionSql(condition: PrincipalCondition, bind: Bind): string {
  switch (condition.kind) {
    case "all":
    case "any": {
      const parts = condition.of.map((one) => conditionSql(one, bind));
      const all = condition.kind === "all";
      return parts.length === 0
        ? (all ? "TRUE" : "FALSE")
        : `(${parts.join(all ? " AND " : " OR ")})`;
    }
    case "text":
      return fieldSql[condition.field](placeSql[condition.place], bind(condition.text));
    case "kinds":
      return `p.kind IN (SELECT value FROM json_each(${bind(JSON.stringify(condition.kinds))}))`;
    case "name":
      return `p.name = ${bind(condition.name)}`;
    case "identity":
      return `p.id IN (WITH RECURSIVE identity (id) AS (SELECT ${bind(condition.id)}
        UNION SELECT m.group_id FROM identity JOIN members m ON m.member_id = identity.id)
        SELECT id FROM identity)`;
    case "enabled":
      return "NOT p.disabled";
  }
}

type Compare = (value: string, text: string) => string;

const placeSql: Readonly<Record<TextPlace, Compare>> = {
  contains: (value, text) => `instr(${value}, ${text})`,
  equals: (value, text) => `${value} = ${text}`,
  "starts-with": (value, text) => `substr(${value}, 1, length(${text})) = ${text}`,
  "ends-with": (value, text) =>
    `substr(${value}, length(${value}) - length(${text}) + 1, length(${text})) = ${text}`,
};

/** The folded display name up to its last word, with the blank behind it; empty where it is one word. */
const upToLastWord = "rtrim(p.display_key, replace(p.display_key, ' ', ''))";
const hasWords = "instr(p.display_key, ' ')";

const fieldSql: Readonly<Record<PrincipalField, (compare: Compare, text: string) => string>> = {
  display: (compare, text) => compare("p.display_key", text),
  first: (compare, text) =>
    `(p.kind = 'individual' AND ${
      compare(`iif(${hasWords}, rtrim(${upToLastWord}), p.display_key)`, text)
    })`,
  last: (compare, text) =>
    `(p.kind = 'individual' AND ${hasWords}
      AND ${compare(`substr(p.display_key, length(${upToLastWord}) + 1)`, text)})`,
  address: (compare, text) => addressSql(compare("a.address", text)),
  mailto: (compare, text) => addressSql(compare("('mailto:' || a.address)", text)),
};

const addressSql = (condition: string): string =>
  `EXISTS (SELECT 1 FROM addresses a WHERE a.principal_id = p.id AND NOT a.alias AND ${condition})`;
