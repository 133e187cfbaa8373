import { assertEquals } from "@std/assert";

/**
 * A busy machine takes longer: what work costs is told by `tests/processor.ts`, and what is waited
 * for by `tests/runtime/until.ts`. These know what they do.
 */
const timed = [
  "runtime/heads_test.ts", // At least so long.
  "runtime/pinger.ts", // But for what the machine does besides, as the next one.
  "store/processes_test.ts",
  "runtime/until.ts",
];

Deno.test("tests: none that measures time by the clock", async () => {
  const found: string[] = [];
  for await (const [name, text] of filesIn(new URL("../", import.meta.url))) {
    if (text.includes("performance" + ".now(")) found.push(name);
  }
  assertEquals(found.toSorted(), timed.toSorted());
});

/** The TypeScript of a folder and those below, each with its name in it. */
async function* filesIn(folder: URL, within = ""): AsyncGenerator<readonly [string, string]> {
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    if (isDirectory) yield* filesIn(new URL(`${name}/`, folder), `${within}${name}/`);
    else if (name.endsWith(".ts")) {
      yield [`${within}${name}`, await Deno.readTextFile(new URL(name, folder))];
    }
  }
}
