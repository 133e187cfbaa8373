/**
 * `deno task compile`: makes `./davit`, one file with the program and the packages that it runs on.
 * As one module it starts in half the time. Only `libsql` stays a package, for its native library; it
 * gets a configuration and a lock file of its own, as Deno 2.4 embeds all that the lock file names.
 */
import manifest from "../deno.json" with { type: "json" };
import { bundled } from "./bundle.ts";
import { deno, root, writeRuntimeConfig } from "./runtime_packages.ts";

const output = new URL("davit", root);

/** More means that something got in that the program does not run on. */
const sizeMaxBytes = 112e6;

/** Deno 2.4 overflows the usual 2 MiB over some packages. */
const stackBytes = 32 * 1024 * 1024;

/** With 32 MiB for what is young, as usual, it takes 60 to 90 MB more, and no less time. */
const engine = "--v8-flags=--max-semi-space-size=8";

/** As it runs from source: all but importing code from the network. */
const permissions = manifest.tasks.davit.split(" ").filter((word) => word.startsWith("--allow-"));

/** Says in one line where the native library can't be unpacked: that is before any of the program runs. */
const starter = `const { main } = await import("./davit.js").catch((error) => {
  const isLibrary = /native addon|libsql/.test(error.message);
  const hint = isLibrary ? "; TMPDIR must name a folder that can be written, and is not noexec" : "";
  console.error("davit: can't start: " + error.message.replace(/\\.?(\\n[^]*)?$/, "") + hint);
  Deno.exit(1);
});
await main();
`;

const { contents } = await bundled("main.ts", {
  platform: "node",
  conditions: ["deno", "node"],
  external: ["node:*", "libsql", "libsql/promise"],
  // For packages that are CommonJS.
  banner: {
    js:
      `import { createRequire } from "node:module"; const require = createRequire(import.meta.url);`,
  },
});
const temporary = await Deno.makeTempDir({ prefix: "davit-compile-" });
try {
  const module = `${temporary}/main.js`;
  await Deno.writeTextFile(module, starter);
  await Deno.writeFile(`${temporary}/davit.js`, contents);
  await writeRuntimeConfig(temporary, module);
  const places = ["--config", `${temporary}/deno.json`, "--lock", `${temporary}/deno.lock`];
  const args = ["compile", ...places, ...permissions, engine, "--output", output.pathname, module];
  await deno(args, { env: { RUST_MIN_STACK: String(stackBytes) } });
} finally {
  await Deno.remove(temporary, { recursive: true });
}

const { size } = await Deno.stat(output);
console.log(`davit: ${(size / 1e6).toFixed(1)} MB`);
if (size > sizeMaxBytes) {
  console.error(`davit must not exceed ${sizeMaxBytes / 1e6} MB: what else was embedded?`);
  Deno.exit(1);
}
