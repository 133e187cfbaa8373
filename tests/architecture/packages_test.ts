import { assert, assertEquals, assertMatch } from "@std/assert";
import config from "../../deno.json" with { type: "json" };

const lockText = await Deno.readTextFile(new URL("../../deno.lock", import.meta.url));
const lock: { version: string; specifiers: Record<string, string> } = JSON.parse(lockText);

const packages = Object.values(config.imports).filter((target) => target.startsWith("npm:"));

Deno.test("packages: each is pinned to one version, and locked", () => {
  assert(packages.length > 0);
  for (const target of packages) {
    assertMatch(target, /^npm:(@[\w.-]+\/)?[\w.-]+@\d[\w.-]*(\/[\w./-]+)?$/);
    const [specifier = ""] = target.match(/^npm:(@[^/]+\/)?[^/]+/) ?? [];
    assert(specifier.endsWith(`@${lock.specifiers[specifier]}`), specifier);
  }
});

Deno.test("packages: the lock file is of the version that Deno 2.4 reads, and names no registry", () => {
  assertEquals(lock.version, "5");
  assertEquals(lockText.match(/[a-z]+:\/\/[^"]*/g), null);
});
