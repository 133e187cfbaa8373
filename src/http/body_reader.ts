/** Reads a body piece by piece. */
export interface BodyReader {
  /** The next piece, which is valid until another is asked for; undefined at the end. */
  read(): Promise<Uint8Array | undefined>;
  cancel(reason?: unknown): Promise<void>;
}

/**
 * A reader of the body that fills the same memory again and again, where the body is a stream of
 * bytes: of what comes in pieces of their own, the collector would let heaps pile up.
 */
export function readerOf(body: ReadableStream<Uint8Array>): BodyReader {
  return byteReaderOf(body) ?? pieceReaderOf(body);
}

const pieceBytes = 64 * 1024;

function byteReaderOf(body: ReadableStream<Uint8Array>): BodyReader | undefined {
  let reader: ReadableStreamBYOBReader;
  try {
    reader = body.getReader({ mode: "byob" });
  } catch (error) {
    if (error instanceof TypeError) return undefined; // It is no stream of bytes.
    throw error;
  }
  let memory = new ArrayBuffer(pieceBytes);
  return {
    async read() {
      const { value } = await reader.read(new Uint8Array(memory), { min: pieceBytes });
      if (!value || value.length === 0) return undefined;
      memory = value.buffer as ArrayBuffer;
      return value;
    },
    cancel: (reason) => reader.cancel(reason),
  };
}

function pieceReaderOf(body: ReadableStream<Uint8Array>): BodyReader {
  const reader = body.getReader();
  return {
    read: async () => (await reader.read()).value,
    cancel: (reason) => reader.cancel(reason),
  };
}
