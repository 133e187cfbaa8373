/** Where the repository is. */
export const root = new URL("../", import.meta.url);

/** What of deno.json concerns a program; the rest is of the workshop. */
interface Config {
  readonly version: string;
  readonly unstable: readonly string[];
  readonly compilerOptions: Readonly<Record<string, boolean>>;
  readonly imports: Readonly<Record<string, string>>;
}

/** The lock file, version 5: packages by name and version, with those that they depend on. */
interface Lock {
  readonly version: string;
  readonly specifiers: Readonly<Record<string, string>>;
  readonly npm: Readonly<Record<string, LockedPackage>>;
}

/** A dependency is told without its version where the lock file has but one. */
interface LockedPackage {
  readonly dependencies?: readonly string[];
  readonly optionalDependencies?: readonly string[];
}

/**
 * Writes a deno.json to `folder` with only the imports that `entry` reaches, and a lock file with
 * what these need: the versions stay those that are pinned. `settings` go into that deno.json as
 * well.
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
  const lock: Lock = JSON.parse(await Deno.readTextFile(new URL("deno.lock", root)));
  const targets = reached.map(([, target]) => target);
  await Deno.writeTextFile(`${folder}/deno.lock`, JSON.stringify(pruned(lock, targets)));
}

/** Deno 2.4 leaves names behind when it prunes a lock file with two versions of a package. */
function pruned({ version, specifiers, npm }: Lock, targets: readonly string[]): Lock {
  const kept = Object.entries(specifiers).filter(([specifier]) =>
    targets.some((target) => target === specifier || target.startsWith(`${specifier}/`))
  );
  const names = new Set<string>();
  const keep = (wanted: string): void => {
    const name = wanted in npm
      ? wanted
      : Object.keys(npm).find((one) => one.startsWith(`${wanted}@`));
    if (name === undefined || names.has(name)) return;
    names.add(name);
    const { dependencies = [], optionalDependencies = [] } = npm[name] ?? {};
    [...dependencies, ...optionalDependencies].forEach(keep);
  };
  for (const [specifier, resolved] of kept) {
    keep(specifier.replace(/^npm:/, "").replace(/(?<=.)@[^@]*$/, `@${resolved}`));
  }
  const packages = Object.entries(npm).filter(([name]) => names.has(name));
  return { version, specifiers: Object.fromEntries(kept), npm: Object.fromEntries(packages) };
}

/** Runs this very Deno, in the repository unless told otherwise; its messages go to stderr. */
export async function deno(
  args: readonly string[],
  { cwd = root, env = {} }: {
    readonly cwd?: URL | string;
    readonly env?: Readonly<Record<string, string>>;
  } = {},
): Promise<string> {
  const { success, stdout } = await new Deno.Command(Deno.execPath(), {
    args: [...args],
    cwd,
    env: { ...env },
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
