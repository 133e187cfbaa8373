import type { Command } from "commander";
import { jsonLog } from "../log.ts";
import { random, type Services } from "../services.ts";
import { startUpkeep } from "../upkeep.ts";
import { configOf, type DatabaseOptions, takesDatabase, withStore } from "./database.ts";
import { makeFirstAdministrator, welcome } from "./first_administrator.ts";
import type { Io } from "./io.ts";
import { startListening } from "./listen.ts";

/** `davit serve`. */
export function addServeCommand(program: Command, io: Io): void {
  takesDatabase(program.command("serve"))
    .description("answer CalDAV and WebDAV clients until SIGTERM or SIGINT")
    .option("--listen <host:port>", "where to listen (default: 127.0.0.1:8080)")
    .option("--base-url <url>", "the URL under which clients see the server")
    .action((options: ServeOptions) => serve(options, io));
}

interface ServeOptions extends DatabaseOptions {
  readonly listen?: string;
  readonly baseUrl?: string;
}

async function serve(options: ServeOptions, io: Io): Promise<void> {
  const { listen, baseUrl } = options;
  const config = await configOf(options, io, { listen, baseUrl });
  await withStore(config, "make", async (store) => {
    const log = jsonLog(config.logLevel, (line) => io.err(`${line}\n`));
    const services: Services = { store, config, log, clock: Date.now, random };
    await using server = startListening(services);
    const password = await makeFirstAdministrator(services);
    if (password !== undefined) io.err(welcome(config.baseUrl ?? server.url, password));
    await using _upkeep = startUpkeep(services);
    io.out(`davit listening on ${server.url}\n`);
    await io.stopRequested();
    log("info", "stopping");
  });
}
