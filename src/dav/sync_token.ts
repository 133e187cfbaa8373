import type { Collection } from "../model.ts";
import { Refusal } from "../refusal.ts";
import type { SyncPoint } from "../store/store.ts";
import { D } from "../xml/names.ts";

/** A sync token as a URI (RFC 6578 §4): database, collection, commit and, inside one, a name. */
export function syncToken(
  { id }: Pick<Collection, "id">,
  epoch: string,
  { commit, name }: SyncPoint,
): string {
  const cut = name === undefined ? "" : `/${encodeURIComponent(name)}`;
  return `${scheme}${epoch}/${id.toString(36)}/${commit}${cut}`;
}

/** CS:getctag: equal where nothing has changed. Also in `If` headers. */
export const currentToken = (collection: Collection, epoch: string): string =>
  syncToken(collection, epoch, { commit: collection.commit });

/**
 * The point that a token names; an empty one is the beginning.
 *
 * @throws {Refusal} DAV:valid-sync-token: of another database or incarnation, not one of ours, newer
 *   than the collection, or so old that what was deleted since is forgotten.
 */
export function readSyncToken(token: string, collection: Collection, epoch: string): SyncPoint {
  if (token === "") return { commit: 0 };
  const [, tokenEpoch, id, digits, cut] = form.exec(token) ?? [];
  const commit = Number(digits);
  const isOurs = tokenEpoch === epoch && id === collection.id.toString(36);
  if (!isOurs || commit < collection.floor || commit > collection.commit) {
    throw new Refusal(403, D.validSyncToken, { text: "the sync token is not valid here any more" });
  }
  return cut === undefined ? { commit } : { commit, name: decodeName(cut) };
}

const scheme = "data:,davit/";
const form = /^data:,davit\/([0-9a-f]+)\/([0-9a-z]+)\/(\d{1,15})(?:\/([^/]+))?$/;

function decodeName(encoded: string): string {
  try {
    return decodeURIComponent(encoded);
  } catch {
    throw new Refusal(403, D.validSyncToken);
  }
}
