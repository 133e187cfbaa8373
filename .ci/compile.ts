/**
 * `deno task compile`: makes `./davit`, one file with the program and the packages that it runs on.
 *
 * Deno 2.4 embeds every npm package that the lock file names, those of the tests too. So it gets a
 * configuration of its own, with only the imports that main.ts reaches, and a copy of the lock
 * file, which it prunes accordingly: the versions stay those that are pinned.
 */
const root = new URL("../", import.meta.url);
const output = new URL("davit", root);

/** More means that something got in that the program does not run on. */
const sizeMaxBytes = 130e6;

interface Config {
  readonly version: string;
  readonly unstable: readonly string[];
  readonly compilerOptions: Readonly<Record<string, boolean>>;
  readonly imports: Readonly<Record<string, string>>;
  readonly tasks: Readonly<Record<"davit", string>>;
}

const config: Config = JSON.parse(await Deno.readTextFile(new URL("deno.json", root)));
const temporary = await Deno.makeTempDir({ prefix: "davit-compile-" });
try {
  const used = await specifiersOf("main.ts");
  const imports = Object.entries(config.imports).filter(([name]) =>
    used.some((specifier) => specifier === name || specifier.startsWith(`${name}/`))
  );
  const { version, unstable, compilerOptions } = config;
  await Deno.writeTextFile(
    `${temporary}/deno.json`,
    JSON.stringify({ version, unstable, compilerOptions, imports: Object.fromEntries(imports) }),
  );
  await Deno.copyFile(new URL("deno.lock", root), `${temporary}/deno.lock`);
  await deno(
    "compile",
    ["--config", `${temporary}/deno.json`, "--lock", `${temporary}/deno.lock`],
    permissions(),
    ["--output", output.pathname, "main.ts"],
  );
} finally {
  await Deno.remove(temporary, { recursive: true });
}

const { size } = await Deno.stat(output);
console.log(`davit: ${(size / 1e6).toFixed(1)} MB`);
if (size > sizeMaxBytes) {
  console.error(`davit must not exceed ${sizeMaxBytes / 1e6} MB: what else was embedded?`);
  Deno.exit(1);
}

/** As it runs from source: all but starting other programs and importing code from the network. */
function permissions(): string[] {
  return config.tasks.davit.split(" ").filter((word) => word.startsWith("--allow-"));
}

/** How the modules that `entry` reaches name what they import. */
async function specifiersOf(entry: string): Promise<string[]> {
  const info: { modules: { dependencies?: { specifier: string }[] }[] } = JSON.parse(
    await deno("info", ["--json", entry]),
  );
  return info.modules.flatMap(({ dependencies = [] }) => dependencies.map((one) => one.specifier));
}

/** Runs this very Deno; its messages go to stderr. */
async function deno(command: string, ...args: readonly string[][]): Promise<string> {
  const { success, stdout } = await new Deno.Command(Deno.execPath(), {
    args: [command, ...args.flat()],
    cwd: root,
    stderr: "inherit",
  }).output();
  if (!success) throw new Error(`deno ${command} failed`);
  return new TextDecoder().decode(stdout);
}
