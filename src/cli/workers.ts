import manifest from "../../deno.json" with { type: "json" };
import type { Config } from "../config.ts";
import type { Log } from "../services.ts";
import { type Channel, linesOf, openChannel } from "./channel.ts";
import { CommandError } from "./errors.ts";
import { within } from "./front.ts";
import type { Metric } from "./meter.ts";
import type { WorkerJob } from "./worker.ts";

/** Processes that answer on one address. Disposing of them lets them come to their end. */
export interface Workers extends AsyncDisposable {
  /** Settles when all of them answer; fails where one can't. */
  readonly listening: Promise<void>;
}

export interface WorkersOptions {
  /** With the port that all have. */
  readonly config: Config;
  readonly log: Log;
  /** The first of them has the port. */
  readonly onFirst: () => void;
}

/** A worker that ends is replaced, soon or, where it did not live long, after a while. */
const pauseMs = { least: 500, most: 30_000 };
const longLifeMs = 60_000;

/** Longer than a worker waits for its requests; then it is killed. */
const patienceMs = 15_000;

/** How long one may take to say what it has counted. */
const countMs = 2_000;

/** Starts as many as the settings say, and replaces those that end. */
export function startWorkers({ config, log, onFirst }: WorkersOptions): Workers {
  const running = new Map<number, Worker>();
  const stop = Promise.withResolvers<void>();
  let stopping = false;

  async function metrics(): Promise<readonly (readonly Metric[])[]> {
    const all = await Promise.all(Array.from(running.values(), ({ channel }) => countsOf(channel)));
    return all.filter((one) => one !== undefined);
  }

  /** Settles when it listens for the first time; goes on to keep it running. */
  async function keep(worker: number): Promise<void> {
    const first = start(worker);
    const outcome = await Promise.race([first.listening, first.ended]);
    if (outcome !== undefined) {
      throw new CommandError(`worker ${worker} could not start: ${outcome}`);
    }
    onFirst();
    replace(worker, first);
  }

  async function replace(worker: number, first: Worker) {
    let current = first;
    let wait = pauseMs.least;
    for (;;) {
      const outcome = await current.ended;
      if (stopping) return;
      const lifeMs = performance.now() - current.began;
      wait = lifeMs > longLifeMs ? pauseMs.least : Math.min(2 * wait, pauseMs.most);
      log("error", "worker-ended", { worker, outcome, againMs: wait });
      await within(wait, stop.promise);
      if (stopping) return;
      current = start(worker);
    }
  }

  function start(worker: number): Worker {
    const started = spawn({ config, worker }, metrics);
    running.set(worker, started);
    started.ended.then(() => running.delete(worker));
    return started;
  }

  const numbers = Array.from({ length: config.workers }, (_, index) => index + 1);
  const kept = Promise.all(numbers.map(keep));
  return {
    listening: kept.then(() => {}),
    async [Symbol.asyncDispose]() {
      stopping = true;
      stop.resolve();
      await Promise.all(Array.from(running.values(), (worker) => worker.end()));
    },
  };
}

interface Worker {
  readonly channel: Channel;
  /** By the clock of `performance`. */
  readonly began: number;
  readonly listening: Promise<undefined>;
  /** How it ended. */
  readonly ended: Promise<string>;
  /** Asks it to end, and waits until it has. */
  end(): Promise<void>;
}

function spawn(job: WorkerJob, metrics: () => unknown): Worker {
  const child = new Deno.Command(Deno.execPath(), {
    args: workerArguments(),
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const input = child.stdin.getWriter();
  const send = (line: string) => void input.write(new TextEncoder().encode(line)).catch(() => {});
  send(`${JSON.stringify(job)}\n`);

  const { promise: listening, resolve } = Promise.withResolvers<undefined>();
  const channel = openChannel(linesOf(child.stdout), send, {
    listening: () => resolve(undefined),
    metrics,
  });
  const ended = child.status.then(({ code, signal }) => signal ?? `exit code ${code}`);
  return {
    channel,
    began: performance.now(),
    listening,
    ended,
    async end() {
      await input.close().catch(() => {}); // It ends when nobody is there to ask it.
      if (await within(patienceMs, ended)) return;
      child.kill("SIGKILL");
      await ended;
    },
  };
}

/** This very program, from source with the permissions of `deno task davit`, but to start others. */
function workerArguments(): string[] {
  if (Deno.build.standalone) return ["worker"];
  const root = new URL("../../", import.meta.url).pathname;
  const permissions = manifest.tasks.davit.split(" ")
    .filter((word) => word.startsWith("--allow-") && word !== "--allow-run");
  return ["run", `--config=${root}deno.json`, ...permissions, `${root}main.ts`, "worker"];
}

/** Undefined where it does not answer. */
async function countsOf({ ask }: Channel): Promise<readonly Metric[] | undefined> {
  const counted = ask("metrics").catch(() => undefined);
  return await within(countMs, counted) ? await counted as readonly Metric[] : undefined;
}
