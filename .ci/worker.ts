/**
 * `deno task worker [FOLDER]`: makes `worker.js` in `./dist` or that folder, the whole edge worker in
 * one module for workerd, and `worker.meta.json` beside it, which tells what went into it.
 */
import { bundled } from "./bundle.ts";
import { root } from "./runtime_packages.ts";

const folder = Deno.args[0] ?? new URL("dist", root).pathname;
const { contents, metafile } = await bundled("src/worker.ts", {
  conditions: ["workerd", "worker", "browser"],
  external: ["node:*"],
});
await Deno.mkdir(folder, { recursive: true });
await Deno.writeFile(`${folder}/worker.js`, contents);
await Deno.writeTextFile(`${folder}/worker.meta.json`, JSON.stringify(metafile));
console.log(`${folder}/worker.js: ${(contents.length / 1e3).toFixed(0)} kB`);
