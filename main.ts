import { host } from "./src/cli/io.ts";
import { run } from "./src/cli/program.ts";

if (import.meta.main) {
  if (Deno.build.os !== "windows") Deno.umask(0o077); // Files hold what people keep to themselves.
  Deno.exit(await run(Deno.args, host));
}
