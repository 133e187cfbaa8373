import { OutputClosed } from "./errors.ts";

/** What a command has of its surroundings: the host's, or a test's. */
export interface Io {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdin: ReadableStream<Uint8Array>;
  /** What programs read, and nothing else. Throws {@linkcode OutputClosed}. */
  readonly out: (text: string) => void;
  /** What people read, and the log. */
  readonly err: (text: string) => void;
  /** Whether somebody sees `err` on a terminal, where a line can be written over. */
  readonly terminal?: boolean;
  /** Settles when the server is asked to stop. */
  readonly stopRequested: () => Promise<void>;
}

/** The process that we are. */
export const host: Io = {
  env: Deno.env.toObject(),
  get stdin() {
    return Deno.stdin.readable;
  },
  out: (text) => {
    if (!writeAll(Deno.stdout, text)) throw new OutputClosed();
  },
  err: (text) => void writeAll(Deno.stderr, text), // Who has gone need not be told.
  get terminal() {
    return Deno.stderr.isTerminal();
  },
  stopRequested,
};

/** False: whoever read it has gone. */
function writeAll(stream: { writeSync(bytes: Uint8Array): number }, text: string): boolean {
  let rest = new TextEncoder().encode(text);
  try {
    while (rest.length > 0) rest = rest.subarray(stream.writeSync(rest));
  } catch (error) {
    if (error instanceof Deno.errors.BrokenPipe) return false;
    throw error;
  }
  return true;
}

/** Windows knows no SIGTERM. */
const stopSignals: readonly Deno.Signal[] = Deno.build.os === "windows"
  ? ["SIGINT", "SIGBREAK"]
  : ["SIGINT", "SIGTERM"];

/** By the first signal; a second one ends the process as if nobody listened. */
async function stopRequested(): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const stop = () => resolve();
  for (const signal of stopSignals) Deno.addSignalListener(signal, stop);
  await promise;
  for (const signal of stopSignals) Deno.removeSignalListener(signal, stop);
}
