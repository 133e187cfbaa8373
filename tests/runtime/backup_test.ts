import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { D } from "../../src/xml/names.ts";
import { event } from "../fixtures/events.ts";
import { basic, multistatusOf, preconditionOf } from "../harness.ts";
import { temporaryFolder } from "./folder.ts";
import { runCli, type Server, startServer } from "./harness.ts";

const calendar = "/dav/calendars/alice/calendar/";

const ask = (server: Server, method: string, path: string, body?: string) =>
  fetch(server.url + path, {
    method,
    headers: { authorization: basic("alice", "alice"), "content-type": "text/calendar" },
    body,
  });

const sync = (server: Server, token = "") =>
  ask(
    server,
    "REPORT",
    calendar,
    `<sync-collection xmlns="DAV:"><sync-token>${token}</sync-token><sync-level>1</sync-level>
      <prop><getetag/></prop></sync-collection>`,
  );

async function put(server: Server, name: string): Promise<number> {
  const response = await ask(server, "PUT", `${calendar}${name}.ics`, event({ uid: name }));
  await response.body?.cancel();
  return response.status;
}

async function withAlice(dir: string): Promise<void> {
  const { code } = await runCli(["user", "add", "alice", "--password-stdin"], {
    dir,
    stdin: "alice\n",
  });
  assertEquals(code, 0);
}

Deno.test("a backup made under load is whole; behind a restore, old tokens are refused", async () => {
  await using folder = await temporaryFolder();
  const { path: dir } = folder;
  await withAlice(dir);
  const acknowledged: string[] = [];
  let token = "";
  {
    await using server = await startServer({ dir });
    for (let n = 0; n < 20; n++) {
      const name = `before-${n}`;
      if (await put(server, name) === 201) acknowledged.push(`${calendar}${name}.ics`);
    }
    token = (await multistatusOf(await sync(server))).syncToken ?? "";
    const load = Array.from({ length: 60 }, (_, n) => put(server, `during-${n}`));
    assertEquals((await runCli(["backup", "copy.db"], { dir })).code, 0);
    await Promise.all(load);

    const refused = await runCli(["restore", "copy.db"], { dir });
    assertEquals([refused.code, refused.stdout], [1, ""]);
    assertStringIncludes(refused.stderr, "in use");
    assertEquals((await runCli(["backup", "copy.db"], { dir })).code, 1); // never over another file
  }
  const restored = await runCli(["restore", "copy.db"], { dir });
  assertEquals(restored.code, 0, restored.stderr);
  assertMatch(restored.stderr, /davit\.db\.before-\d+/);

  await using server = await startServer({ dir });
  const old = await sync(server, token);
  assertEquals([old.status, await preconditionOf(old)], [403, D.validSyncToken]);
  const { hrefs } = await multistatusOf(await sync(server));
  assertEquals(acknowledged.filter((href) => !hrefs.includes(href)), []);
  for (const href of hrefs) {
    const name = href.slice(calendar.length, -".ics".length);
    assertEquals(await (await ask(server, "GET", href)).text(), event({ uid: name }), name);
  }
});

for (const [name, content] of [["text", "no database"], ["nothing", ""]] as const) {
  Deno.test(`restore refuses a file with ${name} in it, and leaves what is there`, async () => {
    await using folder = await temporaryFolder();
    const { path: dir } = folder;
    await withAlice(dir);
    await Deno.writeTextFile(`${dir}/junk`, content);
    const { code, stderr } = await runCli(["restore", "junk"], { dir });
    assertEquals(code, 1);
    assertStringIncludes(stderr, "can't restore junk");
    const { stdout } = await runCli(["user", "list"], { dir });
    assertStringIncludes(stdout, "alice");
  });
}
