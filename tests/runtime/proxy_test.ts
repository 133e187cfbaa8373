import { assert, assertEquals, assertMatch } from "@std/assert";
import { hasNginx, type Nginx, startNginxWith } from "../cli/doctor/nginx.ts";
import { mkcalendar } from "../clients/bodies.ts";
import { documentXml } from "../../src/xml/write.ts";
import { basic } from "../harness.ts";
import { event } from "../fixtures/events.ts";
import { runCli, type Server, startServer } from "./harness.ts";
import { temporaryFolder } from "./folder.ts";
import { tlsFiles, tlsFixture } from "./tls.ts";

const authorization = basic("alice", "alice");
const baseUrl = "https://cal.example.com";

interface Place {
  readonly server: Server;
  /** Through nginx, over TLS. */
  readonly ask: (method: string, path: string, init?: RequestInit) => Promise<Response>;
}

/** README's block, but for the port, the certificate and the address of davit. */
async function startProxy(davit: string): Promise<Nginx> {
  const readme = await Deno.readTextFile(new URL("../../README.md", import.meta.url));
  const [block = ""] = readme.match(/^ {4}server \{\n[^]*?\n {4}\}$/m) ?? [];
  const { cert, key } = tlsFiles("a");
  return await startNginxWith((address) =>
    changed(block, [
      ["listen 443 ", `listen ${address} `],
      [/(?<=ssl_certificate )\S+(?=;)/, cert],
      [/(?<=ssl_certificate_key )\S+(?=;)/, key],
      ["http://127.0.0.1:8080", davit],
    ])
  );
}

function changed(text: string, changes: readonly (readonly [string | RegExp, string])[]): string {
  return changes.reduce((before, [what, by]) => {
    const after = before.replace(what, by);
    assert(after !== before, `README's block lacks ${what}`);
    return after;
  }, text);
}

const behindProxy = (says: string, run: (place: Place) => Promise<void>) =>
  Deno.test({
    name: `README's nginx: ${says}`,
    ignore: !hasNginx,
    async fn() {
      await using folder = await temporaryFolder();
      const dir = folder.path;
      const user = ["user", "add", "alice", "--password-stdin"];
      await runCli(user, { dir, stdin: "alice", env: { DAVIT_PASSWORD_COST: "10" } });
      const env = { DAVIT_TRUSTED_PROXIES: "127.0.0.1" };
      await using server = await startServer({ dir, env, args: ["--base-url", baseUrl] });
      await using nginx = await startProxy(server.url);
      using client = Deno.createHttpClient({ caCerts: [tlsFixture("a").cert] });
      await run({
        server,
        async ask(method, path, init = {}) {
          const url = nginx.url.replace("http:", "https:") + path;
          const headers = { authorization, ...init.headers };
          return await fetch(url, { ...init, method, headers, client });
        },
      });
    },
  });

const status = async (answer: Promise<Response>): Promise<number> => {
  const { status, body } = await answer;
  await body?.cancel();
  return status;
};

const home = "/dav/calendars/alice/";

behindProxy("all that clients do", async ({ ask }) => {
  const body = event({ uid: "x" });
  const headers = { "content-type": "text/calendar" };
  const destination = `${baseUrl}${home}work/y%2fz.ics`;
  assertEquals(await status(ask("OPTIONS", home)), 200);
  assertEquals(
    await status(ask("MKCALENDAR", `${home}work/`, { body: documentXml(mkcalendar()) })),
    201,
  );
  assertEquals(await status(ask("PUT", `${home}work/x.ics`, { body, headers })), 201);
  assertEquals(await status(ask("COPY", `${home}work/x.ics`, { headers: { destination } })), 403);
  const moved = { destination: `${baseUrl}${home}work/y.ics` };
  assertEquals(await status(ask("MOVE", `${home}work/x.ics`, { headers: moved })), 201);
  assertEquals(await (await ask("GET", `${home}work/y.ics`)).text(), body);
  assertEquals(await status(ask("PROPFIND", home, { headers: { depth: "1" } })), 207);
  assertEquals(await status(ask("DELETE", `${home}work/`)), 204);
});

behindProxy("large bodies go through as they come", async ({ ask }) => {
  const content = new Uint8Array(30_000_000).fill(7);
  assertEquals(await status(ask("PUT", "/dav/files/alice/large", { body: content })), 201);
  const back = await (await ask("GET", "/dav/files/alice/large")).bytes();
  assertEquals(back.length, content.length);
});

behindProxy("davit knows who asks, and over what", async ({ ask, server }) => {
  const made = { "x-forwarded-for": "203.0.113.9", "forwarded": "for=203.0.113.9;proto=http" };
  assertEquals(await status(ask("GET", "/healthz", { headers: made })), 200);
  assertEquals(await status(ask("GET", "/metrics", { headers: made })), 403);
  const lines = (await server.stderr()).filter((line) => line.startsWith("{"));
  const requests = lines.map((line) => JSON.parse(line)).filter(({ event }) => event === "request");
  assertEquals(requests.map(({ address }) => address), ["127.0.0.1", "127.0.0.1"]);
  const found = await ask("GET", "/.well-known/caldav", { redirect: "manual" });
  await found.body?.cancel();
  assertMatch(found.headers.get("location") ?? "", /^(https:\/\/[^/]+)?\/dav\/$/);
});
