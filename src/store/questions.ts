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

// What is asked of the database, and what it tells.

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
