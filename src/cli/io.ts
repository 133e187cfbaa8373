/** What a command has of its surroundings: the host's, or a test's. */
export interface Io {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdin: ReadableStream<Uint8Array>;
  /** What programs read, and nothing else. */
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
  out: (text) => writeAll(Deno.stdout, text),
  err: (text) => writeAll(Deno.stderr, text),
  get terminal() {
    return Deno.stderr.isTerminal();
  },
  stopRequested,
};

function writeAll(stream: { writeSync(bytes: Uint8Array): number }, text: string): void {
  let rest = new TextEncoder().encode(text);
  while (rest.length > 0) rest = rest.subarray(stream.writeSync(rest));
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
