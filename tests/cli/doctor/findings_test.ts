import { assertEquals, assertMatch } from "@std/assert";
import { readConfig } from "../../../src/config.ts";
import { clockFinding } from "../../../src/cli/doctor/clock.ts";
import { databaseFindings, type Examined } from "../../../src/cli/doctor/database.ts";
import {
  type AddressFacts,
  addressFinding,
  type DnsFacts,
  dnsFinding,
  domainsOf,
  records,
  wellKnownFinding,
} from "../../../src/cli/doctor/discovery.ts";
import { type Finding, linesOf } from "../../../src/cli/doctor/finding.ts";
import {
  dataFolderFindings,
  type FolderFacts,
  temporaryFolderFinding,
} from "../../../src/cli/doctor/folders.ts";
import { settingsFindings } from "../../../src/cli/doctor/settings.ts";
import { handshakeFinding, validityFinding } from "../../../src/cli/doctor/tls.ts";
import type { DatabaseFacts } from "../../../src/store/examine.ts";
import { schemaVersion } from "../../../src/store/migrate.ts";

/** What is not ok, as `level: says`. */
const bad = (findings: readonly Finding[]): string[] =>
  findings.filter(({ level }) => level !== "ok").map(({ level, says }) => `${level}: ${says}`);

const table = <Given>(
  subject: string,
  cases: Readonly<Record<string, { readonly given: Given; readonly gives: readonly string[] }>>,
  findings: (given: Given) => readonly Finding[],
) => {
  for (const [name, { given, gives }] of Object.entries(cases)) {
    Deno.test(`doctor, ${subject}: ${name}`, () => {
      const found = findings(given);
      assertEquals(bad(found), gives);
      for (const { level, mend } of found) assertEquals(mend.length === 0, level === "ok");
    });
  }
};

const cal = new URL("https://cal.example.com/");

const dns = (facts: Partial<DnsFacts>): DnsFacts => ({
  domain: "example.com",
  srv: [],
  txt: [],
  ...facts,
});
const here = { target: "cal.example.com", port: 443 };

table("DNS", {
  "as it should be": { given: dns({ srv: [here], txt: ["path=/dav/"] }), gives: [] },
  "without a path": { given: dns({ srv: [here] }), gives: [] },
  "in other letters": { given: dns({ srv: [{ ...here, target: "CAL.example.com" }] }), gives: [] },
  "no records": {
    given: dns({}),
    gives: [
      "warning: the DNS does not lead from example.com to cal.example.com: people have to type that",
    ],
  },
  "another host": {
    given: dns({ srv: [here, { target: "old.example.com", port: 443 }] }),
    gives: ["problem: the DNS of example.com leads to old.example.com:443"],
  },
  "another port": {
    given: dns({ srv: [{ ...here, port: 8443 }] }),
    gives: ["problem: the DNS of example.com leads to cal.example.com:8443"],
  },
  "not offered": {
    given: dns({ srv: [{ target: "", port: 0 }] }),
    gives: ["problem: the DNS of example.com says that there is no server"],
  },
  "another path": {
    given: dns({ srv: [here], txt: ["v=x", "path=/caldav/"] }),
    gives: ["problem: the DNS of example.com names the path /caldav/"],
  },
  "no answer": {
    given: dns({ failure: "timed out" }),
    gives: ["warning: the DNS of example.com can't be asked: timed out"],
  },
}, (facts) => [dnsFinding(cal, facts)]);

table("address", {
  "IPv4 and IPv6": { given: { addresses: ["192.0.2.1", "2001:db8::1"], reached: true }, gives: [] },
  "none": {
    given: { addresses: [], reached: false },
    gives: ["problem: the DNS has no address of cal.example.com, neither A nor AAAA"],
  },
  "none, but this machine knows it": {
    given: { addresses: [], reached: true },
    gives: ["warning: the DNS has no address of cal.example.com, neither A nor AAAA"],
  },
  "no answer": {
    given: { addresses: [], failure: "timed out", reached: true },
    gives: ["warning: the DNS can't be asked for the address of cal.example.com: timed out"],
  },
}, ({ reached, ...facts }: AddressFacts & { readonly reached: boolean }) => [
  addressFinding(cal, facts, reached),
]);

Deno.test("doctor, DNS: the records to set", () => {
  assertEquals(records(cal, "example.com"), [
    "_caldavs._tcp.example.com. 3600 IN SRV 0 1 443 cal.example.com.",
    '_caldavs._tcp.example.com. 3600 IN TXT "path=/dav/"',
  ]);
  assertEquals(records(new URL("http://cal.example.com:8080"), "example.com"), [
    "_caldav._tcp.example.com. 3600 IN SRV 0 1 8080 cal.example.com.",
    '_caldav._tcp.example.com. 3600 IN TXT "path=/dav/"',
  ]);
});

const domains = [
  { url: cal, gives: ["example.com"] },
  { url: cal, asked: "example.org", accounts: ["example.net"], gives: ["example.org"] },
  { url: cal, accounts: ["example.net", "example.com"], gives: ["example.net", "example.com"] },
  { url: new URL("https://example.com"), gives: ["example.com"] },
  { url: new URL("http://127.0.0.1:8080"), accounts: ["example.net"], gives: [] },
  { url: new URL("http://[::1]:8080"), gives: [] },
  { url: new URL("http://localhost"), gives: [] },
  { url: new URL("http://127.0.0.1"), asked: "example.org", gives: ["example.org"] },
];

for (const { url, asked, accounts = [], gives } of domains) {
  Deno.test(`doctor, DNS: at ${url.host}, of ${asked ?? (accounts.join() || "nobody")}`, () => {
    assertEquals(domainsOf(url, asked, accounts), gives);
  });
}

table("well-known", {
  "an absolute redirect": {
    given: { status: 301, location: "https://cal.example.com/dav/" },
    gives: [],
  },
  "a path": { given: { status: 308, location: "/dav/" }, gives: [] },
  "none": {
    given: { status: 404 },
    gives: [
      "problem: /.well-known/caldav is answered with 404: no redirect to https://cal.example.com/dav/",
    ],
  },
  "to plain HTTP": {
    given: { status: 301, location: "http://cal.example.com/dav/" },
    gives: [
      "problem: /.well-known/caldav leads to http://cal.example.com/dav/, not to " +
      "https://cal.example.com/dav/",
    ],
  },
}, (facts) => [wellKnownFinding(cal, facts)]);

const day = 24 * 60 * 60 * 1000;

table("certificate", {
  "new": { given: 90 * day, gives: [] },
  "unknown": { given: undefined, gives: [] },
  "old": {
    given: 20.5 * day,
    gives: ["warning: the certificate of x is valid until 1970-01-21, 20 days from now"],
  },
  "gone": { given: -1, gives: ["problem: the certificate of x ended on 1969-12-31"] },
}, (endsMs) => [validityFinding({ of: "x", endsMs }, 0, 21)]);

/** As rustls says it, in Deno 2.4 and 2.9. */
const handshakes = {
  "invalid peer certificate: Expired": "the certificate has ended",
  "invalid peer certificate: certificate expired: verification time 1 (UNIX), but …":
    "the certificate has ended",
  "invalid peer certificate: NotValidForName": "the certificate is for other names",
  'invalid peer certificate: certificate not valid for name "x"; certificate is only valid for y':
    "the certificate is for other names",
  "invalid peer certificate: NotValidYet": "the certificate is not valid yet: a clock is wrong",
  "invalid peer certificate: UnknownIssuer": "nobody knows who has issued the certificate",
  "invalid peer certificate: Other(OtherError(CaUsedAsEndEntity))":
    "the certificate is one of an authority, not of a server: programs refuse it",
  "invalid peer certificate: BadSignature": "the certificate is not accepted",
  "received corrupt message of type InvalidContentType": "there is no TLS on this port",
};

for (const [message, says] of Object.entries(handshakes)) {
  Deno.test(`doctor, handshake: ${message}`, () => {
    assertEquals(bad([handshakeFinding("x", message)].flatMap((one) => one ?? [])), [
      `problem: x: ${says}`,
    ]);
  });
}

Deno.test("doctor, handshake: what is about something else", () => {
  assertEquals(handshakeFinding("x", "tcp connect error: Connection refused"), undefined);
});

table("clock", {
  "exact": { given: { aheadMs: 0, withinMs: 0 }, gives: [] },
  "as exact as can be told": { given: { aheadMs: -9_000, withinMs: 5_000 }, gives: [] },
  "ahead": {
    given: { aheadMs: 7_100, withinMs: 500 },
    gives: ["warning: that of x is 7 s ahead of ours"],
  },
  "far behind": {
    given: { aheadMs: -3_600_000, withinMs: 500 },
    gives: ["problem: that of x is 3600 s behind ours"],
  },
}, (difference) => [clockFinding({ of: "x", ...difference })]);

const database = (facts: Partial<DatabaseFacts>): Examined => ({
  kind: "examined",
  facts: {
    version: schemaVersion,
    integrity: "ok",
    journalMode: "wal",
    people: 1,
    administrators: 1,
    switchedOff: [],
    domains: [],
    clockAheadMs: 0,
    clockWithinMs: 0,
    ...facts,
  },
});

table("database", {
  "sound": { given: database({}), gives: [] },
  "a server's": { given: database({ integrity: undefined, journalMode: undefined }), gives: [] },
  "absent": { given: { kind: "absent" }, gives: ["problem: there is no database in ./data"] },
  "damaged": { given: database({ integrity: "row 1" }), gives: ["problem: it is damaged: row 1"] },
  "of a newer davit": {
    given: database({ version: 1000 }),
    gives: [
      `problem: its schema is of version 1000; this davit knows up to ${schemaVersion}`,
    ],
  },
  "empty": {
    given: database({ version: 0, people: 0, administrators: 0 }),
    gives: ["warning: it has no tables", "warning: nobody has an account"],
  },
  "without an administrator": {
    given: database({ people: 3, administrators: 0 }),
    gives: ["warning: it has 3 accounts, and no administrator"],
  },
  "with services that are off": {
    given: database({
      switchedOff: [
        { service: "attachments", user: "alice" },
        { service: "attachments", user: "bob" },
        { service: "caldav" },
        { service: "caldav", user: "alice" },
        ...["a", "b", "c", "d", "e"].map((user) => ({ service: "files", user })),
      ],
    }),
    gives: [
      "warning: attachments is off for alice, bob",
      "warning: caldav is off for everybody",
      "warning: files is off for a, b, c and 2 others",
    ],
  },
  "on a network file system": {
    given: database({ journalMode: "delete" }),
    gives: ["problem: its journal mode is delete, not wal: a network file system?"],
  },
  "not to be written": {
    given: database({ unwritable: "attempt to write a readonly database" }),
    gives: ["problem: it can't be written: attempt to write a readonly database"],
  },
}, (examined: Examined) => databaseFindings(examined, "./data"));

const failures: readonly { place: "folder" | "server"; reason: string; mend: RegExp }[] = [
  { place: "folder", reason: "file is not a database", mend: /^davit restore FILE/ },
  { place: "folder", reason: "database disk image is malformed", mend: /^davit restore FILE/ },
  { place: "folder", reason: "attempt to write a readonly database", mend: /chown -R davit x$/ },
  { place: "folder", reason: "Permission denied (os error 13)", mend: /chown -R davit x$/ },
  { place: "folder", reason: "unable to open database file", mend: /chown -R davit x$/ },
  { place: "folder", reason: "database or disk is full", mend: /^df -h x$/ },
  { place: "folder", reason: "disk I/O error", mend: /^df -h x$/ },
  { place: "folder", reason: "database is locked", mend: /^fuser x\/davit\.db/ },
  { place: "server", reason: "the database does not answer", mend: /is the libSQL server at x/ },
  { place: "server", reason: "Server returned HTTP status 401", mend: /^DAVIT_DATABASE_TOKEN=/ },
];

for (const { place, reason, mend } of failures) {
  Deno.test(`doctor, what mends a database of a ${place}: ${reason}`, () => {
    const [finding, ...others] = databaseFindings({ kind: "failed", place, reason }, "x");
    assertEquals([finding?.says, others], [`x can't be read: ${reason}`, []]);
    const lines = finding?.mend.map((line) => line.replace(/ {3}#.*/, "")) ?? [];
    assertEquals(lines.some((line) => mend.test(line)), true, lines.join("\n"));
    assertEquals(lines.some((line) => line.includes("restore")), mend.source.includes("restore"));
  });
}

const GiB = 1024 ** 3;
const folder = (facts: Partial<FolderFacts>): FolderFacts => ({
  path: "/x",
  mode: 0o700,
  ...facts,
});

table("data folder", {
  "as davit makes it": { given: folder({ freeBytes: 5 * GiB }), gives: [] },
  "not to be written": {
    given: folder({ unwritable: "Permission denied" }),
    gives: ["problem: nothing can be written in /x: Permission denied"],
  },
  "full": {
    given: folder({ unwritable: "No space left on device", full: true, freeBytes: 0 }),
    gives: ["problem: there is no room in /x: No space left on device"],
  },
  "for all to read": {
    given: folder({ mode: 0o755 }),
    gives: ["warning: whoever has an account on this machine may look into /x"],
  },
  "little room": {
    given: folder({ freeBytes: GiB / 2 }),
    gives: ["warning: 512 MiB are free in /x"],
  },
  "no room": { given: folder({ freeBytes: 0 }), gives: ["problem: 0 MiB are free in /x"] },
}, dataFolderFindings);

Deno.test("doctor, data folder: room is what mends a full disk", () => {
  const [full] = dataFolderFindings(folder({ unwritable: "No space left on device", full: true }));
  assertMatch(full?.mend[0] ?? "", /^df -h \/x /);
});

const unpack = "the executable can't unpack its database library to /x";

table("temporary folder", {
  "good": { given: { facts: folder({ noexec: false }), executable: true }, gives: [] },
  "noexec": {
    given: { facts: folder({ noexec: true }), executable: true },
    gives: [`problem: ${unpack}: it is mounted noexec`],
  },
  "noexec, from source": {
    given: { facts: folder({ noexec: true }), executable: false },
    gives: [`warning: ${unpack}: it is mounted noexec`],
  },
  "not to be written": {
    given: { facts: folder({ unwritable: "Permission denied" }), executable: true },
    gives: [`problem: ${unpack}: it can't be written: Permission denied`],
  },
}, ({ facts, executable }: { readonly facts: FolderFacts; readonly executable: boolean }) => [
  temporaryFolderFinding(facts, executable),
]);

table(
  "settings",
  {
    "none": { given: {}, gives: [] },
    "all round a proxy": {
      given: {
        DAVIT_LISTEN: "0.0.0.0:80",
        DAVIT_TRUSTED_PROXIES: "10.0.0.1",
        DAVIT_BASE_URL: "https://x.example",
      },
      gives: [],
    },
    "open, without TLS": {
      given: { DAVIT_LISTEN: "0.0.0.0:80" },
      gives: [
        "warning: davit listens on 0.0.0.0 without TLS or a trusted proxy: it refuses passwords there",
      ],
    },
    "open, with TLS": {
      given: { DAVIT_LISTEN: "0.0.0.0:443", DAVIT_TLS_CERT: "a.crt", DAVIT_TLS_KEY: "a.key" },
      gives: [],
    },
    "open, in clear": {
      given: { DAVIT_LISTEN: "[::]:80", DAVIT_ALLOW_PLAIN_HTTP: "on" },
      gives: ["warning: passwords may come to :: in clear"],
    },
    "in clear, from here only": {
      given: { DAVIT_LISTEN: "[::1]:80", DAVIT_ALLOW_PLAIN_HTTP: "on" },
      gives: [],
    },
    "everybody a proxy": {
      given: { DAVIT_TRUSTED_PROXIES: "0.0.0.0/0" },
      gives: [
        "problem: trustedProxies has 0.0.0.0/0: whoever comes may say to be anybody, over TLS",
      ],
    },
    "plain HTTP for clients": {
      given: { DAVIT_BASE_URL: "http://cal.example.com" },
      gives: ["warning: baseUrl is http://cal.example.com, without TLS"],
    },
    "a database in clear": {
      given: { DAVIT_DATABASE_URL: "http://db.example.com" },
      gives: [
        "warning: everything goes to http://db.example.com/ in clear, the token and all data",
      ],
    },
    "any number of failures": {
      given: { DAVIT_LOGIN_FAILURES: "0" },
      gives: ["warning: passwords may be guessed at any rate"],
    },
  },
  (env: Readonly<Record<string, string>>) =>
    settingsFindings({ config: readConfig({ env }), origins: [], unknown: [] }),
);

const tls = { DAVIT_TLS_CERT: "a.crt", DAVIT_TLS_KEY: "a.key" };
const untrusted = (from: string, to: string) => [
  `warning: people come to ${from}, davit listens on ${to}, and no proxy is trusted: all are one ` +
  "client, so anybody's wrong log-ins keep the owner of an account out",
];

table(
  "settings, with a URL",
  {
    "a proxy that is not trusted": {
      given: { url: "https://cal.example.com", env: {} },
      gives: untrusted("https://cal.example.com", "http://127.0.0.1:8080"),
    },
    "a proxy that is": {
      given: { url: "https://cal.example.com", env: { DAVIT_TRUSTED_PROXIES: "127.0.0.1" } },
      gives: [],
    },
    "another port": {
      given: { url: "http://127.0.0.1", env: {} },
      gives: untrusted("http://127.0.0.1", "http://127.0.0.1:8080"),
    },
    "another scheme": {
      given: { url: "https://localhost:8080", env: {} },
      gives: untrusted("https://localhost:8080", "http://127.0.0.1:8080"),
    },
    "another host": {
      given: { url: "http://192.0.2.1:8080", env: {} },
      gives: untrusted("http://192.0.2.1:8080", "http://127.0.0.1:8080"),
    },
    "the very address": { given: { url: "http://localhost:8080", env: {} }, gives: [] },
    "TLS of its own": {
      given: { url: "https://cal.example.com", env: { ...tls, DAVIT_LISTEN: "[::]:443" } },
      gives: [],
    },
    "any free port": {
      given: { url: "http://127.0.0.1:41234", env: { DAVIT_LISTEN: "127.0.0.1:0" } },
      gives: [],
    },
  },
  ({ url, env }: { readonly url: string; readonly env: Readonly<Record<string, string>> }) =>
    settingsFindings({
      config: readConfig({ env }),
      origins: [],
      unknown: [],
      url: new URL(url),
    }),
);

Deno.test("doctor, settings: what is set is told, secrets are not", () => {
  const env = {
    DAVIT_DATABASE_URL: "https://db.example/?authToken=secret",
    DAVIT_DATABASE_TOKEN: "secret",
  };
  const found = settingsFindings({
    config: readConfig({ env }),
    origins: [
      { key: "databaseUrl", source: "environment", name: "DAVIT_DATABASE_URL" },
      { key: "databaseToken", source: "environment", name: "DAVIT_DATABASE_TOKEN" },
      { key: "listen", source: "file", name: "listen" },
      { key: "adminDav", source: "file", name: "adminDav" },
    ],
    unknown: ["DAVIT_LISTN"],
  });
  assertEquals(found.map(({ says }) => says), [
    "databaseUrl is https://db.example/, by DAVIT_DATABASE_URL",
    "databaseToken is there, by DAVIT_DATABASE_TOKEN",
    "listen is 127.0.0.1:8080, by listen in the file",
    "adminDav is on, by adminDav in the file",
    "DAVIT_LISTN is no setting of davit",
  ]);
});

Deno.test("doctor: a finding in lines, each that mends it below", () => {
  const finding = { topic: "tls", level: "warning", says: "It ends.", mend: ["a", "b"] } as const;
  assertEquals(
    linesOf(finding),
    "warning  tls        It ends.\n                    → a\n                    → b\n",
  );
});
