import { Refusal } from "../refusal.ts";

/** The client went away before its body was whole: nobody reads an answer, and no error is ours. */
export class ClientGone extends Error {
  override readonly name = "AbortError";
}

/** What a body that is too large is refused with, unless a caller has a better answer. */
export const bodyTooLarge = (): Refusal => new Refusal(413);

/**
 * The body, counted while it arrives; null without one. The stream fails with the refusal once
 * there is more than `limitBytes`, and with `ClientGone` where the client ends early.
 *
 * @throws {Refusal} At once, where `Content-Length` says already that it is too large.
 */
export function limitedBody(
  request: Request,
  limitBytes: number,
  refusal: () => Refusal = bodyTooLarge,
): ReadableStream<Uint8Array> | null {
  if ((declaredBytes(request) ?? 0) > limitBytes) throw refusal();
  if (request.body === null) return null;

  const reader = request.body.getReader();
  let countBytes = 0;
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { done, value } = await reader.read().catch(gone);
      if (done) return controller.close();
      countBytes += value.byteLength;
      if (countBytes <= limitBytes) return controller.enqueue(value);
      await reader.cancel();
      throw refusal();
    },
    cancel: (reason) => reader.cancel(reason),
  }, { highWaterMark: 0 });
}

/**
 * The whole body, empty without one; fails as `limitedBody` does. One of declared length can't
 * become longer on the way, so the runtime may collect it, which is faster.
 */
export async function readBody(
  request: Request,
  limitBytes: number,
  refusal: () => Refusal = bodyTooLarge,
): Promise<Uint8Array> {
  if ((declaredBytes(request) ?? Infinity) <= limitBytes) {
    return new Uint8Array(await request.arrayBuffer().catch(gone));
  }
  const body = new Response(limitedBody(request, limitBytes, refusal));
  return new Uint8Array(await body.arrayBuffer());
}

/** Deno 2.4 lets a chunked body pass beside a `Content-Length`, which then says nothing. */
function declaredBytes({ headers }: Request): number | undefined {
  const length = headers.get("Content-Length");
  if (length === null || !/^\d+$/.test(length) || headers.has("Transfer-Encoding")) {
    return undefined;
  }
  return Number(length);
}

function gone(cause: unknown): never {
  throw new ClientGone("The client went away while sending its body.", { cause });
}
