import { assertEquals, assertGreater } from "@std/assert";
import { seededCases } from "../seeded.ts";
import { CrashRun } from "./crash.ts";
import { temporaryFolder } from "./folder.ts";
import { runCli, startServer } from "./harness.ts";

const writers = 4;

Deno.test("SIGKILL: what was acknowledged is there, and every sync token goes on", async () => {
  let acknowledged = 0;
  for (const { seed, random } of seededCases(20, 1000)) {
    await using folder = await temporaryFolder();
    const { path: dir } = folder;
    const added = await runCli(["user", "add", "alice", "--password-stdin"], {
      dir,
      stdin: "alice\n",
      env: { DAVIT_PASSWORD_COST: "10" },
    });
    assertEquals(added.code, 0, added.stderr);

    let url = "";
    const run = new CrashRun(() => url, random, 20 + random.int(200));
    {
      await using server = await startServer({ dir });
      url = server.url;
      const writing = Promise.all(Array.from({ length: writers }, () => run.write()));
      await Promise.race([run.enough, writing]);
      Deno.kill(server.pid, "SIGKILL");
      await writing;
    }
    acknowledged += run.acknowledged;
    await using server = await startServer({ dir });
    url = server.url;
    await run.verify().catch((error) => {
      throw new Error(`DAVIT_SEED=${seed}`, { cause: error });
    });
  }
  assertGreater(acknowledged, 20 * 20);
  console.log(`${acknowledged} requests acknowledged`);
});
