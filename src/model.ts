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

/** A member as it is to be written. */
export interface NewObject {
  readonly name: string;
  readonly etag: string;
  readonly contentType: string;
  readonly sizeBytes: number;
  readonly uid?: string;
  readonly component?: string;
  readonly participants: readonly Participant[];
  readonly body: Body;
  readonly blobs: readonly NewBlob[];
  /** Those that it refers to, each once; undefined: none. */
  readonly attachments?: readonly Pick<Attachment, "id" | "sizeBytes">[];
  /** Undefined: no query by time finds it. */
  readonly timeIndex?: TimeIndex;
  /** Of this write, UTC epoch milliseconds. */
  readonly modified: number;
}

/** A collection as it is to be made. */
export interface NewCollection {
  readonly id: number;
  /** Undefined for a home. */
  readonly parentId?: number;
  readonly ownerId: number;
  readonly kind: CollectionKind;
  readonly name: string;
  readonly displayName?: string;
  readonly components?: readonly string[];
  readonly timezone?: string;
  readonly transparent: boolean;
  readonly created: number;
}

/** A place for a member. */
export interface MemberName {
  readonly collectionId: number;
  readonly name: string;
}

/** A resource that has properties of its own. */
export interface PropertyHolder {
  readonly kind: "collection" | "object" | "principal";
  readonly id: number;
  /** The collection whose commit number moves; absent for a principal. */
  readonly collectionId?: number;
}

/**
 * What a decision rests on. It is asserted in the commit: where it no longer holds, nothing is
 * written and the decision is made again.
 */
export type Fact =
  /** The asker may still what was settled before. */
  | { readonly kind: "access"; readonly principalId: number; readonly accessVersion: number }
  /** The collection is there, with these settings. */
  | { readonly kind: "collection"; readonly id: number; readonly settings: number }
  /** No change to the collection or its members since. */
  | { readonly kind: "unchanged"; readonly id: number; readonly commit: number }
  /** The name holds an object with this ETag, or neither object nor collection. */
  | {
    readonly kind: "member";
    readonly collectionId: number;
    readonly name: string;
    readonly etag: string | undefined;
  }
  /** No object of the collection but the one of this name has the UID. */
  | {
    readonly kind: "uid-free";
    readonly collectionId: number;
    readonly uid: string;
    readonly name: string;
  }
  /** The home has these locks, no more and no less, at this time. */
  | {
    readonly kind: "locks";
    readonly homeId: number;
    readonly tokens: readonly string[];
    readonly at: number;
  }
  /** The principal is as it was read. */
  | {
    readonly kind: "principal";
    readonly id: number;
    readonly accessVersion: number;
    readonly credentialVersion: number;
  }
  /** No principal has the name or is reached by it; `nameKey` is folded as names and log-ins are. */
  | { readonly kind: "name-free"; readonly nameKey: string }
  /** No principal but this one has the address, and none but this one is called so. */
  | { readonly kind: "address-free"; readonly address: string; readonly principalId: number }
  /** The owner has stored no more than this. */
  | { readonly kind: "stored-most"; readonly ownerId: number; readonly bytes: number }
  /** These uploads are whole, and no blob that is kept has the content of one. */
  | { readonly kind: "uploads"; readonly blobs: readonly NewBlob[] }
  /** These blobs are kept. */
  | { readonly kind: "blobs"; readonly blobIds: readonly number[] }
  /** These attachments are there. */
  | { readonly kind: "attachments"; readonly ids: readonly string[] }
  /** There is no principal at all. */
  | { readonly kind: "nobody-yet" };

/** One thing to write. All changes of a commit share one commit number. */
export type Change =
  /** `replaces`: an object of that name is there (a fact asserts it). */
  | {
    readonly kind: "put-object";
    readonly collectionId: number;
    readonly replaces: boolean;
    readonly object: NewObject;
  }
  /** An attachment for an object that a later change of the commit puts; `digest`: of its blob. */
  | {
    readonly kind: "put-attachment";
    readonly attachment: Attachment;
    readonly digest?: string;
  }
  | {
    readonly kind: "delete-object";
    readonly collectionId: number;
    readonly name: string;
    readonly at: number;
  }
  /** An object goes to another name or collection, with its ETag; there is nothing in its place. */
  | {
    readonly kind: "move-object";
    readonly from: MemberName;
    readonly to: MemberName;
    readonly at: number;
  }
  /** An object is copied with its properties; there is nothing in its place. */
  | {
    readonly kind: "copy-object";
    readonly from: MemberName;
    readonly to: MemberName;
    readonly etag: string;
    readonly at: number;
  }
  | { readonly kind: "make-collection"; readonly collection: NewCollection }
  /** A collection with all that is in it goes elsewhere, and belongs to the owner there. */
  | {
    readonly kind: "move-collection";
    readonly id: number;
    readonly to: MemberName;
    readonly ownerId: number;
    readonly at: number;
  }
  /** The properties of one collection become those of another, too. */
  | { readonly kind: "copy-properties"; readonly from: number; readonly to: number }
  /** Nothing will refer to these uploads. */
  | { readonly kind: "drop-uploads"; readonly blobIds: readonly number[] }
  | { readonly kind: "put-lock"; readonly homeId: number; readonly lock: Lock }
  | { readonly kind: "delete-locks"; readonly tokens: readonly string[] }
  /** With all that is in it. */
  | { readonly kind: "delete-collection"; readonly id: number; readonly at: number }
  /** Absent fields stay; null takes the value away. */
  | {
    readonly kind: "set-collection";
    readonly id: number;
    readonly displayName?: string | null;
    readonly timezone?: string | null;
    readonly transparent?: boolean;
    readonly attachments?: AttachmentForm;
    readonly at: number;
  }
  /** `person`: whose property it is, 0 for everybody's; `xml` null removes it. */
  | {
    readonly kind: "set-property";
    readonly holder: PropertyHolder;
    readonly person: number;
    readonly name: string;
    readonly xml: string | null;
  }
  | {
    readonly kind: "make-principal";
    readonly principal: Pick<
      Principal,
      "id" | "kind" | "name" | "displayName" | "admin" | "disabled"
    >;
    /** The name, folded: names that fold alike are one. */
    readonly nameKey: string;
    /** The display name, folded for searches. */
    readonly displayKey: string;
    readonly created: number;
  }
  /**
   * Absent fields stay; the display name and its key change together. Admin and disabled move the
   * access version, disabled both versions.
   */
  | {
    readonly kind: "set-principal";
    readonly id: number;
    readonly displayName?: string;
    readonly displayKey?: string;
    readonly admin?: boolean;
    readonly disabled?: boolean;
  }
  /** What is absent is from now on as for everybody. */
  | {
    readonly kind: "set-bounds";
    readonly id: number;
    readonly quotaBytes?: number;
    readonly resourceBytes?: number;
  }
  /** The addresses, normalised, replace those that were. */
  | {
    readonly kind: "set-addresses";
    readonly principalId: number;
    readonly addresses: readonly string[];
  }
  /** The members, by name, replace those that were; each one's access version moves. */
  | { readonly kind: "set-members"; readonly groupId: number; readonly members: readonly string[] }
  /** Replaces the password; log-ins that worked are checked anew. */
  | {
    readonly kind: "set-password";
    readonly principalId: number;
    readonly hash: string;
    readonly created: number;
  }
  | {
    readonly kind: "add-app-password";
    readonly principalId: number;
    readonly label: string;
    readonly hash: string;
    readonly created: number;
  }
  /** A service goes on or off for everybody (0) or for one. */
  | {
    readonly kind: "switch-service";
    readonly service: string;
    readonly principalId: number;
    readonly on: boolean;
  }
  | {
    readonly kind: "revoke-app-password";
    readonly principalId: number;
    readonly label: string;
  };
