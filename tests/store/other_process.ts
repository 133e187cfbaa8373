/** A program of tests/store/other/ that runs beside a test, which talks with it in lines. */
export interface OtherProcess extends AsyncDisposable {
  /** Its next line; undefined at its end. */
  line(): Promise<string | undefined>;
  /** Ends its input. */
  release(): Promise<void>;
  kill(): Promise<void>;
}

const root = new URL("../../", import.meta.url).pathname;

/** `program`: the file's name without its ending. */
export function startOther(program: string, ...args: readonly string[]): OtherProcess {
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "-A",
      `--config=${root}deno.json`,
      `${root}tests/store/other/${program}.ts`,
      ...args,
    ],
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const lines = linesOf(child.stdout);
  let input: Promise<void> | undefined;
  const release = () => input ??= child.stdin.close();
  return {
    line: async () => (await lines.next()).value,
    release,
    async kill() {
      child.kill("SIGKILL");
      await child.status;
    },
    async [Symbol.asyncDispose]() {
      await release();
      await lines.return(undefined);
      await child.status;
    },
  };
}

async function* linesOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<string, undefined> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of stream) {
    const lines = (text + decoder.decode(chunk, { stream: true })).split("\n");
    text = lines.pop() ?? "";
    yield* lines;
  }
  return undefined;
}
