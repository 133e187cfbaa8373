import { host } from "./src/cli/io.ts";
import { run } from "./src/cli/program.ts";

/** Runs the command line of this process, to its end. */
export async function main(): Promise<never> {
  if (Deno.build.os !== "windows") Deno.umask(0o077); // Files hold what people keep to themselves.
  Deno.exit(await run(Deno.args, host));
}

if (import.meta.main) await main();
