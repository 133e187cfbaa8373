import type { Principal } from "../model.ts";
import { type Executor, type Row, single, type Statement, statement } from "./executor.ts";
import {
  blobsSql,
  collectionOf,
  collectionSql,
  grouped,
  groupSql,
  objectOf,
  objectSql,
  parsed,
  principalOf,
  principalSql,
  propertiesOf,
  propertiesSql,
  storedObject,
} from "./rows.ts";
import { lockOf, lockSql } from "./locks.ts";
import type { Kin, Located, Place, PrincipalName, Question, Snapshot, TreePlace } from "./store.ts";

/** Answers a question in one batch: a statement for the place, and one for each thing beside it. */
export async function load(executor: Executor, question: Question): Promise<Snapshot> {
  const { place, asker, also = [], locksAt, used } = question;
  const tree = place.kind === "tree" ? place : undefined;
  const home = question.children ? homeOf(place) : undefined;
  const beside = [
    ...also.map((other) => treeStatement({ asker }, other)),
    ...(tree && locksAt !== undefined ? [locksStatement(tree, locksAt)] : []),
    ...(tree && used ? [usedStatement(tree)] : []),
    ...(home ? [childrenStatement(home, asker)] : []),
  ];
  const [rows = [], ...results] = await executor.read([
    place.kind === "tree" ? treeStatement(question, place) : peopleStatement(question, place),
    ...beside,
  ]);
  const located = also.map((other, index) => locatedOf(asker, other, results[index] ?? []));
  const [lockRows, usedRows] = locksAt === undefined
    ? [undefined, results[also.length]]
    : results.slice(also.length);
  return {
    ...peopleOf(question, rows),
    ...chainOf(question, rows),
    also: located,
    locks: (lockRows ?? []).map((row) => lockOf(parsed(row[0]))),
    used: used && usedRows?.[0] ? Number(usedRows[0][0]) : undefined,
    children: home ? (results.at(-1) ?? []).map((row) => collectionOf(parsed(row[0]))) : [],
  };
}

function locatedOf(asker: number, place: TreePlace, rows: readonly Row[]): Located {
  const { owner } = peopleOf({ asker, place }, rows);
  const { chain, rest, object } = chainOf({ asker, place }, rows);
  return { owner, chain, rest, object };
}

const homeSql = `SELECT c.id FROM principals p JOIN collections c
  ON c.owner_id = p.id AND c.kind = ?2 AND c.parent_id IS NULL WHERE p.name = ?1`;

type Home = Pick<TreePlace, "owner" | "home">;

/** The home that a place is, or that belongs to the principal there. */
function homeOf(place: Place): Home | undefined {
  if (place.kind === "principal") return { owner: place.name, home: "calendar-home" };
  return place.kind === "tree" && place.segments.length === 0 ? place : undefined;
}

const childrenStatement = ({ owner, home }: Home, asker: number): Statement =>
  statement(
    `SELECT ${collectionSql(propertiesSql("collection", "c.id", "?3"))} FROM collections c
      WHERE c.parent_id = (${homeSql}) ORDER BY c.name`,
    owner,
    home,
    asker,
  );

const locksStatement = ({ owner, home }: TreePlace, at: number): Statement =>
  statement(
    `SELECT ${lockSql} FROM locks l WHERE l.home_id = (${homeSql}) AND l.expires > ?3`,
    owner,
    home,
    at,
  );

const usedStatement = ({ owner }: TreePlace): Statement =>
  statement(
    `SELECT coalesce(sum(c.used_bytes), 0) FROM collections c
      WHERE c.owner_id = (SELECT id FROM principals WHERE name = ?1)`,
    owner,
  );

/**
 * The asker, ?1, and the principal of the name ?2; with the epoch and what is switched off for the
 * asker, even where there is neither.
 */
const peopleSql = (...more: readonly string[]): string =>
  `json_array(d.epoch, json((SELECT json_group_array(service) FROM services
    WHERE principal_id IN (0, ?1)))), (SELECT json_group_array(json_array(${
    [principalSql, ...more].join()
  }))
    FROM principals p WHERE p.id = ?1 OR p.name = ?2)`;

/** The other side of `p`'s memberships. */
const kinSql = (own: "group_id" | "member_id", other: "group_id" | "member_id"): string =>
  `json((SELECT json_group_array(json_array(kind, name)) FROM (
    SELECT k.kind, k.name FROM members m JOIN principals k ON k.id = m.${other}
    WHERE m.${own} = p.id ORDER BY k.name)))`;

const detailsSql: readonly string[] = [
  propertiesSql("principal", "p.id", "?1"),
  kinSql("member_id", "group_id"),
  kinSql("group_id", "member_id"),
];

function peopleStatement(
  { asker, properties }: Question,
  place: Exclude<Place, { kind: "tree" }>,
): Statement {
  const details = properties && place.kind === "principal" ? detailsSql : [];
  const name = place.kind === "principal" ? place.name : null;
  return single(`SELECT ${peopleSql(...details)} FROM database d`, asker, name);
}

/**
 * One row: the people, the collections on the way from the home on, the object at its end, who has the
 * UID in the last collection, and the object's content; each where it is wanted and there. ?1 asker,
 * ?2 owner, ?3 home, ?4 segments, ?5 UID.
 */
function treeSql({ body, properties, uid }: TreeWants): string {
  const ofCollection = properties ? propertiesSql("collection", "c.id", "?1") : "NULL";
  const ofObject = properties ? propertiesSql("object", "o.id", "?1") : "NULL";
  const holder = "(SELECT u.name FROM objects u WHERE u.collection_id = way.id AND u.uid = ?5)";
  return `WITH RECURSIVE walk (depth, id) AS (
      SELECT 0, c.id FROM principals p JOIN collections c
        ON c.owner_id = p.id AND c.kind = ?3 AND c.parent_id IS NULL WHERE p.name = ?2
      UNION ALL
      SELECT walk.depth + 1, c.id FROM walk JOIN collections c
        ON c.parent_id = walk.id AND c.name = ?4 ->> walk.depth),
    way (depth, id, chain) AS (
      SELECT max(depth), id, ${groupSql("cell")} FROM (
        SELECT walk.depth, c.id, ${collectionSql(ofCollection)} AS cell
        FROM walk CROSS JOIN collections c ON c.id = walk.id ORDER BY walk.depth))
    SELECT ${peopleSql()}, way.chain, CASE WHEN o.id IS NOT NULL THEN ${objectSql(ofObject)} END,
      ${uid ? holder : "NULL"}, ${body ? `o.body, ${blobsSql}` : "NULL, NULL"}
    FROM database d CROSS JOIN way LEFT JOIN objects o ON way.depth = json_array_length(?4) - 1
      AND o.collection_id = way.id AND o.name = ?4 ->> way.depth`;
}

interface TreeWants {
  readonly body: boolean;
  readonly properties: boolean;
  readonly uid: boolean;
}

const either = [false, true];

/** By what they want, as 0 or 1: {@linkcode treeStatement} knows the order. */
const treeSqls: readonly string[] = either.flatMap((body) =>
  either.flatMap((properties) => either.map((uid) => treeSql({ body, properties, uid })))
);

function treeStatement(
  { asker, body = false, properties = false, uid }: Omit<Question, "place">,
  { owner, home, segments }: TreePlace,
): Statement {
  const at = 4 * Number(body) + 2 * Number(properties) + Number(uid !== undefined);
  const args = [asker, owner, home, JSON.stringify(segments)];
  return single(treeSqls[at] ?? "", ...args, ...(uid === undefined ? [] : [uid]));
}

type People = Pick<
  Snapshot,
  "asker" | "owner" | "ownerProperties" | "ownerKin" | "epoch" | "switchedOff"
>;

function peopleOf({ asker, place }: Question, [first]: readonly Row[]): People {
  const [epoch, switchedOff] = parsed(first?.[0]) as [string, string[]];
  const people = (parsed(first?.[1]) as unknown[][]).map(([principal, properties, ...kin]) => ({
    principal: principalOf(principal),
    properties: propertiesOf(properties),
    kin: kinOf(kin),
  }));
  const owner = people.find(({ principal }) => isOwner(principal, place));
  return {
    asker: people.find(({ principal }) => principal.id === asker)?.principal,
    owner: owner?.principal,
    ownerProperties: owner?.properties ?? [],
    ownerKin: owner?.kin ?? kinOf([]),
    epoch,
    switchedOff,
  };
}

function kinOf([groups = [], members = []]: readonly unknown[]): Kin {
  const names = (cell: unknown): PrincipalName[] =>
    (cell as [PrincipalName["kind"], string][]).map(([kind, name]) => ({ kind, name }));
  return { groups: names(groups), members: names(members) };
}

function isOwner({ name, kind }: Principal, place: Place): boolean {
  switch (place.kind) {
    case "fixed":
      return false;
    case "principal":
      return name === place.name && kind === place.principalKind;
    case "tree":
      return name === place.owner;
  }
}

type Chain = Pick<Snapshot, "chain" | "rest" | "object" | "content" | "uidHolder">;

function chainOf({ place, body: wanted }: Question, [row = []]: readonly Row[]): Chain {
  const [, , collections, fields, holder, body, blobs] = Array.from(row);
  const chain = grouped(collections).map(collectionOf);
  const segments = place.kind === "tree" ? place.segments : [];
  const rest = segments.slice(Math.max(0, chain.length - 1));
  const object = typeof fields === "string" ? objectOf(parsed(fields)) : undefined;
  return {
    chain,
    rest,
    object,
    content: object && wanted ? storedObject(object, body, blobs) : undefined,
    uidHolder: typeof holder === "string" ? holder : undefined,
  };
}
