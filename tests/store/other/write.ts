/**
 * Puts objects, some at once, under names that begin with `prefix`, from when it says "ready" until
 * its input ends and for at least `least` of them, and then says which of them were written. Each
 * comes with two others, in the same commit and with the same ETag.
 */
import { openFileStore } from "../../../src/store/file.ts";
import { put } from "../world.ts";

const [path = "", prefix = "", least = ""] = Deno.args;
const store = await openFileStore(path);
let released = false;
const end = new Response(Deno.stdin.readable).text().then(() => released = true);
console.log("ready");
const written: string[] = [];
const writers = Array.from({ length: 8 }, async (_, writer) => {
  for (let index = writer; !released || index < Number(least); index += 8) {
    const name = `${prefix} ${index}`;
    const etag = `"${name}"`;
    const pair = ["one", "two"].map((twin) => put(twin, { etag }, { replaces: true }));
    if (await store.commit([], [put(name), ...pair])) written.push(name);
  }
});
await Promise.all([end, ...writers]);
console.log(JSON.stringify(written));
store.close();
