import * as v from "valibot";
import { limits } from "./limits.ts";
import {
  anyText,
  bytes,
  database,
  listen,
  type ListenAddress,
  network,
  onOrOff,
  origin,
  whole,
} from "./setting_schemas.ts";
import { shaped, ShapeError } from "./shape.ts";

export type { ListenAddress };

export type LogLevel = "debug" | "info" | "warn" | "error";

/** All that can be set, checked once. */
export interface Config {
  readonly listen: ListenAddress;
  /** Files in PEM form; with them the server speaks TLS. There are both or none. */
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  /** How many processes share the port and the database. */
  readonly workers: number;
  /** How long a client may take for a request's head, or for the TLS handshake; 0: any time. */
  readonly headSeconds: number;
  /** Who may read `/metrics`, as `127.0.0.0/8` or `fd00::/8`. */
  readonly metricsFrom: readonly string[];
  /** The origin that clients see, without a slash at its end; undefined: as each request says. */
  readonly baseUrl?: string;
  /** The folder with the database; counts where there is no `databaseUrl`. */
  readonly data: string;
  /** A libSQL server. */
  readonly databaseUrl?: string;
  readonly databaseToken?: string;
  /** Administrators have DAV:all on every home. */
  readonly adminDav: boolean;
  /** Whoever has logged in may list all principals, and not only search by name or address. */
  readonly listPrincipals: boolean;
  /** Wrong log-ins per minute, account and address, before 429; 0: any number. */
  readonly loginFailures: number;
  /** Binary logarithm of scrypt's N, for passwords that are set from now on. */
  readonly passwordCost: number;
  /** Basic over plain HTTP also from elsewhere than loopback. */
  readonly allowPlainHttp: boolean;
  /** Those whose X-Forwarded-* fields are believed, as `10.0.0.0/8` or `fd00::/8`. */
  readonly trustedProxies: readonly string[];
  /** What one account may store, files and calendars together; undefined: no bound. */
  readonly quotaBytes?: number;
  /** The largest calendar object (CALDAV:max-resource-size). */
  readonly calendarObjectBytes: number;
  /** The largest file. */
  readonly fileBytes: number;
  /** The largest file that is attached to a calendar object (CALDAV:max-attachment-size). */
  readonly attachmentBytes: number;
  /** The largest body of a request that is neither. */
  readonly xmlBytes: number;
  /** How long what was deleted or replaced stays, and how old a sync token may be. */
  readonly keptDays: number;
  /** What is less grave is not logged. */
  readonly logLevel: LogLevel;
}

/** Where settings come from, the weightiest last. */
export interface ConfigSources {
  /** The parsed JSON of a configuration file. */
  readonly file?: unknown;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Text from the command line. */
  readonly flags?: { readonly [K in keyof Config]?: string };
}

/** A setting is wrong; the message names it as it was written, in one line. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";

  constructor(readonly source: "file" | "environment" | "flag", message: string) {
    super(message);
  }
}

/**
 * The settings in force: a flag before the environment, before the file, before the default. The
 * weightiest source that names a database, by `data` or `databaseUrl`, chooses it. An empty variable
 * counts as none. Variables that no setting knows are left alone, as a cluster sets
 * some of its own under the name of each service (`DAVIT_SERVICE_HOST`).
 *
 * @throws {ConfigError}
 */
export function readConfig(sources: ConfigSources): Config {
  const layers = layersOf(sources);
  refuseHalfPair(layers);
  const found: Record<string, unknown> = Object.assign({}, ...layers);
  const values = keys.map((key) => [key, key in found ? found[key] : settings[key].default]);
  return Object.fromEntries(values.filter(([, value]) => value !== undefined)) as unknown as Config;
}

/** Where a setting is set. */
export interface SettingOrigin {
  readonly key: keyof Config;
  readonly source: ConfigError["source"];
  /** As it is called there. */
  readonly name: string;
}

/**
 * The settings that are set, each where it counts.
 *
 * @throws {ConfigError}
 */
export function originsOf(sources: ConfigSources): SettingOrigin[] {
  const layers = layersOf(sources);
  return keys.flatMap((key) => {
    const source = layerSources[layers.findLastIndex((layer) => key in layer)];
    return source === undefined ? [] : [{ key, source, name: nameIn(source, key) }];
  });
}

/** Variables that are called as if they were settings, and are none. */
export const unknownVariables = (env: ConfigSources["env"]): string[] => {
  const known = keys.map((key) => settings[key].env);
  return Object.keys(env).filter((name) =>
    /^DAVIT_/.test(name) && !known.includes(name) && !isOfCluster(name, env[name])
  );
};

/** Kubernetes tells by such variables where a service named `davit` or `davit-…` is. */
const isOfCluster = (name: string, value = ""): boolean =>
  /_SERVICE_(?:HOST|PORT)(?:_|$)|_PORT_\d+_(?:TCP|UDP|SCTP)(?:_|$)/.test(name) ||
  name.endsWith("_PORT") && value.includes("://");

/** The lightest first; what the weightiest place of the database makes void is left out. */
function layersOf({ file, env, flags = {} }: ConfigSources): readonly Layer[] {
  const layers: readonly Layer[] = [fromFile(file), fromEnvironment(env), fromFlags(flags)];
  const place = layers.findLast((layer) => "data" in layer || "databaseUrl" in layer);
  if (place === undefined || "databaseUrl" in place) return layers;
  return layers.map(({ databaseUrl: _, ...layer }) => layer);
}

interface Setting<T> {
  /** Its environment variable. */
  readonly env: string;
  /** Its option on the command line, where it has one. */
  readonly flag?: string;
  /** The JSON value for which a text stands, in the environment or on the command line. */
  readonly fromText: (text: string) => unknown;
  /** From the JSON value, which is what the file holds. */
  readonly schema: v.GenericSchema<unknown, T>;
  /** Undefined: not set. */
  readonly default: T;
}

const asIs = (text: string) => text;
const asNumber = (text: string) => /^\d+$/.test(text) ? Number(text) : text;
const asList = (text: string) => text.split(",").map((item) => item.trim()).filter(Boolean);

const logLevels = ["debug", "info", "warn", "error"] as const;

const settings: { readonly [K in keyof Config]-?: Setting<Config[K]> } = {
  listen: {
    env: "DAVIT_LISTEN",
    flag: "--listen",
    fromText: asIs,
    schema: listen,
    default: { hostname: "127.0.0.1", port: 8080 },
  },
  tlsCert: {
    env: "DAVIT_TLS_CERT",
    flag: "--tls-cert",
    fromText: asIs,
    schema: anyText,
    default: undefined,
  },
  tlsKey: {
    env: "DAVIT_TLS_KEY",
    flag: "--tls-key",
    fromText: asIs,
    schema: anyText,
    default: undefined,
  },
  workers: {
    env: "DAVIT_WORKERS",
    flag: "--workers",
    fromText: asNumber,
    schema: whole(1, limits.workers),
    default: 1,
  },
  headSeconds: {
    env: "DAVIT_HEAD_SECONDS",
    fromText: asNumber,
    schema: whole(0, 3600),
    default: 30,
  },
  metricsFrom: {
    env: "DAVIT_METRICS_FROM",
    fromText: asList,
    schema: v.array(network, "must be a list"),
    default: ["127.0.0.0/8", "::1/128"],
  },
  baseUrl: {
    env: "DAVIT_BASE_URL",
    flag: "--base-url",
    fromText: asIs,
    schema: origin,
    default: undefined,
  },
  data: {
    env: "DAVIT_DATA",
    flag: "--data",
    fromText: asIs,
    schema: anyText,
    default: "./davit-data",
  },
  databaseUrl: {
    env: "DAVIT_DATABASE_URL",
    flag: "--database",
    fromText: asIs,
    schema: database,
    default: undefined,
  },
  databaseToken: {
    env: "DAVIT_DATABASE_TOKEN",
    fromText: asIs,
    schema: anyText,
    default: undefined,
  },
  adminDav: { env: "DAVIT_ADMIN_DAV", fromText: asIs, schema: onOrOff, default: true },
  listPrincipals: {
    env: "DAVIT_LIST_PRINCIPALS",
    fromText: asIs,
    schema: onOrOff,
    default: true,
  },
  loginFailures: {
    env: "DAVIT_LOGIN_FAILURES",
    fromText: asNumber,
    schema: whole(0, 1_000_000),
    default: 10,
  },
  passwordCost: {
    env: "DAVIT_PASSWORD_COST",
    fromText: asNumber,
    schema: whole(10, 20),
    default: 15,
  },
  allowPlainHttp: {
    env: "DAVIT_ALLOW_PLAIN_HTTP",
    fromText: asIs,
    schema: onOrOff,
    default: false,
  },
  trustedProxies: {
    env: "DAVIT_TRUSTED_PROXIES",
    fromText: asList,
    schema: v.array(network, "must be a list"),
    default: [],
  },
  quotaBytes: {
    env: "DAVIT_QUOTA_BYTES",
    fromText: asIs,
    schema: bytes(0),
    default: undefined,
  },
  calendarObjectBytes: {
    env: "DAVIT_CALENDAR_OBJECT_BYTES",
    fromText: asIs,
    schema: bytes(10_000),
    default: limits.calendarObjectBytes,
  },
  fileBytes: {
    env: "DAVIT_FILE_BYTES",
    fromText: asIs,
    schema: bytes(0),
    default: limits.fileBytes,
  },
  attachmentBytes: {
    env: "DAVIT_ATTACHMENT_BYTES",
    fromText: asIs,
    schema: bytes(0),
    default: limits.attachmentBytes,
  },
  xmlBytes: {
    env: "DAVIT_XML_BYTES",
    fromText: asIs,
    schema: bytes(10_000, 64 * 1024 * 1024),
    default: limits.xmlBytes,
  },
  keptDays: { env: "DAVIT_KEPT_DAYS", fromText: asNumber, schema: whole(1, 36_500), default: 90 },
  logLevel: {
    env: "DAVIT_LOG_LEVEL",
    fromText: asIs,
    schema: v.picklist(logLevels, `must be one of ${logLevels.join(", ")}`),
    default: "info",
  },
};

type Key = keyof Config;
type Layer = { [K in Key]?: Config[K] };

const keys = Object.keys(settings) as Key[];

/** In the order of their weight. */
const layerSources = ["file", "environment", "flag"] as const;

/** How a source calls a setting. */
function nameIn(source: ConfigError["source"], key: Key): string {
  const { env, flag } = settings[key];
  return { file: key, environment: env, flag: flag ?? key }[source];
}

/** @throws {ConfigError} There is a certificate or a key without the other. */
function refuseHalfPair(layers: readonly Layer[]): void {
  const holding = (key: Key) => layers.findLastIndex((layer) => key in layer);
  for (const [key, other] of [["tlsCert", "tlsKey"], ["tlsKey", "tlsCert"]] as const) {
    const source = layerSources[holding(key)];
    if (source === undefined || holding(other) >= 0) continue;
    const [given, missing] = [nameIn(source, key), nameIn(source, other)];
    throw new ConfigError(source, `${missing}: must be there, as ${given} is`);
  }
}

const noObject = "must be an object of settings";

function fromFile(json: unknown): Layer {
  if (json === undefined) return {};
  if (Array.isArray(json)) throw new ConfigError("file", noObject); // To valibot it is one.
  const entries = Object.fromEntries(keys.map((key) => [key, v.optional(settings[key].schema)]));
  const schema = v.strictObject(entries, noObject);
  return checked("file", () => shaped(schema, json)) as Layer;
}

function fromEnvironment(env: ConfigSources["env"]): Layer {
  return fromTexts(
    "environment",
    (key) => [nameIn("environment", key), env[settings[key].env] || undefined],
  );
}

function fromFlags(flags: NonNullable<ConfigSources["flags"]>): Layer {
  return fromTexts("flag", (key) => [nameIn("flag", key), flags[key]]);
}

function fromTexts(
  source: ConfigError["source"],
  textOf: (key: Key) => readonly [name: string, text: string | undefined],
): Layer {
  const entries = keys.flatMap((key) => {
    const [name, text] = textOf(key);
    if (text === undefined) return [];
    const { schema, fromText } = settings[key];
    return [[key, checked(source, () => shaped(schema, fromText(text), name))]];
  });
  return Object.fromEntries(entries);
}

function checked<T>(source: ConfigError["source"], read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof ShapeError) throw new ConfigError(source, error.message);
    throw error;
  }
}
