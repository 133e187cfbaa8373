import { Buffer } from "node:buffer";
import { FleetingStream } from "./fleeting_stream.ts";

/** What is gathered before it is sent on, in characters. */
export const textChunkChars = 32 * 1024;

/** Text as it is made, encoded in chunks of some `textChunkChars`. */
export function textStream(texts: Iterator<string> | AsyncIterator<string>): FleetingStream {
  return new FleetingStream({
    async pull(controller) {
      let chunk = "";
      let done: boolean | undefined = false;
      while (!done && chunk.length < textChunkChars) {
        const next = await texts.next();
        done = next.done;
        if (!next.done) chunk += next.value;
      }
      if (chunk !== "") controller.enqueue(utf8.encode(chunk));
      if (done) controller.close();
    },
    async cancel() {
      await texts.return?.();
    },
  });
}

/** How long a text is in UTF-8, without encoding it. */
export const utf8Bytes = (text: string): number => Buffer.byteLength(text);

const utf8 = new TextEncoder();
