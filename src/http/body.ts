import { Refusal } from "../refusal.ts";
import { readerOf } from "./body_reader.ts";
import { ByteQueue } from "./byte_queue.ts";

/** The client went away before its body was whole: nobody reads an answer, and no error is ours. */
export class ClientGone extends Error {
  override readonly name = "AbortError";
}

/** How large a body may be. */
export interface BodyLimit {
  readonly sizeBytes: number;
  /** What a larger one is refused with. */
  readonly refusal: () => Refusal;
}

/**
 * The body of a request, read once, in one of these ways; where `within` has given nothing, in another.
 * Each fails with the limit's refusal as soon as more than the limit has come, and with
 * {@linkcode ClientGone} where the client ends early.
 */
export interface RequestBody {
  /** What the client says; undefined where it says nothing that counts. */
  readonly declaredBytes: number | undefined;
  /** As it comes, in pieces that are valid until the next one is asked for. */
  stream(): AsyncIterable<Uint8Array>;
  /** All of it, empty without one. */
  bytes(): Promise<Uint8Array>;
  /** All of it where it is no larger than this; else undefined, and the others still give all. */
  within(sizeBytes: number): Promise<Uint8Array | undefined>;
}

/**
 * The body, which is counted while it is read.
 *
 * @throws {Refusal} At once: the limit's, where `Content-Length` says already that it is too large;
 *   400 or 415 for what is no plain, whole body.
 */
export function limitedBody(request: Request, limit: BodyLimit): RequestBody {
  checkKind(request);
  const declaredBytes = declaredBytesOf(request);
  if (declaredBytes === undefined) return undeclared(request, limit);
  if (declaredBytes > limit.sizeBytes) throw limit.refusal();
  // It can't become longer on the way, so the runtime may collect it, which is faster.
  const bytes = async () => new Uint8Array(await request.arrayBuffer().catch(gone));
  return {
    declaredBytes,
    stream: () => counted(request, limit),
    bytes,
    within: (sizeBytes) => declaredBytes <= sizeBytes ? bytes() : Promise.resolve(undefined),
  };
}

function undeclared(request: Request, limit: BodyLimit): RequestBody {
  const come = new ByteQueue();
  const rest = counted(request, limit);
  /** True at the end of the body. */
  const readBeyond = async (sizeBytes: number): Promise<boolean> => {
    while (come.sizeBytes <= sizeBytes) {
      const { done, value } = await rest.next();
      if (done) return true;
      come.put(value.slice());
    }
    return false;
  };
  return {
    declaredBytes: undefined,
    async *stream() {
      if (come.sizeBytes > 0) yield come.take(come.sizeBytes);
      yield* rest;
    },
    async bytes() {
      await readBeyond(Infinity);
      return come.take(come.sizeBytes);
    },
    within: async (sizeBytes) =>
      await readBeyond(sizeBytes) ? come.take(come.sizeBytes) : undefined,
  };
}

async function* counted(
  { body }: Request,
  { sizeBytes, refusal }: BodyLimit,
): AsyncGenerator<Uint8Array, void, void> {
  const reader = body && readerOf(body);
  let countBytes = 0;
  let ended = !reader;
  try {
    for (;;) {
      const piece = await reader?.read().catch(gone);
      ended = !piece;
      if (!piece) return;
      countBytes += piece.byteLength;
      if (countBytes > sizeBytes) throw refusal();
      yield piece;
    }
  } finally {
    if (!ended) await reader?.cancel().catch(() => {});
  }
}

/** In Deno 2.4 a body may come with a length and in chunks: a proxy may read another one. */
function checkKind({ headers }: Request): void {
  const has = (name: string) => headers.has(name);
  const refuse = (status: number, text: string) => new Refusal(status, undefined, { text });
  if (has("Content-Length") && has("Transfer-Encoding")) {
    throw refuse(400, "Content-Length and Transfer-Encoding exclude each other"); // RFC 9112 §6.2
  }
  if (has("Content-Range")) throw refuse(400, "there is no partial PUT"); // RFC 9110 §14.5
  const coding = headers.get("Content-Encoding")?.trim().toLowerCase() ?? "identity";
  if (coding !== "identity") throw refuse(415, "the body must not be encoded"); // RFC 9110 §8.4
}

function declaredBytesOf({ headers }: Request): number | undefined {
  const length = headers.get("Content-Length");
  return length !== null && /^\d+$/.test(length) ? Number(length) : undefined;
}

function gone(cause: unknown): never {
  throw new ClientGone("The client went away while sending its body.", { cause });
}
