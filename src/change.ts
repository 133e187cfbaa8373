import type {
  Attachment,
  AttachmentForm,
  Body,
  CollectionKind,
  Lock,
  NewBlob,
  Participant,
  Principal,
  TimeIndex,
} from "./model.ts";

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
