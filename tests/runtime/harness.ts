import config from "../../deno.json" with { type: "json" };
import { disposing, lentFolder, temporaryFolder } from "./folder.ts";
import { ownEnvironment, type Program, startProgram } from "./program.ts";

/** davit as it runs from source, or as `deno task compile` makes it. */
export type Form = "source" | "executable";

/** A davit that serves, on a port of its own choice. */
export interface Server extends Program {
  /** As it says itself, without a slash at the end. */
  readonly url: string;
  /** Where it runs; without `--data` or `--database` its data is in `davit-data` there. */
  readonly dir: string;
}

export interface ServerOptions {
  readonly form?: Form;
  /** Besides `serve --listen 127.0.0.1:0`. */
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** An empty folder that is removed in the end, unless given. */
  readonly dir?: string;
}

export interface CliOptions {
  readonly form?: Form;
  readonly stdin?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly dir?: string;
}

export interface CliResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Starts `davit serve` and waits until it says that it listens. */
export async function startServer(options: ServerOptions = {}): Promise<Server> {
  const { form = "source", args = [], env = {} } = options;
  const folder = options.dir === undefined ? await temporaryFolder() : lentFolder(options.dir);
  try {
    const program = await startProgram({
      ...commandLine(form, ["serve", "--listen", "127.0.0.1:0", ...args]),
      dir: folder.path,
      env,
      readyLine: /^davit listening on (\S+)$/,
    });
    const url = program.ready.replace(/\/$/, "");
    return { ...program, url, dir: folder.path, ...disposing(program, folder) };
  } catch (error) {
    await folder[Symbol.asyncDispose]();
    throw error;
  }
}

/** Runs davit to its end, `stdin` being all of its input. */
export async function runCli(
  args: readonly string[],
  { form = "source", stdin = "", env = {}, dir }: CliOptions = {},
): Promise<CliResult> {
  const { program, args: all } = commandLine(form, args);
  const child = new Deno.Command(program, {
    args: [...all],
    cwd: dir,
    env: { ...ownEnvironment(), ...env },
    clearEnv: true,
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const [output] = await Promise.all([child.output(), give(child.stdin, stdin)]);
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code: output.code, stdout: text(output.stdout), stderr: text(output.stderr) };
}

const root = new URL("../../", import.meta.url).pathname;

/** How davit is run. Never through `deno task`: npx does not hand signals on to what a task has started. */
export function commandLine(
  form: Form,
  args: readonly string[],
): { readonly program: string; readonly args: readonly string[] } {
  if (form === "executable") return { program: `${root}davit`, args };
  const permissions = config.tasks.davit.split(" ").filter((word) => word.startsWith("--allow-"));
  return {
    program: Deno.execPath(),
    args: ["run", `--config=${root}deno.json`, ...permissions, `${root}main.ts`, ...args],
  };
}

/** A program may end without reading its input. */
async function give(stdin: WritableStream<Uint8Array>, text: string): Promise<void> {
  const writer = stdin.getWriter();
  try {
    await writer.write(new TextEncoder().encode(text));
    await writer.close();
  } catch (error) {
    if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
  }
}
