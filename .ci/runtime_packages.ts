/** Where the repository is. */
export const root = new URL("../", import.meta.url);

/** What of deno.json concerns a program; the rest is of the workshop. */
interface Config {
  readonly version: string;
  readonly unstable: readonly string[];
  readonly compilerOptions: Readonly<Record<string, boolean>>;
  readonly imports: Readonly<Record<string, string>>;
}

/**
 * Writes a deno.json to `folder` with only the imports that `entry` reaches, and a copy of the lock
 * file, which Deno prunes accordingly: the versions stay those that are pinned. `settings` go into
 * that deno.json as well.
 */
export async function writeRuntimeConfig(
  folder: string,
  entry: string,
  settings: Readonly<Record<string, unknown>> = {},
): Promise<void> {
  const { version, unstable, compilerOptions, imports }: Config = JSON.parse(
    await Deno.readTextFile(new URL("deno.json", root)),
  );
  const used = await specifiersOf(entry);
  const reached = Object.entries(imports).filter(([name]) =>
    used.some((specifier) => specifier === name || specifier.startsWith(`${name}/`))
  );
  const config = { version, unstable, compilerOptions, imports: Object.fromEntries(reached) };
  await Deno.writeTextFile(`${folder}/deno.json`, JSON.stringify({ ...config, ...settings }));
  await Deno.copyFile(new URL("deno.lock", root), `${folder}/deno.lock`);
}

/** Runs this very Deno, in the repository unless told otherwise; its messages go to stderr. */
export async function deno(args: readonly string[], cwd: URL | string = root): Promise<string> {
  const { success, stdout } = await new Deno.Command(Deno.execPath(), {
    args: [...args],
    cwd,
    stderr: "inherit",
  }).output();
  if (!success) throw new Error(`deno ${args[0]} failed`);
  return new TextDecoder().decode(stdout);
}

/** How the modules that `entry` reaches name what they import. */
async function specifiersOf(entry: string): Promise<string[]> {
  const info: { modules: { dependencies?: { specifier: string }[] }[] } = JSON.parse(
    await deno(["info", "--json", entry]),
  );
  return info.modules.flatMap(({ dependencies = [] }) => dependencies.map((one) => one.specifier));
}
