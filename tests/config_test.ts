import { assertEquals, assertThrows } from "@std/assert";
import { limits } from "../src/limits.ts";
import {
  type Config,
  ConfigError,
  type ConfigSources,
  originsOf,
  readConfig,
  unknownVariables,
} from "../src/config.ts";

const defaults: Config = {
  listen: { hostname: "127.0.0.1", port: 8080 },
  workers: 1,
  headSeconds: 30,
  metricsFrom: ["127.0.0.0/8", "::1/128"],
  data: "./davit-data",
  adminDav: true,
  listPrincipals: true,
  loginFailures: 10,
  passwordCost: 15,
  allowPlainHttp: false,
  trustedProxies: [],
  calendarObjectBytes: limits.calendarObjectBytes,
  fileBytes: limits.fileBytes,
  attachmentBytes: limits.attachmentBytes,
  xmlBytes: limits.xmlBytes,
  keptDays: 90,
  logLevel: "info",
};

const read = (sources: Partial<ConfigSources>) => readConfig({ env: {}, ...sources });

const accepted: { name: string; from: Partial<ConfigSources>; gives: Partial<Config> }[] = [
  { name: "nothing at all", from: {}, gives: {} },
  { name: "an empty file", from: { file: {} }, gives: {} },
  {
    name: "each setting from a file",
    from: {
      file: {
        listen: "[::1]:0",
        tlsCert: "cert.pem",
        tlsKey: "key.pem",
        workers: 4,
        headSeconds: 0,
        metricsFrom: [],
        baseUrl: "https://dav.example.com",
        data: "/srv/davit",
        adminDav: false,
        listPrincipals: false,
        loginFailures: 0,
        passwordCost: 10,
        allowPlainHttp: true,
        trustedProxies: ["10.0.0.0/8"],
        quotaBytes: 0,
        calendarObjectBytes: 20_000,
        fileBytes: 0,
        xmlBytes: 30_000,
        keptDays: 1,
        logLevel: "debug",
      },
    },
    gives: {
      listen: { hostname: "::1", port: 0 },
      tlsCert: "cert.pem",
      tlsKey: "key.pem",
      workers: 4,
      headSeconds: 0,
      metricsFrom: [],
      baseUrl: "https://dav.example.com",
      data: "/srv/davit",
      adminDav: false,
      listPrincipals: false,
      loginFailures: 0,
      passwordCost: 10,
      allowPlainHttp: true,
      trustedProxies: ["10.0.0.0/8"],
      quotaBytes: 0,
      calendarObjectBytes: 20_000,
      fileBytes: 0,
      xmlBytes: 30_000,
      keptDays: 1,
      logLevel: "debug",
    },
  },
  {
    name: "each setting from the environment",
    from: {
      env: {
        DAVIT_LISTEN: "localhost:443",
        DAVIT_TLS_CERT: "cert.pem",
        DAVIT_TLS_KEY: "key.pem",
        DAVIT_WORKERS: "2",
        DAVIT_HEAD_SECONDS: "5",
        DAVIT_METRICS_FROM: "10.0.0.9",
        DAVIT_BASE_URL: "https://dav.example.com:8443/",
        DAVIT_DATABASE_URL: "libsql://db.example.com",
        DAVIT_DATABASE_TOKEN: "secret",
        DAVIT_ADMIN_DAV: "off",
        DAVIT_LIST_PRINCIPALS: "off",
        DAVIT_LOGIN_FAILURES: "3",
        DAVIT_PASSWORD_COST: "20",
        DAVIT_ALLOW_PLAIN_HTTP: "TRUE",
        DAVIT_TRUSTED_PROXIES: "192.0.2.1, fd00::/8,::1",
        DAVIT_QUOTA_BYTES: "1000000000",
        DAVIT_CALENDAR_OBJECT_BYTES: "1048576",
        DAVIT_FILE_BYTES: "1000000",
        DAVIT_XML_BYTES: "100000",
        DAVIT_KEPT_DAYS: "365",
        DAVIT_LOG_LEVEL: "error",
      },
    },
    gives: {
      listen: { hostname: "localhost", port: 443 },
      tlsCert: "cert.pem",
      tlsKey: "key.pem",
      workers: 2,
      headSeconds: 5,
      metricsFrom: ["10.0.0.9/32"],
      baseUrl: "https://dav.example.com:8443",
      databaseUrl: "libsql://db.example.com",
      databaseToken: "secret",
      adminDav: false,
      listPrincipals: false,
      loginFailures: 3,
      passwordCost: 20,
      allowPlainHttp: true,
      trustedProxies: ["192.0.2.1/32", "fd00::/8", "::1/128"],
      quotaBytes: 1_000_000_000,
      calendarObjectBytes: 1_048_576,
      fileBytes: 1_000_000,
      xmlBytes: 100_000,
      keptDays: 365,
      logLevel: "error",
    },
  },
  {
    name: "a flag before the environment before the file",
    from: {
      file: { data: "file", keptDays: 1, loginFailures: 1 },
      env: { DAVIT_DATA: "environment", DAVIT_KEPT_DAYS: "2" },
      flags: { data: "flag" },
    },
    gives: { data: "flag", keptDays: 2, loginFailures: 1 },
  },
  {
    name: "on and off, by words in any source",
    from: {
      file: { adminDav: "off", listPrincipals: false },
      env: { DAVIT_ALLOW_PLAIN_HTTP: "On" },
    },
    gives: { adminDav: false, listPrincipals: false, allowPlainHttp: true },
  },
  {
    name: "bytes with a unit, in any source",
    from: {
      file: { fileBytes: "4 GiB", xmlBytes: "64MiB" },
      env: { DAVIT_CALENDAR_OBJECT_BYTES: "2000 MiB", DAVIT_QUOTA_BYTES: "1 TiB" },
    },
    gives: {
      fileBytes: 4 * 1024 ** 3,
      xmlBytes: 64 * 1024 ** 2,
      calendarObjectBytes: 2000 * 1024 ** 2,
      quotaBytes: 1024 ** 4,
    },
  },
  { name: "an empty variable as none", from: { env: { DAVIT_DATA: "" } }, gives: {} },
  {
    name: "a variable that no setting knows",
    from: { env: { DAVIT_SERVICE_HOST: "10.96.0.7", DAVIT_PORT: "tcp://10.96.0.7:80" } },
    gives: {},
  },
  {
    name: "a folder by flag over a server in the environment",
    from: { env: { DAVIT_DATABASE_URL: "http://db:8080" }, flags: { data: "here" } },
    gives: { data: "here" },
  },
  {
    name: "a server by flag over a folder in the environment",
    from: { env: { DAVIT_DATA: "here" }, flags: { databaseUrl: "http://db:8080" } },
    gives: { data: "here", databaseUrl: "http://db:8080/" },
  },
  {
    name: "a certificate from another source than its key",
    from: { file: { tlsKey: "key.pem" }, flags: { tlsCert: "cert.pem" } },
    gives: { tlsCert: "cert.pem", tlsKey: "key.pem" },
  },
  {
    name: "a server beside a folder in the environment",
    from: { env: { DAVIT_DATA: "here", DAVIT_DATABASE_URL: "http://db:8080" } },
    gives: { data: "here", databaseUrl: "http://db:8080/" },
  },
];

for (const { name, from, gives } of accepted) {
  Deno.test(`config: ${name}`, () => {
    assertEquals(read(from), { ...defaults, ...gives });
  });
}

const refused: { from: Partial<ConfigSources>; says: string; source: ConfigError["source"] }[] = [
  ...([
    ["data", "must be an object of settings"],
    [[], "must be an object of settings"],
    [null, "must be an object of settings"],
    [{ color: "red" }, "color: is not known"],
    [{ data: "" }, "data: must not be empty"],
    [{ data: null }, "data: must be a text"],
    [{ adminDav: "yes" }, "adminDav: must be on or off, or true or false"],
    [{ adminDav: 1 }, "adminDav: must be on or off, or true or false"],
    [{ fileBytes: "5 MB" }, "fileBytes: must be a number of bytes, such as 5000000 or 5 MiB"],
    [{ fileBytes: 0.5 }, "fileBytes: must be a number of bytes, such as 5000000 or 5 MiB"],
    [{ keptDays: "90" }, "keptDays: must be a whole number from 1 to 36500"],
    [{ keptDays: 1.5 }, "keptDays: must be a whole number from 1 to 36500"],
    [{ trustedProxies: "10.0.0.1" }, "trustedProxies: must be a list"],
    [{ tlsCert: "cert.pem" }, "tlsKey: must be there, as tlsCert is"],
    [
      { metricsFrom: ["all"] },
      "metricsFrom[0]: must be an IP address or a network such as 10.0.0.0/8",
    ],
    [
      { trustedProxies: ["10.0.0.1", "10.1"] },
      "trustedProxies[1]: must be an IP address or a network such as 10.0.0.0/8",
    ],
  ] as const).map(([file, says]) => ({ from: { file }, says, source: "file" as const })),
  ...([
    ["DAVIT_LISTEN", "8080", "must be host:port or [IPv6 address]:port"],
    ["DAVIT_LISTEN", "::1:8080", "must be host:port or [IPv6 address]:port"],
    ["DAVIT_LISTEN", "localhost:65536", "must have a port from 0 to 65535"],
    ["DAVIT_WORKERS", "0", "must be a whole number from 1 to 64"],
    ["DAVIT_HEAD_SECONDS", "-1", "must be a whole number from 0 to 3600"],
    ["DAVIT_BASE_URL", "dav.example.com", "must be an http or https URL"],
    ["DAVIT_BASE_URL", "ftp://dav.example.com", "must be an http or https URL"],
    ["DAVIT_BASE_URL", "https://alice@dav.example.com", "must be an http or https URL"],
    ["DAVIT_BASE_URL", "https://dav.example.com/dav", "must have no path"],
    ["DAVIT_BASE_URL", "https://dav.example.com/?a", "must have no path"],
    ["DAVIT_DATABASE_URL", "file:x.db", "must be an http, https or libsql URL"],
    ["DAVIT_ADMIN_DAV", "maybe", "must be on or off, or true or false"],
    ["DAVIT_QUOTA_BYTES", "-1", "must be a number of bytes, such as 5000000 or 5 MiB"],
    ["DAVIT_FILE_BYTES", "9999 TiB", "must be a number of bytes, such as 5000000 or 5 MiB"],
    [
      "DAVIT_CALENDAR_OBJECT_BYTES",
      "9 KiB",
      "must be a number of bytes, 10000 or more, such as 5000000 or 5 MiB",
    ],
    [
      "DAVIT_XML_BYTES",
      "65 MiB",
      "must be a number of bytes from 10000 to 67108864, such as 5000000 or 5 MiB",
    ],
    ["DAVIT_LOGIN_FAILURES", "-1", "must be a whole number from 0 to 1000000"],
    ["DAVIT_PASSWORD_COST", "9", "must be a whole number from 10 to 20"],
    ["DAVIT_PASSWORD_COST", "21", "must be a whole number from 10 to 20"],
    ["DAVIT_KEPT_DAYS", "0", "must be a whole number from 1 to 36500"],
    ["DAVIT_LOG_LEVEL", "loud", "must be one of debug, info, warn, error"],
  ] as const).map(([name, value, says]) => ({
    from: { env: { [name]: value } },
    says: `${name}: ${says}`,
    source: "environment" as const,
  })),
  {
    from: { flags: { databaseUrl: "db" } },
    says: "--database: must be an http, https or libsql URL",
    source: "flag",
  },
  {
    from: { env: { DAVIT_TLS_KEY: "key.pem" } },
    says: "DAVIT_TLS_CERT: must be there, as DAVIT_TLS_KEY is",
    source: "environment",
  },
  {
    from: { flags: { tlsCert: "cert.pem" } },
    says: "--tls-key: must be there, as --tls-cert is",
    source: "flag",
  },
  { from: { flags: { data: "" } }, says: "--data: must not be empty", source: "flag" },
];

for (const { from, says, source } of refused) {
  Deno.test(`config refuses ${JSON.stringify(Object.values(from)[0])}`, () => {
    const error = assertThrows(() => read(from), ConfigError);
    assertEquals([error.message, error.source], [says, source]);
  });
}

const set: { name: string; from: Partial<ConfigSources>; gives: readonly string[] }[] = [
  { name: "nothing", from: {}, gives: [] },
  {
    name: "the same in all, so that the weightiest counts",
    from: { file: { data: "a" }, env: { DAVIT_DATA: "b" }, flags: { data: "c" } },
    gives: ["data by flag --data"],
  },
  {
    name: "one in each",
    from: { file: { keptDays: 1 }, env: { DAVIT_LOG_LEVEL: "warn" }, flags: { data: "c" } },
    gives: [
      "data by flag --data",
      "keptDays by file keptDays",
      "logLevel by environment DAVIT_LOG_LEVEL",
    ],
  },
  {
    name: "a server, and a folder that counts instead",
    from: { env: { DAVIT_DATABASE_URL: "http://db.example" }, flags: { data: "c" } },
    gives: ["data by flag --data"],
  },
  { name: "an empty variable", from: { env: { DAVIT_DATA: "" } }, gives: [] },
];

for (const { name, from, gives } of set) {
  Deno.test(`settings that are set: ${name}`, () => {
    const origins = originsOf({ env: {}, ...from });
    assertEquals(origins.map(({ key, source, name }) => `${key} by ${source} ${name}`), gives);
  });
}

Deno.test("variables that are no settings", () => {
  const env = { DAVIT_DATA: "x", DAVIT_DATTA: "y", HOME: "/", NO_DAVIT: "" };
  assertEquals(unknownVariables(env), ["DAVIT_DATTA"]);
});

Deno.test("variables that are no settings: those of a cluster are left out", () => {
  const env = {
    DAVIT_SERVICE_HOST: "10.96.0.7",
    DAVIT_SERVICE_PORT_HTTP: "80",
    DAVIT_PORT: "tcp://10.96.0.7:80",
    DAVIT_PORT_80_TCP_ADDR: "10.96.0.7",
    DAVIT_WEB_PORT_80_TCP: "tcp://10.96.0.7:80",
  };
  assertEquals(unknownVariables(env), []);
  assertEquals(unknownVariables({ DAVIT_PORT: "8080" }), ["DAVIT_PORT"]);
});
