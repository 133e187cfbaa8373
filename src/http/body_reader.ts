import type { Refusal } from "../refusal.ts";
import { limitedBody, readBody } from "./body_limit.ts";

/** A body that is read in two steps, so that a large one can be refused before it has come. */
export interface BodyReader {
  /** All of it, where it is no larger than this; else undefined, and it is read up to there. */
  within(sizeBytes: number): Promise<Uint8Array | undefined>;
  /** All of it, whatever `within` has read already. */
  whole(): Promise<Uint8Array>;
}

/** @throws {Refusal} as `readBody`, at the latest where more than `limitBytes` have come. */
export function bodyReader(
  request: Request,
  limitBytes: number,
  refusal: () => Refusal,
): BodyReader {
  const { headers } = request;
  const declared = headers.get("content-length");
  if (declared !== null && !headers.has("transfer-encoding")) {
    const whole = () => readBody(request, limitBytes, refusal);
    return {
      whole,
      within: (sizeBytes) => Number(declared) <= sizeBytes ? whole() : Promise.resolve(undefined),
    };
  }
  const reader = limitedBody(request, limitBytes, refusal)?.getReader();
  const chunks: Uint8Array[] = [];
  let size = 0;
  const readTo = async (sizeBytes: number): Promise<boolean> => {
    while (size <= sizeBytes) {
      const { done, value } = await (reader?.read() ?? ended);
      if (done) return true;
      chunks.push(value);
      size += value.length;
    }
    return false;
  };
  return {
    within: async (sizeBytes) => await readTo(sizeBytes) ? joined(chunks, size) : undefined,
    async whole() {
      await readTo(Infinity);
      return joined(chunks, size);
    },
  };
}

const ended = Promise.resolve({ done: true, value: undefined } as const);

function joined(chunks: readonly Uint8Array[], size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}
