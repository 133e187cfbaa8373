import type { NewObject } from "../change.ts";
import type { ObjectInfo } from "../model.ts";
import type { Decision } from "./transact.ts";

/** A file as it was sent. */
export interface PutFile extends Pick<NewObject, "name" | "etag" | "contentType" | "sizeBytes"> {
  readonly body: NewObject["body"];
  readonly blobs: NewObject["blobs"];
  /** UTC epoch milliseconds. */
  readonly at: number;
}

/** PUT of a file (RFC 4918 §9.7): whatever it holds. */
export function decidePutFile(
  collectionId: number,
  existing: ObjectInfo | undefined,
  { at, ...file }: PutFile,
): Decision<{ readonly created: boolean; readonly etag: string }> {
  const { name, etag } = file;
  return {
    rests: [{ kind: "member", collectionId, name, etag: existing?.etag }],
    changes: [{
      kind: "put-object",
      collectionId,
      replaces: existing !== undefined,
      object: { ...file, participants: [], modified: at },
    }],
    reply: { created: existing === undefined, etag },
  };
}
