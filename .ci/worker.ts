/**
 * `deno task worker [FOLDER]`: makes `worker.js` in `./dist` or that folder, the whole edge worker in
 * one module for workerd, and `worker.meta.json` beside it, which tells what went into it.
 */
import { build, stop } from "esbuild";
import { deno, root, writeRuntimeConfig } from "./runtime_packages.ts";

const entry = "src/worker.ts";
const folder = Deno.args[0] ?? new URL("dist", root).pathname;

const temporary = await Deno.makeTempDir({ prefix: "davit-worker-" });
try {
  // esbuild finds packages in a node_modules folder only.
  await writeRuntimeConfig(temporary, entry, { nodeModulesDir: "auto" });
  await deno(["install", "--quiet"], { cwd: temporary });
  const { metafile, outputFiles: [file] } = await build({
    entryPoints: [entry],
    absWorkingDir: root.pathname,
    nodePaths: [`${temporary}/node_modules`],
    bundle: true,
    format: "esm",
    target: "es2022",
    minifySyntax: true,
    minifyWhitespace: true, // Names stay, for those who read a stack.
    conditions: ["workerd", "worker", "browser"],
    mainFields: ["module", "main"],
    external: ["node:*"],
    metafile: true,
    write: false,
  });
  if (file === undefined) throw new Error("esbuild made nothing");
  await Deno.mkdir(folder, { recursive: true });
  await Deno.writeFile(`${folder}/worker.js`, file.contents);
  await Deno.writeTextFile(`${folder}/worker.meta.json`, JSON.stringify(metafile));
  console.log(`${folder}/worker.js: ${(file.contents.length / 1e3).toFixed(0)} kB`);
} finally {
  await stop();
  await Deno.remove(temporary, { recursive: true });
}
