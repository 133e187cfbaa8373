/** A program that runs while a test does. Disposing of it stops it and removes its files. */
export interface Program extends AsyncDisposable {
  readonly pid: number;
  /** What the line of stdout said that told it was ready. */
  readonly ready: string;
  /** What it has written to stderr so far, line by line. */
  stderr(): Promise<readonly string[]>;
  /** Asks it to end, with SIGTERM, and waits until it has; gives its exit code. */
  stop(): Promise<number>;
}

export interface ProgramOptions {
  readonly program: string;
  readonly args: readonly string[];
  /** Where it runs. */
  readonly dir: string;
  readonly env?: Readonly<Record<string, string>>;
  /** As whom it runs, which takes root; otherwise as whom the tests do. */
  readonly uid?: number;
  /** The line of stdout that tells that it is ready; its first group becomes `Program.ready`. */
  readonly readyLine: RegExp;
}

/** Longer than any start or end on a busy machine takes: then something hangs. */
const patienceMs = 60_000;

/**
 * Starts a program and waits until it says that it is ready.
 *
 * Its stderr goes to a file, so that no read is pending while tests run: the sanitizers would see
 * it end in whatever test is on.
 *
 * @throws {Error} It ended before; with what it wrote to stderr.
 */
export async function startProgram(options: ProgramOptions): Promise<Program> {
  const log = await Deno.makeTempFile({ prefix: "davit-test-", suffix: ".log" });
  if (options.uid !== undefined) await Deno.chown(log, options.uid, null);
  const child = new Deno.Command("sh", {
    args: ["-c", 'exec "$@" 2>"$0"', log, options.program, ...options.args],
    cwd: options.dir,
    env: { ...ownEnvironment(), ...options.env },
    clearEnv: true,
    uid: options.uid,
    stdin: "null",
    stdout: "piped",
    stderr: "null",
  }).spawn();

  const stderr = async () => (await Deno.readTextFile(log)).trimEnd().split("\n");
  let stopped: Promise<number> | undefined;
  const stop = () => stopped ??= end(child);
  const dispose = async () => {
    await stop();
    await Deno.remove(log);
  };

  const ready = await within(patienceMs, child, () => lineOf(child.stdout, options.readyLine));
  if (ready === undefined) {
    const said = await stderr();
    await dispose();
    throw new Error([`${options.program} did not start:`, ...said].join("\n"));
  }
  return { pid: child.pid, ready, stderr, stop, [Symbol.asyncDispose]: dispose };
}

/** This process' environment but for what would configure davit. */
export const ownEnvironment = (): Record<string, string> =>
  Object.fromEntries(
    Object.entries(Deno.env.toObject()).filter(([name]) => !name.startsWith("DAVIT_")),
  );

/** Reads on until a line matches; undefined when the stream ends without. */
async function lineOf(
  stream: ReadableStream<Uint8Array>,
  pattern: RegExp,
): Promise<string | undefined> {
  const decoder = new TextDecoder();
  const reader = stream.getReader();
  let text = "";
  try {
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return undefined;
      text += decoder.decode(value, { stream: true });
      const lines = text.split("\n");
      text = lines.pop() ?? "";
      for (const line of lines) {
        const match = line.match(pattern);
        if (match) return match[1] ?? "";
      }
    }
  } finally {
    reader.releaseLock();
  }
}

async function end(child: Deno.ChildProcess): Promise<number> {
  try {
    child.kill("SIGTERM");
  } catch (error) {
    if (!(error instanceof TypeError)) throw error; // It has ended by itself.
  }
  const { code } = await within(patienceMs, child, () => child.status);
  await child.stdout.cancel();
  return code;
}

/** Kills the child when `work` takes too long, which ends the work as well. */
async function within<T>(
  timeMs: number,
  child: Deno.ChildProcess,
  work: () => Promise<T>,
): Promise<T> {
  const timer = setTimeout(() => child.kill("SIGKILL"), timeMs);
  try {
    return await work();
  } finally {
    clearTimeout(timer);
  }
}
