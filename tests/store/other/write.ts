/**
 * Puts `count` objects, some at once, under names that begin with `prefix`, and then says which of
 * them were written. Each comes with a second object, in the same commit and with the same ETag.
 */
import { openFileStore } from "../../../src/store/file.ts";
import { put } from "../world.ts";

const [path = "", prefix = "", count = ""] = Deno.args;
const store = await openFileStore(path);
console.log("ready");
await new Response(Deno.stdin.readable).text();
const written: string[] = [];
const writers = Array.from({ length: 8 }, async (_, writer) => {
  for (let index = writer; index < Number(count); index += 8) {
    const name = `${prefix} ${index}`;
    const etag = `"${name}"`;
    const pair = ["one", "two"].map((twin) => put(twin, { etag }, { replaces: true }));
    if (await store.commit([], [put(name), ...pair])) written.push(name);
  }
});
await Promise.all(writers);
console.log(JSON.stringify(written));
store.close();
