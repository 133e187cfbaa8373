/** Opens a store on a database file when its input ends, and closes it. */
import { openFileStore } from "../../../src/store/file.ts";

const [path = ""] = Deno.args;
console.log("ready");
await new Response(Deno.stdin.readable).text();
const store = await openFileStore(path);
await store.check();
store.close();
console.log("opened");
