import type { Command } from "commander";
import type { Config } from "../config.ts";
import { jsonLog } from "../log.ts";
import { random, type Services } from "../services.ts";
import { linesOf, openChannel } from "./channel.ts";
import { withStore } from "./database.ts";
import type { Io } from "./io.ts";
import { startListening } from "./listen.ts";
import { createMeter, type Metric } from "./meter.ts";
import { openSockets } from "./sockets.ts";

/** What a worker is told by the process that started it, as the first line of its input. */
export interface WorkerJob {
  readonly config: Config;
  /** From 1 on. */
  readonly worker: number;
}

/** `davit worker`: one of the processes of `davit serve --workers`. Not for people. */
export function addWorkerCommand(program: Command, io: Io): void {
  program.command("worker", { hidden: true }).action(() => work(io));
}

/** Answers until it is asked to stop, by a signal or as nobody is there any more to ask it. */
async function work(io: Io): Promise<void> {
  const stopped = io.stopRequested();
  const lines = linesOf(io.stdin);
  const { value: first } = await lines.next();
  if (first === undefined) return;
  const { config, worker }: WorkerJob = JSON.parse(first);
  const write = jsonLog(config.logLevel, (line) => io.err(`${line}\n`));
  const log: Services["log"] = (level, event, fields) => write(level, event, { worker, ...fields });

  const meter = createMeter({
    labels: { worker: String(worker) },
    gather: async () => await parent.ask("metrics") as Metric[][],
  });
  const parent = openChannel(lines, io.out, { metrics: meter.metrics });
  await withStore(config, "refuse", async (store) => {
    const counted = meter.counted(store);
    const services: Services = { store: counted, config, log, clock: Date.now, random, meter };
    using sockets = openSockets();
    const onCut = meter.connectionsCut;
    await using server = await startListening(services, { shared: true, sockets, onCut });
    await parent.ask("listening", server.url);
    await Promise.race([parent.ended, stopped]);
  }, meter.databaseBusy);
}
