import type { Change, Fact } from "../change.ts";
import type { Collection, Credential, ObjectTag, StoredObject } from "../model.ts";
import type {
  Candidate,
  ChangePage,
  ChangesWanted,
  Chunk,
  ChunkRange,
  ContentDetail,
  Detail,
  FoundPrincipal,
  LinkedAttachment,
  Listed,
  LoginFacts,
  ObjectIndex,
  Page,
  PrincipalCondition,
  PrincipalEntry,
  Question,
  Snapshot,
  Subtree,
  SyncPoint,
  TimeQuery,
} from "./questions.ts";

/**
 * The database. Every verb is one round trip, except where it says otherwise. Nothing here decides
 * anything: rules are in the rooms, which give `commit` what to write and what it rests on.
 */
export interface Store {
  /** One batch, whatever the question wants. */
  load(question: Question): Promise<Snapshot>;
  /** The same for several places, in one batch and of one moment. */
  loadAll(questions: readonly Question[]): Promise<readonly Snapshot[]>;

  /**
   * The tags of all objects of a collection, in the order of their last change; nothing where there
   * are more than `limit`.
   */
  tags(collectionId: number, limit: number): Promise<readonly ObjectTag[] | undefined>;

  /** Objects of a collection by name, from behind `after`; of these components, if that is said. */
  members<D extends Detail>(
    collectionId: number,
    page: {
      readonly after?: string;
      readonly limit: number;
      readonly detail: D;
      readonly components?: readonly string[];
    },
  ): Promise<Page<Listed[D]>>;

  /** The collections directly in one, by name, with the properties that `asker` sees. */
  children(collectionId: number, asker: number): Promise<readonly Collection[]>;

  /**
   * All that is below a collection, a collection before what is in it; nothing where there is more
   * than `limit`. `having`: of the objects only those with a stored property of this name.
   */
  subtree(
    collectionId: number,
    asker: number,
    limit: number,
    having?: string,
  ): Promise<Subtree | undefined>;

  /**
   * The objects of these names with their content, in the order asked for, page by page. One round
   * trip for each page of some megabytes; those with large content come one by one. A name without an
   * object comes as undefined.
   */
  objectsNamed(
    collectionId: number,
    names: readonly string[],
    detail: ContentDetail,
  ): AsyncIterable<readonly (readonly [name: string, object: StoredObject | undefined])[]>;

  /**
   * The objects of a collection with their content, by name; of these components, if that is said.
   * One round trip for each page of some megabytes.
   */
  objectsOf(
    collectionId: number,
    among: { readonly components?: readonly string[]; readonly detail: ContentDetail },
  ): AsyncIterable<StoredObject>;

  /**
   * Candidates for each query, by its position among them, some thousands at a time. One round trip,
   * whatever the number of queries, and one for each of these pages more. For `busy`: the bounds of
   * all that have no rule; those that are never busy are left out.
   */
  candidates(
    queries: readonly TimeQuery[],
    want: "objects" | "busy",
  ): AsyncIterable<readonly [query: number, candidates: readonly Candidate[]]>;

  /** The objects of a collection that have these ids, at most a page of them, in this order. */
  membersWithIds<D extends Detail>(
    collectionId: number,
    ids: readonly number[],
    detail: D,
  ): Promise<readonly Listed[D][]>;

  /**
   * The objects of a collection that have these ids, with their content, page by page in this order;
   * one that is not there any more is left out. One round trip for each page of some megabytes.
   */
  objectsWithIds(
    collectionId: number,
    ids: readonly number[],
    detail: ContentDetail,
  ): AsyncIterable<readonly StoredObject[]>;

  /** What changed behind a sync point, in order of commit and name; gone names included. */
  changesSince<D extends Detail>(
    collectionId: number,
    since: SyncPoint,
    wanted: ChangesWanted<D>,
  ): Promise<ChangePage<D>>;

  /** `account`: a log-in, folded, that is a name or a mail address. `address`: of the client. */
  loginFacts(account: string, address: string, since: number): Promise<LoginFacts>;
  recordLoginFailure(account: string, address: string, at: number): Promise<void>;
  /** Remembers when an app password was last used. */
  touchCredential(id: number, at: number): Promise<void>;

  /** Those that meet a condition, by name, from behind `after`. */
  findPrincipals(
    condition: PrincipalCondition,
    page: { readonly asker: number; readonly after?: string; readonly limit: number },
  ): Promise<Page<FoundPrincipal>>;
  /** All of them, by name. */
  principals(): Promise<readonly PrincipalEntry[]>;
  /** By name; undefined if there is none. */
  principalNamed(name: string): Promise<PrincipalEntry | undefined>;
  appPasswords(principalId: number): Promise<readonly Credential[]>;
  /** The services that are off; without a user, for everybody. */
  switchedOff(): Promise<readonly { readonly service: string; readonly user?: string }[]>;

  /**
   * Adds chunks to uploads, at the time `at`. An upload, of a random id, is seen by nobody until a
   * commit keeps it; one to which nothing is added for a day is removed.
   */
  writeChunks(chunks: readonly Chunk[], at: number): Promise<void>;
  /** The chunks in these ranges, one after the other; what is not there is left out. */
  readChunks(ranges: readonly ChunkRange[]): Promise<readonly Uint8Array[]>;
  /** The attachment that a link opens for somebody without a log-in. */
  attachmentAt(link: string, service: string): Promise<LinkedAttachment | undefined>;
  /** Removes those of these uploads that no commit has kept: a round trip for every 16 MiB. */
  dropUploads(
    uploads: readonly { readonly blobId: number; readonly sizeBytes: number }[],
  ): Promise<void>;

  /** All changes or none. False: a fact does not hold any more, and nothing is written. */
  commit(rests: readonly Fact[], changes: readonly Change[]): Promise<boolean>;

  /**
   * Calendar objects whose time index was made with other time zone data than these or not at all,
   * with their content: at most so many, and no more than a page of some megabytes.
   */
  staleObjects(zoneVersion: string, limit: number): Promise<readonly StoredObject[]>;
  /** Writes time indexes of objects that have not changed meanwhile; no sync token moves. */
  putTimeIndexes(indexes: readonly ObjectIndex[]): Promise<void>;

  /**
   * Removes what has had its time: tombstones, versions, failures, blobs that nothing refers to. Two
   * round trips, and one for every 16 MiB of blobs.
   */
  upkeep(times: { readonly now: number; readonly keptFrom: number }): Promise<void>;
  /**
   * Fails when the database does not answer, its schema is not this program's, or it can't be written.
   * Two round trips.
   */
  check(): Promise<void>;
  close(): void;
}
