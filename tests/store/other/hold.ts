/** Holds the write lock of a database file until its input ends, with a write that is not done. */
import { fileExecutor } from "../../../src/store/file.ts";

const [path = ""] = Deno.args;
const executor = fileExecutor(path);
await executor.script("BEGIN IMMEDIATE; UPDATE database SET commit_number = -1;");
console.log("held");
await new Response(Deno.stdin.readable).text();
await executor.script("ROLLBACK;");
executor.close();
