import { assert, assertEquals, assertMatch } from "@std/assert";
import { basic } from "../harness.ts";
import { temporaryFolder } from "./folder.ts";
import { type Form, runCli, type Server, startServer } from "./harness.ts";
import { tlsArguments, tlsFiles, tlsFixture, tlsFolder, type TlsName } from "./tls.ts";
import { until } from "./until.ts";
import { wireTo } from "./wire.ts";

const forms = ["source", "executable"] as const satisfies Form[];
const quick = { DAVIT_PASSWORD_COST: "10" };

/** Whether the server now shows this certificate. */
async function shows({ url }: Server, name: TlsName): Promise<boolean> {
  const port = Number(new URL(url).port);
  const caCerts = [tlsFixture(name).cert];
  try {
    using connection = await Deno.connectTls({ hostname: "127.0.0.1", port, caCerts });
    await connection.handshake();
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.InvalidData) return false;
    throw error;
  }
}

/** Waits until the log of the server has a line with this event, and gives it. */
const logged = (server: Server, event: string): Promise<Record<string, unknown>> =>
  until(event, async () => {
    const lines = (await server.stderr()).filter((line) => line.startsWith("{"));
    return lines.map((line) => JSON.parse(line)).findLast((line) => line.event === event);
  });

for (const form of forms) {
  Deno.test(`${form}: TLS, over HTTP/1.1 and HTTP/2`, async () => {
    await using folder = await temporaryFolder();
    const dir = folder.path;
    const user = ["user", "add", "alice", "--password-stdin"];
    await runCli(user, { form, dir, stdin: "alice", env: quick });
    await using server = await startServer({ form, dir, args: tlsArguments("a") });
    assertMatch(server.url, /^https:\/\/127\.0\.0\.1:\d+$/);
    for (const http2 of [false, true]) {
      using client = Deno.createHttpClient({
        caCerts: [tlsFixture("a").cert],
        http1: !http2,
        http2,
      });
      const answer = await fetch(`${server.url}/dav/`, {
        client,
        method: "PROPFIND",
        headers: { authorization: basic("alice", "alice"), depth: "0" },
      });
      await answer.text();
      assertEquals(answer.status, 207);
    }
    assertEquals(await server.stop(), 0);
  });

  Deno.test(`${form}: a new certificate is taken, requests under way go on`, async () => {
    await using folder = await temporaryFolder();
    const dir = folder.path;
    const user = ["user", "add", "alice", "--password-stdin"];
    await runCli(user, { form, dir, stdin: "alice", env: quick });

    /** As certbot does: links that are moved into place, one after the other. */
    async function point(names: { readonly cert: TlsName; readonly key: TlsName }) {
      for (const part of ["cert", "key"] as const) {
        await Deno.symlink(tlsFiles(names[part])[part], `${dir}/${part}.new`);
        await Deno.rename(`${dir}/${part}.new`, `${dir}/${part}.pem`);
      }
    }
    await point({ cert: "a", key: "a" });
    const args = ["--tls-cert", `${dir}/cert.pem`, "--tls-key", `${dir}/key.pem`];
    await using server = await startServer({ form, dir, args });
    assert(await shows(server, "a"));

    using upload = await wireTo(server.url, [tlsFixture("a").cert]);
    const head = [
      "PUT /dav/files/alice/x HTTP/1.1",
      "Host: x",
      `Authorization: ${basic("alice", "alice")}`,
      "Content-Length: 2",
      "Expect: 100-continue",
    ];
    await upload.send([...head, "", ""].join("\r\n"));
    assertEquals(await upload.status(), 100); // From here on it is under way.
    await upload.send("x");

    await point({ cert: "a", key: "b" });
    const { reason } = await logged(server, "certificate-refused");
    assertMatch(String(reason), /tlsKey: \S+key.pem is not the key of \S+cert.pem/);
    assert(await shows(server, "a"));

    await point({ cert: "b", key: "b" });
    await logged(server, "certificate-loaded");
    assert(await shows(server, "b"));
    assert(!await shows(server, "a"));

    await upload.send("y");
    assertEquals(await upload.status(), 201);

    await Deno.copyFile(tlsFiles("a").key, `${dir}/key.new`);
    await Deno.rename(`${dir}/key.new`, `${dir}/key.pem`);
    await Deno.remove(`${dir}/cert.pem`);
    await Deno.copyFile(tlsFiles("a").cert, `${dir}/cert.pem`);
    await until("the first certificate again", () => shows(server, "a"));
    assertEquals(await server.stop(), 0);
  });
}

const refused = [
  { cert: "a.crt", key: "none", says: "--tls-key: there is no file none" },
  { cert: "a.key", key: "a.key", says: "--tls-cert: a.key holds no certificate in PEM form" },
  {
    cert: "a.crt",
    key: "a.crt",
    says: "--tls-key: a.crt holds no private key in PEM form without a passphrase",
  },
  { cert: "a.crt", key: "b.key", says: "--tls-key: b.key is not the key of a.crt" },
];

for (const { cert, key, says } of refused) {
  Deno.test(`TLS with ${cert} and ${key} is refused`, async () => {
    await using folder = await temporaryFolder();
    const args = ["serve", "--listen", "127.0.0.1:0", "--data", folder.path];
    const files = ["--tls-cert", cert, "--tls-key", key];
    const { code, stdout, stderr } = await runCli([...args, ...files], { dir: tlsFolder });
    assertEquals([code, stdout, stderr], [1, "", `davit: ${says}\n`]);
  });
}

Deno.test("TLS: an address that is taken is refused", async () => {
  await using server = await startServer({ args: tlsArguments("a"), env: quick });
  const listen = new URL(server.url).host;
  const args = ["serve", ...tlsArguments("a"), "--listen", listen];
  const { code, stdout, stderr } = await runCli(args, { dir: server.dir });
  assertEquals([code, stdout], [1, ""]);
  assertMatch(stderr, new RegExp(`^davit: can't listen on ${listen}: .+\n$`));
});
