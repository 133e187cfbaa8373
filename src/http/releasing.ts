import { FleetingStream } from "./fleeting_stream.ts";

/** A chunk of less is not worth its release. */
const worthBytes = 8 * 1024;

/**
 * The same response; the memory of each chunk of a {@linkcode FleetingStream} is given back when the
 * next one is asked for, while the server has a share of its own in it. Deno 2.4 keeps all of them
 * until the last one is sent, so that a file of 4 GB would take as much memory; elsewhere the
 * collector lets them pile up.
 */
export function releasingSent(response: Response): Response {
  if (!mayBeLong(response) || !(response.body instanceof FleetingStream)) return response;
  const reader = response.body.getReader();
  let sent: Uint8Array | undefined;
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      if (sent) release(sent);
      const { done, value } = await reader.read();
      sent = value;
      if (done) controller.close();
      else controller.enqueue(value);
    },
    cancel: (reason) => reader.cancel(reason),
  }, { highWaterMark: 0 });
  return new Response(body, response);
}

/**
 * Without a look at the body, which would make a stream of one that is there at once: of a 207, that
 * is one which tells its length.
 */
function mayBeLong({ status, headers }: Response): boolean {
  const length = headers.get("content-length");
  return status === 207 ? length === null : Number(length) > worthBytes;
}

function release({ buffer, byteLength }: Uint8Array): void {
  const isWhole = byteLength === buffer.byteLength && buffer instanceof ArrayBuffer;
  if (isWhole && byteLength > worthBytes) buffer.transfer(0);
}
