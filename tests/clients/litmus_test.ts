import { assertEquals } from "@std/assert";
import { temporaryFolder } from "../runtime/folder.ts";
import { hasProgram } from "./installed.ts";
import { alice, hosts, type Site } from "./sites.ts";

/** How many tests each suite of Debian's litmus has: 104 in all. */
const suites = { basic: 16, copymove: 13, props: 30, locks: 41, http: 4 };

const installed = await hasProgram("litmus");

for (const form of hosts) {
  Deno.test({
    name: `litmus, davit ${form.name}: 104 of 104`,
    ignore: form.ignore || !installed,
    async fn() {
      await using site = await form.open();
      const said = await litmus(site);
      assertEquals(passedIn(said), suites, said);
    },
  });
}

/** What it says of a collection of files; it goes on to the next suite after a failure. */
async function litmus({ url }: Site): Promise<string> {
  await using folder = await temporaryFolder(); // It leaves logs where it runs.
  const { stdout } = await new Deno.Command("litmus", {
    args: ["--keep-going", `${url}/dav/files/${alice.name}/`, alice.name, alice.password],
    cwd: folder.path,
  }).output();
  return new TextDecoder().decode(stdout);
}

/** How many tests of each suite have passed. */
const passedIn = (said: string): Record<string, number> =>
  Object.fromEntries(
    [...said.matchAll(/^<- summary for `(.*)': of \d+ tests run: (\d+) passed/gm)]
      .map(([, suite = "", passed]) => [suite, Number(passed)]),
  );
