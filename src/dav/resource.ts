import type { Privileges } from "../access/privileges.ts";
import type {
  Attachment,
  Collection,
  CollectionKind,
  Lock,
  ObjectInfo,
  Principal,
  StoredObject,
  StoredProperty,
} from "../model.ts";
import type { Kin } from "../store/questions.ts";
import type { FixedKind } from "./target.ts";

/** An object, by the collection that it is in. */
export type ObjectKind = "calendar-object" | "scheduling-message" | "file";

export type Kind = FixedKind | "principal" | CollectionKind | ObjectKind | "attachment";

interface Common {
  /** Canonical: percent-encoded, path-absolute, with a slash at the end of a collection's. */
  readonly href: string;
  /** Who asks. */
  readonly asker: Principal;
  readonly privileges: Privileges;
  /** Those that clients have set. */
  readonly properties: readonly StoredProperty[];
}

export interface FixedResource extends Common {
  readonly kind: FixedKind;
}

export interface PrincipalResource extends Common {
  readonly kind: "principal";
  readonly principal: Principal;
  readonly kin: Kin;
}

export interface CollectionResource extends Common {
  readonly kind: CollectionKind;
  readonly collection: Collection;
  readonly owner: Principal;
  /** Of the database. */
  readonly epoch: string;
  /** All of the home, where that has locks. */
  readonly locks: readonly Lock[];
  /** Bytes that the owner has stored in all, where they were asked for. */
  readonly used?: number;
}

export interface ObjectResource extends Common {
  readonly kind: ObjectKind;
  readonly object: ObjectInfo;
  readonly owner: Principal;
  readonly locks: readonly Lock[];
  /** Where it was loaded. */
  readonly content?: StoredObject;
}

/** A managed attachment (RFC 8607), which is read and nothing else. */
export interface AttachmentResource extends Common {
  readonly kind: "attachment";
  readonly attachment: Attachment;
}

export type AnyResource =
  | FixedResource
  | PrincipalResource
  | CollectionResource
  | ObjectResource
  | AttachmentResource;

/** A resource of one of these kinds. */
export type Resource<K extends Kind = Kind> =
  | Extract<AnyResource, { kind: K }>
  | (
    K extends CollectionKind ? CollectionResource
      : K extends ObjectKind ? ObjectResource
      : K extends FixedKind ? FixedResource
      : never
  );

export const fixedKinds = ["root", "principals", "homes"] as const satisfies readonly Kind[];

export const collectionKinds = [
  "calendar-home",
  "calendar",
  "inbox",
  "outbox",
  "notification",
  "subscription",
  "files",
] as const satisfies readonly CollectionKind[];

export const objectKinds = [
  "calendar-object",
  "scheduling-message",
  "file",
] as const satisfies readonly ObjectKind[];

/** Those that have properties. */
export const allKinds: readonly Kind[] = [
  ...fixedKinds,
  "principal",
  ...collectionKinds,
  ...objectKinds,
];

/** What an object in a collection of this kind is. */
export const memberKind: Readonly<Record<CollectionKind, ObjectKind>> = {
  "calendar-home": "file",
  calendar: "calendar-object",
  subscription: "calendar-object",
  inbox: "scheduling-message",
  outbox: "scheduling-message",
  notification: "file",
  files: "file",
};

export const isCollection = (resource: AnyResource): resource is CollectionResource =>
  "collection" in resource;

export const isObject = (resource: AnyResource): resource is ObjectResource => "object" in resource;
