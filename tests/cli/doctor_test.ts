import { assertEquals, assertMatch } from "@std/assert";
import { createApp } from "../../src/app.ts";
import { askCertificate, endOf } from "../../src/cli/doctor/certificate.ts";
import { connect, pageBytes } from "../../src/store/connection.ts";
import { schemaVersion } from "../../src/store/migrate.ts";
import { multistatusOf, openHouse } from "../harness.ts";
import { temporaryFolder } from "../runtime/folder.ts";
import { certificate } from "../fixtures/certificate.ts";
import { davit, temporaryCli } from "./cli.ts";
import { findingsOf, wrong } from "./doctor/asked.ts";
import { type Faults, startProxy } from "./doctor/proxy.ts";
import { startNameServer } from "./doctor/name_server.ts";

/** davit behind a proxy, on loopback. */
async function startBehindProxy(faults: Faults, remoteAddress = "127.0.0.1") {
  const proxy = startProxy();
  const house = await openHouse({ settings: { baseUrl: proxy.url } });
  const app = createApp(house.services);
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    (request) => app.fetch(request, { remoteAddress }),
  );
  proxy.to(`http://127.0.0.1:${server.addr.port}`, faults);
  return {
    url: proxy.url,
    folder: house.file.replace(/\/[^/]*$/, ""),
    house,
    async [Symbol.asyncDispose]() {
      await proxy[Symbol.asyncDispose]();
      await server.shutdown();
      await house[Symbol.asyncDispose]();
    },
  };
}

const later = (headers: Headers) => {
  headers.set("date", new Date(Date.now() + 3_600_000).toUTCString());
};
const weaker = (headers: Headers) => {
  const etag = headers.get("etag");
  if (etag) headers.set("etag", `W/${etag}`);
};

const ways: readonly {
  readonly name: string;
  readonly faults: Faults;
  readonly gives: (url: string) => readonly string[];
}[] = [
  { name: "as it should be", faults: {}, gives: () => [] },
  {
    name: "some methods swallowed",
    faults: { swallows: { MKCALENDAR: 501, REPORT: 405 } },
    gives: () => [
      "proxy: these methods do not reach davit: REPORT, MKCALENDAR " +
      "(405 from small/1.0, 501 from small/1.0)",
    ],
  },
  {
    name: "no Authorization",
    faults: { asks: (headers) => headers.delete("authorization") },
    gives: () => ["log-in: PROPFIND with a password is answered with 401"],
  },
  {
    name: "no Depth",
    faults: { asks: (headers) => headers.delete("depth") },
    gives: () => ["log-in: Depth does not arrive"],
  },
  {
    name: "another Depth",
    faults: { asks: (headers) => headers.has("depth") && headers.set("depth", "1") },
    gives: () => ["log-in: Depth: 0 is answered with 4 resources"],
  },
  {
    name: "no If-Match",
    faults: { asks: (headers) => headers.delete("if-match") },
    gives: () => ["log-in: If-Match is not obeyed: 200"],
  },
  {
    name: "no Destination",
    faults: { asks: (headers) => headers.delete("destination") },
    gives: () => ["log-in: COPY is answered with 400"],
  },
  {
    name: "no bodies with PROPFIND",
    faults: { emptied: ["PROPFIND"] },
    gives: () => ["log-in: the body of PROPFIND does not arrive"],
  },
  {
    name: "weak entity tags",
    faults: { answers: weaker },
    gives: () => ['log-in: ETag comes back as W/"…"'],
  },
  {
    name: "small bodies only",
    faults: { bodyBytes: 1024 * 1024 },
    gives: () => ["log-in: a file of 10 MiB is answered with 413"],
  },
  {
    name: "decoded paths",
    faults: { path: (path) => path.replaceAll("%2F", "/") },
    gives: () => ["proxy: %2F in a path does not reach davit (404)"],
  },
  {
    name: "paths escaped anew",
    faults: { path: (path) => path.replaceAll("%", "%25") },
    gives: () => ["proxy: the proxy escapes what is escaped already"],
  },
  {
    name: "another clock",
    faults: { answers: later },
    gives: (url) => [`clock: that of ${new URL(url).host} is an hour ahead of ours`],
  },
  {
    name: "nothing below /.well-known/",
    faults: {
      instead: ({ url }) =>
        url.includes("/.well-known/") ? new Response(null, { status: 404 }) : undefined,
    },
    gives: (url) => [
      `discovery: /.well-known/caldav is answered with 404: no redirect to ${url}/dav/`,
    ],
  },
  {
    name: "a password of its own",
    faults: {
      instead: () =>
        new Response(null, { status: 401, headers: { "www-authenticate": 'Basic realm="Area"' } }),
    },
    gives: () => ['proxy: somebody before davit asks for a password, for "Area"'],
  },
  {
    name: "somebody else",
    faults: { instead: () => new Response("Welcome!", { headers: { server: "site" } }) },
    gives: (url) => [`proxy: it is not davit that answers at ${url}/dav/: 200 from site`],
  },
];

/** Where the machine is busy, an answer is told to be seconds older or younger. */
const roughly = (text: string): string => text.replace(/\b3(59|60)\d s\b/, "an hour");

for (const { name, faults, gives } of ways) {
  Deno.test(`doctor, behind a proxy: ${name}`, async () => {
    await using way = await startBehindProxy(faults);
    const found = await findingsOf(["--data", way.folder, "--url", way.url, "--user", "alice"]);
    assertEquals(wrong(found).map(roughly), gives(way.url));
  });
}

Deno.test("doctor: what was made for a log-in is gone behind it", async () => {
  await using way = await startBehindProxy({});
  const { principal } = await way.house.store.principalNamed("alice") ?? {};
  await findingsOf(["--data", way.folder, "--url", way.url, "--user", "alice"]);
  assertEquals(await way.house.store.appPasswords(principal?.id ?? 0), []);
  const { hrefs } = await multistatusOf(
    await way.house.ask("PROPFIND", "/dav/files/alice/", { headers: { depth: "1" } }),
  );
  assertEquals(hrefs, ["/dav/files/alice/"]);
});

Deno.test("doctor: with a password on standard input it needs no database", async () => {
  await using way = await startBehindProxy({});
  await using folder = await temporaryFolder();
  const args = ["--url", way.url, "--user", "bob", "--password-stdin", "--data", folder.path];
  const found = await findingsOf(args, {}, "bob\n");
  assertEquals(wrong(found), []);
  assertEquals(found.filter(({ topic }) => topic === "log-in").length, 7);
});

Deno.test("doctor: a password on standard input, with the name in other letters", async () => {
  await using way = await startBehindProxy({});
  await using folder = await temporaryFolder();
  const args = ["--url", way.url, "--user", "BOB", "--password-stdin", "--data", folder.path];
  assertEquals(wrong(await findingsOf(args, {}, "bob\n")), []);
});

Deno.test("doctor: without a log-in, it says what was not tried", async () => {
  await using way = await startBehindProxy({});
  const found = await findingsOf(["--url", way.url]);
  assertEquals(wrong(found), [
    "log-in: whether Authorization, Depth and If-Match arrive was not tried",
  ]);
  assertEquals(found.filter(({ topic }) => topic === "database"), []);
});

Deno.test("doctor: a small body limit is seen without a log-in, too", async () => {
  await using way = await startBehindProxy({ bodyBytes: 1024 * 1024 });
  const [size] = wrong(await findingsOf(["--url", way.url]));
  assertEquals(size, "proxy: a body of 10 MiB does not reach davit (413 from small/1.0)");
});

Deno.test("doctor: davit that takes the connection for plain HTTP", async () => {
  await using way = await startBehindProxy({}, "192.0.2.1");
  const found = await findingsOf(["--data", way.folder, "--url", way.url, "--user", "alice"]);
  assertEquals(wrong(found), [
    "proxy: davit takes the connection for plain HTTP, and refuses passwords",
  ]);
});

Deno.test("doctor: nobody there", async () => {
  const server = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const url = `http://127.0.0.1:${server.addr.port}`;
  server.close();
  const [unreachable = ""] = wrong(await findingsOf(["--url", url]));
  assertMatch(unreachable, /^proxy: http:\S+ can't be reached: .*[Cc]onnection refused/);
});

Deno.test("doctor: TLS on loopback, with a certificate that nobody has signed", async () => {
  const { cert, key } = certificate;
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, cert, key, onListen() {} },
    () => new Response(),
  );
  const { port } = server.addr;
  try {
    const [refused = ""] = wrong(await findingsOf(["--url", `https://127.0.0.1:${port}`]));
    assertMatch(refused, /^tls: 127\.0\.0\.1:\d+: /);
    const ends = await askCertificate("localhost", port);
    assertEquals(ends, { endsMs: endOf(cert) });
  } finally {
    await server.shutdown();
  }
});

Deno.test("doctor: the files of davit's own TLS", async () => {
  await using cli = await temporaryCli();
  const tls = {
    DAVIT_TLS_CERT: await cli.write("a.crt", certificate.cert),
    DAVIT_TLS_KEY: await cli.write("a.key", certificate.key),
  };
  const about = async (args: readonly string[], env = tls) =>
    (await findingsOf([...args, "--data", `${cli.folder}/data`], env))
      .filter(({ topic }) => topic === "tls").map(({ level, says }) => `${level}: ${says}`);
  const [valid = ""] = await about([]);
  assertMatch(valid, /^ok: the certificate of \S+\/a\.crt is valid until 2\d\d\d-/);
  const [missing = ""] = await about([], { ...tls, DAVIT_TLS_KEY: "/nowhere.key" });
  assertMatch(missing, /^problem: DAVIT_TLS_KEY: there is no file \/nowhere\.key/);
});

Deno.test("doctor: no TLS where it should be", async () => {
  await using way = await startBehindProxy({});
  const url = way.url.replace("http:", "https:");
  const host = new URL(url).host;
  assertEquals(wrong(await findingsOf(["--url", url])), [
    `tls: ${host}: there is no TLS on this port`,
  ]);
  assertEquals(await askCertificate("127.0.0.1", Number(new URL(url).port)), undefined);
});

Deno.test("doctor: the DNS of a domain", async () => {
  await using way = await startBehindProxy({});
  const { port } = new URL(way.url);
  const url = `http://localhost:${port}`;
  const record = (port: number, txt = "path=/dav/") => ({
    srv: { port, target: "localhost" },
    txt,
  });
  await using dns = await startNameServer({
    "_caldav._tcp.good.test": record(Number(port)),
    "_caldav._tcp.old.test": record(1),
    "_caldav._tcp.path.test": record(Number(port), "path=/old/"),
  });
  const found = async (domain: string) => {
    const args = ["--url", url, "--domain", domain, "--dns", dns.address];
    const [finding] = (await findingsOf(args)).filter(({ topic }) => topic === "discovery");
    return finding;
  };
  const records = (domain: string) => [
    `_caldav._tcp.${domain}. 3600 IN SRV 0 1 ${port} localhost.`,
    `_caldav._tcp.${domain}. 3600 IN TXT "path=/dav/"`,
  ];
  assertEquals((await found("good.test"))?.level, "ok");
  const old = await found("old.test");
  assertEquals(old?.says, "the DNS of old.test leads to localhost:1");
  assertEquals(old?.mend, records("old.test"));
  assertEquals((await found("path.test"))?.mend, records("path.test").slice(1));
  const none = await found("none.test");
  assertEquals([none?.level, none?.mend], ["warning", records("none.test")]);
});

Deno.test("doctor: a database, damaged, of a newer davit, and none", async () => {
  await using cli = await temporaryCli();
  await cli.ok(["user", "add", "alice", "--password-stdin"], "secret");
  const data = ["--data", `${cli.folder}/data`];
  const path = `${cli.folder}/data/davit.db`;
  const problems = async () =>
    (await findingsOf(data)).filter(({ level }) => level === "problem").map(({ says }) => says);
  assertEquals(await problems(), []);

  const db = connect(path);
  db.exec("INSERT INTO schema_versions VALUES (1000, 'later')");
  db.close();
  const says = `its schema is of version 1000; this davit knows up to ${schemaVersion}`;
  assertEquals(await problems(), [says]);
  const again = connect(path);
  again.exec("DELETE FROM schema_versions WHERE version = 1000; PRAGMA wal_checkpoint(TRUNCATE)");
  again.close();

  const bytes = await Deno.readFile(path);
  for (let at = pageBytes; at < bytes.length; at += 512) bytes[at] = 0xee;
  await Deno.writeFile(path, bytes);
  const [damaged = ""] = await problems();
  assertMatch(damaged, /damaged|can't be read/);

  await Deno.writeTextFile(path, "Dear diary, ".repeat(1000));
  const [strange = ""] = await problems();
  assertMatch(strange, /can't be read: .*not a database/);

  await Deno.remove(path);
  assertEquals(await problems(), [`there is no database in ${cli.folder}/data`]);
});

Deno.test("doctor: where the settings come from, and which of the variables is none", async () => {
  await using cli = await temporaryCli();
  const config = await cli.write("davit.json", JSON.stringify({ keptDays: 30, logLevel: "warn" }));
  const env = { DAVIT_LOG_LEVEL: "error", DAVIT_LISTN: "x" };
  const found = await findingsOf(["--config", config, "--data", `${cli.folder}/data`], env);
  const settings = found.filter(({ topic }) => topic === "settings").map(({ says }) => says);
  assertEquals(settings.toSorted(), [
    "DAVIT_LISTN is no setting of davit",
    `data is ${cli.folder}/data, by --data`,
    "keptDays is 30, by keptDays in the file",
    "logLevel is error, by DAVIT_LOG_LEVEL",
  ]);
});

Deno.test("doctor: a temporary folder in which nothing can be written", async () => {
  await using cli = await temporaryCli();
  const nowhere = `${cli.folder}/nowhere`;
  const found = await findingsOf(["--data", `${cli.folder}/data`], { TMPDIR: nowhere });
  const [finding] = found.filter(({ topic }) => topic === "folders");
  assertEquals(finding?.level, "warning");
  assertMatch(finding?.says ?? "", /can't unpack its database library to .*nowhere: it can't be/);
});

Deno.test("doctor: nothing stays in a folder in which nothing can be written", async () => {
  await using cli = await temporaryCli();
  await cli.ok(["user", "add", "alice", "--password-stdin"], "secret");
  const data = `${cli.folder}/data`;
  const main = new URL("../../main.ts", import.meta.url).pathname;
  const { stdout } = await new Deno.Command("sh", {
    // As on a full disk, a file can be made, and nothing be put into it.
    args: ["-c", 'trap "" XFSZ; ulimit -f 0; exec "$@"', "sh", Deno.execPath(), "run", "-A"]
      .concat(main, "doctor", "--data", data),
    stderr: "null",
  }).output();
  assertMatch(new TextDecoder().decode(stdout), /nothing can be written in .*: File too large/);
  const left = await Array.fromAsync(Deno.readDir(data), ({ name }) => name);
  assertEquals(left.filter((name) => name.startsWith(".davit-doctor")), []);
});

Deno.test("doctor: a database that nobody here may open is not to be restored", async () => {
  const [server] = await findingsOf(["--database", "http://127.0.0.1:1"])
    .then((found) => found.filter(({ topic }) => topic === "database"));
  assertEquals(server?.level, "problem");
  assertMatch(server?.mend.join("\n") ?? "", /is the libSQL server at 127\.0\.0\.1:1 running/);
});

Deno.test("doctor: services that are off, and administrators", async () => {
  await using cli = await temporaryCli();
  await cli.ok(["user", "add", "alice", "--password-stdin"], "secret");
  await cli.ok(["user", "add", "root", "--admin", "--password-stdin"], "secret");
  const about = async () =>
    (await findingsOf(["--data", `${cli.folder}/data`]))
      .filter(({ topic }) => topic === "database").map(({ says }) => says).slice(3);
  assertEquals(await about(), ["it has 2 accounts and 1 administrator"]);
  await cli.ok(["user", "disable", "root"]);
  await cli.ok(["service", "caldav", "off"]);
  await cli.ok(["service", "files", "off", "--user", "alice"]);
  assertEquals(await about(), [
    "it has 2 accounts, and no administrator",
    "caldav is off for everybody",
    "files is off for alice",
  ]);
});

Deno.test("doctor: of somebody who is disabled", async () => {
  await using way = await startBehindProxy({});
  await davit(["user", "disable", "bob", "--data", way.folder]);
  const args = ["--data", way.folder, "--url", way.url];
  const [disabled] = (await findingsOf([...args, "--user", "BOB"]))
    .filter(({ topic }) => topic === "log-in");
  assertEquals([disabled?.level, disabled?.says, disabled?.mend], [
    "problem",
    "bob is disabled, so nobody can log in as that",
    ['davit user enable "bob"'],
  ]);
});

Deno.test("doctor: a log-in, by a name in other letters", async () => {
  await using way = await startBehindProxy({});
  const args = ["--data", way.folder, "--url", way.url, "--user", "ALICE"];
  assertEquals(wrong(await findingsOf(args)), []);
});

Deno.test("doctor: files are off", async () => {
  await using way = await startBehindProxy({});
  await davit(["service", "files", "off", "--data", way.folder]);
  const found = await findingsOf(["--data", way.folder, "--url", way.url, "--user", "alice"]);
  const [off] = found.filter(({ topic, level }) => topic === "log-in" && level !== "ok");
  assertEquals(off?.says, "a file can't be made, so no more was tried: 503");
  assertMatch(off?.mend.join() ?? "", /^davit service files on/);
});

Deno.test("doctor: a proxy that is not trusted, and one that is", async () => {
  await using way = await startBehindProxy({});
  const about = async (env: Readonly<Record<string, string>>) =>
    (await findingsOf(["--data", way.folder, "--url", way.url], env))
      .filter(({ topic, level }) => topic === "settings" && level !== "ok");
  const [warning] = await about({});
  assertMatch(warning?.says ?? "", /no proxy is trusted/);
  assertMatch(warning?.mend[0] ?? "", /^DAVIT_TRUSTED_PROXIES=127\.0\.0\.1/);
  assertEquals(await about({ DAVIT_TRUSTED_PROXIES: "127.0.0.1" }), []);
});

Deno.test("doctor: the address of a host", async () => {
  await using dns = await startNameServer({
    "cal.good.test": { a: [192, 0, 2, 1] },
    "cal.none.test": {},
  });
  const found = async (host: string) => {
    const args = ["--url", `http://${host}:1`, "--domain", "x.test", "--dns", dns.address];
    return (await findingsOf(args)).filter(({ says }) => says.includes(host))
      .filter(({ topic }) => topic === "discovery").at(-1);
  };
  assertEquals((await found("cal.good.test"))?.says, "cal.good.test is at 192.0.2.1");
  const missing = "the DNS has no address of cal.none.test, neither A nor AAAA";
  assertEquals((await found("cal.none.test"))?.says, missing);
  assertMatch((await found("cal.none.test"))?.mend[0] ?? "", /^cal\.none\.test\. 3600 IN A /);
});

Deno.test("doctor: in lines for people", async () => {
  await using way = await startBehindProxy({ swallows: { LOCK: 405 } });
  const { code, out } = await davit(["doctor", "--data", way.folder, "--url", way.url], "", {});
  assertEquals(code, 1);
  assertMatch(out, /^ok {7}database {3}it is whole$/m);
  assertMatch(
    out,
    /^problem {2}proxy {6}these methods do not reach davit: LOCK \(405 from small\/1\.0\)\n {20}→ let /m,
  );
});

for (
  const args of [
    ["--url", "cal.example.com"],
    ["--url", "ftp://cal.example.com"],
    ["--days", "soon"],
    ["--url", "http://127.0.0.1:1", "--user", "alice", "--data", "/nowhere"],
    ["--url", "http://127.0.0.1:1", "--dns", "[::1"],
    ["--user", "alice"],
    ["--password-stdin"],
    ["--domain", "example.com"],
    ["--dns", "127.0.0.1"],
  ]
) {
  Deno.test(`doctor ${args.join(" ")}: is refused`, async () => {
    const { code, err } = await davit(["doctor", ...args], "", {});
    assertEquals(code, 2);
    assertMatch(err, /^davit: .+\n$/);
  });
}
