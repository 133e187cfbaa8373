import { assertEquals, assertMatch } from "@std/assert";
import { makeFirstAdministrator, welcome } from "../../src/cli/first_administrator.ts";
import { run } from "../../src/cli/program.ts";
import { readConfig } from "../../src/config.ts";
import { random, type Services } from "../../src/services.ts";
import { openFileStore } from "../../src/store/file.ts";
import { certificate } from "../fixtures/certificate.ts";
import { temporaryFolder } from "../runtime/folder.ts";
import { davit, quick, temporaryCli } from "./cli.ts";

/** A server in this process, with what it says. */
async function startServing(args: readonly string[], env = {}) {
  const listening = Promise.withResolvers<string>();
  const stopping = Promise.withResolvers<void>();
  const said = { out: "", err: "" };
  const done = run(["serve", "--listen", "127.0.0.1:0", ...args], {
    env: { ...quick, ...env },
    stdin: ReadableStream.from([]),
    out(text) {
      said.out += text;
      listening.resolve(said.out);
    },
    err: (text) => said.err += text,
    stopRequested: () => stopping.promise,
  });
  const out = await Promise.race([listening.promise, done.then((code) => `exit ${code}`)]);
  return {
    url: out.replace(/^davit listening on (.*)\n$/, "$1"),
    said,
    async [Symbol.asyncDispose]() {
      stopping.resolve();
      assertEquals(await done, 0);
    },
  };
}

const passwordIn = (text: string): string => /Password {2}(\S+)/.exec(text)?.[1] ?? "";

const askingAs = async (url: string, password: string): Promise<number> => {
  const authorization = `Basic ${btoa(`admin:${password}`)}`;
  const response = await fetch(`${url}/dav/`, {
    method: "PROPFIND",
    headers: { authorization, depth: "0" },
  });
  await response.text();
  return response.status;
};

Deno.test("serve: says where it listens, and the first administrator's password once", async () => {
  await using folder = await temporaryFolder();
  const data = ["--data", `${folder.path}/data`];
  let password = "";
  {
    await using server = await startServing(data);
    assertMatch(server.said.out, /^davit listening on http:\/\/127\.0\.0\.1:\d+\n$/);
    password = passwordIn(server.said.err);
    assertEquals(await askingAs(server.url, password), 207);
    assertEquals(await askingAs(server.url, "wrong"), 401);
    const again = / davit (user password .+?) *│/.exec(server.said.err)?.[1]?.split(" ") ?? [];
    assertEquals((await davit(again, password)).code, 0);
  }
  await using server = await startServing(data);
  assertEquals(passwordIn(server.said.err), "");
  assertEquals(await askingAs(server.url, password), 207);
  const users = await davit(["user", "list", ...data]);
  assertEquals(users.out, "admin\tindividual\tAdministrator\t\tadmin\n");
});

Deno.test("serve: takes what the command line does meanwhile into account", async () => {
  await using folder = await temporaryFolder();
  const data = ["--data", `${folder.path}/data`];
  await using server = await startServing(data);
  const password = passwordIn(server.said.err);
  assertEquals(await askingAs(server.url, password), 207);
  await davit(["user", "password", "admin", "--password-stdin", ...data], "another");
  assertEquals(await askingAs(server.url, password), 401);
  assertEquals(await askingAs(server.url, "another"), 207);
  const app = await davit(["user", "app-password", "add", "admin", "--name", "tv", ...data]);
  assertEquals(await askingAs(server.url, app.out.trimEnd()), 207);
  await davit(["user", "app-password", "revoke", "admin", "--name", "tv", ...data]);
  assertEquals(await askingAs(server.url, app.out.trimEnd()), 401);
  await davit(["user", "disable", "admin", ...data]);
  assertEquals(await askingAs(server.url, "another"), 401);
  await davit(["user", "enable", "admin", ...data]);
  assertEquals(await askingAs(server.url, "another"), 207);
});

Deno.test("serve: nobody is made where somebody is, and the log is JSON", async () => {
  await using cli = await temporaryCli();
  await cli.ok(["user", "add", "alice", "--password-stdin"], "secret");
  await using server = await startServing(["--data", `${cli.folder}/data`]);
  const response = await fetch(`${server.url}/healthz`);
  assertEquals([response.status, await response.text()], [200, "ok\n"]);
  const events = server.said.err.trimEnd().split("\n").map((line) => JSON.parse(line).event);
  assertEquals(events, ["no-administrator", "request"]);
});

Deno.test("serve: an administrator who can't log in is none", async () => {
  await using cli = await temporaryCli();
  const data = ["--data", `${cli.folder}/data`];
  await cli.ok(["user", "add", "alice", "--admin", "--password-stdin"], "secret");
  {
    await using server = await startServing(data);
    assertEquals(server.said.err, "");
  }
  await cli.ok(["user", "disable", "alice"]);
  await using server = await startServing(data);
  assertMatch(server.said.err, /"no-administrator"/);
});

Deno.test("serve: what is less grave than the log level is not logged", async () => {
  await using cli = await temporaryCli();
  await cli.ok(["user", "add", "alice", "--password-stdin"], "secret");
  const quiet = { DAVIT_LOG_LEVEL: "error" };
  await using server = await startServing(["--data", `${cli.folder}/data`], quiet);
  await (await fetch(`${server.url}/healthz`)).body?.cancel();
  assertEquals(server.said.err, "");
});

Deno.test("serve: a variable that is no setting is told of once", async () => {
  await using cli = await temporaryCli();
  await cli.ok(["user", "add", "alice", "--admin", "--password-stdin"], "secret");
  const slips = { DAVIT_TRUSTED_PROXY: "127.0.0.1", DAVIT_LISTN: "x", DAVIT_SERVICE_HOST: "::1" };
  await using server = await startServing(["--data", `${cli.folder}/data`], slips);
  const lines = server.said.err.trimEnd().split("\n").map((line) => JSON.parse(line));
  assertEquals(lines.map(({ level, event, names }) => ({ level, event, names })), [{
    level: "warn",
    event: "unknown-settings",
    names: "DAVIT_TRUSTED_PROXY, DAVIT_LISTN",
  }]);
});

Deno.test("serve: what is wrong with a certificate is said with the setting as it was written", async () => {
  await using cli = await temporaryCli();
  const data = ["--data", `${cli.folder}/data`];
  const flags = await davit(["serve", "--tls-cert", "none", "--tls-key", "none", ...data]);
  assertEquals([flags.code, flags.err], [1, "davit: --tls-cert: there is no file none\n"]);
  const cert = await cli.write("a.crt", certificate.cert);
  const env = { DAVIT_TLS_CERT: cert, DAVIT_TLS_KEY: cert };
  const variables = await davit(["serve", "--workers", "2", ...data], "", env);
  assertEquals(
    variables.err,
    `davit: DAVIT_TLS_KEY: ${cert} holds no private key in PEM form without a passphrase\n`,
  );
  const config = await cli.write("x.json", JSON.stringify({ tlsCert: cert, tlsKey: "none" }));
  const file = await davit(["serve", "--config", config, ...data]);
  assertEquals(file.err, "davit: tlsKey: there is no file none\n");
});

Deno.test("serve: an address that is taken is refused", async () => {
  await using folder = await temporaryFolder();
  await using server = await startServing(["--data", `${folder.path}/a`]);
  const listen = new URL(server.url).host;
  const second = await davit(["serve", "--data", `${folder.path}/b`, "--listen", listen]);
  assertEquals([second.code, second.out], [1, ""]);
  assertMatch(second.err, new RegExp(`^davit: can't listen on ${listen}: .+\n$`));
});

Deno.test("the first administrator: of many processes at once, one makes it", async () => {
  await using folder = await temporaryFolder();
  const config = readConfig({ env: quick });
  const stores = [];
  for (let index = 0; index < 5; index++) stores.push(await openFileStore(`${folder.path}/x.db`));
  const made = await Promise.all(stores.map((store) => {
    const services: Services = { store, config, random, clock: Date.now, log: () => {} };
    return makeFirstAdministrator(services);
  }));
  assertEquals(made.map(({ kind }) => kind).toSorted(), ["made", ...Array(4).fill("there")]);
  const principals = await stores[0]?.principals();
  assertEquals(principals?.map(({ principal }) => principal.name), ["admin"]);
  for (const store of stores) store.close();
});

const shown = [
  { url: "http://127.0.0.1:8080", says: "http://127.0.0.1:8080/" },
  { url: "http://0.0.0.0:8080", says: "http://localhost:8080/" },
  { url: "http://[::]:8080", says: "http://localhost:8080/" },
  { url: "https://dav.example.com", says: "https://dav.example.com/" },
];

for (const { url, says } of shown) {
  Deno.test(`the welcome at ${url} tells clients ${says}`, () => {
    assertMatch(welcome(url, "secret"), new RegExp(`Server +${RegExp.escape(says)} `));
  });
}
