import type { Lock } from "../model.ts";
import { type Statement, statement } from "./executor.ts";

/** Taken anew under the same token, it is refreshed. */
export const putLock = (homeId: number, lock: Lock): Statement =>
  statement(
    `INSERT OR REPLACE INTO locks (token, home_id, href, principal_id, exclusive, deep, owner_xml,
      seconds, expires) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)`,
    lock.token,
    homeId,
    lock.href,
    lock.principalId,
    lock.exclusive,
    lock.deep,
    lock.ownerXml ?? null,
    lock.seconds,
    lock.expires,
  );

/** As a JSON array; `c` is a collection of the home. */
export const lockSql = `json_array(l.token, l.href, l.principal_id, l.exclusive, l.deep,
  l.owner_xml, l.seconds, l.expires)`;

type LockCells = [string, string, number, number, number, string | null, number, number];

/** From {@linkcode lockSql}. */
export function lockOf(cells: unknown): Lock {
  const [token, href, principalId, exclusive, deep, ownerXml, seconds, expires] =
    cells as LockCells;
  return {
    token,
    href,
    principalId,
    exclusive: exclusive === 1,
    deep: deep === 1,
    ownerXml: ownerXml ?? undefined,
    seconds,
    expires,
  };
}
