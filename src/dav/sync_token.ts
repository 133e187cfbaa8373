import type { Collection } from "../model.ts";
import { Refusal } from "../refusal.ts";
import type { SyncPoint } from "../store/questions.ts";
import { D } from "../xml/names.ts";

/** A point in the history of a collection, as a client holds it. */
export interface SyncState extends SyncPoint {
  /**
   * Where a first synchronisation is cut: the collection's commit when it began. What was gone by
   * then the client has never known, so it may be forgotten.
   */
  readonly began?: number;
}

/** A sync token as a URI (RFC 6578 §4): database, collection, commit and, inside one, a name. */
export function syncToken(
  { id }: Pick<Collection, "id">,
  epoch: string,
  { commit, name, began }: SyncState,
): string {
  const cut = name === undefined ? "" : `/${encodeURIComponent(name)}`;
  const first = began === undefined ? "" : `/${began}`;
  return `${scheme}${epoch}/${id.toString(36)}/${commit}${cut}${first}`;
}

/** CS:getctag: equal where nothing has changed. Also in `If` headers. */
export const currentToken = (collection: Collection, epoch: string): string =>
  syncToken(collection, epoch, { commit: collection.commit });

/**
 * The point that a token names; an empty one is the beginning.
 *
 * @throws {Refusal} DAV:valid-sync-token: not one of ours, of another database or incarnation.
 */
export function readSyncToken(
  token: string,
  { id }: Pick<Collection, "id">,
  epoch: string,
): SyncState {
  if (token === "") return { commit: 0 };
  const [, tokenEpoch, tokenId, commit, cut, began] = form.exec(token) ?? [];
  if (tokenEpoch !== epoch || tokenId !== id.toString(36)) throw invalid();
  return {
    commit: Number(commit),
    ...(cut !== undefined && { name: decodeName(cut) }),
    ...(began !== undefined && { began: Number(began) }),
  };
}

/**
 * Whether what has changed since can still be told, in the moment of `page`. It always can from the
 * beginning.
 *
 * @throws {Refusal} DAV:valid-sync-token: newer than the collection, or so old that some of what was
 *   deleted since is forgotten.
 */
export function checkSyncState(
  { commit, began = commit }: SyncState,
  page: { readonly commit: number; readonly floor: number },
): void {
  if (commit > page.commit || began > page.commit) throw invalid();
  if (commit > 0 && began < page.floor) throw invalid();
}

const invalid = () =>
  new Refusal(403, D.validSyncToken, { text: "the sync token is not valid here any more" });

const scheme = "data:,davit/";
const form = /^data:,davit\/([0-9a-f]+)\/([0-9a-z]+)\/(\d{1,15})(?:\/([^/]+)(?:\/(\d{1,15}))?)?$/;

function decodeName(encoded: string): string {
  try {
    return decodeURIComponent(encoded);
  } catch {
    throw invalid();
  }
}
