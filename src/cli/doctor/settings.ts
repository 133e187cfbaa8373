import type { Config, SettingOrigin } from "../../config.ts";
import { isLoopback } from "../../http/client_address.ts";
import { authority } from "../front.ts";
import { portOf } from "./discovery.ts";
import { about, type Finding } from "./finding.ts";

const { ok, warning, problem } = about("settings");

export interface SettingsFacts {
  readonly config: Config;
  /** Of those that are not at their default. */
  readonly origins: readonly SettingOrigin[];
  /** Variables that begin as ours do, and are none of ours. */
  readonly unknown: readonly string[];
  /** Where people come to; undefined: not known, or not with these settings. */
  readonly url?: URL;
}

export function settingsFindings({ config, origins, unknown, url }: SettingsFacts): Finding[] {
  const set = origins.map(({ key, name, source }) =>
    ok(`${key} is ${shown(config, key)}, by ${places[source](name)}`)
  );
  return [
    ...(set.length > 0 ? set : [ok("all are at their defaults")]),
    ...checks.flatMap((check) => check(config)),
    ...(url === undefined ? [] : proxyFindings(url, config)),
    ...unknown.map((name) =>
      warning(`${name} is no setting of davit`, `unset ${name}   # README lists the settings`)
    ),
  ];
}

/**
 * A proxy that is not trusted is one client with everybody's wrong log-ins: ten of them by anyone
 * keep an account's owner out.
 */
function proxyFindings({ protocol, hostname, port, origin }: URL, config: Config): Finding[] {
  const { listen, tlsCert, trustedProxies } = config;
  const own = `${tlsCert === undefined ? "http" : "https"}:`;
  const isDirect = protocol === own &&
    (listen.port === 0 || listen.port === portOf({ protocol, port })) &&
    (!isLocal(listen.hostname) || isLocal(hostname));
  if (isDirect || trustedProxies.length > 0) return [];
  return [
    warning(
      `people come to ${origin}, davit listens on ${own}//${authority(listen)}, and no proxy ` +
        "is trusted: all are one client, so anybody's wrong log-ins keep the owner of an account out",
      "DAVIT_TRUSTED_PROXIES=127.0.0.1   # the proxy's address, as davit sees it",
    ),
  ];
}

const places: Readonly<Record<SettingOrigin["source"], (name: string) => string>> = {
  file: (name) => `${name} in the file`,
  environment: (name) => name,
  flag: (name) => name,
};

function shown(config: Config, key: keyof Config): string {
  if (key === "databaseToken") return "there";
  if (key === "listen") return `${config.listen.hostname}:${config.listen.port}`;
  if (key === "databaseUrl") return withoutToken(config.databaseUrl ?? "");
  const value = config[key];
  if (typeof value === "boolean") return value ? "on" : "off";
  return Array.isArray(value) ? value.join(",") || "empty" : String(value);
}

/** A libSQL URL may end with `?authToken=…`. */
const withoutToken = (url: string): string => url.replace(/[?].*/s, "");

/** What is allowed, and yet seldom meant. */
const checks: readonly ((config: Config) => Finding[])[] = [
  (config) => {
    const { listen: { hostname }, tlsCert, trustedProxies, allowPlainHttp } = config;
    if (isLocal(hostname) || tlsCert !== undefined) return [];
    if (allowPlainHttp) {
      return [warning(`passwords may come to ${hostname} in clear`, "DAVIT_ALLOW_PLAIN_HTTP=off")];
    }
    return trustedProxies.length > 0 ? [] : [
      warning(
        `davit listens on ${hostname} without TLS or a trusted proxy: it refuses passwords there`,
        "davit serve --tls-cert fullchain.pem --tls-key privkey.pem",
        "DAVIT_TRUSTED_PROXIES=ADDRESS   # or so, where a proxy speaks TLS",
      ),
    ];
  },
  ({ trustedProxies }) =>
    trustedProxies.filter((network) => network.endsWith("/0")).map((network) =>
      problem(
        `trustedProxies has ${network}: whoever comes may say to be anybody, over TLS`,
        "DAVIT_TRUSTED_PROXIES=127.0.0.1   # the proxy's address alone",
      )
    ),
  ({ baseUrl }) =>
    baseUrl === undefined || baseUrl.startsWith("https:") || isLocal(new URL(baseUrl).hostname)
      ? []
      : [warning(`baseUrl is ${baseUrl}, without TLS`, "DAVIT_BASE_URL=https://…")],
  ({ databaseUrl }) =>
    databaseUrl === undefined || !databaseUrl.startsWith("http:") ||
      isLocal(new URL(databaseUrl).hostname)
      ? []
      : [
        warning(
          `everything goes to ${withoutToken(databaseUrl)} in clear, the token and all data`,
          "DAVIT_DATABASE_URL=https://…",
        ),
      ],
  ({ loginFailures }) =>
    loginFailures > 0
      ? []
      : [warning("passwords may be guessed at any rate", "DAVIT_LOGIN_FAILURES=10")],
];

const isLocal = (hostname: string): boolean =>
  hostname === "localhost" || isLoopback(hostname.replace(/^\[(.*)\]$/, "$1"));
