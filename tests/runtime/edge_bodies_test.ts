import { assert, assertEquals } from "@std/assert";
import { assertSameBytes, eventWith } from "./attachments.ts";
import { authorization, calendar, MB } from "./beside.ts";
import { startWorkerd } from "./edge.ts";
import { startGate } from "./gate.ts";
import { runCli } from "./harness.ts";
import { childrenOf } from "./processes.ts";
import { hasSqld, startSqld } from "./sqld.ts";

/** How often a request may ask others, where hosts give least. */
const callsMost = 50;

Deno.test({
  name: "workerd: an attachment of 64 MB goes in and out, in few calls and little memory",
  ignore: !hasSqld || Deno.build.os !== "linux",
  async fn() {
    await using sqld = await startSqld();
    await using gate = startGate(sqld.url);
    const cli = ["user", "add", "alice", "--email", "a@example.test", "--password-stdin"];
    const env = { DAVIT_DATABASE_URL: sqld.url, DAVIT_PASSWORD_COST: "10" };
    assertEquals((await runCli(cli, { stdin: "alice", env })).code, 0);
    await using edge = await startWorkerd({ DAVIT_DATABASE_URL: gate.url });
    const [workerd = 0] = await childrenOf(edge.pid);
    const goThrough = async (uid: string, attachmentBytes: number) => {
      const sent = eventWith({ uid, attachmentBytes });
      const url = `${edge.url}${calendar}${uid}.ics`;
      gate.taken();
      const put = await fetch(url, {
        method: "PUT",
        headers: { authorization, "content-type": "text/calendar" },
        body: ReadableStream.from(sent.pieces()),
      });
      await put.body?.cancel();
      const written = gate.taken();
      const got = await fetch(url, { headers: { authorization } });
      await assertSameBytes(got.body, sent);
      const read = gate.taken();
      const peak = await peakOf(workerd);
      console.log(`${uid} MB: ${written} and ${read} calls, peak ${Math.round(peak / MB)} MB`);
      assertEquals(put.status, 201);
      assert(written <= callsMost && read <= callsMost, `${written} and ${read} calls`);
      return peak;
    };
    await goThrough("1", MB);
    const before = await goThrough("10", 10 * MB);
    const after = await goThrough("64", 64 * MB);
    assert(after - before <= 32 * MB, `from ${before / MB} to ${after / MB} MB`);
  },
});

async function peakOf(pid: number): Promise<number> {
  const status = await Deno.readTextFile(`/proc/${pid}/status`);
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024;
}
