import type { ObjectInfo } from "../model.ts";
import type { CollectionResource } from "../dav/resource.ts";

/** Where an object is to be written, and what is there. */
export interface ObjectPlace {
  readonly parent: CollectionResource;
  readonly name: string;
  readonly existing?: ObjectInfo;
}
