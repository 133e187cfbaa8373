/**
 * `deno task compile`: makes `./davit`, one file with the program and the packages that it runs on.
 *
 * Deno 2.4 embeds every npm package that the lock file names, those of the tests too: so it gets a
 * configuration and a lock file of its own.
 */
import manifest from "../deno.json" with { type: "json" };
import { deno, root, writeRuntimeConfig } from "./runtime_packages.ts";

const output = new URL("davit", root);

/** More means that something got in that the program does not run on. */
const sizeMaxBytes = 130e6;

/** Deno 2.4 overflows the usual 2 MiB over what @opentelemetry/api, of prom-client, exports. */
const stackBytes = 32 * 1024 * 1024;

/** As it runs from source: all but importing code from the network. */
const permissions = manifest.tasks.davit.split(" ").filter((word) => word.startsWith("--allow-"));

const temporary = await Deno.makeTempDir({ prefix: "davit-compile-" });
try {
  await writeRuntimeConfig(temporary, "main.ts");
  const places = ["--config", `${temporary}/deno.json`, "--lock", `${temporary}/deno.lock`];
  const args = ["compile", ...places, ...permissions, "--output", output.pathname, "main.ts"];
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
