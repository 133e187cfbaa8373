import { host } from "./src/cli/io.ts";
import { run } from "./src/cli/program.ts";

if (import.meta.main) Deno.exit(await run(Deno.args, host));
