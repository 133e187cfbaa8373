import { FleetingStream } from "../http/fleeting_stream.ts";
import type { ByteRange } from "../http/range.ts";
import { limits } from "../limits.ts";
import type { BlobPart, Body, StoredObject } from "../model.ts";
import type { Store } from "../store/store.ts";

type Content = Pick<StoredObject, "body" | "blobs">;

/** The bytes of an object: at once where they are all in its row, else as they are read. */
export function bodyStream(content: Content, store: Store, range: ByteRange = all): BodyInit {
  if (content.blobs.length === 0) {
    if (typeof content.body === "string" && range === all) return content.body;
    return octetsOf(content.body).subarray(range.from, range.to) as Uint8Array<ArrayBuffer>;
  }
  const parts = piecesOf(content, store, range);
  return new FleetingStream({
    async pull(controller) {
      const { done, value } = await parts.next();
      if (done) controller.close();
      else controller.enqueue(value.bytes);
    },
    async cancel() {
      await parts.return();
    },
  }, { highWaterMark: 0 });
}

/** A piece of a representation, and whether it is one of the row itself. */
export interface Piece {
  readonly bytes: Uint8Array;
  readonly own: boolean;
}

/**
 * A representation in pieces, the blobs where they stand; a batch of chunks is read in one round trip
 * when the first of them is asked for.
 */
export async function* piecesOf(
  { body, blobs }: Content,
  store: Store,
  range: ByteRange = all,
): AsyncGenerator<Piece, void, void> {
  let batch: Segment[] = [];
  let bytes = 0;
  for (const segment of segmentsOf(octetsOf(body), blobs)) {
    if (segment.at + segment.sizeBytes <= range.from) continue;
    if (segment.at >= range.to) break;
    batch.push(segment);
    if (segment.kind === "chunk") bytes += segment.sizeBytes;
    if (bytes < limits.blobBatchBytes) continue;
    yield* cut(await read(batch, store), range);
    batch = [];
    bytes = 0;
  }
  yield* cut(await read(batch, store), range);
}

/** The bytes of a representation as they are read. */
export async function* bytesOf(content: Content, store: Store): AsyncGenerator<Uint8Array> {
  for await (const { bytes } of piecesOf(content, store)) yield bytes;
}

const all: ByteRange = { from: 0, to: Infinity };

const utf8 = new TextEncoder();

export const octetsOf = (body: Body): Uint8Array =>
  typeof body === "string" ? utf8.encode(body) : body;

/** Bytes of the row, or a chunk of a blob, with its place in the representation. */
type Segment =
  & { readonly at: number; readonly sizeBytes: number }
  & (
    | { readonly kind: "own"; readonly bytes: Uint8Array }
    | { readonly kind: "chunk"; readonly blobId: number; readonly position: number }
  );

function* segmentsOf(
  body: Uint8Array,
  blobs: readonly BlobPart[],
): Generator<Segment, void, void> {
  const { chunkBytes } = limits;
  let own = 0;
  let at = 0;
  const upTo = function* (end: number): Generator<Segment, void, void> {
    const bytes = body.subarray(own, end);
    if (bytes.length > 0) yield { kind: "own", at, sizeBytes: bytes.length, bytes };
    at += bytes.length;
    own = end;
  };
  for (const { offsetBytes, blobId, sizeBytes: blobBytes } of blobs) {
    yield* upTo(offsetBytes);
    for (let done = 0; done < blobBytes; done += chunkBytes) {
      const sizeBytes = Math.min(chunkBytes, blobBytes - done);
      yield { kind: "chunk", at: at + done, sizeBytes, blobId, position: done / chunkBytes };
    }
    at += blobBytes;
  }
  yield* upTo(body.length);
}

type Placed = readonly [at: number, piece: Piece];

/** @throws {Error} A chunk is not there. */
async function read(batch: readonly Segment[], store: Store): Promise<Placed[]> {
  const ranges: { readonly blobId: number; readonly position: number; count: number }[] = [];
  for (const segment of batch) {
    if (segment.kind === "own") continue;
    const { blobId, position } = segment;
    const last = ranges.at(-1);
    if (last?.blobId === blobId && last.position + last.count === position) last.count++;
    else ranges.push({ blobId, position, count: 1 });
  }
  const chunks = ranges.length === 0 ? [] : [...await store.readChunks(ranges)];
  return batch.map((segment): Placed => {
    if (segment.kind === "own") return [segment.at, { own: true, bytes: segment.bytes }];
    const bytes = chunks.shift();
    if (bytes?.length !== segment.sizeBytes) throw new Error(`blob ${segment.blobId} is not whole`);
    return [segment.at, { own: false, bytes }];
  });
}

function* cut(
  pieces: Placed[],
  { from, to }: ByteRange,
): Generator<Piece, void, void> {
  for (const [at, { bytes, own }] of pieces) {
    yield { own, bytes: bytes.subarray(Math.max(0, from - at), to - at) };
  }
}
