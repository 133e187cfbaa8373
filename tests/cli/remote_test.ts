import { assertEquals, assertMatch } from "@std/assert";
import { event } from "../fixtures/events.ts";
import { hasSqld, startSqld } from "../runtime/sqld.ts";
import { davit } from "./cli.ts";

Deno.test({
  name: "the command line works on a libSQL server as it does on a folder",
  ignore: !hasSqld,
  async fn() {
    await using sqld = await startSqld();
    const run = (args: readonly string[], input?: string) =>
      davit([...args, "--database", sqld.url], input);

    const principals = Array.from({ length: 300 }, (_, index) => ({
      kind: "individual",
      name: `user${index}`,
      emails: [`user${index}@example.com`],
    }));
    const imported = await run(["principals", "import", "-"], JSON.stringify({ principals }));
    assertEquals(imported, { code: 0, out: "created 300, changed 0, unchanged 0\n", err: "" });
    const again = await run(["user", "add", "USER7", "--password-stdin"], "secret");
    assertEquals([again.code, again.err], [1, "davit: user7 is there already\n"]);

    const events = Array.from({ length: 600 }, (_, index) => event({ uid: `u${index}` })).join("");
    const into = ["calendar", "import", "user7", "calendar", "-"];
    const first = await run(into, events);
    assertEquals(first.out, "imported 600, changed 0, unchanged 0, skipped 0\n", first.err);
    const second = await run(into, events);
    assertEquals(second.out, "imported 0, changed 0, unchanged 600, skipped 0\n", second.err);
    const { out } = await run(["calendar", "export", "user7", "calendar"]);
    assertEquals(out.match(/^BEGIN:VEVENT\r$/gm)?.length, 600);

    const examined = await run(["doctor"]);
    assertEquals([examined.code, examined.err], [0, ""]);
    assertMatch(examined.out, /^ok {7}database {3}davit may write it$/m);
    assertMatch(examined.out, /^ok {7}clock {6}that of 127\.0\.0\.1:\d+ shows the same time/m);
  },
});

Deno.test("a libSQL server that does not answer is refused in one line", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const url = `http://127.0.0.1:${listener.addr.port}`;
  listener.close();
  const { code, out, err } = await davit(["user", "list", "--database", `${url}/?authToken=x`]);
  assertEquals([code, out], [1, ""]);
  const { host } = new URL(url);
  assertMatch(err, new RegExp(`^davit: can't open the database on ${RegExp.escape(host)}: .+\n$`));
  assertEquals(err.includes("authToken"), false);
});
