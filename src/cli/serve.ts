import type { Command } from "commander";
import { type Config, type LogLevel, originsOf, unknownVariables } from "../config.ts";
import { jsonLog } from "../log.ts";
import { type Log, random, type Services } from "../services.ts";
import type { Store } from "../store/store.ts";
import { startUpkeep } from "../upkeep.ts";
import {
  configFrom,
  type DatabaseOptions,
  namesDatabase,
  sourcesOf,
  takesDatabase,
  withStore,
} from "./database.ts";
import { CommandError } from "./errors.ts";
import { makeFirstAdministrator, welcome } from "./first_administrator.ts";
import { authority, reserve } from "./front.ts";
import type { Io } from "./io.ts";
import { keyPairFiles, keyPairNames, readKeyPair } from "./key_pair.ts";
import { startListening } from "./listen.ts";
import { createMeter } from "./meter.ts";
import { openSockets } from "./sockets.ts";
import { startWorkers } from "./workers.ts";

/** `davit serve`. */
export function addServeCommand(program: Command, io: Io): void {
  takesDatabase(program.command("serve"))
    .description("answer CalDAV and WebDAV clients until SIGTERM or SIGINT")
    .option("--listen <host:port>", "where to listen (default: 127.0.0.1:8080)")
    .option("--base-url <url>", "the URL under which clients see the server")
    .option("--tls-cert <file>", "certificate and those up to its root, PEM: speak TLS")
    .option("--tls-key <file>", "its private key, PEM")
    .option("--workers <number>", "processes that share the port (default: 1; on Linux)")
    .action((options: ServeOptions) => serve(options, io));
}

interface ServeOptions extends DatabaseOptions {
  readonly listen?: string;
  readonly baseUrl?: string;
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly workers?: string;
}

async function serve(options: ServeOptions, io: Io): Promise<void> {
  const { listen, baseUrl, tlsCert, tlsKey, workers } = options;
  const sources = await sourcesOf(options, io, { listen, baseUrl, tlsCert, tlsKey, workers });
  const config = configFrom(sources, options);
  const files = keyPairFiles(config);
  if (files !== undefined) await readKeyPair(files, keyPairNames(originsOf(sources)));
  warnOfUnknown(config, io);
  const stopped = io.stopRequested(); // Even who asks before anything answers gets a good end.
  await (config.workers > 1 ? serveByWorkers : serveAlone)(config, io, stopped);
}

async function serveAlone(config: Config, io: Io, stopped: Promise<void>): Promise<void> {
  const meter = createMeter();
  await withStore(config, "make", async (store) => {
    const services = { ...servicesOf(meter.counted(store), config, io), meter };
    using sockets = openSockets();
    const onCut = meter.connectionsCut;
    await using server = await startListening(services, { sockets, onCut });
    await announce(services, server.url, io, stopped);
  }, meter.databaseBusy);
}

/** Keeps the house while the workers answer: the first administrator, upkeep, workers that end. */
async function serveByWorkers(given: Config, io: Io, stopped: Promise<void>): Promise<void> {
  if (Deno.build.os !== "linux") {
    throw new CommandError("several workers share a port on Linux only");
  }
  using place = reserve(given.listen);
  const config = { ...given, listen: place.address };
  await withStore(config, "make", async (store) => {
    const services = servicesOf(store, config, io);
    const { log } = services;
    await using workers = startWorkers({ config, log, onFirst: place.release });
    await workers.listening;
    const url = `${keyPairFiles(config) === undefined ? "http" : "https"}://${
      authority(config.listen)
    }`;
    await announce(services, url, io, stopped);
  });
}

/** Says that the server listens, once there is somebody to log in; settles when it is to stop. */
async function announce(
  services: Services,
  url: string,
  io: Io,
  stopped: Promise<void>,
): Promise<void> {
  const { config, log } = services;
  const first = await makeFirstAdministrator(services);
  if (first.kind === "made") {
    io.err(welcome(config.baseUrl ?? url, first.password, namesDatabase(config)));
  } else if (first.kind === "none") {
    log("info", "no-administrator", { hint: "davit user add NAME --admin --password-stdin" });
  }
  await using _upkeep = startUpkeep(services);
  io.out(`davit listening on ${url}\n`);
  await stopped;
  log("info", "stopping");
}

/** A setting whose name is wrong is at its default, which nobody notices. */
function warnOfUnknown({ logLevel }: Config, io: Io): void {
  const names = unknownVariables(io.env);
  if (names.length > 0) {
    logOn(io, logLevel)("warn", "unknown-settings", { names: names.join(", ") });
  }
}

function servicesOf(store: Store, config: Config, io: Io): Services {
  return { store, config, log: logOn(io, config.logLevel), clock: Date.now, random };
}

const logOn = (io: Io, least: LogLevel): Log => jsonLog(least, (line) => io.err(`${line}\n`));
