import type { Principal } from "../model.ts";
import {
  type Argument,
  type Executor,
  type Row,
  single,
  type Statement,
  statement,
} from "./executor.ts";
import { attachedOf, attachedSql, attachmentsStatement, knownAttachmentOf } from "./attachments.ts";
import {
  blobsOf,
  blobsSql,
  collectionOf,
  collectionSql,
  grouped,
  groupSql,
  objectOf,
  objectSql,
  parsed,
  principalSql,
  propertiesSql,
  storedObject,
} from "./rows.ts";
import { foundPrincipalOf, principalDetailsSql } from "./directory.ts";
import { lockOf, lockSql } from "./locks.ts";
import type { Located, Place, Question, Snapshot, TreePlace } from "./questions.ts";

type Results = readonly (readonly Row[])[];

/** Answers a question in one batch. */
export async function load(executor: Executor, question: Question): Promise<Snapshot> {
  return snapshotOf(question, await executor.read(statementsOf(question)));
}

/** Answers questions in one batch. */
export async function loadAll(
  executor: Executor,
  questions: readonly Question[],
): Promise<Snapshot[]> {
  if (questions.length === 0) return [];
  const asked = questions.map(statementsOf);
  const results = await executor.read(asked.flat());
  let done = 0;
  return questions.map((question, index) => {
    const count = asked[index]?.length ?? 0;
    return snapshotOf(question, results.slice(done, done += count));
  });
}

/** One for the place, one for each other place, and one for each thing beside them. */
function statementsOf(question: Question): Statement[] {
  const { place, asker, also = [] } = question;
  return [
    place.kind === "tree" ? treeStatement(question, place) : peopleStatement(question, place),
    ...also.map((other) => treeStatement({ asker }, other)),
    ...besides(question).map(([, statement]) => statement),
  ];
}

/** What is asked for that no place has, in the order of the results. */
function besides(question: Question): (readonly [name: string, statement: Statement])[] {
  const { place, digests = [] } = question;
  const attachments = place.kind === "attachment" ? [place.id] : question.attachments ?? [];
  return [
    ...(digests.length > 0 ? [["contents", contentsStatement(digests)] as const] : []),
    ...(attachments.length > 0
      ? [["attachments", attachmentsStatement(attachments)] as const]
      : []),
  ];
}

function snapshotOf(question: Question, [rows = [], ...results]: Results): Snapshot {
  const { asker, also = [] } = question;
  const located = also.map((other, index) => locatedOf(asker, other, results[index] ?? []));
  const beside: { readonly [name: string]: readonly Row[] | undefined } = Object.fromEntries(
    besides(question).map(([name], index) => [name, results[also.length + index]]),
  );
  const { contents = [], attachments = [] } = beside;
  const people = peopleOf(question, rows);
  const { used, ...tree } = treeOf(question, rows);
  return {
    ...people,
    ...tree,
    also: located,
    used: used ?? people.owner?.bounds?.usedBytes,
    attachments: attachments.map((row) => knownAttachmentOf(parsed(row[0]))),
    sameContent: new Map(contents.map((row) => [String(row[0]), Number(row[1])])),
  };
}

function locatedOf(asker: number, place: TreePlace, rows: readonly Row[]): Located {
  const { owner } = peopleOf({ asker, place }, rows);
  const { chain, rest, object } = treeOf({ asker, place }, rows);
  return { owner, chain, rest, object };
}

const contentsStatement = (digests: readonly string[]): Statement =>
  statement(
    `SELECT b.digest, b.id FROM json_each(?1) j CROSS JOIN blobs b
      ON b.digest = j.value AND b.state = 'kept'`,
    JSON.stringify(digests),
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

function peopleStatement(
  { asker, properties, children }: Question,
  place: Exclude<Place, { kind: "tree" }>,
): Statement {
  const name = place.kind === "principal" ? place.name : null;
  const details = properties && name !== null ? principalDetailsSql("?1") : [];
  const below = children && name !== null ? `, ${childrenSql(calendarHomeSql)}` : "";
  return single(`SELECT ${peopleSql(...details)}${below} FROM database d`, asker, name);
}

/** Of the principal ?2. */
const calendarHomeSql = `(SELECT h.id FROM principals p JOIN collections h
  ON h.owner_id = p.id AND h.kind = 'calendar-home' AND h.parent_id IS NULL WHERE p.name = ?2)`;

/** The collections in another, by name, with the properties that ?1 sees. */
const childrenSql = (parent: string): string =>
  `(SELECT ${groupSql("cell")} FROM (
    SELECT ${collectionSql(propertiesSql("collection", "c.id", "?1"))} AS cell
    FROM collections c WHERE c.parent_id = ${parent} ORDER BY c.name))`;

type TreeWants = Pick<
  Question,
  "asker" | "body" | "properties" | "uid" | "locksAt" | "used" | "children"
>;

/**
 * One row: the people, the collections on the way from the home on, the object at its end, who has the
 * UID in the last collection, the object's content, the locks in the home, what its owner has stored,
 * and the collections in the last one; each where it is wanted and there. ?1 asker, ?2 owner, ?3 home,
 * ?4 segments, ?5 UID, ?6 when the locks count.
 */
function treeSql(wants: TreeWants): string {
  const { body, properties, uid, locksAt, used, children } = wants;
  const ofCollection = properties ? propertiesSql("collection", "c.id", "?1") : "NULL";
  const ofObject = properties ? propertiesSql("object", "o.id", "?1") : "NULL";
  const holder = "(SELECT u.name FROM objects u WHERE u.collection_id = way.id AND u.uid = ?5)";
  const locks = `(SELECT ${groupSql(lockSql)} FROM locks l
    WHERE l.home_id = (SELECT id FROM walk WHERE depth = 0) AND l.expires > ?6)`;
  const usedBytes = `(SELECT coalesce(sum(c.used_bytes), 0) FROM collections c
    WHERE c.owner_id = (SELECT id FROM principals WHERE name = ?2))`;
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
      ${uid === undefined ? "NULL" : holder},
      ${body ? `o.body, ${blobsSql}, ${attachedSql}` : "NULL, NULL, NULL"},
      ${locksAt === undefined ? "NULL" : locks}, ${used ? usedBytes : "NULL"},
      ${children ? childrenSql("way.id") : "NULL"}
    FROM database d CROSS JOIN way LEFT JOIN objects o ON way.depth = json_array_length(?4) - 1
      AND o.collection_id = way.id AND o.name = ?4 ->> way.depth`;
}

/** By what is wanted. */
const treeSqls = new Map<number, string>();

function treeStatement(wants: TreeWants, { owner, home, segments }: TreePlace): Statement {
  const { asker, body, properties, uid, locksAt, used } = wants;
  const children = wants.children && segments.length === 0;
  const all = [body, properties, uid !== undefined, locksAt !== undefined, used, children];
  const key = all.reduce((bits, one) => 2 * bits + Number(one ?? false), 0);
  let sql = treeSqls.get(key);
  if (sql === undefined) treeSqls.set(key, sql = treeSql({ ...wants, children }));
  const args: Argument[] = [asker, owner, home, JSON.stringify(segments)];
  if (locksAt !== undefined) args.push(uid ?? null, locksAt);
  else if (uid !== undefined) args.push(uid);
  return single(sql, ...args);
}

type People = Pick<
  Snapshot,
  "asker" | "owner" | "ownerProperties" | "ownerKin" | "epoch" | "switchedOff"
>;

function peopleOf({ asker, place }: Question, [first]: readonly Row[]): People {
  const [epoch, switchedOff] = parsed(first?.[0]) as [string, string[]];
  const people = (parsed(first?.[1]) as unknown[][]).map(foundPrincipalOf);
  const owner = people.find(({ principal }) => isOwner(principal, place));
  return {
    asker: people.find(({ principal }) => principal.id === asker)?.principal,
    owner: owner?.principal,
    ownerProperties: owner?.properties ?? [],
    ownerKin: owner?.kin ?? { groups: [], members: [] },
    epoch,
    switchedOff,
  };
}

function isOwner({ name, kind }: Principal, place: Place): boolean {
  switch (place.kind) {
    case "fixed":
    case "attachment":
      return false;
    case "principal":
      return name === place.name && kind === place.principalKind;
    case "tree":
      return name === place.owner;
  }
}

type Tree =
  & Pick<Snapshot, "chain" | "rest" | "object" | "content" | "attached" | "uidHolder">
  & Pick<Snapshot, "locks" | "used" | "children">;

function treeOf({ place, body: wanted }: Question, [row = []]: readonly Row[]): Tree {
  const isTree = place.kind === "tree";
  const [, , collections, fields, holder, body, blobs, attached, locks, used, children] = isTree
    ? Array.from(row)
    : [];
  const chain = grouped(collections).map(collectionOf);
  const rest = isTree ? place.segments.slice(Math.max(0, chain.length - 1)) : [];
  const object = typeof fields === "string" ? objectOf(parsed(fields)) : undefined;
  return {
    chain,
    rest,
    object,
    content: object && wanted ? storedObject(object, body, blobsOf(blobs)) : undefined,
    attached: attachedOf(attached),
    uidHolder: typeof holder === "string" ? holder : undefined,
    locks: grouped(locks).map(lockOf),
    used: typeof used === "number" ? used : undefined,
    children: grouped(isTree ? children : row[2]).map(collectionOf),
  };
}
