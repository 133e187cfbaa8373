import { run } from "../../src/cli/program.ts";
import { temporaryFolder } from "../runtime/folder.ts";

export interface Outcome {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** The command line in this process, on a database in a folder of its own. */
export interface Cli extends AsyncDisposable {
  readonly folder: string;
  /** With `--data`, unless `args` say where; `input` is standard input. */
  run(args: readonly string[], input?: string): Promise<Outcome>;
  /** As {@linkcode run}, and gives standard output; fails where the command does. */
  ok(args: readonly string[], input?: string): Promise<string>;
  /** A file in the folder, and its path. */
  write(name: string, content: string): Promise<string>;
}

/** Cheap hashes: how dear they are is tested with the passwords. */
export const quick = { DAVIT_PASSWORD_COST: "10" };

export async function temporaryCli(): Promise<Cli> {
  const folder = await temporaryFolder();
  const data = `${folder.path}/data`;
  const cli: Cli = {
    folder: folder.path,
    run: (args, input) => davit([...args, "--data", data], input),
    async ok(args, input) {
      const { code, out, err } = await cli.run(args, input);
      if (code !== 0) throw new Error(`davit ${args.join(" ")}: ${code} ${err}`);
      return out;
    },
    async write(name, content) {
      const path = `${folder.path}/${name}`;
      await Deno.writeTextFile(path, content);
      return path;
    },
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  };
  return cli;
}

/** Runs a command line as it is. */
export async function davit(
  args: readonly string[],
  input = "",
  env: Readonly<Record<string, string>> = quick,
): Promise<Outcome> {
  let out = "";
  let err = "";
  const code = await run(args, {
    env,
    stdin: ReadableStream.from([new TextEncoder().encode(input)]),
    out: (text) => out += text,
    err: (text) => err += text,
    stopRequested: () => Promise.resolve(),
  });
  return { code, out, err };
}
