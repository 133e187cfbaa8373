import type { Command } from "commander";
import { jsonLog } from "../log.ts";
import { random, type Services } from "../services.ts";
import { startUpkeep } from "../upkeep.ts";
import { configOf, type DatabaseOptions, takesDatabase, withStore } from "./database.ts";
import { makeFirstAdministrator, welcome } from "./first_administrator.ts";
import type { Io } from "./io.ts";
import { startListening } from "./listen.ts";
import { openSockets } from "./sockets.ts";

/** `davit serve`. */
export function addServeCommand(program: Command, io: Io): void {
  takesDatabase(program.command("serve"))
    .description("answer CalDAV and WebDAV clients until SIGTERM or SIGINT")
    .option("--listen <host:port>", "where to listen (default: 127.0.0.1:8080)")
    .option("--base-url <url>", "the URL under which clients see the server")
    .option("--tls-cert <file>", "certificate and those up to its root, PEM: speak TLS")
    .option("--tls-key <file>", "its private key, PEM")
    .action((options: ServeOptions) => serve(options, io));
}

interface ServeOptions extends DatabaseOptions {
  readonly listen?: string;
  readonly baseUrl?: string;
  readonly tlsCert?: string;
  readonly tlsKey?: string;
}

async function serve(options: ServeOptions, io: Io): Promise<void> {
  const { listen, baseUrl, tlsCert, tlsKey } = options;
  const config = await configOf(options, io, { listen, baseUrl, tlsCert, tlsKey });
  await withStore(config, "make", async (store) => {
    const log = jsonLog(config.logLevel, (line) => io.err(`${line}\n`));
    const services: Services = { store, config, log, clock: Date.now, random };
    using sockets = openSockets();
    await using server = await startListening(services, { sockets });
    const password = await makeFirstAdministrator(services);
    if (password !== undefined) io.err(welcome(config.baseUrl ?? server.url, password));
    await using _upkeep = startUpkeep(services);
    io.out(`davit listening on ${server.url}\n`);
    await io.stopRequested();
    log("info", "stopping");
  });
}
