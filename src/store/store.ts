import type { Change, Fact } from "../change.ts";
import type {
  Attachment,
  Collection,
  Credential,
  HomeKind,
  KnownAttachment,
  Lock,
  ObjectInfo,
  ObjectTag,
  Principal,
  PrincipalKind,
  StoredObject,
  StoredProperty,
  TimeIndex,
} from "../model.ts";

/** Where a request's resource is, or would be. */
export type Place =
  /** No resource of the database: the root, and the collections of principals and homes. */
  | { readonly kind: "fixed" }
  | { readonly kind: "principal"; readonly principalKind: PrincipalKind; readonly name: string }
  | { readonly kind: "attachment"; readonly id: string }
  | TreePlace;

/** `segments`: decoded, below the home of the principal of that name. */
export interface TreePlace {
  readonly kind: "tree";
  readonly home: HomeKind;
  readonly owner: string;
  readonly segments: readonly string[];
}

/** What a request wants to know before it decides. */
export interface Question {
  /** Id of the principal who asks. */
  readonly asker: number;
  readonly place: Place;
  /** The content of the object, too. */
  readonly body?: boolean;
  /** The stored properties of the resource, too. */
  readonly properties?: boolean;
  /** Who has this UID in the collection that holds the place? */
  readonly uid?: string;
  /** Other places that the decision looks at: those that an `If` header tags. */
  readonly also?: readonly TreePlace[];
  /** The locks of the home, too, as of this time. */
  readonly locksAt?: number;
  /** How much the owner of the home has stored, too. */
  readonly used?: boolean;
  /** Which blobs hold the content of these digests, too. */
  readonly digests?: readonly string[];
  /** What there is of attachments of these ids, too. */
  readonly attachments?: readonly string[];
  /** Of a home, what is in it, too; of a principal, what is in the calendar home. */
  readonly children?: boolean;
}

/** What is at a place of a tree. */
export interface Located {
  /** Of a tree: whose home it is. Of a principal: it. */
  readonly owner?: Principal;
  /** From the home down to the last collection on the path that exists. */
  readonly chain: readonly Collection[];
  /** The segments for which there is no collection: one where an object is, or could be. */
  readonly rest: readonly string[];
  readonly object?: ObjectInfo;
}

/** What the URL of a principal is made of. */
export type PrincipalName = Pick<Principal, "kind" | "name">;

/** The groups that a principal is in and, of a group, who is in it; only directly, by name. */
export interface Kin {
  readonly groups: readonly PrincipalName[];
  readonly members: readonly PrincipalName[];
}

/** All that a decision looks at, as of one moment. */
export interface Snapshot extends Located {
  /** Absent when the principal is gone. */
  readonly asker?: Principal;
  /** Stored properties of the principal that the place names. */
  readonly ownerProperties: readonly StoredProperty[];
  /** Of the principal that the place names, where properties were asked for. */
  readonly ownerKin: Kin;
  /** Where `body` was asked for. */
  readonly content?: StoredObject;
  /** The attachments that the object refers to, where `body` was asked for. */
  readonly attached: readonly Pick<Attachment, "id" | "sizeBytes">[];
  /** Name of the object that has the UID asked for. */
  readonly uidHolder?: string;
  /** In the order of the places asked for. */
  readonly also: readonly Located[];
  /** Empty where they were not asked for. */
  readonly locks: readonly Lock[];
  /** Bytes, where they were asked for. */
  readonly used?: number;
  /** By the digests that were asked for: ids of blobs that are kept. */
  readonly sameContent: ReadonlyMap<string, number>;
  /** Those that are there of the ones asked for, in any order; the one that the place names. */
  readonly attachments: readonly KnownAttachment[];
  /** By name, with the properties that the asker sees; empty where they were not asked for. */
  readonly children: readonly Collection[];
  /** Services that are off for the asker. */
  readonly switchedOff: readonly string[];
  /** Of the database; sync tokens of another one are refused. */
  readonly epoch: string;
}

export interface Page<T> {
  readonly items: readonly T[];
  /** Whether there are more behind the last one. */
  readonly more: boolean;
}

/** A point in the history of a collection; `name` cuts one commit between its members. */
export interface SyncPoint {
  readonly commit: number;
  readonly name?: string;
}

/** How much is told of each object in a list: a tag costs a sixth of all columns. */
export interface Listed {
  readonly tag: ObjectTag;
  /** All but stored properties. */
  readonly columns: ObjectInfo;
  readonly properties: ObjectInfo;
}

export type Detail = keyof Listed;

/** How much is told of an object whose content is told: without `properties`, it has none. */
export type ContentDetail = Exclude<Detail, "tag">;

/** What became of a name since a sync point. */
export interface MemberChange<D extends Detail = Detail> {
  readonly name: string;
  readonly commit: number;
  /** Absent: it is gone, or it is a collection. */
  readonly object?: Listed[D];
  readonly collection?: Collection;
  /** Only with a name that is gone: whether it was a collection. */
  readonly wasCollection?: boolean;
}

/** `commit` and `floor` are the collection's, in the same moment. */
export interface ChangePage<D extends Detail = Detail> extends Page<MemberChange<D>> {
  readonly commit: number;
  readonly floor: number;
}

export interface ChangesWanted<D extends Detail> {
  readonly limit: number;
  /** Whose properties of collections are told. */
  readonly asker: number;
  readonly detail: D;
}

/** What a link opens. */
export interface LinkedAttachment {
  readonly attachment: Attachment;
  /** Whether the service is off for each of those in whose calendars it is. */
  readonly switchedOff: boolean;
}

/** All that is below a collection; objects say by themselves in which they are. */
export interface Subtree {
  readonly collections: readonly { readonly parentId: number; readonly collection: Collection }[];
  readonly objects: readonly ObjectInfo[];
}

/** A time, and what to look for in it by the time index; of one collection. */
export interface TimeQuery {
  readonly collectionId: number;
  readonly components: readonly string[];
  /** UTC epoch milliseconds, the end excluded; may be infinite. */
  readonly start: number;
  readonly end: number;
}

/**
 * An object that by its bounds may be at the time asked for. Where nothing else is said, it is: but
 * a rule tells of it exactly, and so do the bounds of one that is floating.
 */
export interface Candidate {
  readonly id: number;
  /** {@linkcode TimeIndex.rule} */
  readonly rule?: string;
  readonly bounds?: Pick<TimeIndex, "firstStart" | "lastEnd" | "busy"> & {
    /** Times are those of a clock. */
    readonly floating: boolean;
  };
}

/** What a version of an object has for its time index. */
export interface ObjectIndex extends Pick<ObjectInfo, "id" | "etag"> {
  readonly timeIndex?: TimeIndex;
}

/** How somebody may log in, and how often it went wrong of late. */
export interface LoginFacts {
  readonly principal?: Principal;
  readonly credentials: readonly Credential[];
  /** Failures of this account from this address since the time asked for, ascending. */
  readonly failures: readonly number[];
}

/** What is searched of a principal; the text to compare with is folded as the field is kept. */
export type PrincipalField =
  /** The display name, folded by `searchKey`; so are the two parts of it. */
  | "display"
  /** Of an individual: all words but the last one, or the only one. */
  | "first"
  /** Of an individual: the last of several words. */
  | "last"
  /** One of the addresses, as they are kept. */
  | "address"
  /** The same as `mailto:` URIs. */
  | "mailto";

/** Where in a field a text is. */
export type TextPlace = "contains" | "equals" | "starts-with" | "ends-with";

/** What principals are looked for. */
export type PrincipalCondition =
  | { readonly kind: "all" | "any"; readonly of: readonly PrincipalCondition[] }
  | {
    readonly kind: "text";
    readonly field: PrincipalField;
    readonly place: TextPlace;
    readonly text: string;
  }
  | { readonly kind: "kinds"; readonly kinds: readonly PrincipalKind[] }
  | { readonly kind: "name"; readonly name: string }
  /** The principal of this id, and all groups that it is in, at whatever remove. */
  | { readonly kind: "identity"; readonly id: number }
  | { readonly kind: "enabled" };

/** A principal with all that its properties tell. */
export interface FoundPrincipal {
  readonly principal: Principal;
  /** Those that everybody sees and those of the asker. */
  readonly properties: readonly StoredProperty[];
  readonly kin: Kin;
}

/** A group and who is in it, by name. */
export interface PrincipalEntry {
  readonly principal: Principal;
  readonly members: readonly string[];
  readonly passwordHash?: string;
}

/** A part of a blob: exactly 256 KiB, of the last one what is left. */
export interface Chunk {
  readonly blobId: number;
  /** Counts from 0. */
  readonly position: number;
  readonly data: Uint8Array;
}

export interface ChunkRange {
  readonly blobId: number;
  readonly position: number;
  readonly count: number;
}

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
