import { Refusal } from "../refusal.ts";
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
  /** As it comes, no more of it at a time than is asked for. */
  stream(): ReadableStream<Uint8Array>;
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
  let reader: ReadableStreamDefaultReader<Uint8Array> | undefined;
  const open = () => reader ??= counted(request, limit).getReader();
  /** True at the end of the body. */
  const readBeyond = async (sizeBytes: number): Promise<boolean> => {
    const reader = open();
    while (come.sizeBytes <= sizeBytes) {
      const { done, value } = await reader.read();
      if (done) return true;
      come.put(value);
    }
    return false;
  };
  return {
    declaredBytes: undefined,
    stream: () =>
      new ReadableStream({
        async pull(controller) {
          if (come.sizeBytes > 0) return controller.enqueue(come.take(come.sizeBytes));
          const { done, value } = await open().read();
          if (done) controller.close();
          else controller.enqueue(value);
        },
        cancel: (reason) => reader?.cancel(reason),
      }, { highWaterMark: 0 }),
    async bytes() {
      await readBeyond(Infinity);
      return come.take(come.sizeBytes);
    },
    within: async (sizeBytes) =>
      await readBeyond(sizeBytes) ? come.take(come.sizeBytes) : undefined,
  };
}

function counted({ body }: Request, { sizeBytes, refusal }: BodyLimit): ReadableStream<Uint8Array> {
  const reader = body?.getReader();
  let countBytes = 0;
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { done, value } = await (reader?.read().catch(gone) ?? ended);
      if (done) return controller.close();
      countBytes += value.byteLength;
      if (countBytes <= sizeBytes) return controller.enqueue(value);
      await reader?.cancel();
      throw refusal();
    },
    cancel: (reason) => reader?.cancel(reason),
  }, { highWaterMark: 0 });
}

const ended = Promise.resolve({ done: true, value: undefined } as const);

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
