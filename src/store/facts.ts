import type { Fact } from "../change.ts";
import { type Argument, type Statement, statement } from "./executor.ts";

/** Statements that violate a constraint, so that the batch rolls back, unless all facts hold. */
export function assertions(facts: readonly Fact[]): Statement[] {
  const statements: Statement[] = [];
  for (let done = 0; done < facts.length; done += factsAtOnce) {
    statements.push(assertion(facts.slice(done, done + factsAtOnce)));
  }
  return statements;
}

/** A change of one object hardly ever rests on more; SQLite bounds how deep an expression may be. */
const factsAtOnce = 8;

function assertion(facts: readonly Fact[]): Statement {
  const args: Argument[] = [];
  const conditions = facts.map((fact) => {
    const [holds, ...own] = conditionOf(fact);
    const before = args.length;
    args.push(...own);
    return before === 0 ? holds : holds.replace(/\?(\d+)/g, (_, n) => `?${before + Number(n)}`);
  });
  const all = conditions.map((one) => `(${one})`).join(" AND ");
  return statement(`INSERT INTO assertion SELECT 0 WHERE NOT (${all})`, ...args);
}

/** Its parameters are numbered from 1. */
function conditionOf(fact: Fact): readonly [sql: string, ...args: Argument[]] {
  switch (fact.kind) {
    case "access":
      return [
        "EXISTS (SELECT 1 FROM principals WHERE id = ?1 AND access_version = ?2)",
        fact.principalId,
        fact.accessVersion,
      ];
    case "collection":
      return [
        "EXISTS (SELECT 1 FROM collections WHERE id = ?1 AND settings = ?2)",
        fact.id,
        fact.settings,
      ];
    case "unchanged":
      return [
        "EXISTS (SELECT 1 FROM collections WHERE id = ?1 AND commit_number = ?2)",
        fact.id,
        fact.commit,
      ];
    case "member":
      return [
        `(SELECT etag FROM objects WHERE collection_id = ?1 AND name = ?2) IS ?3
          AND NOT EXISTS (SELECT 1 FROM collections WHERE parent_id = ?1 AND name = ?2)`,
        fact.collectionId,
        fact.name,
        fact.etag ?? null,
      ];
    case "uid-free":
      return [
        `NOT EXISTS (SELECT 1 FROM objects
          WHERE collection_id = ?1 AND uid = ?2 AND name <> ?3)`,
        fact.collectionId,
        fact.uid,
        fact.name,
      ];
    case "locks":
      return [
        `(SELECT coalesce(json_group_array(token), '[]') FROM (SELECT token FROM locks
          WHERE home_id = ?1 AND expires > ?2 ORDER BY token)) = ?3`,
        fact.homeId,
        fact.at,
        JSON.stringify(fact.tokens.toSorted()),
      ];
    case "principal":
      return [
        `EXISTS (SELECT 1 FROM principals
          WHERE id = ?1 AND access_version = ?2 AND credential_version = ?3)`,
        fact.id,
        fact.accessVersion,
        fact.credentialVersion,
      ];
    case "name-free":
      return [
        `NOT EXISTS (SELECT 1 FROM principals WHERE name_key = ?1)
          AND NOT EXISTS (SELECT 1 FROM addresses WHERE address = ?1)`,
        fact.nameKey,
      ];
    case "address-free":
      return [
        `NOT EXISTS (SELECT 1 FROM addresses WHERE address = ?1 AND principal_id <> ?2)
          AND NOT EXISTS (SELECT 1 FROM principals WHERE name_key = ?1 AND id <> ?2)`,
        fact.address,
        fact.principalId,
      ];
    case "stored-most":
      return [
        `(SELECT coalesce(sum(used_bytes), 0) FROM collections WHERE owner_id = ?1) <= ?2`,
        fact.ownerId,
        fact.bytes,
      ];
    case "uploads":
      return [
        `(SELECT count(*) FROM json_each(?1) j JOIN blobs b
            ON b.id = j.value ->> 0 AND b.size_bytes = j.value ->> 1 AND b.state = 'upload')
          = json_array_length(?1)
          AND NOT EXISTS (SELECT 1 FROM json_each(?1) j CROSS JOIN blobs b
            ON b.digest = j.value ->> 2 AND b.state = 'kept')`,
        JSON.stringify(
          fact.blobs.map(({ blobId, sizeBytes, digest }) => [blobId, sizeBytes, digest]),
        ),
      ];
    case "blobs":
      return [
        `(SELECT count(*) FROM json_each(?1) j JOIN blobs b ON b.id = j.value AND b.state = 'kept')
          = json_array_length(?1)`,
        JSON.stringify(fact.blobIds),
      ];
    case "attachments":
      return [
        `(SELECT count(*) FROM json_each(?1) j JOIN attachments a ON a.id = j.value)
          = json_array_length(?1)`,
        JSON.stringify(fact.ids),
      ];
    case "nobody-yet":
      return ["NOT EXISTS (SELECT 1 FROM principals)"];
  }
}
