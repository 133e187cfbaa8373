import { assert } from "@std/assert";
import { isInstalled } from "./installed.ts";
import { alice, hosts, type Site } from "./sites.ts";

/** Debian's, for which it packages the library. */
const python = "/usr/bin/python3";

const installed = await isInstalled(python, "-c", "import caldav");

for (const form of hosts) {
  Deno.test({
    name: `python3-caldav, davit ${form.name}`,
    ignore: form.ignore || !installed,
    async fn(t) {
      await using site = await form.open();
      const chapters = await run(site);
      for (const { says, failed } of chapters) {
        await t.step(says, () => assert(failed === null, failed ?? ""));
      }
      assert(chapters.length > 0);
    },
  });
}

interface Chapter {
  readonly says: string;
  /** What went wrong. */
  readonly failed: string | null;
}

async function run({ url }: Site): Promise<readonly Chapter[]> {
  const script = new URL("python_caldav.py", import.meta.url).pathname;
  const { success, stdout, stderr } = await new Deno.Command(python, {
    args: ["-B", script, url, alice.name, alice.password],
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  if (!success) throw new Error(text(stderr));
  return text(stdout).trimEnd().split("\n").map((line) => JSON.parse(line));
}
