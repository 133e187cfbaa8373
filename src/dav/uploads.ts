import { createHash, type Hash } from "node:crypto";
import { limits } from "../limits.ts";
import type { NewBlob } from "../model.ts";
import type { Services } from "../services.ts";
import type { Chunk } from "../store/questions.ts";

/** A blob that is whole. */
export type Upload = Omit<Required<NewBlob>, "offsetBytes">;

type Keeper = Pick<Services, "store" | "clock" | "random">;

/**
 * Runs `work`, and takes away what it has uploaded where it fails. Where that fails as well, upkeep
 * will see to it.
 */
export async function uploading<T>(
  services: Keeper,
  work: (uploads: Uploads) => Promise<T>,
): Promise<T> {
  const uploads = new Uploads(services);
  try {
    return await work(uploads);
  } catch (error) {
    await uploads.drop().catch(() => {});
    throw error;
  }
}

/** Content on its way into blobs, one after the other, that nobody sees until a commit keeps them. */
export class Uploads {
  readonly #services: Keeper;
  /** What waits to be written, so much of it, and where the chunk that still grows begins. */
  #buffer: Uint8Array | undefined;
  #filled = 0;
  #grows = 0;
  #waiting: Chunk[] = [];
  /** What is being written meanwhile, and its buffer. */
  #writing: Promise<void> = Promise.resolve();
  #other: Uint8Array | undefined;
  #open: Open | undefined;
  /** Bytes that are written, by blob. */
  readonly #written = new Map<number, number>();

  constructor(services: Keeper) {
    this.#services = services;
  }

  /** Adds to the blob that is open, or begins one. */
  async put(octets: Uint8Array): Promise<void> {
    const open = this.#open ??= this.#begun();
    open.sizeBytes += octets.length;
    for (let at = 0; at < octets.length;) {
      const buffer = this.#buffer ??= new Uint8Array(limits.blobBatchBytes);
      const chunkLeft = limits.chunkBytes - (this.#filled - this.#grows);
      const room = Math.min(chunkLeft, buffer.length - this.#filled);
      const piece = octets.subarray(at, at + room);
      buffer.set(piece, this.#filled);
      this.#filled += piece.length;
      at += piece.length;
      if (piece.length === chunkLeft) this.#endChunk();
      if (this.#filled === buffer.length) await this.#write();
    }
  }

  /** Ends the blob that is open. */
  end(): Upload {
    const { blobId, sizeBytes, hash } = this.#open ??= this.#begun();
    this.#endChunk();
    this.#open = undefined;
    return { blobId, sizeBytes, digest: hash.digest("hex") };
  }

  /** Writes what still waits. */
  async finish(): Promise<void> {
    if (this.#waiting.length > 0) await this.#write();
    await this.#writing;
  }

  /**
   * Runs `work`, where nothing waits, and takes away what it has uploaded where it fails; what was
   * uploaded before stays.
   */
  async attempt<T>(work: () => Promise<T>): Promise<T> {
    const before = new Set(this.#written.keys());
    try {
      return await work();
    } catch (error) {
      await this.#dropAllBut(before);
      throw error;
    }
  }

  /** Takes all of them away, those excepted that a commit has kept. */
  async drop(): Promise<void> {
    await this.#dropAllBut(new Set());
  }

  async #dropAllBut(kept: ReadonlySet<number>): Promise<void> {
    await this.#writing.catch(() => {});
    this.#open = undefined;
    this.#waiting = [];
    this.#filled = this.#grows = 0;
    const uploads = [...this.#written]
      .filter(([blobId]) => !kept.has(blobId))
      .map(([blobId, sizeBytes]) => ({ blobId, sizeBytes }));
    if (uploads.length === 0) return;
    await this.#services.store.dropUploads(uploads);
    for (const { blobId } of uploads) this.#written.delete(blobId);
  }

  #begun(): Open {
    const blobId = this.#services.random.id();
    return { blobId, position: 0, sizeBytes: 0, hash: createHash("sha256") };
  }

  #endChunk(): void {
    const data = this.#buffer?.subarray(this.#grows, this.#filled);
    if (this.#open && data && data.length > 0) {
      const { blobId, position, hash } = this.#open;
      hash.update(data); // in pieces of this size it takes half the time
      this.#waiting.push({ blobId, position, data });
      this.#open.position++;
    }
    this.#grows = this.#filled;
  }

  /**
   * All chunks that are whole, while the next ones are gathered; the one that still grows goes to the
   * front. Waits for those before.
   */
  async #write(): Promise<void> {
    await this.#writing;
    const { store, clock } = this.#services;
    const chunks = this.#waiting;
    for (const { blobId, data } of chunks) {
      this.#written.set(blobId, (this.#written.get(blobId) ?? 0) + data.length);
    }
    this.#writing = store.writeChunks(chunks, clock());
    this.#writing.catch(() => {}); // it is told to whoever comes next
    const next = this.#other ?? new Uint8Array(limits.blobBatchBytes);
    const left = this.#buffer?.subarray(this.#grows, this.#filled) ?? next.subarray(0, 0);
    next.set(left);
    this.#other = this.#buffer;
    this.#buffer = next;
    this.#filled = left.length;
    this.#grows = 0;
    this.#waiting = [];
    await othersTurn();
  }
}

interface Open {
  readonly blobId: number;
  position: number;
  sizeBytes: number;
  readonly hash: Hash;
}

/**
 * Lets those be answered who have asked meanwhile: neither reading of a body what has come already,
 * nor writing to a file, gives the event loop a turn.
 */
const othersTurn = () => new Promise((resolve) => setTimeout(resolve));
