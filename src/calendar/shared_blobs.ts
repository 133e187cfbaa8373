import type { Change, Fact } from "../change.ts";
import type { NewBlob } from "../model.ts";

/** Blobs for new content, what they rest on, and what else is to be written. */
export interface SharedBlobs {
  readonly blobs: readonly NewBlob[];
  readonly rests: readonly Fact[];
  readonly changes: readonly Change[];
}

/**
 * Equal content is stored once: for an upload whose content is kept already, or that comes twice, the
 * other blob stands. `sameContent`: ids of those that are kept, by their digests.
 */
export function shareBlobs(
  uploads: readonly NewBlob[],
  sameContent: ReadonlyMap<string, number>,
): SharedBlobs {
  if (uploads.length === 0) return { blobs: [], rests: [], changes: [] };
  const ids = new Map(sameContent);
  const blobs: NewBlob[] = [];
  const fresh: NewBlob[] = [];
  const reused = new Set<number>();
  const dropped: number[] = [];
  for (const upload of uploads) {
    const { digest = "", blobId } = upload;
    const id = ids.get(digest);
    if (id === undefined) {
      ids.set(digest, blobId);
      fresh.push(upload);
      blobs.push(upload);
    } else {
      if (sameContent.has(digest)) reused.add(id);
      dropped.push(blobId);
      blobs.push({ ...upload, blobId: id });
    }
  }
  return {
    blobs,
    rests: [
      ...(fresh.length > 0 ? [{ kind: "uploads", blobs: fresh } as const] : []),
      ...(reused.size > 0 ? [{ kind: "blobs", blobIds: [...reused] } as const] : []),
    ],
    changes: dropped.length > 0 ? [{ kind: "drop-uploads", blobIds: dropped }] : [],
  };
}

/** By what {@linkcode shareBlobs} asks for blobs that are kept. */
export const digestsOf = (uploads: readonly NewBlob[]): readonly string[] =>
  uploads.flatMap(({ digest }) => digest ?? []);
