import type { Principal } from "../model.ts";
import { type Executor, type Row, single, type Statement, statement } from "./executor.ts";
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
import type { Located, Place, Question, Snapshot, TreePlace } from "./store.ts";

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

/** What is asked for beside places, in the order of the results. */
function besides(question: Question): (readonly [name: string, statement: Statement])[] {
  const { place, asker, locksAt, used, digests = [] } = question;
  const attachments = place.kind === "attachment" ? [place.id] : question.attachments ?? [];
  const tree = place.kind === "tree" ? place : undefined;
  const home = question.children ? homeOf(place) : undefined;
  return [
    ...(tree && locksAt !== undefined ? [["locks", locksStatement(tree, locksAt)] as const] : []),
    ...(tree && used ? [["used", usedStatement(tree)] as const] : []),
    ...(home ? [["children", childrenStatement(home, asker)] as const] : []),
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
  const { locks = [], used: [used] = [], children = [], contents = [], attachments = [] } = beside;
  const people = peopleOf(question, rows);
  return {
    ...people,
    ...chainOf(question, rows),
    also: located,
    locks: locks.map((row) => lockOf(parsed(row[0]))),
    used: used ? Number(used[0]) : people.owner?.bounds?.usedBytes,
    children: children.map((row) => collectionOf(parsed(row[0]))),
    attachments: attachments.map((row) => knownAttachmentOf(parsed(row[0]))),
    sameContent: new Map(contents.map((row) => [String(row[0]), Number(row[1])])),
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
  { asker, properties }: Question,
  place: Exclude<Place, { kind: "tree" }>,
): Statement {
  const details = properties && place.kind === "principal" ? principalDetailsSql("?1") : [];
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
      ${uid ? holder : "NULL"}, ${body ? `o.body, ${blobsSql}, ${attachedSql}` : "NULL, NULL, NULL"}
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

type Chain = Pick<Snapshot, "chain" | "rest" | "object" | "content" | "attached" | "uidHolder">;

function chainOf({ place, body: wanted }: Question, [row = []]: readonly Row[]): Chain {
  const [, , collections, fields, holder, body, blobs, attached] = Array.from(row);
  const chain = grouped(collections).map(collectionOf);
  const segments = place.kind === "tree" ? place.segments : [];
  const rest = segments.slice(Math.max(0, chain.length - 1));
  const object = typeof fields === "string" ? objectOf(parsed(fields)) : undefined;
  return {
    chain,
    rest,
    object,
    content: object && wanted ? storedObject(object, body, blobsOf(blobs)) : undefined,
    attached: attachedOf(attached),
    uidHolder: typeof holder === "string" ? holder : undefined,
  };
}
