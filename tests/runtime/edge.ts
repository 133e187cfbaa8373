import { disposing, temporaryFolder } from "./folder.ts";
import { type Program, startProgram } from "./program.ts";

/** The edge worker, running. */
export interface Edge extends Program {
  /** Without a slash at the end. */
  readonly url: string;
}

/** What `deno task worker` makes: the module, and esbuild's account of what went into it. */
export interface Bundle extends AsyncDisposable {
  readonly folder: string;
  readonly text: string;
  readonly meta: BundleMeta;
}

export interface BundleMeta {
  /** By their paths. */
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly outputs: Readonly<
    Record<string, { readonly imports: readonly { readonly path: string }[] }>
  >;
}

/** The variables that name settings, `DAVIT_…`. */
export type Settings = Readonly<Record<string, string>>;

const root = new URL("../../", import.meta.url).pathname;

/** The worker as it is deployed, in a folder of its own. */
export async function bundleWorker(): Promise<Bundle> {
  const folder = await temporaryFolder();
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", `${root}.ci/worker.ts`, folder.path],
    cwd: root,
  }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  const read = (name: string) => Deno.readTextFile(`${folder.path}/${name}`);
  const meta: BundleMeta = JSON.parse(await read("worker.meta.json"));
  return { ...folder, folder: folder.path, text: await read("worker.js"), meta };
}

/** The bundle in workerd; the settings are its bindings. */
export async function startWorkerd(settings: Settings): Promise<Edge> {
  const bundle = await bundleWorker();
  try {
    const program = await startProgram({
      program: Deno.execPath(),
      args: [
        "run",
        "-A",
        `--config=${root}deno.json`,
        `${root}tests/runtime/workerd.ts`,
        bundle.folder,
        JSON.stringify({ ...quiet, ...settings }),
      ],
      dir: bundle.folder,
      readyLine: /^workerd listening on (\S+)$/,
    });
    return { ...program, url: program.ready, ...disposing(program, bundle) };
  } catch (error) {
    await bundle[Symbol.asyncDispose]();
    throw error;
  }
}

/** `src/worker.ts` as it is under `deno serve`, which says on stderr that it is ready. */
export async function startDenoServe(settings: Settings): Promise<Edge> {
  const args = ["--allow-env", "--allow-net", "--host=127.0.0.1", "--port=0"];
  const program = await startProgram({
    program: "sh",
    args: ["-c", 'exec "$@" 2>&1', "sh", Deno.execPath(), "serve", ...args, `${root}src/worker.ts`],
    dir: root,
    env: { ...quiet, ...settings },
    readyLine: /Listening on (http:\S+[^\s/])\/?$/,
  });
  return { ...program, url: program.ready };
}

/** Nobody reads what the program says after it is ready: so little that it fits into the pipe. */
const quiet: Settings = { DAVIT_LOG_LEVEL: "warn" };
