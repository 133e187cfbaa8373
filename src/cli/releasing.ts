/** From this length on, a body is worth the detour. */
const largeBytes = 1024 * 1024;

/** A chunk of less is not worth its release. */
const chunkBytes = 8 * 1024;

/**
 * The same response, whose body gives the memory of what has been handed over back. Deno 2.4 keeps
 * each chunk of a stream until the last one is sent: a file of 4 GB would take 4 GB. Whoever asks for
 * the next chunk must have no use for the one before, as the server has not, which shares its memory.
 */
export function releasingSent(response: Response): Response {
  const length = response.headers.get("content-length");
  if (response.body === null || (length !== null && Number(length) < largeBytes)) return response;
  const reader = response.body.getReader();
  let handedOver: Uint8Array | undefined;
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      if (handedOver) release(handedOver);
      handedOver = undefined;
      const { done, value } = await reader.read();
      if (done) return controller.close();
      handedOver = value;
      controller.enqueue(value);
    },
    cancel: (reason) => reader.cancel(reason),
  }, { highWaterMark: 0 });
  return new Response(body, response);
}

/** Unless it is a part of more. */
function release({ buffer, byteLength }: Uint8Array): void {
  if (byteLength < chunkBytes || byteLength < buffer.byteLength) return;
  if (buffer instanceof ArrayBuffer) buffer.transfer(0);
}
