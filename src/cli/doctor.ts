import type { Command } from "commander";
import ipaddr from "ipaddr.js";
import { limits } from "../limits.ts";
import { tables } from "../app.ts";
import { type Config, type ConfigSources, originsOf, unknownVariables } from "../config.ts";
import type { DatabaseFacts } from "../store/examine.ts";
import { schemaVersion } from "../store/migrate.ts";
import {
  configFrom,
  type DatabaseOptions,
  sourcesOf,
  takesDatabase,
  withStore,
} from "./database.ts";
import { clockFinding } from "./doctor/clock.ts";
import { databaseFindings, type Examined } from "./doctor/database.ts";
import type { NameServer } from "./doctor/dns.ts";
import { about, type Finding, linesOf } from "./doctor/finding.ts";
import { dataFolderFindings, temporaryFolderFinding } from "./doctor/folders.ts";
import {
  examineDatabase,
  examineFolder,
  keyPairFindings,
  temporaryFolder,
} from "./doctor/local.ts";
import { disabledFinding } from "./doctor/log_in.ts";
import { type Remote, remoteFindings } from "./doctor/remote.ts";
import { settingsFindings } from "./doctor/settings.ts";
import { temporaryLogIn } from "./doctor/temporary_log_in.ts";
import { CommandError, UsageError } from "./errors.ts";
import { passwordOption, readPassword } from "./input.ts";
import type { Io } from "./io.ts";
import { principalNamed } from "./people.ts";

interface DoctorOptions extends DatabaseOptions {
  readonly url?: URL;
  readonly domain?: string;
  readonly dns?: NameServer;
  readonly days: number;
  readonly user?: string;
  readonly passwordStdin?: boolean;
  readonly json?: boolean;
}

/** `davit doctor`. */
export function addDoctorCommand(program: Command, io: Io): void {
  takesDatabase(program.command("doctor"))
    .description("look for what is wrong, here and on the way from people's programs to davit")
    .option("--url <url>", "as people see the server (default: baseUrl)", urlOf)
    .option("--domain <name>", "of people's mail addresses, for the DNS records")
    .option("--dns <address[:port]>", "ask this name server instead of the system's", nameServerOf)
    .option("--days <number>", "a certificate is to be valid for so long", daysOf, 21)
    .option("--user <name>", "try with a log-in of this account, which ends at once")
    .option(...passwordOption)
    .option("--json", "as a JSON array")
    .action((options: DoctorOptions) => doctor(options, io));
}

async function doctor(options: DoctorOptions, io: Io): Promise<void> {
  const sources = await sourcesOf(options, io);
  const findings: Finding[] = [];
  for await (const finding of examinations(sources, options, io)) {
    findings.push(finding);
    if (!options.json) io.out(linesOf(finding));
  }
  if (options.json) io.out(`${JSON.stringify(findings, null, 2)}\n`);
  const problems = findings.filter(({ level }) => level === "problem").length;
  if (problems > 0) {
    throw new CommandError(`${problems} ${problems === 1 ? "problem" : "problems"}`);
  }
}

async function* examinations(
  sources: ConfigSources,
  options: DoctorOptions,
  io: Io,
): AsyncGenerator<Finding, void, void> {
  const config = configFrom(sources, options);
  const url = options.url ?? (config.baseUrl === undefined ? undefined : new URL(config.baseUrl));
  if (url === undefined) refuseUnused(options);
  const origins = originsOf(sources);
  const examined = await examineDatabase(config);
  const isElsewhere = url !== undefined && examined.kind === "absent" &&
    !origins.some(({ key }) => key === "data");
  yield* settingsFindings({
    config,
    origins,
    unknown: unknownVariables(io.env),
    url: isElsewhere ? undefined : url,
  });
  if (!isElsewhere) yield* localFindings(config, examined);
  const temporary = await examineFolder(temporaryFolder(io));
  yield temporaryFolderFinding(temporary, Deno.build.standalone);
  yield* await keyPairFindings(config, origins, options.days);

  if (url === undefined) {
    yield noUrl;
    return;
  }
  const facts = examined.kind === "examined" ? examined.facts : undefined;
  yield* fromOutside({ url, config, facts, options, io });
}

/** What is for the way from outside would be passed over. */
function refuseUnused({ user, passwordStdin, domain, dns }: DoctorOptions): void {
  const given = {
    "--user": user,
    "--password-stdin": passwordStdin,
    "--domain": domain,
    "--dns": dns,
  };
  const [option] = Object.entries(given).find(([, value]) => value !== undefined) ?? [];
  if (option !== undefined) throw new UsageError(`${option} is for a look from outside: add --url`);
}

async function* localFindings(
  config: Config,
  examined: Examined,
): AsyncGenerator<Finding, void, void> {
  const { data, databaseUrl } = config;
  const where = databaseUrl === undefined ? data : new URL(databaseUrl).host;
  yield* databaseFindings(examined, where);
  if (examined.kind === "absent") return;
  if (databaseUrl === undefined) yield* dataFolderFindings(await examineFolder(data));
  else if (examined.kind === "examined") {
    const { clockAheadMs, clockWithinMs } = examined.facts;
    yield clockFinding({ of: where, aheadMs: clockAheadMs, withinMs: clockWithinMs });
  }
}

interface Outside {
  readonly url: URL;
  readonly config: Config;
  readonly facts?: DatabaseFacts;
  readonly options: DoctorOptions;
  readonly io: Io;
}

async function* fromOutside(
  { url, config, facts, options, io }: Outside,
): AsyncGenerator<Finding, void, void> {
  const { user, passwordStdin } = options;
  const remote: Remote = {
    url,
    domain: options.domain,
    domainsOfAccounts: facts?.domains ?? [],
    nameServer: options.dns,
    days: options.days,
    methods: [...new Set(tables.methods.map(({ name }) => name))],
    bodyBytes: Math.min(config.calendarObjectBytes, limits.probedBytes),
  };
  if (user === undefined) {
    yield* remoteFindings(remote);
  } else if (passwordStdin) {
    const password = await readPassword({ passwordStdin }, io);
    yield* remoteFindings({ ...remote, logIn: { name: user, password } });
  } else {
    if (facts?.version !== schemaVersion) {
      throw new UsageError("--user needs the database, or the password by --password-stdin");
    }
    yield* await withStore(config, "refuse", async (store) => {
      const { principal: { name, disabled } } = await principalNamed(store, user);
      if (disabled) {
        return [disabledFinding(name), ...await Array.fromAsync(remoteFindings(remote))];
      }
      await using logIn = await temporaryLogIn(store, name);
      return await Array.fromAsync(remoteFindings({ ...remote, logIn }));
    });
  }
}

const noUrl = about("proxy").warning(
  "nothing was looked at from outside",
  "davit doctor --url https://cal.example.com   # as people's programs see it",
);

function urlOf(text: string): URL {
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw new UsageError("--url must be an http or https URL");
  }
  return url;
}

function nameServerOf(text: string): NameServer {
  const [, bracketed, plain, port] = /^(?:\[(.+)\]|([^:]+)):(\d{1,5})$/.exec(text) ?? [];
  const ipAddr = bracketed ?? plain ?? text;
  if (!ipaddr.isValid(ipAddr)) {
    throw new UsageError("--dns must be an IP address, with or without :port");
  }
  return { ipAddr, port: Number(port ?? 53) };
}

function daysOf(text: string): number {
  if (!/^\d{1,4}$/.test(text)) throw new UsageError("--days must be a whole number");
  return Number(text);
}
