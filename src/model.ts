/** What CUTYPE (RFC 5545 §3.2.3) and CALDAV:calendar-user-type call a principal, in lower case. */
export type PrincipalKind = "individual" | "group" | "room" | "resource";

export interface Principal {
  /** Random; never given twice. */
  readonly id: number;
  readonly kind: PrincipalKind;
  /** Unique over all kinds, also when letter case is ignored; the last segment of its URL. */
  readonly name: string;
  readonly displayName: string;
  /** Normalised mail addresses without `mailto:`, the preferred one first. */
  readonly addresses: readonly string[];
  readonly admin: boolean;
  readonly disabled: boolean;
  /** Moves with whatever decides what the principal may. */
  readonly accessVersion: number;
  /** Moves when a credential that was right may be wrong now. */
  readonly credentialVersion: number;
  /** Where there are bounds of one's own on what one's homes hold. */
  readonly bounds?: PrincipalBounds;
}

/** In bytes; what is absent is as for everybody. */
export interface PrincipalBounds {
  /** All that is stored, and how much it is. */
  readonly quotaBytes?: number;
  readonly usedBytes?: number;
  /** A calendar object or file, where fewer are allowed than for everybody. */
  readonly resourceBytes?: number;
}

export type CredentialKind = "password" | "app";

export interface Credential {
  readonly id: number;
  readonly kind: CredentialKind;
  /** What the person calls an app password; empty for the password. */
  readonly label: string;
  readonly hash: string;
  readonly created: number;
  readonly lastUsed?: number;
}

export type HomeKind = "calendar-home" | "files";
export type CollectionKind =
  | HomeKind
  | "calendar"
  | "inbox"
  | "outbox"
  | "notification"
  | "subscription";

/**
 * What becomes of attachments that come inside of an event: they stay there, or are managed from then
 * on (RFC 8607).
 */
export type AttachmentForm = "inline" | "managed";

export interface Collection {
  /** Random and never given twice, so it is the incarnation that sync tokens name. */
  readonly id: number;
  readonly kind: CollectionKind;
  readonly ownerId: number;
  /** Decoded last segment of its URL; for a home the empty string. */
  readonly name: string;
  readonly displayName?: string;
  /** Component names that it takes (RFC 4791 §5.2.3); undefined: any. */
  readonly components?: readonly string[];
  /** As CALDAV:calendar-timezone (a VTIMEZONE in a VCALENDAR) or a time zone id. */
  readonly timezone?: string;
  /** Left out of free/busy (RFC 6638 §9.1). */
  readonly transparent: boolean;
  readonly attachments: AttachmentForm;
  /** Moves with components, timezone, transparent and attachments. */
  readonly settings: number;
  /** Of the last change to it, to a member or, in a home, in a child collection. */
  readonly commit: number;
  /** Sync tokens below this one can't be answered any more. */
  readonly floor: number;
  readonly created: number;
  readonly modified: number;
  /** Those that everybody sees and those of the asker; empty where they were not asked for. */
  readonly properties: readonly StoredProperty[];
}

/** A property that a client set and that no field of the resource holds. */
export interface StoredProperty {
  /** Clark notation. */
  readonly name: string;
  /** The whole element, with all namespaces declared inside. */
  readonly xml: string;
}

/** Bytes that are valid UTF-8 as a string, others as they are. */
export type Body = string | Uint8Array;

/** A blob that stands in a representation after `offsetBytes` of the body's own bytes. */
export interface BlobPart {
  readonly offsetBytes: number;
  readonly blobId: number;
  readonly sizeBytes: number;
}

/** A blob of an object that is to be written: one that is kept already, or an upload. */
export interface NewBlob extends BlobPart {
  /** Of an upload: by it equal content is found, from now on. */
  readonly digest?: string;
}

/** A file that the server keeps beside the calendar objects that refer to it (RFC 8607). */
export interface Attachment {
  /** MANAGED-ID: random. Other content, or another name, is another attachment. */
  readonly id: string;
  /** Random; whoever knows it may read the file. */
  readonly link: string;
  readonly fileName: string;
  readonly contentType: string;
  readonly sizeBytes: number;
  /** Undefined: it is empty. */
  readonly blobId?: number;
  /** UTC epoch milliseconds. */
  readonly created: number;
}

/** An attachment, and in whose calendars it is. */
export interface KnownAttachment extends Attachment {
  /** Ids of principals in whose calendars an object refers to it. */
  readonly owners: readonly number[];
  /** Ids of those who have had such an object, which is still restorable. */
  readonly formerOwners: readonly number[];
}

/** A member that is no collection, without its content. */
export interface ObjectInfo {
  readonly id: number;
  readonly collectionId: number;
  /** Decoded last segment of its URL. */
  readonly name: string;
  /** With its quotes; strong, and never given twice. */
  readonly etag: string;
  readonly scheduleTag?: string;
  readonly contentType: string;
  /** Of the whole representation. */
  readonly sizeBytes: number;
  /** Of the attachments that it refers to, each once. */
  readonly attachedBytes: number;
  readonly uid?: string;
  readonly component?: string;
  readonly created: number;
  readonly modified: number;
  /** Of the last change. */
  readonly commit: number;
  readonly properties: readonly StoredProperty[];
}

/** What is told of a member to who only wants to know whether it has changed. */
export type ObjectTag = Pick<ObjectInfo, "name" | "etag" | "commit">;

/** A member with its content: `body`, into which the blobs are spliced. */
export interface StoredObject extends ObjectInfo {
  readonly body: Body;
  readonly blobs: readonly BlobPart[];
}

/** A write lock (RFC 4918 §6). */
export interface Lock {
  /** A URI; a secret only in so far as nobody can guess it. */
  readonly token: string;
  /** Of the lock's root, canonical. */
  readonly href: string;
  readonly principalId: number;
  readonly exclusive: boolean;
  /** Depth infinity: what is below the root is locked, too. */
  readonly deep: boolean;
  /** DAV:owner as the client sent it, a whole element. */
  readonly ownerXml?: string;
  /** For how long it was taken; a refresh takes it anew. */
  readonly seconds: number;
  readonly expires: number;
}

export interface Participant {
  /** A calendar user address, normalised. */
  readonly address: string;
  readonly role: "organizer" | "attendee";
}

/**
 * When a calendar object takes place, as the database finds it by. Bounds are UTC epoch
 * milliseconds; of an object without a zone, local time as if it were UTC.
 */
export interface TimeIndex {
  /**
   * 0 to 5: at most 1, 8, 32, 128, 512 or 2,048 days from the first start to the last end; 6: more;
   * 7: without end. 8 more for an object without a zone, which each reader has in theirs.
   */
  readonly span: number;
  readonly firstStart: number;
  /** Behind the first start, by 1 at least. */
  readonly lastEnd: number;
  /** 0: it takes nobody's time. 1 busy, 2 tentative, 3 unavailable: the type, unless `rule` has it. */
  readonly busy: number;
  /**
   * Undefined: the object takes place once, within these bounds. `*`: what it does between them, its
   * text alone says. Else its compiled recurrence.
   */
  readonly rule?: string;
  /** Of the time zone data that the bounds were made with; undefined: of none. */
  readonly zoneVersion?: string;
}
